package search

import (
	"math"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// point is a place in the plane.
type point struct{ x, y float64 }

// plane is the fast form of a metric: the straight line between places of the plane,
// rounded to nearest or down, never so long that it counts as unreachable. It says what
// vrp.Metric says, bit for bit.
type plane struct {
	at        []point // nil where the metric is of another kind
	half      float64 // added before rounding down
	distScale float64
	durScale  float64
}

// newPlane is the plane of a metric, without points where it has none. O(places).
func newPlane(metric vrp.Metric, places []vrp.Place) plane {
	if metric.Kind != vrp.Euclid || metric.Round == vrp.Up || len(places) == 0 {
		return plane{}
	}
	lo, hi := corners(places)
	if metric.Length(lo, hi)*max(metric.DistanceFactor, metric.DurationFactor) >= math.MaxInt32-2 {
		return plane{}
	}
	p := plane{at: make([]point, len(places)), distScale: metric.DistanceFactor, durScale: metric.DurationFactor}
	if metric.Round == vrp.Nearest {
		p.half = 0.5
	}
	for i, c := range places {
		p.at[i] = point{c.X, c.Y}
	}
	return p
}

// corners are the ends of the box around places.
func corners(places []vrp.Place) (lo, hi vrp.Place) {
	lo, hi = places[0], places[0]
	for _, q := range places {
		lo.X, hi.X = min(lo.X, q.X), max(hi.X, q.X)
		lo.Y, hi.Y = min(lo.Y, q.Y), max(hi.Y, q.Y)
	}
	return lo, hi
}

// line is the unrounded length from a to b. The conversions keep compilers from fusing
// multiplication and addition, which would round differently from vrp.Metric.
func line(a, b *point) float64 {
	dx, dy := a.x-b.x, a.y-b.y
	return math.Sqrt(float64(dx*dx) + float64(dy*dy))
}

// distance and duration round a length.
func (p *plane) distance(length float64) int64 { return int64(float64(length*p.distScale) + p.half) }
func (p *plane) duration(length float64) int64 { return int64(float64(length*p.durScale) + p.half) }

// between is the distance from place a to place b.
func (p *plane) between(a, b int32) int64 { return p.distance(line(&p.at[a], &p.at[b])) }
