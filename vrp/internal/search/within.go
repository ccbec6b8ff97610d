package search

// mostBetween is how many stops may lie between where a string is taken out of a route and
// where it is put back: each of them is driven anew.
const mostBetween = 24

// slide moves v and up to two stops behind it (back: before it) beside u in its own route.
func (s *Search) slide(v, u int32, back bool) bool {
	t := &s.m.travels[0]
	after := u
	if back {
		after = s.nodes[u].prev
	}
	before := s.nodes[after].next
	first, last := v, v
	for range mostShifted {
		from, to := s.nodes[first].prev, s.nodes[last].next
		if after == first || after == from || first == u || last == u {
			return false
		}
		cost := t.cost(s.nodes[after].place, s.nodes[first].place) + t.cost(s.nodes[last].place, s.nodes[before].place) +
			t.cost(s.nodes[from].place, s.nodes[to].place)
		if cost < s.nodes[first].in+s.nodes[to].in+s.nodes[before].in && s.slideString(first, last, after) {
			return true
		}
		if back {
			first = from
		} else {
			last = to
		}
		if !s.isStop(first) || !s.isStop(last) {
			return false
		}
	}
	return false
}

// slideString moves the stops from first to last behind another of their route, if times
// allow. O(stops between).
func (s *Search) slideString(first, last, after int32) bool {
	l := &s.local
	from, to := s.nodes[first].prev, s.nodes[last].next
	before := s.nodes[after].next
	l.tail = s.stretch(first, last, l.tail[:0])
	if s.ahead(last, after) {
		l.head2 = append(s.stretch(to, after, l.head2[:0]), l.tail...)
		if !s.listInTime(&s.m.travels[0], from, l.head2, before) {
			return false
		}
	} else {
		if !s.ahead(after, first) {
			return false
		}
		l.head2 = s.stretch(before, from, append(l.head2[:0], l.tail...))
		if !s.listInTime(&s.m.travels[0], after, l.head2, to) {
			return false
		}
	}
	l.made = MoveSlide
	r := s.nodes[first].route
	s.takeOut(l.tail)
	s.append(after, l.tail)
	s.renew(r)
	return true
}

// ahead reports whether u is a stop a little way behind v.
func (s *State) ahead(v, u int32) bool {
	for range mostBetween {
		if v = s.nodes[v].next; v == u {
			return true
		}
		if !s.isStop(v) {
			return false
		}
	}
	return false
}

// turnTimed turns around the stops behind v up to u, or those behind u up to v, if times
// allow. O(stops between).
func (s *Search) turnTimed(v, u int32) bool {
	if !s.ahead(v, u) {
		v, u = u, v
		if !s.ahead(v, u) {
			return false
		}
	}
	l := &s.local
	l.head2 = l.head2[:0]
	for x := u; x != v; x = s.nodes[x].prev {
		l.head2 = append(l.head2, x)
	}
	if !s.listInTime(&s.m.travels[0], v, l.head2, s.nodes[u].next) {
		return false
	}
	l.made = MoveTurn
	r := s.nodes[u].route
	s.takeOut(l.head2)
	s.append(v, l.head2)
	s.renew(r)
	return true
}

// listInTime reports whether a list of stops can be driven between two others.
func (s *State) listInTime(t *travel, from int32, list []int32, to int32) bool {
	leave, ok := s.nodes[from].leave, true
	for _, x := range list {
		if leave, ok = s.drive(t, from, x, leave); !ok {
			return false
		}
		from = x
	}
	leave, ok = s.drive(t, from, to, leave)
	return ok && leave <= s.nodes[to].late
}
