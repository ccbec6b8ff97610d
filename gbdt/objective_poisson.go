package gbdt

import "math"

// poisson is the negative log-likelihood of counts with mean exp(f), without its constant.
type poisson struct{}

// poissonStep bounds a leaf's Newton step in log units, so that a leaf of zeros or of a few large counts
// cannot overshoot.
const poissonStep = 1.0

func (poisson) curved() bool           { return true }
func (poisson) level() (float64, bool) { return 0, false }

func (poisson) start(y, w []float64, team crew) float64 {
	return math.Log(math.Max(mean(y, w, team), 1e-9))
}

func (poisson) slopes(g, h, y, w, f []float64) {
	for i := range g {
		m, weight := math.Exp(f[i]), weightAt(w, i)
		g[i] = (y[i] - m) * weight
		h[i] = m * weight
	}
}

func (poisson) total(y, w, f []float64) float64 {
	s := 0.0
	for i := range y {
		s += (math.Exp(f[i]) - y[i]*f[i]) * weightAt(w, i)
	}
	return s
}
