package search

// swapTries is how many other routes a route is offered for an exchange of vehicles.
const swapTries = 4

// swapVehicles lets a route change vehicles with one of a few others, drawn by their stops,
// where that is cheaper: of limited fleets the vehicle that a route would rather have is
// seldom free. O(1) for each, and O(stops) where it pays.
func (s *Search) swapVehicles(r int32) {
	m := s.m
	for range swapTries {
		q := s.nodes[s.rand.below(m.Stops)].route
		if q == none || s.size[r] == 0 || !m.swaps[int(m.routeClass[r])*len(m.classes)+int(m.routeClass[q])] {
			continue
		}
		a, b := s.class(r), s.class(q)
		if !s.bears(b, r) || !s.bears(a, q) {
			continue
		}
		ta, tb := &m.travels[a.travel], &m.travels[b.travel]
		x, y := s.roadOf(r), s.roadOf(q)
		gain := (ta.distFactor-tb.distFactor)*(x.distance-y.distance) + (ta.durFactor-tb.durFactor)*(x.driving-y.driving)
		if gain > 0 {
			s.exchange(r, q)
			return
		}
	}
}

// bears reports whether class c can carry route r.
func (s *State) bears(c *class, r int32) bool {
	if s.size[r] > c.maxStops {
		return false
	}
	for d, most := range c.capacity {
		if s.load[int(r)*s.m.dims+d] > most {
			return false
		}
	}
	return true
}

// exchange gives two routes each other's vehicle. O(stops).
func (s *Search) exchange(r, q int32) {
	s.moved = append(s.moved[:0], s.sequence(r)...)
	s.handed = append(s.handed[:0], s.sequence(q)...)
	s.takeOut(s.moved)
	s.takeOut(s.handed)
	s.append(s.first(q), s.moved)
	s.append(s.first(r), s.handed)
	s.renew(r)
	s.renew(q)
}
