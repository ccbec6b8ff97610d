package search

import "github.com/logistica-inteligente/rumbo/vrp"

// renew recomputes the state of a changed route: times, loads and, where its class needs
// it, the extra. It reports whether the route is feasible in all that taking a stop out can
// break: ways, windows, limits, rides. O(stops of the route).
func (s *State) renew(r int32) bool {
	ok := s.renewTimes(r)
	s.renewLoads(r)
	c := s.class(r)
	if s.m.travels[c.travel].blocked && s.size[r] > 0 && s.noWayAlong(r) {
		ok = false
	}
	if c.backhaul != vrp.BackhaulMixed && !s.backhaulsKept(c, s.sequence(r)) {
		ok = false
	}
	if c.exact && !s.renewExtra(r, ok) {
		ok = false
	}
	return ok
}

// renewExtra recomputes the extra of a route of an exact class; timely says that all
// windows are met.
func (s *State) renewExtra(r int32, timely bool) bool {
	c := s.class(r)
	e, ok := int64(0), true
	switch {
	case c.spans && timely:
		e, ok = s.renewSpans(r)
	case c.trips && timely:
		e = s.renewTrips(r)
	case s.size[r] > 0:
		e, ok = s.evaluate(c, s.sequence(r))
	}
	if c.rough && timely {
		s.guess[r], _ = s.renewSpans(r)
	}
	if !ok {
		e = 0
	}
	s.cost += e - s.extra[r]
	s.extra[r] = e
	return ok
}

// noWayAlong reports whether a leg of the route is unreachable.
func (s *State) noWayAlong(r int32) bool {
	t := &s.m.travels[s.class(r).travel]
	for a := s.first(r); a != s.last(r); a = s.nodes[a].next {
		if t.closed(s.nodes[a].place, s.nodes[s.nodes[a].next].place) {
			return true
		}
	}
	return false
}

// sequence writes the nodes of a route between its ends to the scratch list.
func (s *State) sequence(r int32) []int32 {
	s.seq = s.seq[:0]
	for v := s.nodes[s.first(r)].next; !s.isEnd(v); v = s.nodes[v].next {
		s.seq = append(s.seq, v)
	}
	return s.seq
}
