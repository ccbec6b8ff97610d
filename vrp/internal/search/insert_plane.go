package search

// besidePlane is besidePlain without a table: lengths come from coordinates. Without windows
// lists are sorted by distance, which spares most of the spots: a link between stops is
// tried from its nearer end, so that from its farther end it need not be looked at, and
// what a link with both ends at least d away costs is no less than 2d minus its length.
func (s *inserter) besidePlane(k int32, list []int32) {
	m := s.m
	p := &m.travels[0].plane
	nodes, load, at := s.nodes, s.load, p.at
	here := &at[nodes[k].place]
	room := m.classes[0].capacity[0] - m.deliver[k] - m.collect[k]
	best := s.best.cost
	for _, v := range list {
		n := &nodes[v]
		r := n.route
		if r < 0 || load[r] > room {
			continue
		}
		beside := p.distance(line(here, &at[n.place]))
		least := 2 * beside
		if m.timed {
			least = 0
		}
		b := &nodes[n.next]
		if least-b.in < best || b.next == none {
			if delta := beside + p.distance(line(here, &at[b.place])) - b.in; delta < best && s.winsPlain(k, v, n.next, delta) {
				best = delta
			}
		}
		if least-n.in < best || !s.isStop(n.prev) {
			if delta := beside + p.distance(line(here, &at[nodes[n.prev].place])) - n.in; delta < best && s.winsPlain(k, n.prev, v, delta) {
				best = delta
			}
		}
	}
}
