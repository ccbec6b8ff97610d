package feature

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/logistica-inteligente/rumbo/geo"
)

// Set names an ordered list of features.
type Set string

// The sets; see the package comment.
const (
	A Set = "A" // ends and clock
	B Set = "B" // A and the metered distance: for comparison only
	R Set = "R" // A and our own road time and distance: the product's
)

// Feature is one number about a drive.
type Feature struct {
	Name string
	Unit string
	Doc  string
	// Version changes whenever the meaning of the number does.
	Version int
	// Clock says that the number depends on the departure time only.
	Clock bool

	value func(drive) float64
}

// drive holds what several features are computed from.
type drive struct {
	from, to         geo.LatLon
	fromZone, toZone int32
	lineKM           float64
	eastKM, northKM  float64
	bearing          float64
	clock            clock
	roadS, roadKM    float64
	meteredKM        float64
	exactEnds        int
}

// clock is the local departure time in parts.
type clock struct{ minute, weekday, month int }

func clockOf(f *Facts) clock {
	hour, minute, _ := f.At.Clock()
	// Monday is 0.
	return clock{minute: hour*60 + minute, weekday: (int(f.At.Weekday()) + 6) % 7, month: int(f.At.Month())}
}

func driveOf(f *Facts) drive {
	middle := geo.LatLon{Lat: (f.From.Lat + f.To.Lat) / 2}
	kmPerDegree := geo.MetersPerDegree / 1000
	return drive{
		from: f.From, to: f.To, fromZone: f.FromZone, toZone: f.ToZone,
		lineKM:  f.LineM() / 1000,
		eastKM:  (f.To.Lon - f.From.Lon) * kmPerDegree * math.Cos(middle.Lat*math.Pi/180),
		northKM: (f.To.Lat - f.From.Lat) * kmPerDegree,
		bearing: geo.Bearing(f.From, f.To),
		clock:   clockOf(f),
		roadS:   f.RoadS, roadKM: f.RoadM / 1000, meteredKM: f.MeteredM / 1000,
		exactEnds: f.ExactEnds,
	}
}

// roadKMH is the speed of the map's way, NaN where it takes no time.
func (d drive) roadKMH() float64 {
	if !(d.roadS > 0) {
		return math.NaN()
	}
	return d.roadKM / d.roadS * 3600
}

// known is a zone as a number, NaN for the zone 0 that stands for unknown.
func known(zone int32) float64 {
	if zone == 0 {
		return math.NaN()
	}
	return float64(zone)
}

// ends and clock: set A, the beginning of every set.
func shared() []Feature {
	return []Feature{
		{"from_lat", "deg", "latitude of the start", 1, false, func(d drive) float64 { return d.from.Lat }},
		{"from_lon", "deg", "longitude of the start", 1, false, func(d drive) float64 { return d.from.Lon }},
		{"to_lat", "deg", "latitude of the end", 1, false, func(d drive) float64 { return d.to.Lat }},
		{"to_lon", "deg", "longitude of the end", 1, false, func(d drive) float64 { return d.to.Lon }},
		{"line_km", "km", "great-circle distance", 1, false, func(d drive) float64 { return d.lineKM }},
		{"east_km", "km", "how far the end lies to the east of the start", 1, false, func(d drive) float64 { return d.eastKM }},
		{"north_km", "km", "how far the end lies to the north of the start", 1, false, func(d drive) float64 { return d.northKM }},
		{"bearing", "deg", "initial bearing, clockwise from north", 1, false, func(d drive) float64 { return d.bearing }},
		{"minute_of_day", "min", "local time of departure, minutes after midnight", 1, true, func(d drive) float64 { return float64(d.clock.minute) }},
		{"day_of_week", "1", "local day of departure, Monday is 0", 1, true, func(d drive) float64 { return float64(d.clock.weekday) }},
		{"hour_of_week", "h", "local hour of departure, Monday 00:00 is 0", 1, true, func(d drive) float64 { return float64(d.clock.weekday*24 + d.clock.minute/60) }},
		{"month", "1", "local month of departure, January is 1", 1, true, func(d drive) float64 { return float64(d.clock.month) }},
		{"from_zone", "1", "zone of the start", 1, false, func(d drive) float64 { return known(d.fromZone) }},
		{"to_zone", "1", "zone of the end", 1, false, func(d drive) float64 { return known(d.toZone) }},
	}
}

// Features returns the set's features in order, nil for an unknown set.
func (s Set) Features() []Feature {
	switch s {
	case A:
		return shared()
	case B:
		return append(shared(),
			Feature{"metered_km", "km", "driven distance by the meter, known afterwards only", 1, false, func(d drive) float64 { return d.meteredKM }})
	case R:
		return append(shared(),
			Feature{"road_s", "s", "the map's own duration, before calibration", 1, false, func(d drive) float64 { return d.roadS }},
			Feature{"road_km", "km", "distance along the map's fastest way", 1, false, func(d drive) float64 { return d.roadKM }},
			Feature{"road_kmh", "km/h", "the map's own speed along that way", 1, false, drive.roadKMH},
			Feature{"exact_ends", "1", "how many ends are known better than by their zone, 0 to 2", 1, false, func(d drive) float64 { return float64(d.exactEnds) }})
	}
	return nil
}

// Valid says whether the set is one of A, B and R.
func (s Set) Valid() bool { return s == A || s == B || s == R }

// NeedsRoad says whether the set's features ask a map.
func (s Set) NeedsRoad() bool { return s == R }

// Hash identifies the definition of the set: 64 hexadecimal digits that change
// with the order, name, unit or version of any feature.
func (s Set) Hash() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "rumbo features 1\n%s\n", s)
	for i, f := range s.Features() {
		fmt.Fprintf(sum, "%d %s %s %d\n", i, f.Name, f.Unit, f.Version)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
