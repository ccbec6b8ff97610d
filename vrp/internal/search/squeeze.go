package search

// Squeezing in: where the fleet is so small that work is left over which some vehicle could
// serve, the absence counters of the shrinker choose what is left over instead, until
// everything fits. A penalty alone does not get there, since one unit left over seems as bad
// as another.

// CanSqueeze reports whether required work is left over for which the vehicles together have
// room.
func (s *Search) CanSqueeze() bool { return s.leftOver() > 0 && s.roomForAll() }

// BeginSqueeze prepares the counters.
func (s *Search) BeginSqueeze() {
	s.shrink = shrinker{absence: make([]int64, len(s.m.units)), current: make([]int32, 0, len(s.m.units))}
	s.noteAbsent()
}

// SqueezeStep is one iteration that may leave other work over. It reports whether all
// required work is served.
func (s *Search) SqueezeStep(temperature float64) bool {
	if !s.absentStep(temperature, s.searchWide()) {
		return false
	}
	if s.cost < s.record.cost {
		s.improved()
		s.record.save(s.State)
	}
	return s.leftOver() == 0
}

// EndSqueeze goes back to the best solution.
func (s *Search) EndSqueeze() { s.record.restore(s.State) }

// leftOver is how much required work is left over that is not hopeless. O(bank).
func (s *Search) leftOver() int {
	n := 0
	for _, u := range s.bank {
		if s.m.units[u].required && !s.hopeless[u] {
			n++
		}
	}
	return n
}

// roomForAll reports whether the loads of required jobs do not exceed what all vehicles can
// carry at once; with reloads they cannot. O(units * dims).
func (s *Search) roomForAll() bool {
	m := s.m
	if m.reloads {
		return true
	}
	for d := range m.dims {
		room, brought, taken := 0.0, 0.0, 0.0
		for k := range m.classes {
			room += float64(m.classes[k].capacity[d]) * float64(m.classes[k].count)
		}
		for u := range m.units {
			if x := &m.units[u]; x.required && x.count == 1 && !s.hopeless[u] {
				v := int(m.alts[x.first].a)
				brought += float64(m.deliver[v*m.dims+d])
				taken += float64(m.collect[v*m.dims+d])
			}
		}
		if max(brought, taken) > room {
			return false
		}
	}
	return true
}
