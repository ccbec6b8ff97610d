package roads

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/geo"
)

// drawGraph makes a random graph: few nodes, any arcs, small weights so that
// ties are common, zero weights and loops included.
func drawGraph(t *rapid.T) *Graph {
	n := rapid.IntRange(1, 25).Draw(t, "nodes")
	m := rapid.IntRange(0, 4*n).Draw(t, "arcs")
	arcs := make([]ArcSpec, m)
	for i := range arcs {
		arcs[i] = ArcSpec{
			Tail: Node(rapid.IntRange(0, n-1).Draw(t, "tail")), Head: Node(rapid.IntRange(0, n-1).Draw(t, "head")),
			Duration: uint32(rapid.IntRange(0, 9).Draw(t, "duration")), Distance: uint32(rapid.IntRange(0, 9).Draw(t, "distance")),
		}
	}
	places := make([]geo.LatLon, n)
	for v := range places {
		places[v] = geo.LatLon{Lat: rapid.Float64Range(-35, -34).Draw(t, "lat"), Lon: rapid.Float64Range(-59, -58).Draw(t, "lon")}
	}
	g, err := Build(n, arcs, places, Units{SecondsPerUnit: 1, MetersPerUnit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// floydWarshall is every least pair of duration and distance, computed without
// the packing of costs.
func floydWarshall(g *Graph) (duration, distance [][]int) {
	n := g.NodeCount()
	const far = math.MaxInt32
	duration, distance = make([][]int, n), make([][]int, n)
	better := func(d, l, i, j int) bool {
		return d < duration[i][j] || d == duration[i][j] && l < distance[i][j]
	}
	for i := range n {
		duration[i], distance[i] = slices.Repeat([]int{far}, n), slices.Repeat([]int{far}, n)
		duration[i][i], distance[i][i] = 0, 0
	}
	for v := range n {
		for a := g.FirstOut[v]; a < g.FirstOut[v+1]; a++ {
			if d, l := int(g.Duration[a]), int(g.Distance[a]); better(d, l, v, int(g.Head[a])) {
				duration[v][g.Head[a]], distance[v][g.Head[a]] = d, l
			}
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				if duration[i][k] == far || duration[k][j] == far {
					continue
				}
				if d, l := duration[i][k]+duration[k][j], distance[i][k]+distance[k][j]; better(d, l, i, j) {
					duration[i][j], distance[i][j] = d, l
				}
			}
		}
	}
	return duration, distance
}

func drawLocations(t *rapid.T, g *Graph, label string) []Location {
	list := make([]Location, rapid.IntRange(0, 12).Draw(t, label))
	for i := range list {
		list[i] = g.At(Node(rapid.IntRange(0, g.NodeCount()-1).Draw(t, label)))
	}
	return list
}

func TestTableEqualsFloydWarshall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		sources, targets := drawLocations(t, g, "sources"), drawLocations(t, g, "targets")
		threads := rapid.IntRange(0, 3).Draw(t, "threads")
		table, err := NewDijkstra(g).Table(context.Background(), sources, targets, TableOptions{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		duration, distance := floydWarshall(g)
		for i, s := range sources {
			for j, to := range targets {
				seconds, meters, ok := table.At(i, j)
				d, l := duration[s.Node][to.Node], distance[s.Node][to.Node]
				if ok != (d != math.MaxInt32) || int(seconds) != d || ok && int(meters) != l {
					t.Fatalf("%d -> %d: %d s, %d m, %v; want %d s, %d m", s.Node, to.Node, seconds, meters, ok, d, l)
				}
			}
		}
	})
}

func TestRouteFollowsArcsAndCostsWhatTheTableSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		from := g.At(Node(rapid.IntRange(0, g.NodeCount()-1).Draw(t, "from")))
		to := g.At(Node(rapid.IntRange(0, g.NodeCount()-1).Draw(t, "to")))
		duration, distance := floydWarshall(g)
		r, err := NewDijkstra(g).Route(context.Background(), from, to, RouteOptions{})
		if duration[from.Node][to.Node] == math.MaxInt32 {
			if !errors.Is(err, ErrNoRoute) {
				t.Fatalf("error %v, want ErrNoRoute", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if int(r.Seconds) != duration[from.Node][to.Node] || int(r.Meters) != distance[from.Node][to.Node] {
			t.Fatalf("%v s, %v m; want %d, %d", r.Seconds, r.Meters, duration[from.Node][to.Node], distance[from.Node][to.Node])
		}
		at := from.Node
		for i, a := range r.Arcs {
			if first, end := g.Out(at); a < first || a >= end {
				t.Fatalf("arc %d does not leave node %d", a, at)
			}
			at = g.Head[a]
			if r.Nodes[i+1] != at {
				t.Fatalf("node %d of the route is not %d", i+1, at)
			}
		}
		if at != to.Node || r.Nodes[0] != from.Node {
			t.Fatalf("ends at %d", at)
		}
		if r.Line[0] != from.Point || r.Line[len(r.Line)-1] != to.Point {
			t.Fatalf("the line goes from %v to %v", r.Line[0], r.Line[len(r.Line)-1])
		}
	})
}

func TestRounding(t *testing.T) {
	for _, tt := range []struct {
		units uint64
		scale float64
		least int32
		want  int32
	}{
		{0, 1, 1, 0}, {1, 0.001, 1, 1}, {1, 0.001, 0, 0}, {5, 0.1, 0, 1}, {4, 0.1, 0, 0},
		{25, 0.1, 1, 3}, {1 << 40, 1, 1, Unreachable - 1}, {math.MaxInt32, 1, 1, Unreachable - 1},
		{math.MaxInt32 - 2, 1, 1, math.MaxInt32 - 2},
	} {
		if got := wholeUnits(tt.units, tt.scale, tt.least); got != tt.want {
			t.Errorf("%d units of %v: %d, want %d", tt.units, tt.scale, got, tt.want)
		}
	}
}

func TestTimeFactorScalesSecondsOnly(t *testing.T) {
	g := loadTown(t)
	depot, far := g.At(Node(g.NodeCount()-1)), g.At(townNode(6, 5))
	table := func(factor float64) Table {
		table, err := NewDijkstra(g).Table(context.Background(), []Location{depot}, []Location{far}, TableOptions{TimeFactor: factor})
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	one, three := table(0), table(3)
	s1, m1, _ := one.At(0, 0)
	s3, m3, _ := three.At(0, 0)
	if m1 != m3 || math.Abs(float64(s3)-3*float64(s1)) > 2 {
		t.Errorf("factor 1: %d s %d m, factor 3: %d s %d m", s1, m1, s3, m3)
	}
	calibrated, err := g.Calibrated(3)
	if err != nil || !calibrated.Units.Calibrated || g.Units.Calibrated {
		t.Fatalf("Calibrated: %+v, %v", calibrated, err)
	}
	again, err := NewDijkstra(calibrated).Table(context.Background(), []Location{depot}, []Location{far}, TableOptions{})
	if err != nil || again.Duration[0] != s3 {
		t.Errorf("calibrated map: %v, %v", again.Duration, err)
	}
}

func TestTableRefuses(t *testing.T) {
	g := loadTown(t)
	here, elsewhere := []Location{g.At(0), g.At(1)}, []Location{{Node: Node(g.NodeCount())}}
	canceled, cancel := context.WithCancelCause(context.Background())
	why := errors.New("the day is over")
	cancel(why)
	for _, tt := range []struct {
		name     string
		ctx      context.Context
		to       []Location
		opts     TableOptions
		want     error
		anyError bool
	}{
		{"too many cells", context.Background(), here, TableOptions{MaxCells: 3}, ErrTableSize, false},
		{"a foreign location", context.Background(), elsewhere, TableOptions{}, ErrLocation, false},
		{"a negative factor", context.Background(), here, TableOptions{TimeFactor: -1}, nil, true},
		{"an ended context", canceled, here, TableOptions{}, why, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := NewDijkstra(g).Table(tt.ctx, here, tt.to, tt.opts)
			if tt.anyError && err == nil || tt.want != nil && !errors.Is(err, tt.want) || table.Duration != nil {
				t.Errorf("table of %d rows, error %v", table.Rows, err)
			}
		})
	}
}

func TestProgressCountsEveryRowOnce(t *testing.T) {
	g := loadTown(t)
	var all []Location
	for v := range g.NodeCount() {
		all = append(all, g.At(Node(v)))
	}
	last := 0
	table, err := NewDijkstra(g).Table(context.Background(), all, all, TableOptions{Threads: 3, Progress: func(done, total int) {
		if done != last+1 || total != len(all) {
			t.Errorf("row %d of %d after %d", done, total, last)
		}
		last = done
	}})
	if err != nil || last != len(all) || table.Missing() != 0 {
		t.Errorf("%d rows reported, %d entries missing, %v", last, table.Missing(), err)
	}
}

func TestBuildRefuses(t *testing.T) {
	unit := Units{SecondsPerUnit: 1, MetersPerUnit: 1}
	many := make([]ArcSpec, 40)
	for i := range many {
		many[i] = ArcSpec{Tail: Node(i), Head: 0, Duration: math.MaxUint32, Distance: math.MaxUint32}
	}
	for _, tt := range []struct {
		name   string
		nodes  int
		arcs   []ArcSpec
		places []geo.LatLon
		units  Units
	}{
		{"a head that does not exist", 2, []ArcSpec{{Tail: 0, Head: 2}}, nil, unit},
		{"a tail that does not exist", 2, []ArcSpec{{Tail: 2, Head: 0}}, nil, unit},
		{"fewer places than nodes", 2, nil, make([]geo.LatLon, 1), unit},
		{"a place off the Earth", 1, nil, []geo.LatLon{{Lat: 91}}, unit},
		{"no units", 1, nil, nil, Units{}},
		{"endless units", 1, nil, nil, Units{SecondsPerUnit: math.Inf(1), MetersPerUnit: 1}},
		{"weights too large to add up", 40, many, nil, unit},
		{"a negative number of nodes", -1, nil, nil, unit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if g, err := Build(tt.nodes, tt.arcs, tt.places, tt.units); !errors.Is(err, ErrGraph) {
				t.Errorf("graph %v, error %v", g, err)
			}
		})
	}
}

func TestBuildDoesNotDependOnTheOrderOfArcs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		var arcs []ArcSpec
		for v := range g.NodeCount() {
			for a := g.FirstOut[v]; a < g.FirstOut[v+1]; a++ {
				arcs = append(arcs, ArcSpec{Tail: Node(v), Head: g.Head[a], Duration: g.Duration[a], Distance: g.Distance[a]})
			}
		}
		again, err := Build(g.NodeCount(), rapid.Permutation(arcs).Draw(t, "order"), nil, g.Units)
		if err != nil || !slices.Equal(again.Head, g.Head) || !slices.Equal(again.Duration, g.Duration) || !slices.Equal(again.Distance, g.Distance) {
			t.Fatalf("another graph: %v", err)
		}
	})
}
