package search

// tryTripJob is the end of tryJob for classes with trips, delta being what the spot costs:
// where load rules the spot out, another trip may make room. Where only time does, a trip of
// its own is asked for while the job has no other spot: releases may leave it none, but
// trips cut short wherever that is cheapest at the moment make worse solutions. O(dims).
func (s *inserter) tryTripJob(r, k, v, w int32, delta int64) {
	c := s.class(r)
	fits := s.jobFits(c, k, v, w)
	ok := fits && s.tripJobInTime(&s.m.travels[c.travel], k, v, w)
	if auditing {
		s.checkTrip(c, s.with(r, v, k, none, none), ok)
	}
	switch {
	case ok:
		if !s.overlook(v) {
			s.best = spot{cost: delta, alt: s.alt, after: v, after2: none, reload: none}
		}
	case len(c.reloads) > 0 && s.size[r] > 0 && (!fits || (s.m.released && s.best.alt == none)) && !s.overlook(v):
		s.tryTrips(r, k, v, w, delta)
	}
}

// tripJobInTime tests the times of v, k, w within one trip.
func (s *inserter) tripJobInTime(t *travel, k, v, w int32) bool {
	if !s.m.timed {
		return true
	}
	leave, ok := s.delayed(v, s.m.site[k].release)
	if !ok {
		return false
	}
	if leave, ok = s.drive(t, v, k, leave); !ok {
		return false
	}
	leave, ok = s.drive(t, k, w, leave)
	return ok && leave <= s.nodes[w].late
}

// tryTrips is tryReload for classes with trips: O(dims) for each reload of the class.
func (s *inserter) tryTrips(r, k, v, w int32, delta int64) {
	c := s.class(r)
	if len(s.reloadFree) == 0 || s.tripCount[r] >= c.maxTrips {
		return
	}
	t := &s.m.travels[c.travel]
	pv, pk, pw := s.nodes[v].place, s.nodes[k].place, s.nodes[w].place
	node := s.reloadFree[len(s.reloadFree)-1]
	for i := range c.reloads {
		kind := c.reload + int32(i)
		l := s.m.reloadSites[kind].place
		s.shapeReload(node, kind)
		if s.isStop(v) && (s.m.rel == nil || s.mayReload(v, k)) {
			d := delta - t.cost(pv, pk) + t.cost(pv, l) + t.cost(l, pk)
			if d < s.best.cost && s.tripFrom(c, t, k, v, w, node) {
				s.best = spot{cost: d, alt: s.alt, after: v, after2: none, reload: kind, before: true}
			}
		}
		if s.isStop(w) && (s.m.rel == nil || s.mayReload(k, w)) {
			d := delta - t.cost(pk, pw) + t.cost(pk, l) + t.cost(l, pw)
			if d < s.best.cost && s.tripTo(c, t, k, v, w, node) {
				s.best = spot{cost: d, alt: s.alt, after: v, after2: none, reload: kind}
			}
		}
	}
}

// tripFrom tests v, reload, k, w: job k begins the trip that goes on with w.
func (s *inserter) tripFrom(c *class, t *travel, k, v, w, reload int32) bool {
	ok := s.tripFromFits(c, k, v, w) && !s.noWayBy(t, v, reload, k, w) && s.tripFromInTime(t, k, v, w, reload)
	if auditing {
		s.checkTrip(c, s.with(s.nodes[v].route, v, reload, reload, k), ok)
	}
	return ok
}

// tripFromFits tests the load of a trip of k and what follows v.
func (s *inserter) tripFromFits(c *class, k, v, w int32) bool {
	m, dims := s.m, s.m.dims
	for d, most := range c.capacity {
		in, out := m.deliver[int(k)*dims+d], m.collect[int(k)*dims+d]
		taken := s.taken[int(v)*dims+d]
		rest := s.after[int(v)*dims+d] - taken // what the stops behind v receive
		if rest+max(in, out) > most || s.beyondFrom(w, d)-taken+out > most {
			return false
		}
	}
	return true
}

func (s *inserter) tripFromInTime(t *travel, k, v, w, reload int32) bool {
	if !s.m.timed {
		return true
	}
	leave, _ := s.endedAt(v, always)
	leave, ok := s.drive(t, v, reload, leave)
	if !ok {
		return false
	}
	leave = max(leave, s.m.site[k].release, s.laterFrom(w))
	if leave, ok = s.drive(t, reload, k, leave); !ok {
		return false
	}
	leave, ok = s.drive(t, k, w, leave)
	return ok && leave <= s.nodes[w].late
}

// tripTo tests v, k, reload, w: job k ends the trip that goes up to v.
func (s *inserter) tripTo(c *class, t *travel, k, v, w, reload int32) bool {
	ok := s.tripToFits(c, k, v) && !s.noWayBy(t, v, k, reload, w) && s.tripToInTime(t, k, v, w, reload)
	if auditing {
		s.checkTrip(c, s.with(s.nodes[v].route, v, k, k, reload), ok)
	}
	return ok
}

// tripToFits tests the load of a trip up to v and k.
func (s *inserter) tripToFits(c *class, k, v int32) bool {
	m, dims := s.m, s.m.dims
	for d, most := range c.capacity {
		in, out := m.deliver[int(k)*dims+d], m.collect[int(k)*dims+d]
		taken := s.taken[int(v)*dims+d]
		rest := s.after[int(v)*dims+d] - taken
		if s.before[int(v)*dims+d]-rest+in > most || taken+out > most {
			return false
		}
	}
	return true
}

func (s *inserter) tripToInTime(t *travel, k, v, w, reload int32) bool {
	if !s.m.timed {
		return true
	}
	leave, ok := s.endedAt(v, s.m.site[k].release)
	if !ok {
		return false
	}
	if leave, ok = s.drive(t, v, k, leave); !ok {
		return false
	}
	if leave, ok = s.drive(t, k, reload, leave); !ok {
		return false
	}
	leave, ok = s.drive(t, reload, w, max(leave, s.laterFrom(w)))
	return ok && leave <= s.nodes[w].late
}

// noWayBy reports whether a leg along the four nodes is unreachable.
func (s *State) noWayBy(t *travel, a, b, c, d int32) bool {
	if !t.blocked {
		return false
	}
	pa, pb, pc, pd := s.nodes[a].place, s.nodes[b].place, s.nodes[c].place, s.nodes[d].place
	return t.closed(pa, pb) || t.closed(pb, pc) || t.closed(pc, pd)
}
