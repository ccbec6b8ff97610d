package geo

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

var (
	timesSquare  = LatLon{Lat: 40.758896, Lon: -73.985130}
	statueLib    = LatLon{Lat: 40.689247, Lon: -74.044502}
	bogota       = LatLon{Lat: 4.711, Lon: -74.0721}
	buenosAires  = LatLon{Lat: -34.6037, Lon: -58.3816}
	oneDegreeLat = math.Pi / 180 * EarthRadius
)

func TestMetersKnownPairs(t *testing.T) {
	tests := []struct {
		name string
		a, b LatLon
		want float64
		tol  float64
	}{
		{"same place", bogota, bogota, 0, 0},
		{"a degree of meridian", LatLon{0, 10}, LatLon{1, 10}, oneDegreeLat, 1e-6},
		{"a degree of equator", LatLon{0, 10}, LatLon{0, 11}, oneDegreeLat, 1e-6},
		{"half around", LatLon{0, 0}, LatLon{0, 180}, math.Pi * EarthRadius, 1e-6},
		{"New York harbor", timesSquare, statueLib, 9217, 10},
		{"Bogotá to Buenos Aires", bogota, buenosAires, 4_670_000, 10_000},
		{"ten centimeters", LatLon{40, -74}, LatLon{40 + 0.1/oneDegreeLat, -74}, 0.1, 1e-6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Meters(tt.a, tt.b); math.Abs(got-tt.want) > tt.tol {
				t.Errorf("Meters = %v, want %v within %v", got, tt.want, tt.tol)
			}
		})
	}
}

func TestBearingOfTheCompass(t *testing.T) {
	o := LatLon{0, 0}
	for _, tt := range []struct {
		to   LatLon
		want float64
	}{{LatLon{1, 0}, 0}, {LatLon{0, 1}, 90}, {LatLon{-1, 0}, 180}, {LatLon{0, -1}, 270}, {o, 0}} {
		if got := Bearing(o, tt.to); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("Bearing to %v = %v, want %v", tt.to, got, tt.want)
		}
	}
}

func drawPlace(t *rapid.T, label string) LatLon {
	return LatLon{
		Lat: rapid.Float64Range(-80, 80).Draw(t, label+" lat"),
		Lon: rapid.Float64Range(-170, 170).Draw(t, label+" lon"),
	}
}

func TestOffsetComesBackInMetersAndBearing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlace(t, "p")
		bearing := rapid.Float64Range(0, 359.9).Draw(t, "bearing")
		meters := rapid.Float64Range(1, 100_000).Draw(t, "meters")
		q := Offset(p, bearing, meters)
		if got := Meters(p, q); math.Abs(got-meters) > 1e-3 {
			t.Fatalf("went %v m, came %v m away", meters, got)
		}
		diff := math.Abs(Bearing(p, q) - bearing)
		if min(diff, 360-diff) > 1e-3 {
			t.Fatalf("bearing %v, want %v", Bearing(p, q), bearing)
		}
	})
}

func TestTriangleInequalityAndSymmetry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawPlace(t, "a"), drawPlace(t, "b"), drawPlace(t, "c")
		if Meters(a, b) != Meters(b, a) {
			t.Fatal("not symmetric")
		}
		if Meters(a, c) > Meters(a, b)+Meters(b, c)+1e-6 {
			t.Fatal("longer than the detour")
		}
	})
}

func TestValid(t *testing.T) {
	for _, p := range []LatLon{{91, 0}, {-91, 0}, {0, 181}, {0, -181}, {math.NaN(), 0}, {0, math.NaN()}, {math.Inf(1), 0}} {
		if p.Valid() {
			t.Errorf("%v is valid", p)
		}
	}
	if !(LatLon{-90, 180}).Valid() || !(LatLon{}).Valid() {
		t.Error("borders are valid")
	}
}

func TestBoxGrowHoldsEveryPlaceWithinMargin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlace(t, "p")
		box := BoxOf([]LatLon{p, Offset(p, 45, 3000)})
		margin := rapid.Float64Range(0.01, 50_000).Draw(t, "margin")
		grown := box.Grow(margin)
		q := Offset(p, rapid.Float64Range(0, 360).Draw(t, "bearing"), margin*0.9999)
		if !grown.Contains(q) {
			t.Fatalf("%v is within %v m of %v but outside %+v", q, margin, p, grown)
		}
	})
	if !EmptyBox().Empty() || !EmptyBox().Grow(10).Empty() || EmptyBox().Contains(LatLon{}) {
		t.Error("the empty box holds something")
	}
}

// square is the ring around a center, half a side in degrees.
func square(center LatLon, half float64) Ring {
	return Ring{
		{center.Lat - half, center.Lon - half}, {center.Lat - half, center.Lon + half},
		{center.Lat + half, center.Lon + half}, {center.Lat + half, center.Lon - half},
	}
}

func TestPolygonContains(t *testing.T) {
	donut := Polygon{square(bogota, 0.2), square(bogota, 0.1)}
	closed := Polygon{append(square(bogota, 0.2), square(bogota, 0.2)[0])}
	tests := []struct {
		name string
		pg   Polygon
		p    LatLon
		want bool
	}{
		{"in the ring of a donut", donut, LatLon{bogota.Lat + 0.15, bogota.Lon}, true},
		{"in its hole", donut, bogota, false},
		{"outside", donut, LatLon{bogota.Lat + 0.3, bogota.Lon}, false},
		{"a repeated first place changes nothing", closed, bogota, true},
		{"no rings", nil, bogota, false},
		{"an empty ring", Polygon{nil}, bogota, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.pg.Contains(tt.p); got != tt.want {
				t.Errorf("Contains(%v) = %v", tt.p, got)
			}
		})
	}
}

