package search

import "testing"

// Trips decide for reloads and releases, allocate nothing and leave no trace when undone.
func TestTripsAllocateNothing(t *testing.T) {
	s := New(Compile(allVariants(200)["reloads"]), 1)
	if !s.m.classes[0].trips {
		t.Fatal("no class with trips")
	}
	s.Construct()
	scale := s.Scale()
	for range 2000 {
		s.Step(scale)
	}
	if got := testing.AllocsPerRun(500, func() { s.Step(scale) }); got != 0 {
		t.Errorf("%v allocations an iteration", got)
	}
}

func TestUndoBringsTripsBack(t *testing.T) {
	s := New(Compile(allVariants(120)["reloads"]), 1)
	s.Construct()
	for range 200 {
		before := snapshot(s)
		trips := append([]trip(nil), s.trips...)
		s.begin()
		s.ruin.out = s.ruin.out[:0]
		s.ruin.strings()
		s.ruin.tidy()
		s.recreate(s.ruin.out, true)
		s.undo()
		if !equalNodes(before, snapshot(s)) {
			t.Fatal("undo left a trace")
		}
		for v := range s.trips {
			if s.nodes[v].route != none && s.trips[v] != trips[v] && !s.isReload(int32(v)) && !s.isEnd(int32(v)) {
				t.Fatalf("undo changed the trip at node %d from %v to %v", v, trips[v], s.trips[v])
			}
		}
		s.Step(s.Scale())
	}
}
