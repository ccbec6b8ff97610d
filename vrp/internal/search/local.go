package search

// localNear is how many of a stop's neighbors local search looks at.
const localNear = 12

// improver is the local search. Ruin and recreate moves strings of a few
// stops; what it finds hard is to exchange long ends of routes, which is what these moves
// do: 2-opt* (Potvin & Rousseau 1995, doi:10.1057/jors.1995.204), and without windows its
// twin that turns an end around and 2-opt within a route. With windows and time enough
// (Thorough) short strings are moved, exchanged and turned around as well. Only stops that
// the iteration put back are looked at, only improvements are made.
type improver struct {
	tail, tail2 []int32  // scratch: stops behind a stop, in two routes
	head2       []int32  // scratch: stops up to one
	made        Operator // the move made last
	thorough    bool     // with windows all moves are looked for
	upTo        []int64  // by stop: the load from the start of its route, if summed
	summed      []uint32 // by route: the version that it was summed in
}

// improve runs the local search around the given units. O(units * localNear), and for each
// improvement made O(stops of its routes).
func (s *Search) improve(units []int32) {
	m := s.m
	for _, u := range units {
		v := m.alts[m.units[u].first].a
		for again := 0; again < 3 && s.nodes[v].route != none; again++ {
			before := s.cost
			s.tried(MoveEnds)
			if !s.improveAt(v) {
				break
			}
			if auditing && s.cost >= before {
				panic("search: a local move promised a gain and made none")
			}
			s.gained(s.local.made, before-s.cost)
		}
	}
}

// improveAt looks for one improving move around v with what suits the fleet.
func (s *Search) improveAt(v int32) bool {
	switch {
	case s.local.thorough:
		return s.improveTimed(v)
	case s.m.plain:
		return s.improveStop(v)
	}
	return s.improveGeneral(v)
}

// improveStop looks for one improving move that makes v the neighbor of a stop near it.
func (s *Search) improveStop(v int32) bool {
	m := s.m
	t := &m.travels[0]
	turns := !m.timed && m.classes[0].start == m.classes[0].end
	if turns {
		s.tried(MoveTurn)
	}
	for _, u := range m.near[int(v)*m.nearK:][:min(localNear, m.nearK)] {
		x, y := &s.nodes[v], &s.nodes[u]
		if y.route == none || u == v {
			continue
		}
		link := t.cost(x.place, y.place)
		pv, nv, pu, nu := &s.nodes[x.prev], &s.nodes[x.next], &s.nodes[y.prev], &s.nodes[y.next]
		if x.route != y.route {
			if link+t.cost(pu.place, nv.place) < y.in+nv.in && s.swapEnds(v, y.prev) {
				return true
			}
			if link+t.cost(pv.place, nu.place) < x.in+nu.in && s.swapEnds(x.prev, u) {
				return true
			}
		}
		if !turns {
			continue
		}
		if link+t.cost(nv.place, nu.place) < nv.in+nu.in && s.turn(v, u) {
			return true
		}
		if link+t.cost(pv.place, pu.place) < x.in+y.in && s.turn(x.prev, y.prev) {
			return true
		}
	}
	return false
}

// swapEnds exchanges what follows v and u, stops or starts of different routes, if loads
// and times allow.
func (s *Search) swapEnds(v, u int32) bool {
	r, q := s.nodes[v].route, s.nodes[u].route
	if s.m.timed {
		t := &s.m.travels[0]
		nv, nu := s.nodes[v].next, s.nodes[u].next
		if leave, ok := s.drive(t, v, nu, s.nodes[v].leave); !ok || leave > s.nodes[nu].late {
			return false
		}
		if leave, ok := s.drive(t, u, nv, s.nodes[u].leave); !ok || leave > s.nodes[nv].late {
			return false
		}
	}
	a, b := s.loadUpTo(v), s.loadUpTo(u)
	most := s.m.classes[0].capacity[0]
	if a+s.load[q]-b > most || b+s.load[r]-a > most {
		return false
	}
	s.local.made = MoveEnds
	s.local.tail = s.behind(v, s.local.tail[:0])
	s.local.tail2 = s.behind(u, s.local.tail2[:0])
	s.takeOut(s.local.tail)
	s.takeOut(s.local.tail2)
	s.append(v, s.local.tail2)
	s.append(u, s.local.tail)
	s.renew(r)
	s.renew(q)
	return true
}

// turn joins v to u and the stop behind v to the stop behind u, turning around what lies
// between them in one route, or the end of one route and the beginning of the other.
func (s *Search) turn(v, u int32) bool {
	s.local.made = MoveTurn
	r, q := s.nodes[v].route, s.nodes[u].route
	if r == q {
		return s.turnWithin(v, u)
	}
	a, b := s.loadUpTo(v), s.loadUpTo(u)
	most := s.m.classes[0].capacity[0]
	if a+b > most || s.load[r]-a+s.load[q]-b > most {
		return false
	}
	l := &s.local
	l.tail = s.behind(v, l.tail[:0])
	l.head2 = s.before(u, l.head2[:0]) // u first, back to the beginning
	s.takeOut(l.tail)
	s.takeOut(l.head2)
	s.append(v, l.head2)
	at := s.first(q)
	for i := len(l.tail) - 1; i >= 0; i-- {
		s.link(l.tail[i], at)
		at = l.tail[i]
	}
	return true
}

// turnWithin turns around the stops behind the first of v and u up to the second.
func (s *Search) turnWithin(v, u int32) bool {
	for x := v; ; x = s.nodes[x].next {
		if x == u {
			break
		}
		if s.isEnd(x) && x != s.first(s.nodes[v].route) {
			v, u = u, v
			break
		}
	}
	l := &s.local
	l.tail = l.tail[:0]
	for x := s.nodes[v].next; ; x = s.nodes[x].next {
		l.tail = append(l.tail, x)
		if x == u {
			break
		}
	}
	s.takeOut(l.tail)
	for i := len(l.tail) - 1; i >= 0; i-- {
		s.link(l.tail[i], v)
		v = l.tail[i]
	}
	return true
}

// loadUpTo is the load of the stops from the start of the route to v, v included; 0 for a
// start. O(1), but O(stops) the first time after the route changed.
func (s *Search) loadUpTo(v int32) int64 {
	if !s.isStop(v) {
		return 0
	}
	r := s.nodes[v].route
	if l := &s.local; l.summed[r] != s.version[r] {
		l.summed[r] = s.version[r]
		sum := int64(0)
		for x := s.nodes[s.first(r)].next; s.isStop(x); x = s.nodes[x].next {
			sum += s.m.deliver[x] + s.m.collect[x]
			l.upTo[x] = sum
		}
	}
	return s.local.upTo[v]
}

// behind lists the stops behind v.
func (s *Search) behind(v int32, out []int32) []int32 {
	for v = s.nodes[v].next; s.isStop(v); v = s.nodes[v].next {
		out = append(out, v)
	}
	return out
}

// before lists u and the stops before it, u first.
func (s *Search) before(u int32, out []int32) []int32 {
	for ; s.isStop(u); u = s.nodes[u].prev {
		out = append(out, u)
	}
	return out
}

func (s *Search) takeOut(list []int32) {
	for _, v := range list {
		s.unlink(v)
	}
}

func (s *Search) append(at int32, list []int32) {
	for _, v := range list {
		s.link(v, at)
		at = v
	}
}
