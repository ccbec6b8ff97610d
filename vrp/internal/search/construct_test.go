package search

import (
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
)

// Construction serves what can be served, however early it is told to hurry.
func TestConstructionServesAllInAHurry(t *testing.T) {
	for name, p := range variants(120) {
		calm := New(Compile(p), 1)
		calm.Construct()
		for _, patience := range []int{0, 1, 3} {
			s := New(Compile(p), 1)
			left := patience
			s.Halt = func() bool { left--; return left < 0 }
			s.Construct()
			out := s.Best()
			if r := check.Solution(p, &out); r.Err() != nil || r.Missing > calm.Missing() {
				t.Errorf("%s, halted after %d looks: %d missing, %v", name, patience, r.Missing, r.Err())
			}
		}
	}
}

// The savings construction makes feasible routes that beat insertion, and takes no more
// vehicles than there are.
func TestSavings(t *testing.T) {
	p := sample(savingsFrom, false, false)
	p.Vehicles[0].Shift = vrp.TimeWindow{}
	depots := *p
	depots.Vehicles = []vrp.Vehicle{p.Vehicles[0], p.Vehicles[0]}
	depots.Vehicles[0].Start, depots.Vehicles[0].End = 7, 7
	few := *p
	few.Vehicles = []vrp.Vehicle{p.Vehicles[0]}
	few.Vehicles[0].Count = 50
	for name, p := range map[string]*vrp.Problem{"one depot": p, "two depots": &depots, "few vehicles": &few} {
		m := Compile(p)
		if !m.savable() {
			t.Fatalf("%s: savings do not apply", name)
		}
		s, plain := New(m, 1), New(m, 1)
		s.Construct()
		plain.fill(patient)
		out := s.Best()
		if r := check.Solution(p, &out); r.Err() != nil {
			t.Errorf("%s: %v", name, r.Err())
		}
		if s.BestCost() >= plain.BestCost() {
			t.Errorf("%s: savings %d, insertion %d", name, s.BestCost(), plain.BestCost())
		}
		if auditing {
			s.audit()
		}
	}
}
