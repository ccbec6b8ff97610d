package zone

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
)

// Map is a zone map, indexed for asking.
type Map struct {
	zones []area
	byID  map[int32]int
}

// area is one zone with its shape; parts are disjoint.
type area struct {
	rumbo.Zone
	parts []geo.Polygon
	boxes []geo.Box
}

func newMap() *Map { return &Map{byID: map[int32]int{}} }

func (m *Map) add(z rumbo.Zone, parts []geo.Polygon) {
	a := area{Zone: z, parts: parts}
	for _, p := range parts {
		a.boxes = append(a.boxes, p.Box())
	}
	m.byID[z.ID] = len(m.zones)
	m.zones = append(m.zones, a)
}

// Len is the number of zones.
func (m *Map) Len() int { return len(m.zones) }

// Zones are all zones by ID. O(n log n).
func (m *Map) Zones() []rumbo.Zone {
	out := make([]rumbo.Zone, len(m.zones))
	for i, a := range m.zones {
		out[i] = a.Zone
	}
	slices.SortFunc(out, func(a, b rumbo.Zone) int { return int(a.ID) - int(b.ID) })
	return out
}

// Known says whether the map has a zone of this number. O(1).
func (m *Map) Known(id int32) bool {
	_, ok := m.byID[id]
	return ok
}

// Zone describes a zone; false for an unknown one. O(1).
func (m *Map) Zone(id int32) (rumbo.Zone, bool) {
	i, ok := m.byID[id]
	if !ok {
		return rumbo.Zone{}, false
	}
	return m.zones[i].Zone, true
}

// Centroid is the place that stands for the zone; false for an unknown one. O(1).
func (m *Map) Centroid(id int32) (rumbo.Point, bool) {
	z, ok := m.Zone(id)
	return z.Centroid, ok
}

// At is the zone that holds the place, 0 when none does. O(zones) box tests and
// the sides of the few polygons whose box holds the place.
func (m *Map) At(p rumbo.Point) int32 {
	for i := range m.zones {
		if m.zones[i].contains(geo.LatLon(p)) {
			return m.zones[i].ID
		}
	}
	return 0
}

func (a *area) contains(p geo.LatLon) bool {
	for i, box := range a.boxes {
		if box.Contains(p) && a.parts[i].Contains(p) {
			return true
		}
	}
	return false
}

// tries is how often a place is drawn before a zone is given up on.
const tries = 1000

// RandomPoint draws a place in the zone, evenly by area; the same random stream
// gives the same places. False for an unknown zone, and for one so thin that
// a thousand places drawn in its box all fell outside. O(tries · sides).
func (m *Map) RandomPoint(id int32, r *rand.Rand) (rumbo.Point, bool) {
	i, ok := m.byID[id]
	if !ok {
		return rumbo.Point{}, false
	}
	a := &m.zones[i]
	box := a.box()
	low, high := math.Sin(box.MinLat*math.Pi/180), math.Sin(box.MaxLat*math.Pi/180)
	for range tries {
		p := geo.LatLon{
			Lat: math.Asin(low+r.Float64()*(high-low)) * 180 / math.Pi, // even on the sphere
			Lon: box.MinLon + r.Float64()*(box.MaxLon-box.MinLon),
		}
		if a.contains(p) {
			return rumbo.Point(p), true
		}
	}
	return rumbo.Point{}, false
}

// box is the smallest box around the zone.
func (a *area) box() geo.Box {
	box := geo.EmptyBox()
	for _, b := range a.boxes {
		box = box.Extend(geo.LatLon{Lat: b.MinLat, Lon: b.MinLon})
		box = box.Extend(geo.LatLon{Lat: b.MaxLat, Lon: b.MaxLon})
	}
	return box
}

// centerOfArea is the centroid of the parts on a flat map around them (the
// usual polygon formula), or the middle of their box when they have no area.
func centerOfArea(parts []geo.Polygon, box geo.Box) rumbo.Point {
	var area2, lat, lon float64
	mid := box.Center()
	for _, part := range parts {
		for k, ring := range part {
			ringArea2, ringLat, ringLon := 0.0, 0.0, 0.0
			for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
				x0, y0, x1, y1 := ring[j].Lon-mid.Lon, ring[j].Lat-mid.Lat, ring[i].Lon-mid.Lon, ring[i].Lat-mid.Lat
				cross := x0*y1 - x1*y0
				ringArea2 += cross
				ringLat += (y0 + y1) * cross
				ringLon += (x0 + x1) * cross
			}
			if sign := ringArea2 < 0; sign != (k > 0) { // outlines count, holes take away
				ringArea2, ringLat, ringLon = -ringArea2, -ringLat, -ringLon
			}
			area2, lat, lon = area2+ringArea2, lat+ringLat, lon+ringLon
		}
	}
	if area2 == 0 {
		return rumbo.Point(mid)
	}
	center := geo.LatLon{Lat: mid.Lat + lat/(3*area2), Lon: mid.Lon + lon/(3*area2)}
	if !box.Contains(center) {
		center = mid // the rings cross themselves: their areas say nothing
	}
	return rumbo.Point(center)
}
