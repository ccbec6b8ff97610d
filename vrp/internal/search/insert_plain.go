package search

// plainFleet reports whether the specialized insertion kernel applies: one class whose legs
// cost their distance, symmetric tables, one load sum, no exact evaluation. That is CVRP
// and VRPTW with a uniform fleet.
func (m *Model) plainFleet() bool {
	if len(m.classes) != 1 || m.dims != 1 || m.mixed || m.pairs || m.pinned != nil || m.rel != nil || m.classes[0].exact || m.classes[0].maxStops < int32(m.Stops) {
		return false
	}
	t := &m.travels[0]
	if t.byMetric {
		return t.plane.at != nil && t.toll == nil && t.distFactor == 1 && t.durFactor == 0
	}
	return t.plain() && !t.blocked && t.symmetric()
}

// symmetric reports whether distances are the same both ways. O(n^2).
func (t *travel) symmetric() bool {
	if t.rows != nil {
		return false
	}
	if t.byMetric || t.mirrored {
		return true
	}
	for a := range t.stride {
		for b := range a {
			if t.dist[a*t.stride+b] != t.dist[b*t.stride+a] {
				return false
			}
		}
	}
	return true
}

// winsPlain runs the costlier tests of a spot that is cheaper than the best and takes it.
func (s *inserter) winsPlain(k, v, w int32, delta int64) bool {
	if s.m.timed {
		t := &s.m.travels[0]
		leave, ok := s.drive(t, v, k, s.nodes[v].leave)
		if !ok {
			return false
		}
		if leave, ok = s.drive(t, k, w, leave); !ok || leave > s.nodes[w].late {
			return false
		}
	}
	if s.overlook(v) {
		return false
	}
	s.best = spot{cost: delta, alt: s.alt, after: v, after2: none, reload: none}
	return true
}
