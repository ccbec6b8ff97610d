package model

import (
	"math"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Names of the floors in evaluations.
const (
	FloorSpeed = "global_speed"
	FloorZones = "zone_pair_hour"
	FloorRoad  = "road_time"
)

// Floors are the simple predictions of one training set.
type Floors struct {
	Set  feature.Set
	Base Base
	// Speed is meters of the set's distance per second: the straight line for A,
	// the meter for B, the road for R.
	Speed float64
	Zones ZoneFloor
	// Spreads holds the quantiles of each floor, by its name.
	Spreads map[string]Spread
}

// Spread is how real durations scatter around a floor: factors on its seconds that
// 10, 50 and 90 % of the training trips stayed below.
type Spread struct{ P10, P50, P90 float64 }

// Names lists the floors that the set has, in a fixed order.
func (fl *Floors) Names() []string {
	if fl.Set.NeedsRoad() {
		return []string{FloorSpeed, FloorZones, FloorRoad}
	}
	return []string{FloorSpeed, FloorZones}
}

// Seconds is the prediction of one floor. O(log zone pairs).
func (fl *Floors) Seconds(name string, f *feature.Facts) float64 {
	switch name {
	case FloorZones:
		return math.Expm1(math.Log1p(fl.speedSeconds(f)) + fl.Zones.logRatio(f))
	case FloorRoad:
		return fl.Base.Seconds(f)
	}
	return fl.speedSeconds(f)
}

// speedSeconds is distance over speed. Where the set's distance is unknown, or zero
// because a drive is blurred, the base answers.
func (fl *Floors) speedSeconds(f *feature.Facts) float64 {
	if m := fl.Meters(f); m >= 0 && !(f.Blurred && m == 0) {
		return m / fl.Speed
	}
	return fl.Base.Seconds(f)
}

// Meters is the distance that the set knows of a drive, NaN when it knows none.
func (fl *Floors) Meters(f *feature.Facts) float64 {
	switch fl.Set {
	case feature.B:
		return f.MeteredM
	case feature.R:
		return f.RoadM
	}
	return f.LineM()
}

// Estimate answers by one floor, with its spread.
func (fl *Floors) Estimate(level Level, f *feature.Facts) Estimate {
	name := string(level)
	s, spread := fl.Seconds(name, f), fl.Spreads[name]
	return Estimate{Mean: s, P10: s * spread.P10, P50: s * spread.P50, P90: s * spread.P90, Level: level}.ordered()
}
