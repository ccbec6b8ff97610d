package geo

import (
	"fmt"
	"math"
)

// EarthRadius is the mean radius of the Earth in meters (IUGG R1).
const EarthRadius = 6371008.8

// MetersPerDegree is the length in meters of one degree along a meridian (and
// along the equator).
const MetersPerDegree = EarthRadius * math.Pi / 180

// LatLon is a place: WGS 84 latitude and longitude in degrees.
type LatLon struct {
	Lat float64
	Lon float64
}

// Valid says whether both coordinates are finite and within [-90, 90] and
// [-180, 180].
func (p LatLon) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
}

// String writes the place as "lat,lon" with six decimals (about 0.1 m).
func (p LatLon) String() string {
	return fmt.Sprintf("%.6f,%.6f", p.Lat, p.Lon)
}

func radians(degrees float64) float64 { return degrees * (math.Pi / 180) }

func degrees(radians float64) float64 { return radians * (180 / math.Pi) }

// Meters is the great-circle distance between two places, in meters.
// It is symmetric and 0 for equal places. O(1).
func Meters(a, b LatLon) float64 {
	sinLat := math.Sin(radians(b.Lat-a.Lat) / 2)
	sinLon := math.Sin(radians(b.Lon-a.Lon) / 2)
	h := sinLat*sinLat + math.Cos(radians(a.Lat))*math.Cos(radians(b.Lat))*sinLon*sinLon
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(h, 1)))
}

// LineMeters is the length in meters of the line through the places in order.
// O(len(line)).
func LineMeters(line []LatLon) float64 {
	var sum float64
	for i := 1; i < len(line); i++ {
		sum += Meters(line[i-1], line[i])
	}
	return sum
}

// Bearing is the initial bearing of the great circle from a to b: degrees
// clockwise from north, in [0, 360). It is 0 for equal places. O(1).
func Bearing(a, b LatLon) float64 {
	latA, latB, dLon := radians(a.Lat), radians(b.Lat), radians(b.Lon-a.Lon)
	y := math.Sin(dLon) * math.Cos(latB)
	x := math.Cos(latA)*math.Sin(latB) - math.Sin(latA)*math.Cos(latB)*math.Cos(dLon)
	deg := degrees(math.Atan2(y, x))
	if deg < 0 {
		deg += 360
	}
	if deg >= 360 { // a tiny negative angle rounds up to the full turn
		deg = 0
	}
	return deg
}

// Offset is the place reached from p by going the given meters along a great
// circle that leaves at the given bearing (degrees clockwise from north). O(1).
func Offset(p LatLon, bearing, meters float64) LatLon {
	angle, theta := meters/EarthRadius, radians(bearing)
	lat, lon := radians(p.Lat), radians(p.Lon)
	sinLat := math.Sin(lat)*math.Cos(angle) + math.Cos(lat)*math.Sin(angle)*math.Cos(theta)
	outLat := math.Asin(max(-1, min(1, sinLat)))
	outLon := lon + math.Atan2(math.Sin(theta)*math.Sin(angle)*math.Cos(lat),
		math.Cos(angle)-math.Sin(lat)*math.Sin(outLat))
	return LatLon{Lat: degrees(outLat), Lon: wrapLon(degrees(outLon))}
}

// wrapLon brings a longitude in degrees into [-180, 180].
func wrapLon(lon float64) float64 {
	switch {
	case lon > 180:
		return lon - 360
	case lon < -180:
		return lon + 360
	}
	return lon
}

// NearestOnSegment is the point of the straight segment from a to b that is
// nearest to p, and how far along the segment it lies, in [0, 1]. The segment
// is taken as straight on a flat map around p. O(1).
func NearestOnSegment(p, a, b LatLon) (LatLon, float64) {
	squeeze := math.Cos(radians(p.Lat)) // a degree of longitude in degrees of latitude
	dx, dy := (b.Lon-a.Lon)*squeeze, b.Lat-a.Lat
	length := dx*dx + dy*dy
	if length == 0 {
		return a, 0
	}
	t := ((p.Lon-a.Lon)*squeeze*dx + (p.Lat-a.Lat)*dy) / length
	t = max(0, min(1, t))
	return LatLon{Lat: a.Lat + t*(b.Lat-a.Lat), Lon: a.Lon + t*(b.Lon-a.Lon)}, t
}
