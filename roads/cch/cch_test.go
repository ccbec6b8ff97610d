package cch

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/roads"
)

// The engine answers the same questions as the reference.
var (
	_ roads.Tabler = (*Metric)(nil)
	_ roads.Router = (*Metric)(nil)
)

// drawGraph makes a random network; small weights make ties common.
func drawGraph(t *rapid.T) *roads.Graph {
	n := rapid.IntRange(1, 70).Draw(t, "nodes")
	m := rapid.IntRange(0, 3*n).Draw(t, "arcs")
	places := make([]geo.LatLon, n)
	for v := range places {
		places[v] = geo.LatLon{Lat: rapid.Float64Range(-35, -34).Draw(t, "lat"), Lon: rapid.Float64Range(-59, -58).Draw(t, "lon")}
	}
	arcs := make([]roads.ArcSpec, m)
	for i := range arcs {
		arcs[i] = roads.ArcSpec{
			Tail: roads.Node(rapid.IntRange(0, n-1).Draw(t, "tail")), Head: roads.Node(rapid.IntRange(0, n-1).Draw(t, "head")),
			Duration: uint32(rapid.IntRange(0, 9).Draw(t, "duration")), Distance: uint32(rapid.IntRange(0, 9).Draw(t, "distance")),
		}
	}
	if rapid.Bool().Draw(t, "bare") {
		places = nil
	}
	g, err := roads.Build(n, arcs, places, roads.Units{SecondsPerUnit: 1, MetersPerUnit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

type fataler interface {
	Fatal(...any)
	Helper()
}

func customized(t fataler, g *roads.Graph) *Metric {
	t.Helper()
	order, err := Order(context.Background(), g, OrderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := Build(g, order)
	if err != nil {
		t.Fatal(err)
	}
	m, err := h.Customize(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func drawLocations(t *rapid.T, g *roads.Graph, label string) []roads.Location {
	list := make([]roads.Location, rapid.IntRange(0, 40).Draw(t, label))
	for i := range list {
		list[i] = drawLocation(t, g, label)
	}
	return list
}

// drawLocation is a node, or a place snapped to the nearest street.
func drawLocation(t *rapid.T, g *roads.Graph, label string) roads.Location {
	v := roads.Node(rapid.IntRange(0, g.NodeCount()-1).Draw(t, label))
	if !g.HasPlaces() || rapid.Bool().Draw(t, "at a node") {
		return g.At(v)
	}
	s, err := roads.NewSnapper(g)
	if err != nil {
		t.Fatal(err)
	}
	p := g.Place(v)
	p.Lat += rapid.Float64Range(-0.2, 0.2).Draw(t, "north")
	l, err := s.Snap(p, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func sameTable(a, b roads.Table) bool {
	return a.Rows == b.Rows && a.Cols == b.Cols && slices.Equal(a.Duration, b.Duration) && slices.Equal(a.Distance, b.Distance)
}

func TestTableEqualsDijkstra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		m := customized(t, g)
		sources, targets := drawLocations(t, g, "sources"), drawLocations(t, g, "targets")
		opts := roads.TableOptions{Threads: rapid.IntRange(0, 3).Draw(t, "threads"), TimeFactor: 0.7}
		want, err := roads.NewDijkstra(g).Table(context.Background(), sources, targets, opts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Table(context.Background(), sources, targets, opts)
		if err != nil {
			t.Fatal(err)
		}
		if !sameTable(got, want) {
			t.Fatalf("table\n%v\n%v\nwant\n%v\n%v", got.Duration, got.Distance, want.Duration, want.Distance)
		}
	})
}

func TestRouteEqualsDijkstra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		m := customized(t, g)
		for range 10 {
			from, to := drawLocation(t, g, "from"), drawLocation(t, g, "to")
			want, wantErr := roads.NewDijkstra(g).Route(context.Background(), from, to, roads.RouteOptions{})
			got, err := m.Route(context.Background(), from, to, roads.RouteOptions{})
			if errors.Is(wantErr, roads.ErrNoRoute) != errors.Is(err, roads.ErrNoRoute) {
				t.Fatalf("error %v, want %v", err, wantErr)
			}
			if err == nil {
				checkRoute(t, g, got, want)
			}
		}
	})
}

func TestCustomizedAgainForOtherDurations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		m := customized(t, g)
		durations := rapid.SliceOfN(rapid.Uint32Range(0, 50), g.ArcCount(), g.ArcCount()).Draw(t, "durations")
		later, err := g.WithDurations(durations)
		if err != nil {
			t.Fatal(err)
		}
		again, err := m.Hierarchy().Customize(context.Background(), later)
		if err != nil {
			t.Fatal(err)
		}
		places := drawLocations(t, later, "places")
		for _, pair := range []struct {
			g *roads.Graph
			m *Metric
		}{{later, again}, {g, m}} {
			want, err := roads.NewDijkstra(pair.g).Table(context.Background(), places, places, roads.TableOptions{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := pair.m.Table(context.Background(), places, places, roads.TableOptions{})
			if err != nil || !sameTable(got, want) {
				t.Fatalf("another table: %v", err)
			}
		}
	})
}

// checkRoute holds that a route is connected and costs what another costs.
func checkRoute(t interface{ Fatalf(string, ...any) }, g *roads.Graph, got, want roads.Route) {
	if got.Cost != want.Cost || len(got.Nodes) == 0 != (len(want.Nodes) == 0) {
		t.Fatalf("cost %d over %d nodes, want %d over %d", got.Cost, len(got.Nodes), want.Cost, len(want.Nodes))
	}
	if len(got.Nodes) == 0 {
		return
	}
	at := got.Nodes[0]
	for _, a := range got.Arcs {
		if first, end := g.Out(at); a < first || a >= end {
			t.Fatalf("arc %d does not leave node %d", a, at)
		}
		at = g.Head[a]
	}
}

func TestOrderNamesEveryNodeOnceForAnyThreads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		last := 0
		one, err := Order(context.Background(), g, OrderOptions{Threads: 1, Progress: func(done, total int) {
			if done < last || total != g.NodeCount() {
				t.Fatalf("%d of %d after %d", done, total, last)
			}
			last = done
		}})
		if err != nil || last != g.NodeCount() {
			t.Fatalf("%d nodes reported, %v", last, err)
		}
		four, err := Order(context.Background(), g, OrderOptions{Threads: 4})
		if err != nil || !slices.Equal(one, four) {
			t.Fatalf("another order with four threads: %v", err)
		}
		sorted := slices.Sorted(slices.Values(one))
		for v, x := range sorted {
			if int(x) != v {
				t.Fatalf("the order lacks node %d", v)
			}
		}
	})
}

