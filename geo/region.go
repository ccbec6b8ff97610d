package geo

import "math"

// Box is a rectangle in latitude and longitude, borders included. The zero Box
// is the single place (0, 0); start from [EmptyBox] to collect places.
type Box struct {
	MinLat, MinLon float64
	MaxLat, MaxLon float64
}

// EmptyBox contains no place; extending it by a place gives that place's box.
func EmptyBox() Box {
	return Box{MinLat: math.Inf(1), MinLon: math.Inf(1), MaxLat: math.Inf(-1), MaxLon: math.Inf(-1)}
}

// BoxOf is the smallest box around the places. O(len(places)).
func BoxOf(places []LatLon) Box {
	box := EmptyBox()
	for _, p := range places {
		box = box.Extend(p)
	}
	return box
}

// Empty says whether the box contains no place.
func (b Box) Empty() bool { return !(b.MinLat <= b.MaxLat && b.MinLon <= b.MaxLon) }

// Contains says whether the place lies in the box or on its border.
func (b Box) Contains(p LatLon) bool {
	return p.Lat >= b.MinLat && p.Lat <= b.MaxLat && p.Lon >= b.MinLon && p.Lon <= b.MaxLon
}

// Extend is the smallest box around the box and the place.
func (b Box) Extend(p LatLon) Box {
	return Box{
		MinLat: min(b.MinLat, p.Lat), MinLon: min(b.MinLon, p.Lon),
		MaxLat: max(b.MaxLat, p.Lat), MaxLon: max(b.MaxLon, p.Lon),
	}
}

// Center is the middle of the box in degrees.
func (b Box) Center() LatLon {
	return LatLon{Lat: (b.MinLat + b.MaxLat) / 2, Lon: (b.MinLon + b.MaxLon) / 2}
}

// Grow is the box widened on each side so that it holds every place within the
// given meters of the box; it may hold some more. An empty box stays empty.
func (b Box) Grow(meters float64) Box {
	if b.Empty() {
		return b
	}
	dLat := meters / MetersPerDegree
	b.MinLat, b.MaxLat = max(-90, b.MinLat-dLat), min(90, b.MaxLat+dLat)
	// A degree of longitude is shortest at the latitude farthest from the equator.
	squeeze := math.Cos(radians(max(math.Abs(b.MinLat), math.Abs(b.MaxLat))))
	dLon := 360.0
	if squeeze > 1e-6 {
		dLon = min(360, 1.001*dLat/squeeze) // 0.1 % for the bulge of the great circle
	}
	b.MinLon, b.MaxLon = max(-180, b.MinLon-dLon), min(180, b.MaxLon+dLon)
	return b
}

// Ring is a closed line of places; the last place need not repeat the first.
type Ring []LatLon

// Polygon is an area bounded by rings: the first is the outline, the others are
// holes. Containment counts crossings of all rings (even-odd), so the direction
// in which a ring is written does not matter.
type Polygon []Ring

// Contains says whether the place lies in the polygon. A place exactly on a
// border may be counted either way, but neighbors that share the border never
// both claim it. O(number of ring places).
func (pg Polygon) Contains(p LatLon) bool {
	inside := false
	for _, ring := range pg {
		for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
			if crosses(p, ring[i], ring[j]) {
				inside = !inside
			}
		}
	}
	return inside
}

// crosses says whether the ray from p to the east crosses the side a-b.
func crosses(p, a, b LatLon) bool {
	if (a.Lat > p.Lat) == (b.Lat > p.Lat) {
		return false
	}
	return p.Lon < a.Lon+(p.Lat-a.Lat)/(b.Lat-a.Lat)*(b.Lon-a.Lon)
}

// Box is the smallest box around the polygon.
func (pg Polygon) Box() Box {
	box := EmptyBox()
	for _, ring := range pg {
		for _, p := range ring {
			box = box.Extend(p)
		}
	}
	return box
}

// MetersTo is the distance in meters from the place to the polygon: 0 inside,
// otherwise to the nearest border, and +Inf for a polygon without places.
// O(number of ring places).
func (pg Polygon) MetersTo(p LatLon) float64 {
	if pg.Contains(p) {
		return 0
	}
	best := math.Inf(1)
	for _, ring := range pg {
		for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
			near, _ := NearestOnSegment(p, ring[j], ring[i])
			best = min(best, Meters(p, near))
		}
	}
	return best
}

// Region is a set of polygons with a margin around them, indexed for asking
// about many places. Make it with [NewRegion].
type Region struct {
	polygons []Polygon
	boxes    []Box // of each polygon, grown by the margin
	margin   float64
}

// NewRegion prepares the area of all places in a polygon or within the given
// meters of one. O(number of ring places).
func NewRegion(polygons []Polygon, marginMeters float64) *Region {
	r := &Region{polygons: polygons, margin: marginMeters, boxes: make([]Box, len(polygons))}
	for i, pg := range polygons {
		r.boxes[i] = pg.Box().Grow(marginMeters)
	}
	return r
}

// Contains says whether the place is in the region. O(polygons) plus the ring
// places of those polygons whose grown box holds the place.
func (r *Region) Contains(p LatLon) bool {
	for i, pg := range r.polygons {
		if r.boxes[i].Contains(p) && pg.MetersTo(p) <= r.margin {
			return true
		}
	}
	return false
}
