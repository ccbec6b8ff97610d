package speeds

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/roads"
	"github.com/logistica-inteligente/rumbo/roads/cch"
)

// city is a grid of local streets in which every fifth is a primary road.
func city(t testing.TB) *roads.Graph {
	t.Helper()
	const side = 30
	places := make([]geo.LatLon, side*side)
	var arcs []roads.ArcSpec
	for v := range places {
		row, col := v/side, v%side
		places[v] = geo.LatLon{Lat: -34 + float64(row)*1e-3, Lon: -58 + float64(col)*1e-3}
		add := func(w, line int) {
			kind, seconds := roads.Local, uint32(14_000)
			if line%5 == 0 {
				kind, seconds = roads.Primary, 7_000
			}
			a := roads.ArcSpec{Tail: roads.Node(v), Head: roads.Node(w), Duration: seconds, Distance: 1000, Kind: kind}
			arcs = append(arcs, a)
			a.Tail, a.Head = a.Head, a.Tail
			arcs = append(arcs, a)
		}
		if col+1 < side {
			add(v+1, row)
		}
		if row+1 < side {
			add(v+side, col)
		}
	}
	g, err := roads.Build(len(places), arcs, places, roads.Units{SecondsPerUnit: 0.001, MetersPerUnit: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func hierarchy(t testing.TB, g *roads.Graph) *cch.Hierarchy {
	t.Helper()
	m, err := cch.Prepare(context.Background(), g, cch.OrderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return m.Hierarchy()
}

// drive makes trips as the true factors of local and primary roads have them, by
// slice, with noise and a few absurd ones.
func drive(t testing.TB, g *roads.Graph, h *cch.Hierarchy, truth [][]float64, trips int) []Trip {
	t.Helper()
	random := rand.New(rand.NewPCG(5, 6))
	x := Factors{Groups: ByKind(g), Slice: truth}
	var metrics []*cch.Metric
	for slice := range truth {
		real, err := x.Apply(g, slice)
		if err != nil {
			t.Fatal(err)
		}
		m, err := h.Customize(context.Background(), real)
		if err != nil {
			t.Fatal(err)
		}
		metrics = append(metrics, m)
	}
	list := make([]Trip, trips)
	for i := range list {
		trip := Trip{
			From: roads.Node(random.IntN(g.NodeCount())), To: roads.Node(random.IntN(g.NodeCount())), Slice: random.IntN(len(truth)),
		}
		duration, _ := g.Split(metrics[trip.Slice].Cost(trip.From, trip.To))
		trip.Seconds = float64(duration) * 0.001 * math.Exp(0.1*random.NormFloat64())
		if random.IntN(50) == 0 {
			trip.Seconds = 86_000 // somebody forgot to end the trip
		}
		list[i] = trip
	}
	return list
}

func TestFitFindsTheTrueFactors(t *testing.T) {
	g := city(t)
	h := hierarchy(t, g)
	// Primary roads come first among the groups; in the rush hour they are jammed.
	truth := [][]float64{{1.1, 1.4}, {2.6, 1.8}}
	trips := drive(t, g, h, truth, 3000)
	got, report, err := Fit(context.Background(), h, g, ByKind(g), trips, Options{Slices: 2, Rounds: 3})
	if err != nil {
		t.Fatal(err)
	}
	if got.Stage != ByGroupBySlice {
		t.Errorf("stage %d, report %+v", got.Stage, report)
	}
	for slice := range truth {
		for group, want := range truth[slice] {
			if f := got.Slice[slice][group]; math.Abs(f/want-1) > 0.08 {
				t.Errorf("slice %d group %d: factor %.3f, want %.2f", slice, group, f, want)
			}
		}
	}
	if report.Error[ByGroupBySlice] >= report.Error[OneFactor] {
		t.Errorf("errors %v", report.Error)
	}
}

func TestFitStaysCoarseWhereThereIsNothingMoreToLearn(t *testing.T) {
	g := city(t)
	h := hierarchy(t, g)
	trips := drive(t, g, h, [][]float64{{1.5, 1.5}}, 400)
	got, report, err := Fit(context.Background(), h, g, ByKind(g), trips, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for group, f := range got.Slice[0] {
		if math.Abs(f/1.5-1) > 0.05 {
			t.Errorf("group %d: factor %v", group, f)
		}
	}
	if report.Error[got.Stage] > report.Error[OneFactor] {
		t.Errorf("worse than one factor: %+v", report)
	}
}

func TestFitRefuses(t *testing.T) {
	g := city(t)
	h := hierarchy(t, g)
	nonsense := []Trip{{0, 5, 0, -1}, {0, 5, 0, math.NaN()}, {0, 5, 7, 60}, {3, 3, 0, 60}, {0, 90_000, 0, 60}}
	if _, _, err := Fit(context.Background(), h, g, ByKind(g), nonsense, Options{}); !errors.Is(err, ErrTrips) {
		t.Errorf("nonsense: %v", err)
	}
	if _, _, err := Fit(context.Background(), h, g, Groups{}, nonsense, Options{}); !errors.Is(err, roads.ErrGraph) {
		t.Errorf("groups of another map: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Fit(ctx, h, g, ByKind(g), nonsense, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	if _, err := (Factors{}).Apply(g, 0); !errors.Is(err, roads.ErrGraph) {
		t.Errorf("no factors: %v", err)
	}
}

func TestGroups(t *testing.T) {
	g := city(t)
	kinds := ByKind(g)
	bare := *g
	bare.ArcKind = nil
	speeds := ByKind(&bare)
	if kinds.Count != 2 || speeds.Count != 2 {
		t.Fatalf("%d kinds, %d speeds", kinds.Count, speeds.Count)
	}
	zoned := kinds.ByZone(g, 2, 3)
	if zoned.Count != 12 {
		t.Errorf("%d groups in 6 zones", zoned.Count)
	}
	for a := range kinds.Of {
		// Local streets are slower: in the order of kinds they come last, by speed first.
		if kinds.Of[a] != 1-speeds.Of[a] {
			t.Fatalf("arc %d is of kind %d and speed %d", a, kinds.Of[a], speeds.Of[a])
		}
	}
}

func TestSolve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		half := make([]float64, n*n)
		want := make([]float64, n)
		for i := range half {
			half[i] = rapid.Float64Range(-2, 2).Draw(t, "half")
		}
		for i := range want {
			want[i] = rapid.Float64Range(-5, 5).Draw(t, "x")
		}
		// half times its transpose, plus the unit matrix, is positive definite.
		matrix, right := make([]float64, n*n), make([]float64, n)
		for i := range n {
			for j := range n {
				for k := range n {
					matrix[i*n+j] += half[i*n+k] * half[j*n+k]
				}
				if i == j {
					matrix[i*n+j]++
				}
				right[i] += matrix[i*n+j] * want[j]
			}
		}
		solve(matrix, right)
		for i := range want {
			if math.Abs(right[i]-want[i]) > 1e-8 {
				t.Fatalf("x = %v, want %v", right, want)
			}
		}
	})
}
