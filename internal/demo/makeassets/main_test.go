package main

import (
	"context"
	"slices"
	"testing"

	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/mapfile"
	"github.com/logistica-inteligente/rumbo/roads"
	"github.com/logistica-inteligente/rumbo/roads/cch"
)

// TestBundledMap holds what the committed map of New York promises.
func TestBundledMap(t *testing.T) {
	file, err := mapfile.Open("../assets/ny.map.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	g, err := roads.Load(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if g.NodeCount() != 69_928 || g.ArcCount() != 220_840 || g.Units != roads.DefaultUnits() {
		t.Errorf("%d nodes, %d arcs, %+v", g.NodeCount(), g.ArcCount(), g.Units)
	}
	if len(g.Order) != g.NodeCount() {
		t.Errorf("an order of %d nodes", len(g.Order))
	}
	if _, parts := roads.Components(g); parts != 1 {
		t.Errorf("%d strongly connected parts", parts)
	}
	crossTheCity(t, g)
}

// crossTheCity drives between the boroughs and Newark Airport: a bridge or
// tunnel that the cut lost would show as a detour.
func crossTheCity(t *testing.T, g *roads.Graph) {
	snapper, err := roads.NewSnapper(g)
	if err != nil {
		t.Fatal(err)
	}
	var at []roads.Location
	for name, p := range map[string]geo.LatLon{
		"Times Square": {Lat: 40.7589, Lon: -73.9851}, "Saint George, Staten Island": {Lat: 40.6437, Lon: -74.0736},
		"Flushing, Queens": {Lat: 40.7596, Lon: -73.8301}, "Fordham, Bronx": {Lat: 40.8624, Lon: -73.9016},
		"Coney Island, Brooklyn": {Lat: 40.5772, Lon: -73.9815}, "Newark Airport": {Lat: 40.6953, Lon: -74.1760},
	} {
		l, err := snapper.Snap(p, 1000)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		at = append(at, l)
	}
	table, err := roads.NewDijkstra(g).Table(context.Background(), at, at, roads.TableOptions{})
	if err != nil {
		t.Fatal(err)
	}
	fast, err := cch.Prepare(context.Background(), g, cch.OrderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := fast.Table(context.Background(), at, at, roads.TableOptions{})
	if err != nil || !slices.Equal(again.Duration, table.Duration) || !slices.Equal(again.Distance, table.Distance) {
		t.Errorf("the hierarchy answers otherwise: %v", err)
	}
	for i := range at {
		for j := range at {
			_, meters, ok := table.At(i, j)
			if direct := geo.Meters(at[i].Point, at[j].Point); !ok || float64(meters) > 2.2*direct || float64(meters) < direct {
				t.Errorf("%v to %v: %d m by road, %.0f m direct", at[i].Place, at[j].Place, meters, direct)
			}
		}
	}
}
