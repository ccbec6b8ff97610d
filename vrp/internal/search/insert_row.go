package search

// compileSameWay finds out whether one table of distances, the same both ways, says what
// every leg costs up to a factor of the vehicle, so that besideRow applies. O(n^2) then.
func (m *Model) compileSameWay() {
	for i := range m.travels {
		t := &m.travels[i]
		if !t.scaled || t.rows != nil || &t.dist[0] != &m.travels[0].dist[0] {
			return
		}
	}
	m.sameWay = len(m.travels) > 0 && m.travels[0].symmetric()
	for k := range m.classes {
		m.rates = append(m.rates, m.travels[m.classes[k].travel].distFactor)
	}
}

// besideRow is besideJob with the row of the job's distances at hand: the same spots in the
// same order.
func (s *inserter) besideRow(a *alternative, list []int32) {
	m, nodes := s.m, s.nodes
	k := a.a
	t := &m.travels[0]
	row := t.dist[int(nodes[k].place)*t.stride:][:t.stride]
	for _, v := range list {
		n := &nodes[v]
		r := n.route
		if r < 0 {
			continue
		}
		rate := m.rates[m.routeClass[r]]
		beside := int64(row[n.place])
		after := &nodes[n.next]
		if (beside+int64(row[after.place]))*rate-after.in < s.best.cost {
			s.tryBeside(r, a, v, n.next)
		}
		before := &nodes[n.prev]
		if (int64(row[before.place])+beside)*rate-n.in < s.best.cost {
			s.tryBeside(r, a, n.prev, v)
		}
	}
}

// tryBeside tests the job between v and w, or in their route with a larger vehicle.
func (s *inserter) tryBeside(r int32, a *alternative, v, w int32) {
	if s.admits(r, a) {
		s.tryJob(r, a.a, v, w)
	} else if s.m.grows {
		s.tryGrown(r, a.a, v, w)
	}
}
