package feature

import (
	"math"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
)

// Facts are what is known of one drive before its features are computed.
type Facts struct {
	From, To         geo.LatLon // the place itself, or its zone's centroid
	FromZone, ToZone int32      // 0 when unknown
	// Blurred says that both ends are known only as the same zone.
	Blurred bool
	// ExactEnds counts the ends whose coordinates were given, 0 to 2; the others
	// are known by zone only.
	ExactEnds int
	// At is the departure in the client's local time.
	At time.Time
	// RoadS and RoadM are the map's own duration (seconds, before any
	// calibration) and distance (meters) of the fastest way; NaN when no map was
	// asked or no road leads there.
	RoadS, RoadM float64
	// MeteredM is the driven distance in meters; NaN when nobody metered it.
	MeteredM float64
}

// Pair is one question to a map: how far from here to there?
type Pair struct{ From, To geo.LatLon }

// Road is a map's answer. S is the map's own duration in seconds before any
// calibration, M the meters along that way; both are NaN where no road leads.
type Road struct{ S, M float64 }

// NoRoad is the answer for a pair without a way.
func NoRoad() Road { return Road{S: math.NaN(), M: math.NaN()} }

// Known says whether the map found a way.
func (r Road) Known() bool { return r.S >= 0 && r.M >= 0 }

// Pair is the question that the facts put to a map.
func (f *Facts) Pair() Pair { return Pair{f.From, f.To} }

// SetRoad notes the map's answer. The road of a blurred drive stays unknown: it
// would be zero whatever was driven.
func (f *Facts) SetRoad(r Road) {
	if f.Blurred || !r.Known() {
		r = NoRoad()
	}
	f.RoadS, f.RoadM = r.S, r.M
}

// LineM is the great-circle distance between the ends in meters.
func (f *Facts) LineM() float64 { return geo.Meters(f.From, f.To) }

// Zones is the part of the client's zone map that features need.
type Zones interface {
	// Centroid is the middle of a zone; false for an unknown zone.
	Centroid(zone int32) (rumbo.Point, bool)
	// At is the zone that holds the place, 0 when none does.
	At(p rumbo.Point) int32
}

// Resolver turns spots and instants into Facts. Zones may be nil: then spots need
// coordinates and zones given by the client are kept as they are.
type Resolver struct {
	Zones    Zones
	Location *time.Location // the client's local time; UTC when nil
}

// Facts resolves one drive; road and metered distance are unknown at first. The
// error lists every fault at once, with pointers below at ("/queries/3"): an end
// with neither coordinates nor a known zone, coordinates out of range, no
// departure time.
func (r *Resolver) Facts(at string, from, to rumbo.Spot, depart time.Time) (Facts, []rumbo.FieldError) {
	f := Facts{At: r.Local(depart), RoadS: math.NaN(), RoadM: math.NaN(), MeteredM: math.NaN()}
	var faults, more []rumbo.FieldError
	f.From, f.FromZone, faults = r.end(at+"/from", from)
	f.To, f.ToZone, more = r.end(at+"/to", to)
	faults = append(faults, more...)
	if depart.IsZero() {
		faults = append(faults, rumbo.FieldError{Pointer: at + "/depart_at", Code: rumbo.MissingField})
	}
	if from.Point != nil {
		f.ExactEnds++
	}
	if to.Point != nil {
		f.ExactEnds++
	}
	f.Blurred = from.Point == nil && to.Point == nil && f.FromZone == f.ToZone
	return f, faults
}

// Trip resolves an observed drive, its metered distance included. False means
// that an end could not be placed; such a trip teaches nothing.
func (r *Resolver) Trip(t *rumbo.Trip) (Facts, bool) {
	f, faults := r.Facts("", t.From, t.To, t.PickupAt)
	if t.DistanceM > 0 {
		f.MeteredM = t.DistanceM
	}
	return f, len(faults) == 0
}

// Local is the instant in the client's time zone.
func (r *Resolver) Local(t time.Time) time.Time {
	if r.Location == nil {
		return t.UTC()
	}
	return t.In(r.Location)
}

func (r *Resolver) end(at string, s rumbo.Spot) (geo.LatLon, int32, []rumbo.FieldError) {
	if s.Point != nil {
		if faults := s.Point.Validate(at + "/point"); faults != nil {
			return geo.LatLon{}, 0, faults
		}
		zone := s.Zone
		if zone == 0 && r.Zones != nil {
			zone = r.Zones.At(*s.Point)
		}
		return geo.LatLon(*s.Point), zone, nil
	}
	if s.Zone == 0 {
		return geo.LatLon{}, 0, []rumbo.FieldError{{Pointer: at + "/point", Code: rumbo.MissingField}}
	}
	if r.Zones != nil {
		if p, ok := r.Zones.Centroid(s.Zone); ok {
			return geo.LatLon(p), s.Zone, nil
		}
	}
	return geo.LatLon{}, 0, []rumbo.FieldError{{Pointer: at + "/zone", Code: rumbo.UnknownReference, Value: s.Zone}}
}

// Place is one end of a drive, resolved.
type Place struct {
	geo.LatLon
	Zone int32 // 0 when unknown
}

// Place resolves exact coordinates. O(1) zone lookups.
func (r *Resolver) Place(p rumbo.Point) Place {
	zone := int32(0)
	if r.Zones != nil {
		zone = r.Zones.At(p)
	}
	return Place{geo.LatLon(p), zone}
}

// Between are the facts of a drive between two exact places, with the map's
// answer; local is the departure as [Resolver.Local] gives it.
func Between(from, to Place, local time.Time, road Road) Facts {
	f := Facts{From: from.LatLon, To: to.LatLon, FromZone: from.Zone, ToZone: to.Zone, ExactEnds: 2, At: local, MeteredM: math.NaN()}
	f.SetRoad(road)
	return f
}
