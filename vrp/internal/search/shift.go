package search

// mostShifted is the longest string of stops that a move of the local search takes along.
const mostShifted = 3

// shiftBehind moves v, and up to two stops behind it, from its route to behind u in another,
// the leg between the two costing link, if that pays and loads and times allow. O(1).
func (s *Search) shiftBehind(v, u int32, link int64) bool {
	t := &s.m.travels[0]
	nu := s.nodes[u].next
	from, first := s.nodes[v].prev, s.nodes[v].in
	saved := first + s.nodes[nu].in - link
	load := int64(0)
	room := s.room(s.nodes[u].route)
	for last, k := v, 0; k < mostShifted && s.isStop(last); k++ {
		if load += s.weight(last); load > room {
			return false
		}
		to := s.nodes[last].next
		cost := t.cost(s.nodes[last].place, s.nodes[nu].place) + t.cost(s.nodes[from].place, s.nodes[to].place)
		if cost < saved+s.nodes[to].in && s.shift(v, last, u) {
			return true
		}
		last = to
	}
	return false
}

// shiftBefore is shiftBehind with v, and up to two stops before it, put before u.
func (s *Search) shiftBefore(v, u int32, link int64) bool {
	t := &s.m.travels[0]
	pu := s.nodes[u].prev
	to := s.nodes[v].next
	saved := s.nodes[to].in + s.nodes[u].in - link
	load := int64(0)
	room := s.room(s.nodes[u].route)
	for first, k := v, 0; k < mostShifted && s.isStop(first); k++ {
		if load += s.weight(first); load > room {
			return false
		}
		from := s.nodes[first].prev
		cost := t.cost(s.nodes[pu].place, s.nodes[first].place) + t.cost(s.nodes[from].place, s.nodes[to].place)
		if cost < saved+s.nodes[first].in && s.shift(first, v, pu) {
			return true
		}
		first = from
	}
	return false
}

// shift moves the stops from first to last behind u in another route, if times allow.
func (s *Search) shift(first, last, u int32) bool {
	t := &s.m.travels[0]
	if !s.inTime(t, u, first, last, s.nodes[u].next) ||
		!s.inTime(t, s.nodes[first].prev, none, none, s.nodes[last].next) {
		return false
	}
	l := &s.local
	l.made = MoveShift
	l.tail = s.stretch(first, last, l.tail[:0])
	r, q := s.nodes[first].route, s.nodes[u].route
	s.takeOut(l.tail)
	s.append(u, l.tail)
	s.renew(r)
	s.renew(q)
	return true
}

// inTime reports whether the stops from first to last, none at all if first is none, can
// be driven between two others, which and the rest of their routes being kept.
func (s *State) inTime(t *travel, from, first, last, to int32) bool {
	leave, ok := s.nodes[from].leave, true
	if first != none {
		for x := first; ; x = s.nodes[x].next {
			if leave, ok = s.drive(t, from, x, leave); !ok {
				return false
			}
			if from = x; x == last {
				break
			}
		}
	}
	leave, ok = s.drive(t, from, to, leave)
	return ok && leave <= s.nodes[to].late
}

// stretch lists the stops from first to last.
func (s *State) stretch(first, last int32, out []int32) []int32 {
	for x := first; ; x = s.nodes[x].next {
		if out = append(out, x); x == last {
			return out
		}
	}
}

// room is the capacity that a plain route has left, weight what a stop takes of it.
func (s *State) room(r int32) int64   { return s.m.classes[0].capacity[0] - s.load[r] }
func (s *State) weight(v int32) int64 { return s.m.deliver[v] + s.m.collect[v] }