func TestNeighborsShareNoPlace(t *testing.T) {
	west, east := Polygon{square(LatLon{0, 0}, 1)}, Polygon{square(LatLon{0, 2}, 1)}
	for lat := -0.9; lat < 1; lat += 0.1 {
		p := LatLon{Lat: lat, Lon: 1}
		if west.Contains(p) == east.Contains(p) {
			t.Errorf("border place %v: west %v, east %v", p, west.Contains(p), east.Contains(p))
		}
	}
}

func TestRegionIsPolygonsWithMargin(t *testing.T) {
	pg := Polygon{square(timesSquare, 0.02)}
	edge := LatLon{Lat: timesSquare.Lat, Lon: timesSquare.Lon + 0.02}
	region := NewRegion([]Polygon{pg}, 500)
	for _, tt := range []struct {
		meters float64
		want   bool
	}{{0.5, true}, {499, true}, {501, false}, {5000, false}} {
		if got := region.Contains(Offset(edge, 90, tt.meters)); got != tt.want {
			t.Errorf("%v m outside: %v", tt.meters, got)
		}
	}
	if got := pg.MetersTo(Offset(edge, 90, 300)); math.Abs(got-300) > 1 {
		t.Errorf("MetersTo = %v, want 300", got)
	}
	if !math.IsInf(Polygon(nil).MetersTo(edge), 1) {
		t.Error("a polygon without places is infinitely far")
	}
}

func TestNearestOnSegment(t *testing.T) {
	a, b := LatLon{40, -74}, LatLon{40, -73.9}
	for _, tt := range []struct {
		p    LatLon
		want float64
	}{{LatLon{40.01, -73.95}, 0.5}, {LatLon{40.01, -75}, 0}, {LatLon{40.01, -73}, 1}} {
		if _, got := NearestOnSegment(tt.p, a, b); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("NearestOnSegment(%v) at %v, want %v", tt.p, got, tt.want)
		}
	}
	if near, at := NearestOnSegment(bogota, a, a); near != a || at != 0 {
		t.Errorf("a segment of no length: %v at %v", near, at)
	}
}

func TestLineMeters(t *testing.T) {
	line := []LatLon{{0, 0}, {0, 1}, {1, 1}}
	if got := LineMeters(line); math.Abs(got-2*oneDegreeLat) > 20 {
		t.Errorf("LineMeters = %v", got)
	}
	if LineMeters(nil) != 0 || LineMeters(line[:1]) != 0 {
		t.Error("a line of fewer than two places has no length")
	}
}

func TestPolylineKnownText(t *testing.T) {
	// The line of the format's public description.
	line := []LatLon{{38.5, -120.2}, {40.7, -120.95}, {43.252, -126.453}}
	const text = "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
	if got := EncodePolyline(line, 5); got != text {
		t.Errorf("EncodePolyline = %q, want %q", got, text)
	}
	got, err := DecodePolyline(text, 5)
	if err != nil || len(got) != 3 || got[2] != line[2] {
		t.Errorf("DecodePolyline = %v, %v", got, err)
	}
}

func TestPolylineRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		precision := rapid.SampledFrom([]int{5, 6}).Draw(t, "precision")
		var line []LatLon
		for range rapid.IntRange(0, 20).Draw(t, "places") {
			line = append(line, drawPlace(t, "p"))
		}
		back, err := DecodePolyline(EncodePolyline(line, precision), precision)
		if err != nil || len(back) != len(line) {
			t.Fatalf("%d places came back as %d: %v", len(line), len(back), err)
		}
		for i := range line {
			if math.Abs(back[i].Lat-line[i].Lat) > 0.51*math.Pow10(-precision) ||
				math.Abs(back[i].Lon-line[i].Lon) > 0.51*math.Pow10(-precision) {
				t.Fatalf("place %d: %v came back as %v", i, line[i], back[i])
			}
		}
	})
}

func TestPolylineBadText(t *testing.T) {
	for _, text := range []string{"_p~iF", "_p~i", " ", "_p~iF~ps|U_", "~~~~~~~~~~~~~~~~", "é", "_______@?"} {
		if line, err := DecodePolyline(text, 5); !errors.Is(err, ErrPolyline) {
			t.Errorf("DecodePolyline(%q) = %v, %v", text, line, err)
		}
	}
}

func FuzzDecodePolyline(f *testing.F) {
	f.Add("_p~iF~ps|U_ulLnnqC_mqNvxq`@")
	f.Add("")
	f.Add("??")
	f.Add("_p~i")
	f.Fuzz(func(t *testing.T, text string) {
		line, err := DecodePolyline(text, 5)
		if err != nil {
			return
		}
		for _, p := range line {
			if !p.Valid() {
				t.Fatalf("place %v out of range", p)
			}
		}
		again, err := DecodePolyline(EncodePolyline(line, 5), 5)
		if err != nil || len(again) != len(line) {
			t.Fatalf("not stable: %v", err)
		}
	})
}
