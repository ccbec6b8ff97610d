package search

import (
	"slices"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// The grid finds the neighbors that looking at all pairs finds, but for stops that are
// equally far.
func TestGridFindsTheNearest(t *testing.T) {
	p := sample(gridFrom+300, false, false)
	p.Vehicles[0].Shift = vrp.TimeWindow{}
	m := Compile(p)
	if m.gridFor() == nil {
		t.Fatal("no grid")
	}
	travel := &m.travels[0]
	for i := range int32(m.Stops) {
		var all []int64
		for j := range int32(m.Stops) {
			if j != i {
				all = append(all, m.apart(travel, i, j))
			}
		}
		slices.Sort(all)
		for k, j := range m.adj[int(i)*m.adjK:][:m.adjK] {
			if j == i || m.apart(travel, i, j) != all[k] {
				t.Fatalf("stop %d: neighbor %d is %d away, want %d", i, k, m.apart(travel, i, j), all[k])
			}
		}
	}
}

// Without a table legs are what the problem says, and the kernel for the plane finds what
// the general one finds.
func TestPlaneKernelAgrees(t *testing.T) {
	for _, windows := range []bool{false, true} {
		p := sample(2600, windows, false)
		if !windows {
			p.Vehicles[0].Shift = vrp.TimeWindow{}
		}
		plain, general := New(Compile(p), 1), New(Compile(p), 1)
		if !plain.m.plain || !plain.m.travels[0].byMetric {
			t.Fatal("not a plane")
		}
		at := &plain.m.travels[0]
		for k := range int32(1000) {
			a, b := k, (7*k+1)%2600
			if got, want := at.length(a, b), int64(p.DistanceBetween(0, plain.m.there(a), plain.m.there(b))); got != want {
				t.Fatalf("from %d to %d: %d, want %d", a, b, got, want)
			}
			if got, want := at.time(a, b), int64(p.DurationBetween(0, plain.m.there(a), plain.m.there(b), 0)); got != want {
				t.Fatalf("from %d to %d: %d, want %d", a, b, got, want)
			}
		}
		general.m.plain, general.m.local, plain.m.local = false, false, false
		for _, s := range []*Search{plain, general} {
			s.Construct()
			for range 2000 {
				s.Step(s.Scale() / 2)
			}
		}
		if plain.BestCost() != general.BestCost() || plain.Cost() != general.Cost() {
			t.Errorf("windows %v: plain %d, general %d", windows, plain.BestCost(), general.BestCost())
		}
	}
}

// Several threads make the rows that one makes, with a grid and without.
func TestRowsOfThreads(t *testing.T) {
	for _, n := range []int{0, 1, 5, 300, gridFrom + 101} {
		for _, windows := range []bool{false, true} {
			p := sample(n, windows, false)
			one := Compile(p)
			for _, threads := range []int{2, 3, 7} {
				m := CompileOn(p, threads)
				if !slices.Equal(m.near, one.near) || !slices.Equal(m.adj, one.adj) {
					t.Errorf("%d stops, windows %v: %d threads made other rows", n, windows, threads)
				}
			}
		}
	}
}
