package gbdt

import (
	"math"
	"sort"
)

// pinball is the loss whose minimum is a quantile (Koenker & Bassett 1978, doi:10.2307/1913643):
// scale x alpha an error above the prediction, scale x (1-alpha) below. Alpha 0.5 and scale 2 give
// the absolute error. Trees are grown on its slopes with curvature 1; leaves are refitted.
type pinball struct{ alpha, scale float64 }

func (l pinball) start(y, w []float64, _ crew) float64 { return quantileOf(y, w, l.alpha) }
func (pinball) curved() bool                           { return false }
func (l pinball) level() (float64, bool)               { return l.alpha, true }

func (l pinball) slopes(g, h, y, w, f []float64) {
	above, below := l.scale*l.alpha, l.scale*(l.alpha-1)
	for i := range g {
		if y[i] > f[i] {
			g[i] = above
		} else {
			g[i] = below
		}
	}
	weigh(g, h, w)
}

func (l pinball) total(y, w, f []float64) float64 {
	s := 0.0
	for i := range y {
		e := y[i] - f[i]
		s += l.scale * math.Max(l.alpha*e, (l.alpha-1)*e) * weightAt(w, i)
	}
	return s
}

// quantileOf is the smallest value at or below which lies at least the share alpha of the weight.
// It does not change its arguments.
func quantileOf(values, w []float64, alpha float64) float64 {
	v := append([]float64(nil), values...)
	if w == nil {
		return selectQuantile(v, alpha)
	}
	return weightedQuantile(v, append([]float64(nil), w...), alpha)
}

// selectQuantile is quantileOf without weights; it reorders v. O(len(v)) on average.
func selectQuantile(v []float64, alpha float64) float64 {
	k := int(math.Ceil(alpha*float64(len(v)))) - 1
	return selectNth(v, max(0, min(len(v)-1, k)))
}

// weightedQuantile is quantileOf with weights; it sorts v and carries w along.
func weightedQuantile(v, w []float64, alpha float64) float64 {
	sort.Stable(&weighted{v, w})
	total, sum := 0.0, 0.0
	for _, x := range w {
		total += x
	}
	for i, x := range w {
		sum += x
		if x > 0 && sum >= alpha*total {
			return v[i]
		}
	}
	return v[len(v)-1]
}

type weighted struct{ v, w []float64 }

func (s *weighted) Len() int           { return len(s.v) }
func (s *weighted) Less(i, j int) bool { return s.v[i] < s.v[j] }
func (s *weighted) Swap(i, j int) {
	s.v[i], s.v[j] = s.v[j], s.v[i]
	s.w[i], s.w[j] = s.w[j], s.w[i]
}

// selectNth puts the value of rank k at v[k] and returns it (Hoare 1961, doi:10.1145/366622.366647,
// with the median of three as pivot). Values are finite.
func selectNth(v []float64, k int) float64 {
	lo, hi := 0, len(v)-1
	for lo < hi {
		pivot := medianOf3(v[lo], v[lo+(hi-lo)/2], v[hi])
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return v[k]
		}
	}
	return v[k]
}

func medianOf3(a, b, c float64) float64 {
	return math.Max(math.Min(a, b), math.Min(math.Max(a, b), c))
}
