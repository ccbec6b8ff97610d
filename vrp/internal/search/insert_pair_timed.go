package search

// swiftPairs reports whether pairsTimed applies: shipments for one class of vehicles whose
// legs cost their distance and take as long as they cost, the same both ways, with one
// window a stop. That is PDPTW as the benchmarks have it.
func (m *Model) swiftPairs() bool {
	if !m.pairs || !m.timed || len(m.classes) != 1 || m.dims != 1 || m.multi || m.setups || m.types != nil ||
		m.pinned != nil || m.rel != nil || !m.classes[0].lean || m.classes[0].maxStops < int32(m.Stops) {
		return false
	}
	t := &m.travels[0]
	return t.plain() && !t.byMetric && len(t.slices) == 0 && &t.dist[0] == &t.dur[0] && t.symmetric()
}

// pairsTimed tries a shipment's pickup on both sides of each of the given stops: the same
// spots in the same order as tryPair, with the rows of both places at hand and the legs of
// the route taken from its nodes.
func (s *inserter) pairsTimed(a *alternative, list []int32) {
	for _, v := range list {
		if n := &s.nodes[v]; n.route != none {
			s.pairTimed(a, n.prev)
			s.pairTimed(a, v)
		}
	}
}

// pairTimed tries the pickup behind v, with the delivery at each later position until time,
// load or cost rule out the rest. O(route), each position O(1).
func (s *inserter) pairTimed(a *alternative, v int32) {
	if s.mark[v] == s.tick {
		return
	}
	s.mark[v] = s.tick
	t := &s.m.travels[0]
	nodes := s.nodes
	x, y, n := &nodes[a.a], &nodes[a.b], &nodes[v]
	pick := t.dist[int(x.place)*t.stride:][:t.stride]
	drop := t.dist[int(y.place)*t.stride:][:t.stride]
	w := n.next
	b := &nodes[w]
	in, over, next := int64(pick[n.place]), int64(pick[y.place]), int64(drop[b.place])
	base := in - b.in
	together := base + over + next
	leg := int64(pick[b.place])
	base += leg
	best := s.best.cost
	if base >= best && together >= best {
		return
	}
	room := s.m.classes[0].capacity[0] - s.m.change[a.a]
	if s.overlook(v) || s.after[v] > room {
		return
	}
	leave := n.leave + in
	if leave > x.close {
		return
	}
	leave = max(leave, x.open) + x.service
	if together < best && meets(y, b, leave+over, next) {
		best = together
		s.best = spot{cost: together, alt: s.alt, after: v, after2: a.a, reload: none}
	}
	for leg += leave; s.isStop(w) && base < best; leg = leave + b.in {
		if leg > b.close {
			return
		}
		leave = max(leg, b.open) + b.service
		// A delivery that can no longer be reached in time will not be reached later.
		if leave > b.late || leave > y.close || s.after[w] > room {
			return
		}
		last := w
		over := int64(drop[b.place])
		w = b.next
		b = &nodes[w]
		next := int64(drop[b.place])
		if delta := base + over + next - b.in; delta < best && meets(y, b, leave+over, next) {
			best = delta
			s.best = spot{cost: delta, alt: s.alt, after: v, after2: last, reload: none}
		}
	}
}

// meets reports whether y, reached at a moment, can be served and left for b, a drive
// away, so that the rest of b's route is kept.
func meets(y, b *node, at, drive int64) bool {
	if at > y.close {
		return false
	}
	at = max(at, y.open) + y.service + drive
	return at <= b.close && max(at, b.open)+b.service <= b.late
}
