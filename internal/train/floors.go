package train

import (
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
	"github.com/logistica-inteligente/rumbo/roads"
)

// fitBase fits what is believed of a drive before learning.
func fitBase(set feature.Set, train samples) (model.Base, error) {
	var base model.Base
	var meters, seconds float64
	var blurred []float64
	var observed []roads.Observation
	for i := range train {
		f := &train[i].facts
		if f.Blurred {
			blurred = append(blurred, train[i].seconds)
			continue
		}
		meters += f.LineM()
		seconds += train[i].seconds
		if f.RoadS > 0 {
			observed = append(observed, roads.Observation{Road: f.RoadS, Seconds: train[i].seconds})
		}
	}
	if meters <= 0 {
		return base, rumbo.Fault(rumbo.NoData, "train", "no trip leads from one place to another", nil)
	}
	base.LineSpeed = meters / seconds
	base.BlurredS = seconds / float64(len(train)-len(blurred))
	if len(blurred) > 0 {
		base.BlurredS = median(blurred)
	}
	if set.NeedsRoad() {
		c, err := roads.Calibrate(observed)
		if err != nil {
			return base, rumbo.Fault(rumbo.NoRoads, "train", "the map knows no way for any trip", err)
		}
		base.RoadScale = c.Factor
	}
	return base, nil
}

// fitFloors fits the floors on the training part.
func fitFloors(set feature.Set, base model.Base, train samples) (model.Floors, error) {
	fl := model.Floors{Set: set, Base: base, Spreads: map[string]model.Spread{}}
	var meters, seconds float64
	for i := range train {
		if m := fl.Meters(&train[i].facts); m > 0 {
			meters += m
			seconds += train[i].seconds
		}
	}
	if meters <= 0 {
		return fl, rumbo.Fault(rumbo.NoData, "train", "no trip has a distance of feature set "+string(set), nil)
	}
	fl.Speed = meters / seconds
	observations := make([]model.ZoneObservation, len(train))
	for i := range train {
		f := &train[i].facts
		observations[i] = model.ZoneObservation{
			From: f.FromZone, To: f.ToZone, Hour: model.HourOfWeek(f),
			Ratio: math.Log1p(train[i].seconds) - math.Log1p(fl.Seconds(model.FloorSpeed, f)),
		}
	}
	fl.Zones = model.NewZoneFloor(observations)
	for _, name := range fl.Names() {
		fl.Spreads[name] = spreadOf(&fl, name, train)
	}
	return fl, nil
}

// spreadOf is how the training trips scatter around a floor.
func spreadOf(fl *model.Floors, name string, train samples) model.Spread {
	factors := make([]float64, 0, len(train))
	for i := range train {
		if s := fl.Seconds(name, &train[i].facts); s > 0 {
			factors = append(factors, train[i].seconds/s)
		}
	}
	if len(factors) == 0 {
		return model.Spread{P10: 1, P50: 1, P90: 1}
	}
	slices.Sort(factors)
	at := func(level float64) float64 { return factors[int(level*float64(len(factors)-1)+0.5)] }
	return model.Spread{P10: at(0.1), P50: at(0.5), P90: at(0.9)}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
