package predict

import (
	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// AnnotatePlan adds to a plan the travel-time quantiles of every leg and those of every
// arrival. Places and road are the table that the plan was made with; the plan's seed draws
// the arrivals, so the same plan gets the same quantiles. O(stops x trees).
func (p *Predictor) AnnotatePlan(plan *rumbo.Plan, places []rumbo.Point, road RoadTable) {
	index := make(map[rumbo.Point]int, len(places))
	for i, place := range places {
		index[place] = i
	}
	for i := range plan.Routes {
		p.annotateRoute(&plan.Routes[i], index, road, uint64(plan.Summary.Seed))
	}
}

func (p *Predictor) annotateRoute(r *rumbo.Route, places map[rumbo.Point]int, road RoadTable, seed uint64) {
	var legs []Leg
	from, left := r.StartLocation, r.StartAt
	drive := func(to rumbo.Point, seconds int64) {
		legs = append(legs, Leg{From: from, To: to, DepartAt: left, DurationS: seconds,
			Road: road.between(places[from], places[to], len(places))})
	}
	for _, s := range r.Stops {
		drive(s.Location, s.Leg.DurationS)
		from, left = s.Location, s.DepartAt
	}
	if r.ReturnLeg != nil {
		drive(r.EndLocation, r.ReturnLeg.DurationS)
	}
	quantiles := p.Legs(legs)
	visits := make([]Visit, len(r.Stops))
	for k := range r.Stops {
		s := &r.Stops[k]
		s.Leg.Quantiles = &quantiles[k]
		visits[k] = Visit{Leg: quantiles[k], ServiceS: s.DepartAt.Sub(s.BeginAt).Seconds()}
		if s.OpenAt != nil {
			visits[k].EarliestS = s.OpenAt.Sub(r.StartAt).Seconds()
		}
	}
	if r.ReturnLeg != nil {
		r.ReturnLeg.Quantiles = &quantiles[len(quantiles)-1]
	}
	for k, q := range Arrivals(visits, p.Bundle.Correction.Correlation, seed) {
		r.Stops[k].Arrive = &q
	}
}

// between is the map's answer for two places of the table.
func (t RoadTable) between(from, to, n int) feature.Road {
	if s := t.Seconds[from*n+to]; s != Unreachable {
		return feature.Road{S: float64(s), M: float64(t.Meters[from*n+to])}
	}
	return feature.NoRoad()
}
