package roads

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestTightBoundHoldsEveryFastestPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		b, ok := g.tightBound()
		duration, distance := floydWarshall(g)
		for i := range duration {
			for j := range duration {
				d := duration[i][j]
				if ok && (d == math.MaxInt32 || uint64(d) > b.duration || uint64(distance[i][j]) > b.distance) {
					t.Fatalf("%d to %d takes %d and %d, the bound is %+v", i, j, d, distance[i][j], b)
				}
			}
		}
	})
}

// TestLargeNumbersNeedTheTightBound drives a long ring whose arcs together are
// beyond the easy bound: every path has at most half of them.
func TestLargeNumbersNeedTheTightBound(t *testing.T) {
	const n = 1 << 8
	var arcs []ArcSpec
	for v := range Node(n) {
		next := (v + 1) % n
		arcs = append(arcs, spec(v, next, 1<<16, 1<<14), spec(next, v, 1<<16, 1<<14))
		// A slow way to the node across, which no fastest path takes.
		arcs = append(arcs, spec(v, (v+n/2)%n, math.MaxInt32, 1<<24))
	}
	g, err := Build(n, arcs, nil, Units{SecondsPerUnit: 1e-3, MetersPerUnit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if g.easyBound().bits() <= costBits {
		t.Fatal("the easy bound is enough, so this tests nothing")
	}
	table, err := NewDijkstra(g).Table(context.Background(), []Location{g.At(0)}, []Location{g.At(1), g.At(n / 4)}, TableOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for col, hops := range []int{1, n / 4} {
		seconds, meters, _ := table.At(0, col)
		if want := float64(hops) * (1 << 16) * 1e-3; math.Abs(float64(seconds)-want) > 0.5 || int(meters) != hops<<14 {
			t.Errorf("%d hops: %d s, %d m; want %v s, %d m", hops, seconds, meters, want, hops<<14)
		}
	}
}

func spec(tail, head Node, duration, distance uint32) ArcSpec {
	return ArcSpec{Tail: tail, Head: head, Duration: duration, Distance: distance}
}
