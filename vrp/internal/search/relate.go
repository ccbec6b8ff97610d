package search

import "github.com/logistica-inteligente/rumbo/vrp"

// bond is what the relations ask of the alternative whose spot is sought, and scratch.
// Nothing of it lasts: which route companions ride on is read from their nodes.
type bond struct {
	on     bool     // some relation binds the alternative
	loose  bool     // relations are not looked at: to tell whether they are why
	home   int32    // the route of its served companions, none while it is free
	banned []uint32 // by route: some stop rides there that wants another vehicle, by tick
	strict bool     // the first of a party chooses a vehicle that has room for all of it
	party  int32
	stops  int32   // of the party, not yet served
	give   []int64 // by dimension: what they receive
	take   []int64 // and what they give
	a, b   reach
	joint  bool     // the second stop goes directly behind the first
	apart  bool     // it does not
	pos    []int32  // by node: place in its route, if that was numbered
	seen   []uint32 // by relation or party
	round  uint32
}

// reach is where a stop may go: behind a node at one of these places of the home route.
type reach struct{ lo, hi int32 }

const anywhere = int32(1) << 30

func (s *State) prepareBond() {
	x := s.m.rel
	if x == nil {
		return
	}
	s.bond = &bond{banned: make([]uint32, s.m.Routes), give: make([]int64, s.m.dims), take: make([]int64, s.m.dims),
		pos: make([]int32, len(s.nodes)), seen: make([]uint32, max(len(x.list), len(x.parties)))}
}

// bind finds out what the relations ask of an alternative; false where no route can meet
// them. O(members of its relations), and the length of the home route where order matters.
func (s *State) bind(a *alternative, strict bool) bool {
	b, rel := s.bond, s.m.rel
	b.on, b.home, b.strict = false, none, false
	b.a, b.b = reach{0, anywhere}, reach{0, anywhere}
	b.joint, b.apart = false, false
	if b.loose || (len(rel.of[a.a]) == 0 && (a.b == none || len(rel.of[a.b]) == 0)) {
		return true
	}
	b.on = true
	if !s.bindNode(a, a.a) || (a.b != none && !s.bindNode(a, a.b)) {
		return false
	}
	if b.home != none {
		s.number(b.home)
	}
	s.placeNode(a, a.a, &b.a)
	if a.b != none {
		s.placeNode(a, a.b, &b.b)
	}
	b.party = rel.party[a.unit]
	if b.home == none && strict && b.party != none {
		b.strict = true
		s.weigh()
	}
	return true
}

// bindNode collects the route that v must ride on and those where it must not.
func (s *State) bindNode(a *alternative, v int32) bool {
	b, rel := s.bond, s.m.rel
	for _, x := range rel.of[v] {
		r := &rel.list[x.relation]
		for k, w := range r.nodes {
			if w == a.a || w == a.b {
				if w != v && r.kind >= vrp.InOrder && (v == a.a) != (int32(k) > x.index) {
					return false // the delivery is asked for before its pickup
				}
				continue
			}
			q := s.nodes[w].route
			switch {
			case q == none:
			case r.kind == vrp.DifferentVehicles:
				b.banned[q] = s.tick
			case b.home != none && b.home != q:
				return false
			default:
				b.home = q
			}
		}
	}
	return b.home == none || b.banned[b.home] != s.tick
}

// number notes the places of the nodes of a route.
func (s *State) number(r int32) {
	i := int32(0)
	for v := s.first(r); v != none; v = s.nodes[v].next {
		s.bond.pos[v] = i
		i++
	}
}

// placeNode narrows where v may go by the orders and sequences that it is part of.
func (s *State) placeNode(a *alternative, v int32, at *reach) {
	b, rel := s.bond, s.m.rel
	for _, x := range rel.of[v] {
		r := &rel.list[x.relation]
		if r.kind < vrp.InOrder {
			continue
		}
		before, behind := none, none // the nearest served members; the mate counts as served
		for k := x.index - 1; k >= 0 && before == none; k-- {
			if w := r.nodes[k]; s.nodes[w].route != none || w == a.a || w == a.b {
				before = w
			}
		}
		for k := int(x.index) + 1; k < len(r.nodes) && behind == none; k++ {
			if w := r.nodes[k]; s.nodes[w].route != none || w == a.a || w == a.b {
				behind = w
			}
		}
		exact := r.kind == vrp.InSequence
		if mate := before; mate != none && mate == a.a {
			b.joint = b.joint || exact
		} else if before != none {
			at.lo = max(at.lo, b.pos[before])
			if exact {
				at.hi = min(at.hi, b.pos[before])
				b.apart = b.apart || v == a.b
			}
		}
		if mate := behind; mate != none && mate != a.b {
			at.hi = min(at.hi, b.pos[behind]-1)
			if exact {
				at.lo = max(at.lo, b.pos[behind]-1)
				b.apart = b.apart || (v == a.a && a.b != none)
			}
		}
	}
}

