package search

import "github.com/logistica-inteligente/rumbo/vrp"

// drive follows the leg from a to b, leaving a at the given moment, and returns the
// earliest departure from b; false when b is reached after its last window. O(1) without
// time slices.
func (s *State) drive(t *travel, a, b int32, leave int64) (int64, bool) {
	x, y := &s.nodes[a], &s.nodes[b]
	var at int64
	if len(t.slices) == 0 && !t.byMetric {
		at = leave + int64(t.dur[int(x.place)*t.stride+int(y.place)])
	} else {
		at = leave + t.timeAt(x.place, y.place, leave)
	}
	if at > y.close {
		return 0, false
	}
	if at < y.open {
		at = y.open
	} else if s.m.multi {
		at = s.inWindow(b, at)
	}
	at += y.service
	if s.m.setups && x.place != y.place {
		at += s.setup(b)
	}
	return at, true
}

// inWindow is the first moment at or after t inside a window of b; t is not after the last.
func (s *State) inWindow(b int32, t int64) int64 {
	for _, w := range s.windows(b) {
		if t <= w.Close {
			return max(t, w.Open)
		}
	}
	return t
}

// windows are those of a node that has several, nil for all others.
func (s *State) windows(b int32) []vrp.TimeWindow {
	switch {
	case s.isStop(b):
		return s.m.site[b].windows
	case s.isReload(b):
		return s.m.reloadSites[s.reloadKind[b]].windows
	}
	return nil
}

func (s *State) setup(b int32) int64 {
	switch {
	case !s.isStop(b):
		return 0
	case s.m.types != nil:
		return s.setups[b]
	}
	return s.m.site[b].setup
}

// latestArrival is the last moment to reach b from a stop at the given place so that b is
// left by its late.
func (s *State) latestArrival(from int32, b int32) int64 {
	y := &s.nodes[b]
	at := y.late - y.service
	if s.m.setups && from != y.place {
		at -= s.setup(b)
	}
	if at > y.close {
		at = y.close
	}
	if s.m.multi {
		list := s.windows(b)
		for k := len(list) - 1; k >= 0; k-- {
			if at >= list[k].Open {
				return min(at, list[k].Close)
			}
		}
	}
	return at
}

// renewTimes recomputes earliest and latest departures along a route and reports whether
// all windows are met, breaks not counted. O(stops).
func (s *State) renewTimes(r int32) bool {
	if !s.m.timed {
		return true
	}
	c := s.class(r)
	t := &s.m.travels[c.travel]
	a, e := s.first(r), s.last(r)
	clock := c.open
	if s.m.released {
		clock = max(clock, s.releaseFrom(a))
	}
	s.setLeave(a, clock)
	for v := s.nodes[a].next; ; v = s.nodes[v].next {
		ok := false
		if clock, ok = s.drive(t, a, v, clock); !ok && s.size[r] > 0 {
			return false
		}
		if s.m.released && s.isReload(v) {
			clock = max(clock, s.releaseFrom(v))
		}
		s.setLeave(v, clock)
		if v == e {
			break
		}
		a = v
	}
	s.setLate(e, c.close)
	for b := e; ; {
		v := s.nodes[b].prev
		if v == none {
			break
		}
		s.setLate(v, t.leaveBy(s.nodes[v].place, s.nodes[b].place, s.latestArrival(s.nodes[v].place, b)))
		b = v
	}
	return true
}

// renewAfter renews the route into which an alternative was just put. Where nothing but
// times and loads is kept, times only as far as they change, forth and back from the new stops.
func (s *State) renewAfter(a *alternative) {
	r := s.nodes[a.a].route
	c := s.class(r)
	if !c.lean {
		s.renew(r)
		return
	}
	s.renewLoads(r)
	if !s.m.timed {
		return
	}
	t := &s.m.travels[c.travel]
	s.spreadTimes(t, a.a)
	if a.b != none {
		s.spreadTimes(t, a.b)
	}
}

// spreadTimes renews earliest departures behind v and latest departures before it until
// they no longer change. O(stops whose times change).
func (s *State) spreadTimes(t *travel, v int32) {
	for p, b := s.nodes[v].prev, v; b != none; p, b = b, s.nodes[b].next {
		leave, _ := s.drive(t, p, b, s.nodes[p].leave)
		if leave == s.nodes[b].leave && b != v {
			break
		}
		s.setLeave(b, leave)
	}
	for b := s.nodes[v].next; ; {
		p := s.nodes[b].prev
		if p == none {
			break
		}
		late := t.leaveBy(s.nodes[p].place, s.nodes[b].place, s.latestArrival(s.nodes[p].place, b))
		if late == s.nodes[p].late && p != v {
			break
		}
		s.setLate(p, late)
		b = p
	}
}

// releaseFrom is the release of the trip that begins at node a.
func (s *State) releaseFrom(a int32) int64 {
	latest := always
	for v := s.nodes[a].next; s.isStop(v); v = s.nodes[v].next {
		latest = max(latest, s.m.site[v].release)
	}
	return latest
}

// renewLoads recomputes what is aboard along a route, trip by trip. O(stops * dims).
func (s *State) renewLoads(r int32) {
	if !s.m.mixed {
		return
	}
	for a := s.first(r); ; {
		b := s.renewTrip(a)
		if s.isEnd(b) {
			return
		}
		a = b
	}
}

// renewTrip renews the trip that begins at node a and returns the node that ends it.
func (s *State) renewTrip(a int32) int32 {
	m, dims := s.m, s.m.dims
	start := s.after[int(a)*dims:][:dims]
	clear(start)
	v := s.nodes[a].next
	if m.jobless {
		// Only what jobs ask for is kept here; shipments look at what is aboard alone.
		for p := a; s.isStop(v); p, v = v, s.nodes[v].next {
			for d := range dims {
				s.after[int(v)*dims+d] = s.after[int(p)*dims+d] + m.change[int(v)*dims+d]
			}
		}
		return v
	}
	for ; s.isStop(v); v = s.nodes[v].next {
		for d := range dims {
			start[d] += m.deliver[int(v)*dims+d]
		}
	}
	end := v
	copy(s.before[int(a)*dims:][:dims], start)
	for p, v := a, s.nodes[a].next; v != end; p, v = v, s.nodes[v].next {
		for d := range dims {
			i, j := int(v)*dims+d, int(p)*dims+d
			s.after[i] = s.after[j] + m.change[i]
			s.before[i] = max(s.before[j], s.after[i])
		}
	}
	// Reload nodes end one trip and begin the next: beyond of the end is nothing here.
	for v := s.nodes[end].prev; ; v = s.nodes[v].prev {
		w := s.nodes[v].next
		for d := range dims {
			i := int(v)*dims + d
			s.beyond[i] = s.after[i]
			if w != end {
				s.beyond[i] = max(s.beyond[i], s.beyond[int(w)*dims+d])
			}
		}
		if v == a {
			break
		}
	}
	return end
}

// beyondFrom is the most aboard from node v to the end of its trip, as seen by a stop put
// before v: nothing where v begins another trip.
func (s *State) beyondFrom(v int32, d int) int64 {
	if !s.isStop(v) {
		return 0
	}
	return s.beyond[int(v)*s.m.dims+d]
}
