package gbdt

import "math"

// squared is half the squared error.
type squared struct{}

func (squared) start(y, w []float64, team crew) float64 { return mean(y, w, team) }
func (squared) curved() bool                            { return false }
func (squared) level() (float64, bool)                  { return 0, false }

func (squared) slopes(g, h, y, w, f []float64) {
	for i := range g {
		g[i] = y[i] - f[i]
	}
	weigh(g, h, w)
}

func (squared) total(y, w, f []float64) float64 {
	s := 0.0
	for i := range y {
		e := y[i] - f[i]
		s += 0.5 * e * e * weightAt(w, i)
	}
	return s
}

// huber is half the squared error up to delta and linear beyond (Huber 1964,
// doi:10.1214/aoms/1177703732). Its curvature is taken as 1 everywhere, which bounds it from above.
type huber struct{ delta float64 }

func (huber) curved() bool           { return false }
func (huber) level() (float64, bool) { return 0, false }

// start is the median, near enough to the Huber mean and robust like it.
func (huber) start(y, w []float64, _ crew) float64 { return quantileOf(y, w, 0.5) }

func (l huber) slopes(g, h, y, w, f []float64) {
	for i := range g {
		g[i] = max(-l.delta, min(l.delta, y[i]-f[i]))
	}
	weigh(g, h, w)
}

func (l huber) total(y, w, f []float64) float64 {
	s := 0.0
	for i := range y {
		e := math.Abs(y[i] - f[i])
		if e <= l.delta {
			s += 0.5 * e * e * weightAt(w, i)
		} else {
			s += l.delta * (e - 0.5*l.delta) * weightAt(w, i)
		}
	}
	return s
}
