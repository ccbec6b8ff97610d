package geo

import (
	"errors"
	"fmt"
	"math"
)

// ErrPolyline is wrapped by every error of [DecodePolyline].
var ErrPolyline = errors.New("bad polyline")

// EncodePolyline writes a line in the encoded polyline text form: differences
// of rounded coordinates in base 64. Precision is the number of decimals of a
// degree that are kept: 5 (about 1 m, what most maps expect) or 6; it must be
// between 1 and 9. Places must be valid. O(len(line)).
//
// Format: "Encoded Polyline Algorithm Format", Google Maps Platform.
func EncodePolyline(line []LatLon, precision int) string {
	scale := math.Pow10(precision)
	out := make([]byte, 0, 8*len(line))
	var lat, lon int64
	for _, p := range line {
		nextLat, nextLon := int64(math.Round(p.Lat*scale)), int64(math.Round(p.Lon*scale))
		out = appendPolylineValue(out, nextLat-lat)
		out = appendPolylineValue(out, nextLon-lon)
		lat, lon = nextLat, nextLon
	}
	return string(out)
}

// appendPolylineValue writes one signed number, five bits a character, low bits
// first, the sign in the lowest bit.
func appendPolylineValue(out []byte, value int64) []byte {
	bits := uint64(value<<1) ^ uint64(value>>63)
	for bits >= 0x20 {
		out = append(out, byte(bits&0x1f|0x20)+63)
		bits >>= 5
	}
	return append(out, byte(bits)+63)
}

// DecodePolyline reads the encoded polyline text form. It returns an error that
// wraps [ErrPolyline] for a character outside the alphabet, a cut number, a
// latitude without longitude, or a coordinate out of range. O(len(text)).
func DecodePolyline(text string, precision int) ([]LatLon, error) {
	scale := math.Pow10(precision)
	limitLat, limitLon := int64(math.Round(90*scale)), int64(math.Round(180*scale))
	line := make([]LatLon, 0, len(text)/4)
	var lat, lon int64
	for at := 0; at < len(text); {
		dLat, next, err := polylineValue(text, at)
		if err != nil {
			return nil, err
		}
		dLon, end, err := polylineValue(text, next)
		if err != nil {
			return nil, err
		}
		lat, lon = lat+dLat, lon+dLon
		if lat < -limitLat || lat > limitLat || lon < -limitLon || lon > limitLon {
			return nil, fmt.Errorf("%w: coordinate out of range at character %d", ErrPolyline, at+1)
		}
		line = append(line, LatLon{Lat: float64(lat) / scale, Lon: float64(lon) / scale})
		at = end
	}
	return line, nil
}

// polylineValue reads one number that starts at the given byte; it returns the
// number and where the next one starts.
func polylineValue(text string, at int) (value int64, next int, err error) {
	var bits uint64
	for shift := uint(0); ; shift += 5 {
		if at >= len(text) {
			return 0, 0, fmt.Errorf("%w: ends inside a number", ErrPolyline)
		}
		c := text[at]
		if c < 63 || c > 126 {
			return 0, 0, fmt.Errorf("%w: character %q at %d", ErrPolyline, c, at+1)
		}
		if shift > 40 { // far above any coordinate difference, and no overflow
			return 0, 0, fmt.Errorf("%w: number too long at character %d", ErrPolyline, at+1)
		}
		c -= 63
		at++
		bits |= uint64(c&0x1f) << shift
		if c < 0x20 {
			return int64(bits>>1) ^ -int64(bits&1), at, nil
		}
	}
}
