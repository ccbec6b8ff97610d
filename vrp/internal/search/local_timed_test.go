package search

import "testing"

// All moves of the thorough local search are made, keep every window and lower the cost.
func TestThoroughMoves(t *testing.T) {
	p := sample(120, true, false)
	s := New(Compile(p), 1)
	s.Construct()
	s.Thorough()
	scale := s.Scale()
	for range 4000 {
		s.Step(scale)
		before := s.cost
		s.begin()
		for u := range s.m.units {
			s.improve([]int32{int32(u)})
		}
		if s.cost > before {
			t.Fatalf("local search made %d of %d", s.cost, before)
		}
		s.undo()
		if s.cost != before {
			t.Fatalf("taken back, %d is %d", before, s.cost)
		}
	}
	for _, o := range []Operator{MoveEnds, MoveTurn, MoveShift, MoveTrade, MoveSlide} {
		if s.Stats.By[o].Accepted == 0 {
			t.Errorf("%s never made a move", o)
		}
	}
	for r := range int32(s.m.Routes) {
		if s.size[r] > 0 {
			if _, ok := s.evaluate(s.class(r), s.sequence(r)); !ok {
				t.Errorf("route %d breaks a rule", r)
			}
		}
	}
}
