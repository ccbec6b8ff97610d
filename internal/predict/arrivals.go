package predict

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/logistica-inteligente/rumbo"
)

// Visit is one stop of a route, as far as its times go.
type Visit struct {
	// Leg is the travel time to the stop.
	Leg rumbo.Quantiles
	// EarliestS is when service may begin, in seconds after the route's start: who
	// arrives earlier waits. 0 or less when there is nothing to wait for.
	EarliestS float64
	// ServiceS is the time at the stop, in seconds.
	ServiceS float64
}

// draws is how many routes are drawn. The P10 and P90 of an arrival are then known
// to about a twentieth of their distance.
const draws = 1000

// z90 is the standard normal quantile of P90.
const z90 = 1.2815515655446004

// Arrivals are the quantiles of the arrival at each visit, in seconds after the
// route's start, for legs whose log deviations share the given part of their variance
// (0 to 1; model.Correction.Correlation). The same arguments give the same answer.
// O(visits x draws).
func Arrivals(visits []Visit, correlation float64, seed uint64) []rumbo.Quantiles {
	random := rand.New(rand.NewPCG(seed, 0x72756d626f))
	arrivals := make([][]float64, len(visits))
	for i := range arrivals {
		arrivals[i] = make([]float64, draws)
	}
	common, own := math.Sqrt(correlation), math.Sqrt(1-correlation)
	for d := range draws {
		shared, now := common*random.NormFloat64(), 0.0
		for i := range visits {
			now += drawLeg(visits[i].Leg, shared+own*random.NormFloat64())
			arrivals[i][d] = now
			now = max(now, visits[i].EarliestS) + visits[i].ServiceS
		}
	}
	out := make([]rumbo.Quantiles, len(visits))
	for i, a := range arrivals {
		slices.Sort(a)
		out[i] = rumbo.Quantiles{P10: a[draws/10], P50: a[draws/2], P90: a[draws-1-draws/10]}
	}
	return out
}

// drawLeg is the leg's time for a standard normal deviate: its logarithm moves from
// that of P50 with the scale of the half it falls into.
func drawLeg(q rumbo.Quantiles, z float64) float64 {
	middle, end := math.Log1p(q.P50), math.Log1p(q.P90)
	if z < 0 {
		end = math.Log1p(q.P10)
		z = -z
	}
	return math.Expm1(middle + (end-middle)*min(z, 4)/z90)
}
