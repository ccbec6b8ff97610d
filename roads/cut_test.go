package roads

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/geo"
)

func TestComponentsAreMutualReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		component, count := Components(g)
		duration, _ := floydWarshall(g)
		seen := make(map[uint32]bool)
		for i := range g.NodeCount() {
			seen[component[i]] = true
			for j := range g.NodeCount() {
				mutual := duration[i][j] != math.MaxInt32 && duration[j][i] != math.MaxInt32
				if mutual != (component[i] == component[j]) {
					t.Fatalf("nodes %d and %d: components %d and %d, mutual %v", i, j, component[i], component[j], mutual)
				}
			}
		}
		if len(seen) != count {
			t.Fatalf("%d components, %d counted", len(seen), count)
		}
	})
}

func TestCutKeepsTheLargestPartInside(t *testing.T) {
	g := loadTown(t)
	north := g.Place(townNode(0, 3)).Lat - 1e-6 // the river bank
	for _, tt := range []struct {
		name   string
		inside func(geo.LatLon) bool
		want   CutReport
	}{
		{"everything", nil, CutReport{46, 116, 46, 116, 1, 46, 116}},
		{"north of the river", func(p geo.LatLon) bool { return p.Lat >= north }, CutReport{46, 116, 21, 52, 1, 21, 52}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cut, report, err := Cut(g, tt.inside)
			if err != nil || report != tt.want {
				t.Fatalf("report %+v, want %+v, error %v", report, tt.want, err)
			}
			for v := range cut.NodeCount() {
				if old := Node(cut.NodeID(Node(v)) - 1); cut.Place(Node(v)) != g.Place(old) {
					t.Errorf("node %d was not node %d of the town", v, old)
				}
			}
		})
	}
	if _, _, err := Cut(g, func(geo.LatLon) bool { return false }); !errors.Is(err, ErrGraph) {
		t.Errorf("a region in the sea: %v", err)
	}
	bare := *g
	bare.Lat, bare.Lon = nil, nil
	if _, _, err := Cut(&bare, func(geo.LatLon) bool { return true }); !errors.Is(err, ErrGraph) {
		t.Errorf("a map without coordinates: %v", err)
	}
}

func TestCutOfRandomGraphsReachesEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		west := rapid.Float64Range(-59, -58).Draw(t, "border")
		cut, report, err := Cut(g, func(p geo.LatLon) bool { return p.Lon <= west })
		if err != nil {
			if report.NodesInside != 0 {
				t.Fatal(err)
			}
			return
		}
		duration, _ := floydWarshall(cut)
		for i := range duration {
			for j := range duration {
				if duration[i][j] == math.MaxInt32 {
					t.Fatalf("node %d does not reach %d", i, j)
				}
			}
		}
	})
}
