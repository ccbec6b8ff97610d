package predict

import (
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// Leg is one drive of a plan.
type Leg struct {
	From, To rumbo.Point
	DepartAt time.Time
	// Road is the map's answer for the leg, before calibration; feature.NoRoad
	// when unknown.
	Road feature.Road
	// DurationS is what the plan counts on. When above 0, the quantiles are moved
	// in proportion so that their mean is this one.
	DurationS int64
}

// Legs are the travel-time quantiles of the legs, in seconds.
// O(legs x trees x depth).
func (p *Predictor) Legs(legs []Leg) []rumbo.Quantiles {
	facts := make([]feature.Facts, len(legs))
	for i, l := range legs {
		facts[i] = feature.Between(p.Resolver.Place(l.From), p.Resolver.Place(l.To), p.Resolver.Local(l.DepartAt), l.Road)
	}
	estimates := make([]model.Estimate, len(facts))
	p.Bundle.Estimate(facts, estimates)
	out := make([]rumbo.Quantiles, len(legs))
	for i, e := range estimates {
		scale := 1.0
		if legs[i].DurationS > 0 && e.Mean > 0 {
			scale = float64(legs[i].DurationS) / e.Mean
		}
		out[i] = rumbo.Quantiles{P10: e.P10 * scale, P50: e.P50 * scale, P90: e.P90 * scale}
	}
	return out
}
