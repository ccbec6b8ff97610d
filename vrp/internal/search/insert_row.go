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

// tryBeside tests job k between v and w, or in their route with a larger vehicle.
func (s *inserter) tryBeside(r, k, v, w int32) {
	if s.admits(r, &s.m.alts[s.alt]) {
		s.tryJob(r, k, v, w)
	} else if s.m.grows {
		s.tryGrown(r, k, v, w)
	}
}
