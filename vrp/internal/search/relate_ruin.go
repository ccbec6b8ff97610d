package search

import (
	"github.com/logistica-inteligente/rumbo/vrp"
)

// companions takes out with the units of a ruin those that must ride with them, so that
// all of them can go elsewhere, and makes room for one that was left over. Large parties are
// mostly left alone: a ruin is meant to be small.
func (s *ruiner) companions() {
	rel, b := s.m.rel, s.bond
	if n := len(s.bank); n > 0 && s.rng.next()&1 == 0 {
		s.out = append(s.out, s.bank[s.rng.below(n)])
	}
	b.round++
	for i := 0; i < len(s.out); i++ {
		p := rel.party[s.out[i]]
		if p == none || b.seen[p] == b.round {
			continue
		}
		b.seen[p] = b.round
		few := len(rel.parties[p].units) <= averageRemoved
		if (few && rel.chain[s.out[i]] == none && s.rng.below(4) == 0) || (!few && s.rng.below(8) != 0) {
			continue
		}
		for _, u := range rel.parties[p].units {
			s.removeUnit(u)
		}
	}
}

func (s *ruiner) removeUnit(u int32) {
	x := &s.m.units[u]
	for alt := x.first; alt < x.first+x.count; alt++ {
		if v := s.m.alts[alt].a; s.nodes[v].route != none {
			s.remove(v)
		}
	}
}

// relationsKept reports whether the routes changed since begin keep all relations of their
// stops. O(stops and members).
func (s *State) relationsKept() bool {
	b := s.bond
	b.round++
	for _, t := range s.touched {
		s.number(t.route)
		for v := s.nodes[s.first(t.route)].next; !s.isEnd(v); v = s.nodes[v].next {
			if !s.isStop(v) {
				continue
			}
			for _, x := range s.m.rel.of[v] {
				if b.seen[x.relation] == b.round {
					continue
				}
				b.seen[x.relation] = b.round
				if !s.keeps(&s.m.rel.list[x.relation]) {
					return false
				}
			}
		}
	}
	return true
}

// keeps checks one relation, whose members' route is numbered if they share one.
func (s *State) keeps(r *relation) bool {
	last := none
	s.tick++
	for _, v := range r.nodes {
		q := s.nodes[v].route
		if q == none {
			continue
		}
		if r.kind == vrp.DifferentVehicles {
			if s.bond.banned[q] == s.tick {
				return false
			}
			s.bond.banned[q] = s.tick
			continue
		}
		switch {
		case last == none:
		case s.nodes[last].route != q,
			r.kind == vrp.InOrder && s.bond.pos[last] >= s.bond.pos[v],
			r.kind == vrp.InSequence && s.nodes[last].next != v:
			return false
		}
		last = v
	}
	return true
}
