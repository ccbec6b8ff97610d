package search

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Chains: the jobs of a sequence come back in one piece. One at a time, the first would take
// the cheapest spot, where time or load may have no room for those that must follow at once.

// compileChains notes the sequences that can be put back as one: of jobs that are required,
// have no alternatives and no other relation. O(members).
func (m *Model) compileChains() {
	x := m.rel
	x.chain = slices.Repeat([]int32{none}, len(m.units))
	for i := range x.list {
		r := &x.list[i]
		single := func(v int32) bool {
			u := &m.units[m.unitOf[v]]
			return m.mate[v] == none && u.required && u.count == 1 && len(x.of[v]) == 1 && (m.pinned == nil || m.pinned[v] == 0)
		}
		if r.kind != vrp.InSequence || !all(r.nodes, single) {
			continue
		}
		for _, v := range r.nodes {
			x.chain[m.unitOf[v]] = int32(i)
		}
	}
}

func all(list []int32, ok func(int32) bool) bool {
	return !slices.ContainsFunc(list, func(v int32) bool { return !ok(v) })
}

// placeChain puts the whole chain of a unit back at its cheapest spot, if none of it is
// served and there is such a spot.
func (s *inserter) placeChain(u int32, wide bool) bool {
	m := s.m
	k := m.rel.chain[u]
	if k == none {
		return false
	}
	list := m.rel.list[k].nodes
	for _, v := range list {
		if s.nodes[v].route != none {
			return false
		}
	}
	s.tick++
	s.best = spot{cost: never, alt: none, reload: none}
	first, last := list[0], list[len(list)-1]
	for _, v := range m.near[int(first)*m.nearK:][:m.nearK] {
		if s.nodes[v].route != none {
			s.tryChain(list, s.nodes[v].route, v)
		}
	}
	for _, v := range m.near[int(last)*m.nearK:][:m.nearK] {
		if s.nodes[v].route != none {
			s.tryChain(list, s.nodes[v].route, s.nodes[v].prev)
		}
	}
	if !s.sealed {
		for c := range m.classes {
			if free := s.free[c]; len(free) > 0 {
				s.tryChain(list, free[len(free)-1], s.first(free[len(free)-1]))
			}
		}
	}
	if s.best.alt == none && wide {
		for r := range int32(m.Routes) {
			for v := s.first(r); s.size[r] > 0 && v != s.last(r); v = s.nodes[v].next {
				s.tryChain(list, r, v)
			}
		}
	}
	if s.best.alt == none {
		return false
	}
	before, at := s.cost, s.best.after
	r := s.nodes[at].route
	for _, v := range list {
		s.link(v, at)
		at = v
	}
	s.renew(r)
	if auditing {
		s.checkChain(before, list)
	}
	return true
}

// tryChain tests the chain behind v in route r, the cost of its legs first. O(chain), with
// exact classes O(route) where the spot already wins.
func (s *inserter) tryChain(list []int32, r, v int32) {
	m := s.m
	c := s.class(r)
	t := &m.travels[c.travel]
	w := s.nodes[v].next
	delta, from := c.fixed, s.nodes[v].place
	if s.size[r] > 0 {
		delta = -s.nodes[w].in
	}
	for _, k := range list {
		delta += t.cost(from, s.nodes[k].place)
		from = s.nodes[k].place
	}
	if delta += t.cost(from, s.nodes[w].place); delta >= s.best.cost || s.fixed(w) || s.overlook(v) || s.glued(v, w, list[0]) {
		return
	}
	for _, k := range list {
		if !m.fit(m.altOf[k], m.routeClass[r]) {
			return
		}
	}
	seq := s.withChain(r, v, list)
	if !s.chainInTime(c, t, v, w, list) || !s.backhaulsKept(c, seq) {
		return
	}
	e, ok := s.evaluate(c, seq)
	if c.exact {
		if s.size[r] == 0 {
			delta -= c.fixed
		}
		delta += e - s.extra[r]
	}
	if ok && delta < s.best.cost {
		s.best = spot{cost: delta, alt: m.altOf[list[0]], after: v, after2: none, reload: none}
	}
}

// chainInTime drives the chain between v and w; classes with breaks leave that to the exact
// evaluation.
func (s *inserter) chainInTime(c *class, t *travel, v, w int32, list []int32) bool {
	if !s.m.timed {
		return true
	}
	if s.m.types != nil {
		s.dressAll(list, c)
	}
	return s.listInTime(t, v, list, w)
}

// withChain is the sequence of route r with the chain behind v.
func (s *State) withChain(r, v int32, list []int32) []int32 {
	s.seq = s.seq[:0]
	for x := s.first(r); x != s.last(r); x = s.nodes[x].next {
		if x != s.first(r) {
			s.seq = append(s.seq, x)
		}
		if x == v {
			s.seq = append(s.seq, list...)
		}
	}
	return s.seq
}

// tailsKept reports whether relations allow the ends of routes r and q to be exchanged:
// what must ride together is all in one end or stays behind, and what must not does not
// meet. O(stops and members).
func (s *State) tailsKept(r, q int32, tail, tail2 []int32) bool {
	s.tick += 2
	for _, v := range tail {
		s.mark[v] = s.tick
	}
	for _, v := range tail2 {
		s.mark[v] = s.tick - 1
	}
	return s.tailKept(q, tail, s.tick, s.tick-1) && s.tailKept(r, tail2, s.tick-1, s.tick)
}

// tailKept tests an end, marked with own, that is to go to route to for one marked with other.
func (s *State) tailKept(to int32, tail []int32, own, other uint32) bool {
	for _, v := range tail {
		if !s.m.tied(v) {
			continue
		}
		for _, x := range s.m.rel.of[v] {
			r := &s.m.rel.list[x.relation]
			for _, w := range r.nodes {
				at := s.nodes[w].route
				switch {
				case at == none || s.mark[w] == own:
				case r.kind != vrp.DifferentVehicles, at == to && s.mark[w] != other:
					return false
				}
			}
		}
	}
	return true
}
