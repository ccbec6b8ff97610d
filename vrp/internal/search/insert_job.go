package search

import "github.com/logistica-inteligente/rumbo/vrp"

// admits is the test of a route as a whole: class, number of stops, and the load where one
// sum decides. O(dims).
func (s *inserter) admits(r int32, a *alternative) bool {
	m := s.m
	k := m.routeClass[r]
	c := &m.classes[k]
	if !m.fit(s.alt, k) || s.size[r] >= c.maxStops || (m.rel != nil && !s.allows(r)) {
		return false
	}
	if m.mixed {
		return true
	}
	i, j := int(r)*m.dims, int(a.a)*m.dims
	for d, most := range c.capacity {
		if s.load[i+d]+m.deliver[j+d]+m.collect[j+d] > most {
			return false
		}
	}
	return true
}

// tryJob tests job k between the neighbors v and w of route r.
func (s *inserter) tryJob(r, k, v, w int32) {
	if s.fixed(w) || s.fixed(k) || (s.m.rel != nil && !s.mayGo(k, v, w)) {
		return
	}
	c := s.class(r)
	if s.m.types != nil {
		s.dress(k, c)
	}
	t := &s.m.travels[c.travel]
	x := &s.nodes[k]
	delta := t.cost(s.nodes[v].place, x.place) + t.cost(x.place, s.nodes[w].place)
	if s.size[r] > 0 {
		delta -= s.nodes[w].in
	} else {
		delta += c.fixed
	}
	if delta >= s.best.cost {
		if !c.exact || c.trips || s.size[r] > 0 || delta-c.fixed >= s.best.cost {
			return
		}
	}
	if t.blocked && (t.closed(s.nodes[v].place, x.place) || t.closed(x.place, s.nodes[w].place)) {
		return
	}
	if c.trips {
		s.tryTripJob(r, k, v, w, delta)
		return
	}
	if fits := s.jobFits(c, k, v, w); !fits {
		if len(c.reloads) > 0 && s.size[r] > 0 && !s.overlook(v) {
			s.tryReload(r, k, v, w, delta)
		}
		return
	}
	leave, ok := int64(0), true
	if s.m.timed {
		if leave, ok = s.drive(t, v, k, s.nodes[v].leave); !ok {
			return
		}
		if leave, ok = s.drive(t, k, w, leave); !ok || leave > s.nodes[w].late {
			return
		}
	}
	if c.exact {
		if s.size[r] == 0 {
			delta -= c.fixed
		}
		if c.rough && delta+s.roughJob(r, k, v, w, leave)-s.guess[r] >= s.best.cost {
			return
		}
		e := int64(0)
		if c.spans {
			e, ok = s.spanJob(r, k, v, w, leave)
		} else {
			e, ok = s.evaluate(c, s.with(r, v, k, none, none))
		}
		delta += e - s.extra[r]
		if !ok || delta >= s.best.cost {
			return
		}
	}
	if s.overlook(v) {
		return
	}
	s.best = spot{cost: delta, alt: s.alt, after: v, after2: none, reload: none}
}

// overlook makes the search skip one spot in a hundred or so, the same spot at every try
// for the unit (the blinks of Christiaens & Vanden Berghe).
func (s *inserter) overlook(v int32) bool {
	if s.blinked[v] == s.tick {
		return true
	}
	if s.blink--; s.blink > 0 {
		return false
	}
	s.blink = s.rng.geometric(s.blinkScale)
	s.blinked[v] = s.tick
	return true
}

// jobFits tests the load of job k between v and w and its place among backhauls: what it
// receives is aboard before, what it gives is aboard after. O(dims).
func (s *inserter) jobFits(c *class, k, v, w int32) bool {
	if c.backhaul != vrp.BackhaulMixed && !s.inOrder(c, k, v, w) {
		return false
	}
	if !s.m.mixed {
		return true
	}
	dims := s.m.dims
	for d, most := range c.capacity {
		in, out := s.m.deliver[int(k)*dims+d], s.m.collect[int(k)*dims+d]
		if s.before[int(v)*dims+d]+in > most ||
			s.after[int(v)*dims+d]+out > most || s.beyondFrom(w, d)+out > most {
			return false
		}
	}
	return true
}

// with is the sequence of route r with k behind v, and then b behind u.
func (s *State) with(r, v, k, u, b int32) []int32 {
	s.seq = s.seq[:0]
	for x := s.first(r); !s.isEnd(x) || x == s.first(r); x = s.nodes[x].next {
		if x != s.first(r) {
			s.seq = append(s.seq, x)
		}
		if x == v {
			s.seq = append(s.seq, k)
			if u == k {
				s.seq = append(s.seq, b)
			}
		}
		if x == u {
			s.seq = append(s.seq, b)
		}
	}
	return s.seq
}
