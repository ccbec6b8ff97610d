package search

// improveGeneral is improveStop for fleets that the plain kernels do not know: ends of
// routes are exchanged where both vehicles travel alike and end at one place, and the exact
// evaluation decides.
func (s *Search) improveGeneral(v int32) bool {
	m := s.m
	for _, u := range m.near[int(v)*m.nearK:][:min(localNear, m.nearK)] {
		x, y := &s.nodes[v], &s.nodes[u]
		if y.route == none || x.route == y.route {
			continue
		}
		a, b := s.class(x.route), s.class(y.route)
		if a.travel != b.travel || a.end != b.end {
			continue
		}
		if s.tryEnds(a, v, y.prev) || s.tryEnds(a, x.prev, u) {
			return true
		}
	}
	return false
}

// tryEnds exchanges what follows v and u, if that makes the solution cheaper.
func (s *Search) tryEnds(c *class, v, u int32) bool {
	nv, nu := s.nodes[v].next, s.nodes[u].next
	legs := s.leg(c, v, nu) + s.leg(c, u, nv) - s.leg(c, v, nv) - s.leg(c, u, nu)
	if legs >= 0 || s.fixed(nv) || s.fixed(nu) {
		return false
	}
	l := &s.local
	l.tail, l.tail2 = s.behind(v, l.tail[:0]), s.behind(u, l.tail2[:0])
	r, q := s.nodes[v].route, s.nodes[u].route
	if s.m.rel != nil && !s.tailsKept(r, q, l.tail, l.tail2) {
		return false
	}
	if !s.reachesEnd(r, l.tail, nv) || !s.reachesEnd(q, l.tail2, nu) {
		return false
	}
	e1, ok := s.extraWith(r, v, l.tail2)
	if !ok {
		return false
	}
	e2, ok := s.extraWith(q, u, l.tail)
	t := &s.m.travels[c.travel]
	delta := t.cost(s.nodes[v].place, s.nodes[nu].place) + t.cost(s.nodes[u].place, s.nodes[nv].place) -
		s.nodes[nv].in - s.nodes[nu].in + e1 + e2 - s.extra[r] - s.extra[q]
	delta -= s.emptied(r, v, l.tail2) + s.emptied(q, u, l.tail)
	if !ok || delta >= 0 {
		return false
	}
	l.made = MoveEnds
	s.takeOut(l.tail)
	s.takeOut(l.tail2)
	s.append(v, l.tail2)
	s.append(u, l.tail)
	s.renew(r)
	s.renew(q)
	return true
}

// leg is what the leg from a to b costs a vehicle of class c, its time included.
func (s *State) leg(c *class, a, b int32) int64 {
	t := &s.m.travels[c.travel]
	cost := t.cost(s.nodes[a].place, s.nodes[b].place)
	if c.perDuration > 0 {
		cost += c.perDuration * t.time(s.nodes[a].place, s.nodes[b].place)
	}
	return cost
}

// reachesEnd reports whether a tail that begins at a node runs to the end of the route
// without a reload.
func (s *State) reachesEnd(r int32, tail []int32, first int32) bool {
	if len(tail) == 0 {
		return first == s.last(r)
	}
	return s.nodes[tail[len(tail)-1]].next == s.last(r)
}

// extraWith is the extra of route r with the given stops instead of what follows v; false
// where it breaks a rule. O(stops).
func (s *State) extraWith(r, v int32, tail []int32) (int64, bool) {
	c := s.class(r)
	s.seq = s.seq[:0]
	for x := s.first(r); x != v; {
		x = s.nodes[x].next
		s.seq = append(s.seq, x)
	}
	for _, x := range tail {
		if !s.m.fit(s.m.altOf[x], s.m.routeClass[r]) {
			return 0, false
		}
		s.seq = append(s.seq, x)
	}
	if len(s.seq) == 0 {
		return 0, true
	}
	if !s.backhaulsKept(c, s.seq) {
		return 0, false
	}
	return s.evaluate(c, s.seq)
}

// emptied is the leg from start to end that a route left without stops does not drive.
func (s *State) emptied(r, v int32, tail []int32) int64 {
	if v == s.first(r) && len(tail) == 0 {
		return s.emptyLeg(s.class(r))
	}
	return 0
}
