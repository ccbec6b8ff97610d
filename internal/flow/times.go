package flow

import (
	"context"
	"fmt"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/optimize"
	"github.com/logistica-inteligente/rumbo/internal/predict"
	"github.com/logistica-inteligente/rumbo/internal/registry"
	"github.com/logistica-inteligente/rumbo/internal/roadmap"
)

// Times answers how long drives take: with the champion's learned times, or with the
// map's own where no model is in use yet.
type Times struct {
	Registry *registry.Registry
	Resolver *feature.Resolver
	Roads    *roadmap.Map
}

// Predict answers queries with the champion; NoModel when there is none.
func (t *Times) Predict(ctx context.Context, queries []rumbo.PredictionQuery) (rumbo.PredictionSet, error) {
	loaded, err := t.Registry.Champion(ctx, rumbo.TravelTime)
	if err != nil {
		return rumbo.PredictionSet{}, err
	}
	answers, err := t.predictor(loaded).Predict(ctx, queries)
	return rumbo.PredictionSet{Model: loaded.Version.Name, Version: loaded.Version.Version, Predictions: answers}, err
}

func (t *Times) predictor(l *registry.Loaded) *predict.Predictor {
	return &predict.Predictor{Bundle: l.Bundle, Resolver: t.Resolver, Roads: t.Roads}
}

// DayTimes are the travel times of one day and where they come from.
type DayTimes struct {
	Travel    optimize.Travel
	places    []rumbo.Point
	road      predict.RoadTable
	champion  *registry.Loaded // nil: the map's own times
	predictor *predict.Predictor
}

// Day asks the map for one table over the day's places and the champion for one table per
// hour of the day.
func (t *Times) Day(ctx context.Context, day *optimize.Day) (*DayTimes, error) {
	road, err := t.Roads.Table(ctx, day.Places())
	if err != nil {
		return nil, err
	}
	out := &DayTimes{places: day.Places(), road: predict.RoadTable{Seconds: road.Duration, Meters: road.Distance}}
	out.Travel.Distance = road.Distance
	departures := day.Departures()
	out.champion, err = t.Registry.Champion(ctx, rumbo.TravelTime)
	if rumbo.CodeOf(err) == rumbo.NoModel {
		out.Travel.Slices = []optimize.TravelSlice{{At: departures[0], Duration: road.Duration}}
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.predictor = t.predictor(out.champion)
	tables, err := out.predictor.Tables(ctx, day.Places(), out.road, departures)
	if err != nil {
		return nil, err
	}
	for k, at := range departures {
		out.Travel.Slices = append(out.Travel.Slices, optimize.TravelSlice{At: at, Duration: tables[k]})
	}
	return out, nil
}

// Annotate says whose times the plan rests on and, with a model, adds the quantiles of
// every leg and arrival.
func (d *DayTimes) Annotate(plan rumbo.Plan) rumbo.Plan {
	plan.Summary.TravelTime = "road"
	if d.champion == nil {
		return plan
	}
	plan.Summary.TravelTime = "learned"
	plan.Summary.Model = fmt.Sprintf("%s/%d", d.champion.Version.Name, d.champion.Version.Version)
	d.predictor.AnnotatePlan(&plan, d.places, d.road)
	return plan
}

// crow measures how roads differ from straight lines between some of the day's places.
func (t *Times) crow(ctx context.Context, day *optimize.Day) (optimize.Crow, error) {
	all := day.Places()
	some := make([]rumbo.Point, min(len(all), sampledPlaces))
	for i := range some {
		some[i] = all[i*len(all)/len(some)]
	}
	road, err := t.Roads.Table(ctx, some)
	if err != nil {
		return optimize.Crow{}, err
	}
	return optimize.Measure(some, road.Distance, road.Duration), nil
}
