package search

// span is the duration state of a node, for classes whose durations need no exact
// evaluation: one window a stop, static travel, one trip, no breaks. A prefix of a route
// takes at least work from leaving the start to leaving the node, and its start may be put
// off until latest; a suffix takes rest after leaving the node and ends no earlier than
// ends, whenever it begins. Duration of the whole is then max(work, end - latest), as in
// the concatenation of Vidal et al. 2013, doi:10.1016/j.cor.2012.07.018.
type span struct {
	work, latest, rest, ends int64
}

// spans reports whether the class can use spans.
func (m *Model) spans(c *class) bool {
	return m.oneSpan(c) && len(m.travels[c.travel].slices) == 0
}

// rough reports whether spans are a good guess for the class: all that spans ask for but
// static travel. The legs then count at the moments of the earliest schedule; a spot that
// does not win by that guess is not worth its exact evaluation.
func (m *Model) rough(c *class) bool {
	return m.oneSpan(c) && len(m.travels[c.travel].slices) > 0
}

func (m *Model) oneSpan(c *class) bool {
	return c.exact && !m.multi && !m.released && !m.rides && len(c.breaks) == 0 && len(c.reloads) == 0
}

// renewSpans recomputes the spans of a feasible route and its extra. O(stops).
func (s *State) renewSpans(r int32) (int64, bool) {
	c := s.class(r)
	t := &s.m.travels[c.travel]
	a, e := s.first(r), s.last(r)
	s.spans[a] = span{latest: never}
	x := s.spans[a]
	distance, driving := int64(0), int64(0)
	for v := a; v != e; {
		w := s.nodes[v].next
		pv, pw := s.nodes[v].place, s.nodes[w].place
		leg := t.timeAt(pv, pw, s.nodes[v].leave)
		driving += leg
		distance += t.length(pv, pw)
		x.latest = min(x.latest, s.nodes[w].close-x.work-leg)
		x.work += leg + s.busy(pv, w)
		s.spans[w] = x
		v = w
	}
	s.spans[e].rest, s.spans[e].ends = 0, always
	for w := e; w != a; {
		v := s.nodes[w].prev
		pv := s.nodes[v].place
		busy := s.busy(pv, w)
		s.spans[v].rest = s.spans[w].rest + busy + t.timeAt(pv, s.nodes[w].place, s.nodes[v].leave)
		s.spans[v].ends = max(s.spans[w].ends, s.nodes[w].open+busy+s.spans[w].rest)
		w = v
	}
	s.distance[r], s.driving[r] = distance, driving
	if s.size[r] == 0 {
		return 0, true
	}
	end := s.nodes[e].leave
	duration := max(x.work, end-x.latest)
	ok := duration <= c.maxDuration && distance <= c.maxDistance && driving <= c.maxDriving
	return c.fixed + c.perDuration*duration + c.perService*(x.work-driving), ok
}

// serviceWith is what setup and service cost on route r with job k between v and w. What a
// route works beyond its driving is just that, there being no reloads and breaks. O(1).
func (s *State) serviceWith(c *class, r, k, v, w int32) int64 {
	if c.perService == 0 {
		return 0
	}
	pv, pk := s.nodes[v].place, s.nodes[k].place
	served := s.spans[s.last(r)].work - s.driving[r]
	return c.perService * (served + s.busy(pv, k) + s.busy(pk, w) - s.busy(pv, w))
}

// spanJob is the extra of route r with job k between v and w, w being left at the given
// moment; false where a limit breaks. O(1).
func (s *State) spanJob(r, k, v, w int32, leave int64) (int64, bool) {
	c := s.class(r)
	t := &s.m.travels[c.travel]
	pv, pk, pw := s.nodes[v].place, s.nodes[k].place, s.nodes[w].place
	in, out := t.time(pv, pk), t.time(pk, pw)
	if c.maxDistance != never || c.maxDriving != never {
		distance := s.distance[r] + t.length(pv, pk) + t.length(pk, pw) - t.length(pv, pw)
		if distance > c.maxDistance || s.driving[r]+in+out-t.time(pv, pw) > c.maxDriving {
			return 0, false
		}
	}
	e, ok := s.spanWith(c, k, v, w, in, out, leave)
	return e + s.serviceWith(c, r, k, v, w), ok
}

// roughJob is spanJob by a guess: for legs that take what they take at these moments. A
// limit that the guess breaks is left to the exact evaluation. O(slices).
func (s *State) roughJob(r, k, v, w int32, leave int64) int64 {
	c := s.class(r)
	t := &s.m.travels[c.travel]
	pv, pk, pw := s.nodes[v].place, s.nodes[k].place, s.nodes[w].place
	in := t.timeAt(pv, pk, s.nodes[v].leave)
	started := max(s.nodes[v].leave+in, s.nodes[k].open)
	e, _ := s.spanWith(c, k, v, w, in, t.timeAt(pk, pw, started+s.busy(pv, k)), leave)
	return e + s.serviceWith(c, r, k, v, w)
}

// spanWith joins the spans before v, of k and after w, the legs to and from k given.
func (s *State) spanWith(c *class, k, v, w int32, in, out, leave int64) (int64, bool) {
	pv, pk := s.nodes[v].place, s.nodes[k].place
	x := &s.spans[v]
	work := x.work + in
	latest := min(x.latest, s.nodes[k].close-work)
	work += s.busy(pv, k) + out
	latest = min(latest, s.nodes[w].close-work)
	work += s.busy(pk, w)
	latest = min(latest, s.nodes[w].late-work)
	y := &s.spans[w]
	end := max(leave+y.rest, y.ends)
	duration := max(work+y.rest, end-latest)
	return c.fixed + c.perDuration*duration, duration <= c.maxDuration
}
