package search

// Loose ends: where the pickup of a shipment is pinned to the head of a route, its goods
// aboard already, so to say, the delivery may still move along that route. A ruin takes it
// out by itself, and it is put back before anything else.

// loosen takes out the delivery v of a pinned pickup.
func (s *ruiner) loosen(v int32) {
	a := s.m.mate[v]
	if a == none || s.nodes[v].route == none || s.m.alts[s.m.altOf[v]].b != v || s.fixed(v) || !s.fixed(a) {
		return
	}
	s.unlink(v)
	s.ends = append(s.ends, v)
}

// tieEnds puts the loose ends back, each at its cheapest place behind its pickup, some
// places overlooked at random; false where one finds none. O(stops^2) for each.
func (s *ruiner) tieEnds() bool {
	for _, v := range s.ends {
		if !s.tieEnd(v) {
			return false
		}
	}
	return true
}

func (s *ruiner) tieEnd(b int32) bool {
	const overlooked = 20 // one place in so many
	a := s.m.mate[b]
	r := s.nodes[a].route
	if r == none {
		return false
	}
	c := s.class(r)
	t := &s.m.travels[c.travel]
	place := s.nodes[b].place
	best, after := never, none
	for v := a; v != s.last(r); v = s.nodes[v].next {
		w := s.nodes[v].next
		delta := t.cost(s.nodes[v].place, place) + t.cost(place, s.nodes[w].place) - s.nodes[w].in
		if delta >= best || s.fixed(w) || s.rng.below(overlooked) == 0 || (s.m.rel != nil && s.glued(v, w, b)) {
			continue
		}
		seq := s.with(r, v, b, none, none)
		if !s.backhaulsKept(c, seq) {
			continue
		}
		e, ok := s.evaluate(c, seq)
		if delta += e; ok && delta < best {
			best, after = delta, v
		}
	}
	if after == none {
		return false
	}
	s.link(b, after)
	return s.renew(r)
}
