package search

// refitTries is how many classes are considered for a route at a time where there are many.
const refitTries = 16

// refit gives each touched route the cheapest free vehicle that can drive it: another size,
// another depot. O(stops of the route) for each class tried that could pay.
func (s *Search) refit() {
	for i := 0; i < len(s.touched); i++ {
		if r := s.touched[i].route; s.size[r] > 0 {
			s.refitRoute(r)
			if s.m.trades {
				s.swapVehicles(r)
			}
		}
	}
}

func (s *Search) refitRoute(r int32) {
	m := s.m
	best, gain := none, int64(0)
	tries := min(len(m.classes), refitTries)
	first := 0
	if len(m.classes) > tries {
		first = s.rand.below(len(m.classes))
	}
	s.tried(MoveRefit)
	seq := append(s.moved[:0], s.sequence(r)...)
	now := s.legs(s.class(r), seq) + s.extra[r]
	for i := range tries {
		k := int32((first + i) % len(m.classes))
		if k == m.routeClass[r] || len(s.free[k]) == 0 || s.cannotPay(r, k) {
			continue
		}
		if g := now - s.costUnder(k, seq); g > gain {
			best, gain = k, g
		}
	}
	s.moved = seq
	if best != none {
		s.moveRoute(r, s.free[best][len(s.free[best])-1])
		s.gained(MoveRefit, gain)
	}
}

// cannotPay is a quick test for classes that differ in size and price alone.
func (s *State) cannotPay(r, k int32) bool {
	a, b := s.class(r), &s.m.classes[k]
	if a.travel == b.travel && a.start == b.start && a.end == b.end && !a.exact && !b.exact && b.fixed >= a.fixed {
		return true
	}
	if s.m.mixed {
		return false
	}
	for d, most := range b.capacity {
		if s.load[int(r)*s.m.dims+d] > most {
			return true
		}
	}
	return false
}

// legs is the cost of all legs of a sequence under a class.
func (s *State) legs(c *class, seq []int32) int64 {
	t := &s.m.travels[c.travel]
	at, sum := c.start, int64(0)
	for _, v := range seq {
		sum += t.cost(at, s.nodes[v].place)
		at = s.nodes[v].place
	}
	return sum + t.cost(at, c.end)
}

// costUnder is what a sequence costs a vehicle of class k, never if it cannot drive it.
func (s *State) costUnder(k int32, seq []int32) int64 {
	c := &s.m.classes[k]
	for _, v := range seq {
		// Reloads belong to their class.
		if !s.isStop(v) || s.fixed(v) || !s.m.fit(s.m.altOf[v], k) {
			return never
		}
	}
	if !s.backhaulsKept(c, seq) {
		return never
	}
	e, ok := s.evaluate(c, seq)
	if !ok {
		return never
	}
	return e + s.legs(c, seq)
}

// moveRoute hands all stops of route r to the unused route to.
func (s *Search) moveRoute(r, to int32) {
	for _, v := range s.moved {
		s.unlink(v)
	}
	last := s.first(to)
	for _, v := range s.moved {
		s.link(v, last)
		last = v
	}
	s.renew(r)
	s.renew(to)
}
