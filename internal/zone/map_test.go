package zone

import (
	"compress/gzip"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
)

// newYork is the map that the demo carries.
func newYork(tb testing.TB) *Map {
	tb.Helper()
	f, err := os.Open("../demo/assets/zones.geojson.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := Read(z)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestNewYork(t *testing.T) {
	m := newYork(t)
	if m.Len() != 263 || len(m.Zones()) != 263 {
		t.Fatalf("%d zones", m.Len())
	}
	for i, z := range m.Zones() {
		if z.ID != int32(i+1) || z.Name == "" || z.Borough == "" || !m.Known(z.ID) {
			t.Errorf("zone %+v", z)
		}
		if c, ok := m.Centroid(z.ID); !ok || c != z.Centroid || len(c.Validate("")) > 0 || geo.Meters(geo.LatLon(c), geo.LatLon{Lat: 40.7, Lon: -73.95}) > 60_000 {
			t.Errorf("zone %d: centroid %v", z.ID, c)
		}
	}
	for _, c := range []struct {
		p    rumbo.Point
		want int32
		name string
	}{
		{rumbo.Point{Lat: 40.7580, Lon: -73.9855}, 230, "Times Sq/Theatre District"},
		{rumbo.Point{Lat: 40.6413, Lon: -73.7781}, 132, "JFK Airport"},
		{rumbo.Point{Lat: 40.7813, Lon: -73.9665}, 43, "Central Park"},
		{rumbo.Point{Lat: 41.5, Lon: -73.9}, 0, ""},
	} {
		z, _ := m.Zone(m.At(c.p))
		if m.At(c.p) != c.want || z.Name != c.name {
			t.Errorf("%v lies in %d %s, want %d %s", c.p, m.At(c.p), z.Name, c.want, c.name)
		}
	}
	if _, ok := m.Centroid(264); ok || m.Known(0) || m.Known(264) {
		t.Error("an unknown zone is known")
	}
}

func TestRandomPointsLieInTheirZoneAndComeAgain(t *testing.T) {
	m := newYork(t)
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Int32Range(1, 263).Draw(t, "zone")
		seed := rapid.Uint64().Draw(t, "seed")
		p, ok := m.RandomPoint(id, rand.New(rand.NewPCG(seed, 1)))
		if !ok || m.At(p) != id {
			t.Fatalf("drew %v, which lies in %d", p, m.At(p))
		}
		if again, _ := m.RandomPoint(id, rand.New(rand.NewPCG(seed, 1))); again != p {
			t.Fatalf("%v, then %v", p, again)
		}
	})
	if _, ok := m.RandomPoint(999, rand.New(rand.NewPCG(1, 1))); ok {
		t.Error("a place in an unknown zone")
	}
}

// featureOf writes a zone as GeoJSON.
func featureOf(properties, kind, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature","id":9,"properties":%s,"geometry":{"type":%q,"coordinates":%s}}`, properties, kind, coordinates)
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","name":"x","features":[` + strings.Join(features, ",") + `],"bbox":[0,0,1,1]}`
}

const square = `[[[10,20],[12,20],[12,22],[10,22],[10,20]]]`

func TestReadHolesAndParts(t *testing.T) {
	donut := `[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[3,1],[3,3],[1,3],[1,1]]]`
	m, err := Read(strings.NewReader(collection(
		featureOf(`{"LocationID":7,"zone":"Ring"}`, "Polygon", donut),
		featureOf(`{"id":8,"name":"Two","borough":"B","other":[1]}`, "MultiPolygon", `[`+square+`,[[[1,1],[2,1],[2,2],[1,2]]]]`),
	)))
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[rumbo.Point]int32{
		{Lat: 0.5, Lon: 2}: 7, {Lat: 2.5, Lon: 2.5}: 0, {Lat: 1.5, Lon: 1.5}: 8, {Lat: 21, Lon: 11}: 8,
	} {
		if got := m.At(p); got != want {
			t.Errorf("%v lies in %d, want %d", p, got, want)
		}
	}
	if c, _ := m.Centroid(7); c != (rumbo.Point{Lat: 2, Lon: 2}) {
		t.Errorf("center of the ring %v", c)
	}
	if c, _ := m.Centroid(8); c.Lat < 16.9 || c.Lat > 17.2 { // (4·21 + 1·1.5) / 5
		t.Errorf("center of two parts %v", c)
	}
}

func TestReadNamesEveryFault(t *testing.T) {
	good := featureOf(`{"id":1}`, "Polygon", square)
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", " empty_payload"},
		{"no features", collection(), "/features empty_payload"},
		{"no collection", `{"type":"Topology"}`, "/features missing_field"},
		{"cut", collection(good)[:60], "/features/0 truncated_payload"},
		{"all kinds", collection(good, good, featureOf(`{}`, "Polygon", square), featureOf(`{"id":0}`, "Point", `[1,2]`),
			featureOf(`{"id":4}`, "Polygon", `[[[1,2],[3,4],[1,2]]]`), featureOf(`{"id":5}`, "Polygon", `"x"`), featureOf(`{"id":6}`, "Polygon", `[[[200,2],[3,4],[5,6]]]`),
			featureOf(`{"id":7.5}`, "MultiPolygon", `[]`), featureOf(`{"id":8,"centroid_lat":0,"centroid_lon":0}`, "Polygon", square), `7`),
			"/features/1/properties/id duplicate_id; /features/2/properties/id missing_field; /features/3/properties/id out_of_range; " +
				"/features/3/geometry/type not_one_of; /features/4/geometry/coordinates (polygon 0, ring 0) bad_coordinates; /features/5/geometry/coordinates wrong_type; " +
				"/features/6/geometry/coordinates (polygon 0, ring 0) bad_coordinates; /features/7/properties/id out_of_range; " +
				"/features/7/geometry/coordinates empty_payload; /features/8/properties zero_coordinates; /features/9 wrong_type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.in))
			var e *rumbo.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, f := range e.Fields {
				got = append(got, f.Pointer+" "+string(f.Code))
			}
			if text := strings.Join(got, "; "); text != c.want {
				t.Errorf("\n got %s\nwant %s", text, c.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(collection(featureOf(`{"id":1,"name":"A"}`, "Polygon", square)))
	f.Add(collection(featureOf(`{"LocationID":2,"centroid_lat":1,"centroid_lon":2}`, "MultiPolygon", `[`+square+`]`)))
	f.Add(`[` + featureOf(`{"id":1}`, "Polygon", `[[[0,0],[1e308,1],[1,1]]]`) + `]`)
	f.Add(`{"features":[{"properties":null,"geometry":null}]}`)
	f.Fuzz(func(t *testing.T, in string) {
		m, err := Read(strings.NewReader(in))
		if err != nil {
			return
		}
		r := rand.New(rand.NewPCG(1, 1))
		for _, z := range m.Zones() {
			if c, ok := m.Centroid(z.ID); !ok || !geo.LatLon(c).Valid() {
				t.Fatalf("centroid %v", c)
			}
			if p, ok := m.RandomPoint(z.ID, r); ok && m.At(p) == 0 {
				t.Fatalf("%v was drawn in zone %d and lies in none", p, z.ID)
			}
		}
	})
}
