package gbdt

import (
	"fmt"
	"math"
)

// loss is what an objective must know. Slices passed together have equal lengths; w is nil for
// weight 1 everywhere. y is the transformed target, f the raw score.
type loss interface {
	// start is the constant raw score that training begins with.
	start(y, w []float64, team crew) float64
	// slopes writes minus the derivative of each row's weighted loss to g and, unless h is nil, a
	// positive curvature to h.
	slopes(g, h, y, w, f []float64)
	// curved says that curvature is not simply the weight.
	curved() bool
	// level is the quantile of residuals that a leaf's value is refitted to; ok is false where the
	// Newton step stands.
	level() (alpha float64, ok bool)
	// total is the sum of the rows' weighted losses.
	total(y, w, f []float64) float64
}

func newLoss(p *Params) loss {
	switch p.Objective {
	case L1:
		return pinball{alpha: 0.5, scale: 2}
	case Quantile:
		return pinball{alpha: p.Alpha, scale: 1}
	case Huber:
		return huber{delta: p.Delta}
	case Poisson:
		return poisson{}
	}
	return squared{}
}

// transform returns the targets as the objective trains on them.
func (p *Params) transform(y []float64) ([]float64, error) {
	out := make([]float64, len(y))
	for i, v := range y {
		switch {
		case p.Target == Log1p && !(v > -1):
			return nil, fmt.Errorf("%w: target of row %d is %v, log1p wants more than -1", ErrData, i, v)
		case p.Target == Log1p:
			out[i] = math.Log1p(v)
		case p.Objective == Poisson && v < 0:
			return nil, fmt.Errorf("%w: target of row %d is %v, poisson wants 0 or more", ErrData, i, v)
		default:
			out[i] = v
		}
	}
	return out, nil
}

// mean is the weighted mean, summed in chunks of fixed size.
func mean(y, w []float64, team crew) float64 {
	sum := team.sum(len(y), func(lo, hi int) float64 {
		s := 0.0
		for i := lo; i < hi; i++ {
			s += y[i] * weightAt(w, i)
		}
		return s
	})
	return sum / totalWeight(len(y), w, team)
}

func totalWeight(n int, w []float64, team crew) float64 {
	if w == nil {
		return float64(n)
	}
	return team.sum(n, func(lo, hi int) float64 {
		s := 0.0
		for _, x := range w[lo:hi] {
			s += x
		}
		return s
	})
}

func weightAt(w []float64, i int) float64 {
	if w == nil {
		return 1
	}
	return w[i]
}

// weigh multiplies slopes and sets curvatures for an objective whose curvature is the weight.
func weigh(g, h, w []float64) {
	for i := range w {
		g[i] *= w[i]
	}
	if h != nil {
		copy(h, w)
	}
}
