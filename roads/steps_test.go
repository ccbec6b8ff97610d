package roads

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/geo"
)

// namedTown is a small net with names: Calle Larga runs east from 0 over 1 to 2
// and on as Calle Nueva to 3; Avenida Norte goes north from 1 to 4; from 2 a
// roundabout 5-6-7-5 is reached by Acceso, with exits Salida Uno at 6 and Salida
// Dos at 7.
func namedTown(t *testing.T) *Graph {
	t.Helper()
	at := func(east, north float64) geo.LatLon { return geo.LatLon{Lat: -34 + north/1000, Lon: -58 + east/1000} }
	places := []geo.LatLon{
		at(0, 0), at(2, 0), at(4, 0), at(6, 0), at(2, 2),
		at(4, -1), at(4.2, -1.3), at(3.8, -1.3), at(6, -2), at(2, -2),
	}
	names := NewNameList()
	var arcs []ArcSpec
	add := func(tail, head Node, name string, kind Kind) {
		arcs = append(arcs, ArcSpec{Tail: tail, Head: head, Duration: 1000, Distance: uint32(10 * geo.Meters(places[tail], places[head])),
			Name: names.Add(name), Kind: kind})
	}
	both := func(a, b Node, name string) { add(a, b, name, Local); add(b, a, name, Local) }
	both(0, 1, "Calle Larga")
	both(1, 2, "Calle Larga")
	both(2, 3, "Calle Nueva")
	both(1, 4, "Avenida Norte")
	both(2, 5, "Acceso")
	add(5, 7, "", Local|Roundabout)
	add(7, 6, "", Local|Roundabout)
	add(6, 5, "", Local|Roundabout)
	both(6, 8, "Salida Uno")
	both(7, 9, "Salida Dos")
	g, err := BuildNamed(len(places), arcs, places, Units{SecondsPerUnit: 0.01, MetersPerUnit: 0.1}, names.Names())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// sheet writes steps as one line each.
func sheet(steps []Step) string {
	var lines []string
	for _, s := range steps {
		lines = append(lines, fmt.Sprintf("%d %s %d %.0f", s.Turn, s.Name, s.Exit, s.Meters))
	}
	return strings.Join(lines, "\n")
}

func TestStepsOfADriversSheet(t *testing.T) {
	g := namedTown(t)
	s, err := NewSnapper(g)
	if err != nil {
		t.Fatal(err)
	}
	snap := func(east, north float64) Location {
		l, err := s.Snap(geo.LatLon{Lat: -34 + north/1000, Lon: -58 + east/1000}, 50)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	for _, tt := range []struct {
		name     string
		from, to Location
		want     string
	}{
		{"straight on under another name", g.At(0), g.At(3), "0 Calle Larga 0 369\n1 Calle Nueva 0 184\n10  0 0"},
		{"a left turn", g.At(0), g.At(4), "0 Calle Larga 0 184\n7 Avenida Norte 0 222\n10  0 0"},
		{"a right turn", g.At(4), g.At(0), "0 Avenida Norte 0 222\n3 Calle Larga 0 184\n10  0 0"},
		{"the first exit of a roundabout", g.At(3), g.At(9), "0 Calle Nueva 0 184\n7 Acceso 0 111\n9 Salida Dos 1 221\n10  0 0"},
		{"the second exit", g.At(3), g.At(8), "0 Calle Nueva 0 184\n7 Acceso 0 111\n9 Salida Uno 2 258\n10  0 0"},
		{"from the middle of a street to the middle of another", snap(1, 0.01), snap(2.01, 1), "0 Calle Larga 0 92\n7 Avenida Norte 0 111\n10  0 0"},
		{"along one street", snap(1, 0), snap(0.5, 0), "0 Calle Larga 0 46\n10  0 0"},
		{"nowhere", g.At(2), g.At(2), "10  0 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := NewDijkstra(g).Route(context.Background(), tt.from, tt.to, RouteOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := sheet(Steps(g, r, RouteOptions{})); got != tt.want {
				t.Errorf("sheet\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestStreetOf(t *testing.T) {
	g := namedTown(t)
	s, err := NewSnapper(g)
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[geo.LatLon]string{
		{Lat: -34, Lon: -57.999}: "Calle Larga", {Lat: -33.999, Lon: -57.998}: "Avenida Norte", {Lat: -34, Lon: -57.994}: "Calle Nueva",
	} {
		l, err := s.Snap(place, 50)
		if err != nil || g.StreetOf(l) != want {
			t.Errorf("%v is on %q, want %q (%v)", place, g.StreetOf(l), want, err)
		}
	}
	if bare := loadTown(t); bare.StreetOf(bare.At(3)) != "" {
		t.Error("a street name on a map without names")
	}
}

func TestStepsAddUpToTheRoute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		nameStreets(t, g)
		places := drawSnapped(t, g, 6, "places")
		for _, from := range places {
			for _, to := range places {
				r, err := NewDijkstra(g).Route(context.Background(), from, to, RouteOptions{TimeFactor: 2})
				if err != nil {
					continue
				}
				var meters, seconds float64
				steps := Steps(g, r, RouteOptions{TimeFactor: 2})
				for _, s := range steps {
					meters, seconds = meters+s.Meters, seconds+s.Seconds
				}
				if math.Abs(meters-r.Meters) > 1e-6 || math.Abs(seconds-r.Seconds) > 1e-6 {
					t.Fatalf("steps of %v m and %v s, the route has %v and %v", meters, seconds, r.Meters, r.Seconds)
				}
				if last := steps[len(steps)-1]; last.Turn != Arrive || last.At != to.Point {
					t.Fatalf("the last step is %+v", last)
				}
			}
		}
	})
}

func TestTurnOf(t *testing.T) {
	for _, tt := range []struct {
		before, after float64
		want          Turn
	}{
		{0, 0, Straight}, {350, 5, Straight}, {0, 30, SlightRight}, {0, 90, Right}, {300, 30, Right}, {0, 150, SharpRight},
		{90, 270, UTurn}, {0, 220, SharpLeft}, {0, 270, Left}, {10, 330, SlightLeft},
	} {
		if got := turnOf(tt.before, tt.after); got != tt.want {
			t.Errorf("from %v to %v is turn %d, want %d", tt.before, tt.after, got, tt.want)
		}
	}
}
