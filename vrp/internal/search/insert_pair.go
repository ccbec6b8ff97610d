package search

// tryPair tests the shipment's pickup behind v in route r, with its delivery at each later
// position until time, load or cost rule out the rest. Each position costs O(1), with
// exact classes O(route) where it already wins. O(route) in all.
func (s *inserter) tryPair(r int32, a *alternative, v int32) {
	if s.mark[v] == s.tick || s.fixed(s.nodes[v].next) || s.fixed(a.a) || s.fixed(a.b) {
		return
	}
	s.mark[v] = s.tick
	if s.m.rel != nil && !s.mayGo(a.a, v, s.nodes[v].next) {
		return
	}
	c := s.class(r)
	if s.m.types != nil {
		s.dress(a.a, c)
		s.dress(a.b, c)
	}
	t := &s.m.travels[c.travel]
	k, b := a.a, a.b
	pk, pb := s.nodes[k].place, s.nodes[b].place
	w := s.nodes[v].next
	base := t.cost(s.nodes[v].place, pk)
	if s.size[r] == 0 {
		if !c.exact {
			base += c.fixed
		}
	} else {
		base -= s.nodes[w].in
	}
	together := base + t.cost(pk, pb) + t.cost(pb, s.nodes[w].place)
	base += t.cost(pk, s.nodes[w].place)
	if base >= s.best.cost && together >= s.best.cost {
		return
	}
	if s.size[r]+2 > c.maxStops || s.overlook(v) || !s.pairFits(c, k, v) {
		return
	}
	timed := s.m.timed
	leave, ok := int64(0), true
	if timed {
		if leave, ok = s.drive(t, v, k, s.nodes[v].leave); !ok {
			return
		}
	}
	s.tryDelivery(r, a, v, k, w, leave, together)
	last := k
	for s.isStop(w) && base < s.best.cost {
		if timed {
			if leave, ok = s.drive(t, last, w, leave); !ok || leave > s.nodes[w].late {
				return
			}
		}
		if !s.pairFits(c, k, w) {
			return
		}
		last = w
		w = s.nodes[w].next
		delta := base + t.cost(s.nodes[last].place, pb) + t.cost(pb, s.nodes[w].place) - s.nodes[w].in
		s.tryDelivery(r, a, v, last, w, leave, delta)
	}
}

// pairFits tests the shipment's load on leaving v.
func (s *inserter) pairFits(c *class, k, v int32) bool {
	dims := s.m.dims
	for d, most := range c.capacity {
		if s.after[int(v)*dims+d]+s.m.change[int(k)*dims+d] > most {
			return false
		}
	}
	return true
}

// tryDelivery tests the delivery between last and w, last being left at the given moment
// with the shipment aboard.
func (s *inserter) tryDelivery(r int32, a *alternative, v, last, w int32, leave, delta int64) {
	if delta >= s.best.cost || (s.m.rel != nil && !s.mayFollow(a, v, last, w)) {
		return
	}
	c := s.class(r)
	t := &s.m.travels[c.travel]
	if t.blocked && s.pairBlocked(t, a, v, last, w) {
		return
	}
	if s.m.timed {
		ok := true
		if leave, ok = s.drive(t, last, a.b, leave); !ok {
			return
		}
		if leave, ok = s.drive(t, a.b, w, leave); !ok || leave > s.nodes[w].late {
			return
		}
	}
	if c.exact {
		e, ok := s.evaluate(c, s.with(r, v, a.a, last, a.b))
		delta += e - s.extra[r]
		if !ok || delta >= s.best.cost {
			return
		}
	}
	s.best = spot{cost: delta, alt: s.alt, after: v, after2: last, reload: none}
}

// pairBlocked reports whether one of the new legs has no way.
func (s *inserter) pairBlocked(t *travel, a *alternative, v, last, w int32) bool {
	pk, pb := s.nodes[a.a].place, s.nodes[a.b].place
	if t.closed(s.nodes[v].place, pk) || t.closed(pb, s.nodes[w].place) || t.closed(s.nodes[last].place, pb) {
		return true
	}
	return last != a.a && t.closed(pk, s.nodes[s.nodes[v].next].place)
}
