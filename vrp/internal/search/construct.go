package search

import (
	"math"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Construct serves what can be served, each unit at its cheapest spot, in the order of the
// nodes: along a curve that fills the plane, so that the stops around are already there.
// Large plain fleets get most of their routes by savings before.
func (s *Search) Construct() {
	s.layHeads()
	if s.m.Stops >= savingsFrom && s.m.savable() && !s.halted() {
		s.save()
	}
	s.fill(patient)
}

// Resume serves what can be served beside the routes of an initial solution.
func (s *Search) Resume(from *vrp.Solution) {
	s.keepHeads(from)
	s.layHeads()
	s.Load(from)
	s.fill(1)
}

func (s *Search) halted() bool { return s.Halt != nil && s.Halt() }

// fill puts everything in the bank at its cheapest spot, no spot being overlooked; where
// time runs out, what is left is swept up.
func (s *Search) fill(patience float64) {
	const look = 32 // units from one look at the clock to the next
	s.begin()
	s.order = s.order[:0]
	for u := range s.m.units {
		if s.bankPos[u] != none {
			s.order = append(s.order, candidate{node: int32(u)})
		}
	}
	s.bold, s.patience = s.m.sizes, patience
	s.blink = math.MaxInt
	for all := s.order; len(all) > 0; {
		if s.halted() {
			s.order = all
			s.sweep()
			break
		}
		n := min(look, len(all))
		s.order, all = all[:n], all[n:]
		s.insert(true)
	}
	s.blink = s.rand.geometric(s.blinkScale)
	for r := range int32(s.m.Routes) {
		s.record.markDirty(r)
	}
	if s.cost < s.record.cost {
		s.record.save(s.State)
	}
	s.despair()
}

// sweep serves the units in s.order one after the other: behind the unit before, or else by
// a new vehicle. O(units) spots, each O(stops of its route). Where units are related it does
// what insert does.
func (s *Search) sweep() {
	if s.m.rel != nil {
		s.insert(true)
		return
	}
	last := none
	for _, x := range s.order {
		u := x.node
		if s.bankPos[u] == none || s.hopeless[u] {
			continue
		}
		s.best = spot{cost: never, alt: none, reload: none}
		s.alt = s.m.units[u].first
		s.tick++
		a := &s.m.alts[s.alt]
		if last != none {
			r := s.nodes[last].route
			if s.admits(r, a) {
				s.beside(a, []int32{last})
			}
		}
		if s.best.alt == none {
			s.unused(a)
		}
		if s.best.alt != none {
			p := s.best
			if p.grow != 0 {
				s.growRoute(&p)
			}
			s.place(p)
			last = a.a
		}
	}
}
