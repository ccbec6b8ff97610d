package search

// swiftTimes reports whether besideTimed applies: a plain fleet with windows where a leg
// takes the same time both ways, at any hour, and every stop has one window and no setup.
// That is VRPTW as the benchmarks have it. O(n^2) where the durations have a table of
// their own.
func (m *Model) swiftTimes() bool {
	if !m.plain || !m.timed || m.multi || m.setups {
		return false
	}
	t := &m.travels[0]
	if len(t.slices) > 0 || t.byMetric {
		return false
	}
	if &t.dist[0] == &t.dur[0] {
		return true
	}
	for a := range t.stride {
		for b := range a {
			if t.dur[a*t.stride+b] != t.dur[b*t.stride+a] {
				return false
			}
		}
	}
	return true
}

// besideTimed is besidePlain with the tests of time in line. What a stop's own times rule
// out is skipped before its neighbor in the route is even read: with narrow windows that
// is most of the list.
func (s *inserter) besideTimed(k int32, list []int32) {
	m := s.m
	t := &m.travels[0]
	nodes, load := s.nodes, s.load
	x := &nodes[k]
	row := t.dist[int(x.place)*t.stride:][:t.stride]
	times := t.dur[int(x.place)*t.stride:][:t.stride]
	room := m.classes[0].capacity[0] - m.deliver[k] - m.collect[k]
	best := s.best.cost
	for _, v := range list {
		n := &nodes[v]
		r := n.route
		if r < 0 || load[r] > room {
			continue
		}
		beside, drive := int64(row[n.place]), int64(times[n.place])
		b := &nodes[n.next]
		if delta := beside + int64(row[b.place]) - b.in; delta < best {
			if at := n.leave + drive; at <= x.close {
				at = max(at, x.open) + x.service + int64(times[b.place])
				if at <= b.close && max(at, b.open)+b.service <= b.late && !s.overlook(v) {
					best = delta
					s.best = spot{cost: delta, alt: s.alt, after: v, after2: none, reload: none}
				}
			}
		}
		a := &nodes[n.prev]
		if delta := beside + int64(row[a.place]) - n.in; delta < best {
			if at := a.leave + int64(times[a.place]); at <= x.close {
				at = max(at, x.open) + x.service + drive
				if at <= n.close && max(at, n.open)+n.service <= n.late && !s.overlook(n.prev) {
					best = delta
					s.best = spot{cost: delta, alt: s.alt, after: n.prev, after2: none, reload: none}
				}
			}
		}
	}
}