// cityGraph is a grid of streets with random gaps, one-way streets and times,
// large enough that an order is worth sharing among goroutines.
func cityGraph(t fataler, side int) *roads.Graph {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	places := make([]geo.LatLon, side*side)
	var arcs []roads.ArcSpec
	for v := range places {
		row, col := v/side, v%side
		places[v] = geo.LatLon{Lat: -34 + float64(row)*1e-3, Lon: -58 + float64(col)*1e-3}
		for _, w := range []int{v + 1, v + side} {
			if w >= len(places) || w == v+1 && col == side-1 || random.IntN(10) == 0 {
				continue
			}
			a := roads.ArcSpec{Tail: roads.Node(v), Head: roads.Node(w), Duration: 1 + random.Uint32N(50), Distance: 100}
			back := roads.ArcSpec{Tail: a.Head, Head: a.Tail, Duration: a.Duration, Distance: 100}
			switch random.IntN(6) {
			case 0:
				arcs = append(arcs, a)
			case 1:
				arcs = append(arcs, back)
			default:
				arcs = append(arcs, a, back)
			}
		}
	}
	g, err := roads.Build(len(places), arcs, places, roads.DefaultUnits())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCityIsTheSameForAnyThreadsAndEqualsDijkstra(t *testing.T) {
	g := cityGraph(t, 80)
	one, err := Order(context.Background(), g, OrderOptions{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	four, err := Order(context.Background(), g, OrderOptions{Threads: 4})
	if err != nil || !slices.Equal(one, four) {
		t.Fatalf("another order with four threads: %v", err)
	}
	m := customized(t, g)
	random := rand.New(rand.NewPCG(3, 4))
	var at []roads.Location
	for range 150 {
		at = append(at, g.At(roads.Node(random.IntN(g.NodeCount()))))
	}
	want, err := roads.NewDijkstra(g).Table(context.Background(), at, at[:70], roads.TableOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, threads := range []int{1, 3} {
		got, err := m.Table(context.Background(), at, at[:70], roads.TableOptions{Threads: threads})
		if err != nil || !sameTable(got, want) {
			t.Errorf("another table with %d threads: %v", threads, err)
		}
	}
}

func TestEndedContextEndsTheWork(t *testing.T) {
	g := cityGraph(t, 60)
	m := customized(t, g)
	why := errors.New("the day is over")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	at := []roads.Location{g.At(0), g.At(1)}
	_, orderErr := Order(ctx, g, OrderOptions{})
	_, customizeErr := m.h.Customize(ctx, g)
	_, tableErr := m.Table(ctx, at, at, roads.TableOptions{})
	_, routeErr := m.Route(ctx, at[0], at[1], roads.RouteOptions{})
	for i, err := range []error{orderErr, customizeErr, tableErr, routeErr} {
		if !errors.Is(err, why) {
			t.Errorf("work %d: error %v", i, err)
		}
	}
}

func TestBuildAndCustomizeRefuse(t *testing.T) {
	g := cityGraph(t, 3)
	other := cityGraph(t, 4)
	order, err := Order(context.Background(), g, OrderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	twice := slices.Clone(order)
	twice[0] = twice[1]
	far := slices.Clone(order)
	far[0] = 9
	for name, bad := range map[string][]roads.Node{"short": order[1:], "a node twice": twice, "a node too far": far} {
		if _, err := Build(g, bad); !errors.Is(err, roads.ErrGraph) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h, err := Build(g, order)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Customize(context.Background(), other); !errors.Is(err, roads.ErrGraph) {
		t.Errorf("another network: %v", err)
	}
	empty, err := roads.Build(0, nil, nil, roads.DefaultUnits())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Order(context.Background(), empty, OrderOptions{}); !errors.Is(err, roads.ErrGraph) {
		t.Errorf("no nodes: %v", err)
	}
}
