package search

import (
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// A fleet that all work fills to the last unit serves all of it.
func TestSqueezeServesAll(t *testing.T) {
	for _, windows := range []bool{false, true} {
		for _, n := range []int{6, 9, 12} {
			p := packing(n, windows)
			p.Objective = vrp.MinimizeCost
			p.Vehicles[0].Count = int32(n)
			s := New(Compile(p), 1)
			s.Construct()
			steps := 0
			if s.CanSqueeze() {
				s.BeginSqueeze()
				temperature := s.Scale() / 20
				for steps < 100000 && !s.SqueezeStep(temperature) {
					steps++
				}
				s.EndSqueeze()
			}
			if len(s.bank) != 0 {
				t.Errorf("windows %v, %d vehicles: %d units left over after %d steps", windows, n, len(s.bank), steps)
			}
		}
	}
}

// What cannot be served is no reason to try.
func TestSqueezeKnowsWhenThereIsNoRoom(t *testing.T) {
	p := packing(6, false)
	p.Objective = vrp.MinimizeCost
	p.Vehicles[0].Count = 5
	s := New(Compile(p), 1)
	s.Construct()
	if len(s.bank) == 0 || s.CanSqueeze() {
		t.Errorf("%d units left over, squeezing %v", len(s.bank), s.CanSqueeze())
	}
}
