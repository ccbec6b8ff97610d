package rumbo

import "math"

// Point is a place on Earth: WGS 84 degrees. It converts to geo.LatLon as it is.
type Point struct {
	Lat float64 `json:"lat" doc:"Latitude, degrees north" minimum:"-90" maximum:"90"`
	Lon float64 `json:"lon" doc:"Longitude, degrees east" minimum:"-180" maximum:"180"`
}

// Validate names coordinates out of range, 0,0 (the usual sign of a missing
// position) and pairs that only make sense the other way round.
func (p Point) Validate(at string) []FieldError {
	switch {
	case math.IsNaN(p.Lat) || math.IsNaN(p.Lon) || math.IsInf(p.Lat, 0) || math.IsInf(p.Lon, 0):
		return []FieldError{{Pointer: at, Code: BadCoordinates}}
	case p.Lat == 0 && p.Lon == 0:
		return []FieldError{{Pointer: at, Code: ZeroCoordinates, Value: p}}
	case math.Abs(p.Lat) > 90 && math.Abs(p.Lat) <= 180 && math.Abs(p.Lon) <= 90:
		return []FieldError{{Pointer: at, Code: SwappedCoordinates, Value: p}}
	}
	var out []FieldError
	if math.Abs(p.Lat) > 90 {
		out = append(out, FieldError{Pointer: at + "/lat", Code: OutOfRange, Value: p.Lat, Limit: "-90 to 90"})
	}
	if math.Abs(p.Lon) > 180 {
		out = append(out, FieldError{Pointer: at + "/lon", Code: OutOfRange, Value: p.Lon, Limit: "-180 to 180"})
	}
	return out
}

// Swapped is the point with its coordinates exchanged; callers that know the
// served region use it to tell an exchanged pair from a far place.
func (p Point) Swapped() Point { return Point{Lat: p.Lon, Lon: p.Lat} }
