package predict

import (
	"context"
	"fmt"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// Roads is the map, as prediction needs it: the same questions that training asks.
type Roads interface {
	// RoadTimes answers every pair, in order, with feature.NoRoad where no road
	// leads.
	RoadTimes(ctx context.Context, pairs []feature.Pair) ([]feature.Road, error)
}

// Predictor answers with one model. Its fields are read only.
type Predictor struct {
	Bundle   *model.Bundle
	Resolver *feature.Resolver
	// Roads may be nil: then the answers rest on straight lines and say so.
	Roads Roads
}

// Predict answers the queries in order. The error of bad queries lists every fault
// at once, with pointers like /queries/3/from/zone. A query's own distance_m stands
// in for the meter of set B, and for the road where the map knows none.
func (p *Predictor) Predict(ctx context.Context, queries []rumbo.PredictionQuery) ([]rumbo.Prediction, error) {
	facts, err := p.facts(queries)
	if err != nil {
		return nil, err
	}
	if err := p.askRoads(ctx, facts); err != nil {
		return nil, err
	}
	estimates := make([]model.Estimate, len(facts))
	p.Bundle.Estimate(facts, estimates)
	out := make([]rumbo.Prediction, len(facts))
	for i := range facts {
		out[i] = p.prediction(&facts[i], &estimates[i])
	}
	return out, nil
}

func (p *Predictor) facts(queries []rumbo.PredictionQuery) ([]feature.Facts, error) {
	facts := make([]feature.Facts, len(queries))
	var faults, bad []rumbo.FieldError
	for i, q := range queries {
		facts[i], bad = p.fact(fmt.Sprintf("/queries/%d", i), q)
		faults = append(faults, bad...)
	}
	return facts, rumbo.InvalidFields("predict.Predict", faults)
}

// fact resolves one query; pointers of its faults begin with at.
func (p *Predictor) fact(at string, q rumbo.PredictionQuery) (feature.Facts, []rumbo.FieldError) {
	f, faults := p.Resolver.Facts(at, q.From, q.To, q.DepartAt)
	switch {
	case q.DistanceM > 0 && q.DistanceM <= maxDistanceM:
		f.MeteredM = q.DistanceM
	case q.DistanceM != 0:
		faults = append(faults, rumbo.FieldError{Pointer: at + "/distance_m", Code: rumbo.OutOfRange, Value: q.DistanceM, Limit: "above 0, at most 20000000"})
	}
	return f, faults
}

// maxDistanceM is half of the way around the Earth.
const maxDistanceM = 20_000_000

func (p *Predictor) askRoads(ctx context.Context, facts []feature.Facts) error {
	if p.Roads == nil {
		return nil
	}
	pairs := make([]feature.Pair, len(facts))
	for i := range facts {
		pairs[i] = facts[i].Pair()
	}
	roads, err := p.Roads.RoadTimes(ctx, pairs)
	if err != nil {
		return err
	}
	if len(roads) != len(facts) {
		return rumbo.Fault(rumbo.Internal, "predict.Predict", fmt.Sprintf("the map answered %d of %d pairs", len(roads), len(facts)), nil)
	}
	for i := range facts {
		facts[i].SetRoad(roads[i])
	}
	return nil
}

// prediction is the answer in the client's words. Road seconds are the base's, so
// that an unknown road is answered by the straight line and not by NaN.
func (p *Predictor) prediction(f *feature.Facts, e *model.Estimate) rumbo.Prediction {
	distance := f.RoadM
	switch {
	case distance >= 0:
	case f.MeteredM >= 0:
		distance = f.MeteredM
	default:
		distance = f.LineM()
	}
	return rumbo.Prediction{
		DurationS: e.Mean,
		Quantiles: rumbo.Quantiles{P10: e.P10, P50: e.P50, P90: e.P90},
		RoadS:     p.Bundle.Base.Seconds(f),
		DistanceM: distance,
		Level:     string(e.Level),
	}
}
