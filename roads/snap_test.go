package roads

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/geo"
)

// bruteSnap compares a place with every node.
func bruteSnap(g *Graph, p geo.LatLon) (Node, float64) {
	best, meters := Node(0), math.Inf(1)
	for v := range g.NodeCount() {
		if m := geo.Meters(p, g.Place(Node(v))); m < meters {
			best, meters = Node(v), m
		}
	}
	return best, meters
}

func TestSnapEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		south := rapid.Float64Range(-85, 84).Draw(t, "south")
		height := rapid.SampledFrom([]float64{0, 1e-5, 0.01, 1}).Draw(t, "height")
		width := rapid.SampledFrom([]float64{0, 1e-5, 0.01, 1}).Draw(t, "width")
		places := make([]geo.LatLon, rapid.IntRange(1, 60).Draw(t, "nodes"))
		for v := range places {
			places[v] = geo.LatLon{
				Lat: south + height*rapid.Float64Range(0, 1).Draw(t, "lat"),
				Lon: -70 + width*rapid.Float64Range(0, 1).Draw(t, "lon"),
			}
		}
		g, err := Build(len(places), nil, places, DefaultUnits())
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewSnapper(g)
		if err != nil {
			t.Fatal(err)
		}
		p := geo.LatLon{
			Lat: south + height*rapid.Float64Range(-1, 2).Draw(t, "lat"),
			Lon: -70 + width*rapid.Float64Range(-1, 2).Draw(t, "lon"),
		}
		got, err := s.Snap(p, 1e8)
		if err != nil {
			t.Fatal(err)
		}
		want, meters := bruteSnap(g, p)
		if got.Node != want || got.Meters != meters || got.Place != p || got.Point != g.Place(want) {
			t.Fatalf("%v snaps to %d at %v m, want %d at %v m", p, got.Node, got.Meters, want, meters)
		}
	})
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
	if _, want := bruteSnap(g, sea); far.Meters != want {
		t.Errorf("%v m away, want %v", far.Meters, want)
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