// weigh sums what the party still has to put aboard.
func (s *State) weigh() {
	b, m := s.bond, s.m
	b.stops = 0
	clear(b.give)
	clear(b.take)
	for _, u := range m.rel.parties[b.party].units {
		x := &m.units[u]
		if s.bankPos[u] == none || !x.required || x.count > 1 {
			continue
		}
		v := m.alts[x.first].a
		b.stops++
		if m.mate[v] != none {
			b.stops++
		}
		for d := range m.dims {
			b.give[d] += m.deliver[int(v)*m.dims+d]
			b.take[d] += m.collect[int(v)*m.dims+d]
		}
	}
}

// allows is the test of a route as a whole. O(dims).
func (s *State) allows(r int32) bool {
	b, m := s.bond, s.m
	if !b.on {
		return true
	}
	if (b.home != none && b.home != r) || b.banned[r] == s.tick {
		return false
	}
	if !b.strict {
		return true
	}
	k := m.routeClass[r]
	c := &m.classes[k]
	if m.rel.parties[b.party].fits[k>>6]>>(k&63)&1 == 0 || s.size[r]+b.stops > c.maxStops {
		return false
	}
	if m.reloads {
		return true
	}
	last := s.nodes[s.last(r)].prev
	for d, most := range c.capacity {
		i := int(r)*m.dims + d
		switch {
		case !m.mixed && s.load[i]+b.give[d]+b.take[d] > most:
			return false
		case m.mixed && s.size[r] > 0 && (s.after[int(s.first(r))*m.dims+d]+b.give[d] > most || s.after[int(last)*m.dims+d]+b.take[d] > most):
			return false
		case m.mixed && s.size[r] == 0 && (b.give[d] > most || b.take[d] > most):
			return false
		}
	}
	return true
}

// mayGo tests the first stop of the alternative behind v. O(relations of v).
func (s *State) mayGo(k, v, w int32) bool {
	b := s.bond
	if s.glued(v, w, k) {
		return false
	}
	if !b.on || b.home == none {
		return true
	}
	p := b.pos[v]
	return b.a.lo <= p && p <= b.a.hi
}

// mayFollow tests the second stop of a shipment behind last, where w follows, the first
// going behind v.
func (s *State) mayFollow(a *alternative, v, last, w int32) bool {
	b := s.bond
	behind := last
	if last == a.a {
		behind = v
	}
	if s.glued(behind, w, a.b) {
		return false
	}
	if !b.on {
		return true
	}
	if (last == a.a && b.apart) || (last != a.a && b.joint) {
		return false
	}
	if b.home == none {
		return true
	}
	p := b.pos[behind]
	return b.b.lo <= p && p <= b.b.hi
}

// mayReload tests a reload between two stops, one of which is being put there.
func (s *State) mayReload(v, w int32) bool { return !s.glued(v, w, none) }

// along tries every spot of the route that the alternative's companions ride on. O(stops).
func (s *inserter) along(a *alternative) {
	r := s.bond.home
	if !s.admits(r, a) {
		return
	}
	for v := s.first(r); v != s.last(r); v = s.nodes[v].next {
		if p := s.bond.pos[v]; p < s.bond.a.lo || p > s.bond.a.hi {
			continue
		}
		if a.b != none {
			s.tryPair(r, a, v)
		} else {
			s.tryJob(r, a.a, v, s.nodes[v].next)
		}
	}
}

// relax gives up the wish for room for the whole party. O(stops).
func (s *inserter) relax(a *alternative) {
	s.tick++
	if s.bind(a, false) {
		s.unused(a)
		s.everywhere(a)
	}
}
