package train

import (
	"hash/fnv"
	"math"

	"github.com/logistica-inteligente/rumbo/geo"
)

// A trip whose ends are known by zone only has a road that is wrong by up to the size
// of its zones. A model that learned from such roads alone would take the error into
// account, as it should for the next query by zone, and would then be far off for
// the exact places of a plan: a road of 300 m between two addresses takes a minute,
// but between the centroids of neighboring zones it stands for trips of a kilometer.
//
// Where such a trip was metered, its road can be made sharp: the meter says how long
// the way was, the centroids' road how fast the map is thereabouts. Set R learns
// from both forms, told apart by the feature exact_ends. This uses the meter only to
// say what is known before driving when the ends are exact; the holdout is judged
// by what was known of it.

// sharpness is what the sharpening of one training set goes by.
type sharpness struct {
	// detour is metered meters for one meter of the map's way.
	detour float64
	// pace is the map's seconds for one meter of short ways; it serves blurred trips.
	pace float64
	// bend is meters of the map's way for one meter of straight line.
	bend float64
}

// Lengths of roads, in meters: above longRoad the blur of the ends hardly matters,
// up to shortRoad ways are like those within a zone.
const (
	longRoad  = 5000
	shortRoad = 3000
)

// withSharpened is the samples with a sharp twin after each that can have one.
func (s samples) withSharpened() samples {
	by, ok := s.sharpness()
	if !ok {
		return s
	}
	out := make(samples, 0, 2*len(s))
	for i := range s {
		out = append(out, s[i])
		if twin, ok := by.sharpen(s[i]); ok {
			out = append(out, twin)
		}
	}
	return out
}

// sharpness is measured on the trips themselves; false when none was metered over a
// known road.
func (s samples) sharpness() (sharpness, bool) {
	var detours, paces, bends []float64
	for i := range s {
		f := &s[i].facts
		if !(f.RoadM > 0) || f.LineM() == 0 {
			continue
		}
		bends = append(bends, f.RoadM/f.LineM())
		if f.RoadM <= shortRoad {
			paces = append(paces, f.RoadS/f.RoadM)
		}
		if f.RoadM >= longRoad && f.MeteredM > 0 {
			detours = append(detours, f.MeteredM/f.RoadM)
		}
	}
	by := sharpness{detour: 1, pace: 0.1, bend: 1.3}
	if len(bends) == 0 {
		return by, false
	}
	by.bend = median(bends)
	if len(detours) > 0 {
		by.detour = median(detours)
	}
	if len(paces) > 0 {
		by.pace = median(paces)
	}
	return by, true
}

// sharpen is the twin of a metered trip whose ends are known by zone only.
func (by sharpness) sharpen(s sample) (sample, bool) {
	f := &s.facts
	if f.ExactEnds == 2 || !(f.MeteredM > 0) {
		return s, false
	}
	meters := f.MeteredM / by.detour
	switch {
	case f.RoadM > 0:
		stretch := meters / f.RoadM
		f.RoadS *= stretch
		f.From, f.To = stretched(f.From, f.To, stretch)
	case f.Blurred:
		f.RoadS = meters * by.pace
		half := meters / by.bend / 2
		bearing := anyBearing(s.id)
		f.From, f.To = geo.Offset(f.From, bearing+180, half), geo.Offset(f.To, bearing, half)
	default:
		return s, false
	}
	f.RoadM, f.Blurred, f.ExactEnds = meters, false, 2
	return s, true
}

// stretched moves both ends along their line, about its middle, until it is so many
// times as long.
func stretched(from, to geo.LatLon, times float64) (geo.LatLon, geo.LatLon) {
	lat, lon := (from.Lat+to.Lat)/2, (from.Lon+to.Lon)/2
	move := func(p geo.LatLon) geo.LatLon {
		return geo.LatLon{Lat: lat + (p.Lat-lat)*times, Lon: lon + (p.Lon-lon)*times}
	}
	return move(from), move(to)
}

// anyBearing is a direction in degrees that follows from the trip's ID.
func anyBearing(id string) float64 {
	h := fnv.New32a()
	h.Write([]byte(id))
	return float64(h.Sum32()) / math.MaxUint32 * 360
}

// exact is the samples between exact places, the sharp twins among them: what the
// holdout looks like to a plan.
func (s samples) exact() samples {
	var out samples
	for _, x := range s.withSharpened() {
		if x.facts.ExactEnds == 2 {
			out = append(out, x)
		}
	}
	return out
}
