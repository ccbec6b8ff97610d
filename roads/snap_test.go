package roads

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/geo"
)

// bruteSnap compares a place with every street.
func bruteSnap(s *Snapper, p geo.LatLon) candidate {
	best := candidate{meters: math.Inf(1)}
	for _, street := range s.streets {
		if c := s.distance(p, street); c.before(best) {
			best = c
		}
	}
	return best
}

// drawStreets makes a map of random streets in a box of random shape, and a place
// in or around it.
func drawStreets(t *rapid.T) (*Graph, geo.LatLon) {
	south := rapid.Float64Range(-85, 84).Draw(t, "south")
	height := rapid.SampledFrom([]float64{0, 1e-5, 0.01, 1}).Draw(t, "height")
	width := rapid.SampledFrom([]float64{0, 1e-5, 0.01, 1}).Draw(t, "width")
	at := func(low, high float64) geo.LatLon {
		return geo.LatLon{
			Lat: south + height*rapid.Float64Range(low, high).Draw(t, "lat"),
			Lon: -70 + width*rapid.Float64Range(low, high).Draw(t, "lon"),
		}
	}
	places := make([]geo.LatLon, rapid.IntRange(1, 60).Draw(t, "nodes"))
	for v := range places {
		places[v] = at(0, 1)
	}
	arcs := make([]ArcSpec, rapid.IntRange(0, 60).Draw(t, "arcs"))
	for i := range arcs {
		arcs[i] = ArcSpec{
			Tail: Node(rapid.IntRange(0, len(places)-1).Draw(t, "tail")), Head: Node(rapid.IntRange(0, len(places)-1).Draw(t, "head")),
			Duration: uint32(rapid.IntRange(0, 9).Draw(t, "duration")) * 10_000, Distance: uint32(rapid.IntRange(0, 900).Draw(t, "distance")),
		}
	}
	g, err := Build(len(places), arcs, places, Units{SecondsPerUnit: 0.25, MetersPerUnit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return g, at(-1, 2)
}

func TestSnapEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, p := drawStreets(t)
		s, err := NewSnapper(g)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Snap(p, 1e8)
		if err != nil {
			t.Fatal(err)
		}
		want := bruteSnap(s, p)
		if got.Place != p || math.Abs(got.Meters-want.meters) > endMeters {
			t.Fatalf("%v snaps to %v at %v m, want %v at %v m", p, got.Point, got.Meters, want.point, want.meters)
		}
		if got.Node != want.street[0] && got.Node != want.street[1] {
			t.Fatalf("node %d is not an end of street %v", got.Node, want.street)
		}
	})
}

// TestSnappedTablesEqualAGraphWithThePlacesAsNodes splits the streets at the
// snapped points and asks plain Floyd-Warshall.
func TestSnappedTablesEqualAGraphWithThePlacesAsNodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, p := drawStreets(t)
		s, err := NewSnapper(g)
		if err != nil {
			t.Fatal(err)
		}
		var at []Location
		for range rapid.IntRange(1, 6).Draw(t, "places") {
			l, err := s.Snap(p, 1e8)
			if err != nil {
				t.Fatal(err)
			}
			at = append(at, l)
			p.Lat += rapid.Float64Range(-0.5, 0.5).Draw(t, "north") * (g.Box().MaxLat - g.Box().MinLat)
			p.Lat = max(-90, min(90, p.Lat))
		}
		table, err := NewDijkstra(g).Table(context.Background(), at, at, TableOptions{TimeFactor: 4})
		if err != nil {
			t.Fatal(err)
		}
		duration := splitAndSolve(t, g, at)
		for i := range at {
			for j := range at {
				want := duration[g.NodeCount()+i][g.NodeCount()+j]
				// A way through another location rounds once more for each.
				if seconds, _, _ := table.At(i, j); math.Abs(float64(int(seconds)-want)) > 10 {
					t.Fatalf("%d to %d: %d s, want %d", i, j, seconds, want)
				}
			}
		}
	})
}

// splitAndSolve adds a node for every location, joined to the ends of its street
// and to the other locations on it, and solves by Floyd-Warshall.
func splitAndSolve(t *rapid.T, g *Graph, at []Location) [][]int {
	n := g.NodeCount()
	var arcs []ArcSpec
	add := func(from, to int, c Cost) {
		if c < Unreached {
			d, l := g.Split(c)
			arcs = append(arcs, ArcSpec{Tail: Node(from), Head: Node(to), Duration: uint32(d), Distance: uint32(l)})
		}
	}
	for v := range n {
		for a := g.FirstOut[v]; a < g.FirstOut[v+1]; a++ {
			add(v, int(g.Head[a]), g.ArcCost(Arc(a)))
		}
	}
	for i, l := range at {
		if !l.on.inside {
			add(n+i, int(l.Node), 0)
			add(int(l.Node), n+i, 0)
			continue
		}
		add(n+i, int(l.on.b), g.share(g.wholeCost(l.on.a, l.on.b), 1-l.on.at))
		add(int(l.on.a), n+i, g.share(g.wholeCost(l.on.a, l.on.b), l.on.at))
		add(n+i, int(l.on.a), g.share(g.wholeCost(l.on.b, l.on.a), l.on.at))
		add(int(l.on.b), n+i, g.share(g.wholeCost(l.on.b, l.on.a), 1-l.on.at))
		for j, m := range at {
			if m.on.inside && m.on.a == l.on.a && m.on.b == l.on.b {
				if m.on.at >= l.on.at {
					add(n+i, n+j, g.share(g.wholeCost(l.on.a, l.on.b), m.on.at-l.on.at))
				}
				if m.on.at <= l.on.at {
					add(n+i, n+j, g.share(g.wholeCost(l.on.b, l.on.a), l.on.at-m.on.at))
				}
			}
		}
	}
	split, err := Build(n+len(at), arcs, nil, g.Units)
	if err != nil {
		t.Fatal(err)
	}
	duration, _ := floydWarshall(split)
	return duration
}

func TestSnapTooFarNamesTheDistance(t *testing.T) {
	g := loadTown(t)
	s, err := NewSnapper(g)
	if err != nil {
		t.Fatal(err)
	}
	sea := geo.LatLon{Lat: -38.5, Lon: -56}
	_, err = s.Snap(sea, 0)
	var far *TooFarError
	if !errors.As(err, &far) || !errors.Is(err, ErrTooFar) || far.Limit != DefaultSnapMeters {
		t.Fatalf("error %v", err)
	}
	if want := bruteSnap(s, sea); far.Meters != want.meters {
		t.Errorf("%v m away, want %v", far.Meters, want.meters)
	}
	if !strings.Contains(err.Error(), "the nearest road is 703436 m away") || !strings.Contains(err.Error(), "limit is 1000 m") {
		t.Errorf("message %q", err)
	}
	for _, p := range []geo.LatLon{{Lat: math.NaN()}, {Lat: 200}, {Lon: math.Inf(-1)}} {
		if _, err := s.Snap(p, 1e9); !errors.Is(err, ErrLocation) {
			t.Errorf("Snap(%v): %v", p, err)
		}
	}
}

func TestSnapperNeedsPlaces(t *testing.T) {
	for _, places := range [][]geo.LatLon{nil, {}} {
		g, err := Build(len(places), nil, places, DefaultUnits())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewSnapper(g); !errors.Is(err, ErrGraph) {
			t.Errorf("a snapper over nothing: %v", err)
		}
	}
}
