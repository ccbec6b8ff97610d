package search

// tryReload tests job k between v and w with a reload before or behind it: a new trip
// begins there. Delta is the cost of the job alone. O(route) for each reload of the class.
func (s *inserter) tryReload(r, k, v, w int32, delta int64) {
	c := s.class(r)
	t := &s.m.travels[c.travel]
	pv, pk, pw := s.nodes[v].place, s.nodes[k].place, s.nodes[w].place
	if len(s.reloadFree) == 0 {
		return
	}
	node := s.reloadFree[len(s.reloadFree)-1]
	for i := range c.reloads {
		kind := c.reload + int32(i)
		l := s.m.reloadSites[kind].place
		s.shapeReload(node, kind)
		if v != s.first(r) && !s.isReload(v) && (s.m.rel == nil || s.mayReload(v, k)) {
			d := delta - t.cost(pv, pk) + t.cost(pv, l) + t.cost(l, pk)
			s.tryTrip(r, k, v, d, kind, true, s.with(r, v, node, node, k))
		}
		if w != s.last(r) && !s.isReload(w) && (s.m.rel == nil || s.mayReload(k, w)) {
			d := delta - t.cost(pk, pw) + t.cost(pk, l) + t.cost(l, pw)
			s.tryTrip(r, k, v, d, kind, false, s.with(r, v, k, k, node))
		}
	}
}

func (s *inserter) tryTrip(r, k, v int32, delta int64, kind int32, before bool, seq []int32) {
	if delta >= s.best.cost || !s.backhaulsKept(s.class(r), seq) {
		return
	}
	e, ok := s.evaluate(s.class(r), seq)
	delta += e - s.extra[r]
	if ok && delta < s.best.cost {
		s.best = spot{cost: delta, alt: s.alt, after: v, after2: none, reload: kind, before: before}
	}
}
