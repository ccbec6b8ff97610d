package search

import "github.com/logistica-inteligente/rumbo/vrp"

// reasons lists what the current solution leaves undone and why. O(undone * classes), plus
// a search over all positions for optional work.
func (s *Search) reasons() []vrp.Unassigned {
	var out []vrp.Unassigned
	m := s.m
	for i := range m.alts {
		a := &m.alts[i]
		if s.nodes[a.a].route != none {
			continue
		}
		x := vrp.Unassigned{Visit: m.visits[a.a], Reason: vrp.ReasonAlternative}
		if s.bankPos[a.unit] != none {
			x.Reason = s.reason(int32(i))
		}
		out = append(out, x)
	}
	return out
}

// reason names the first obstacle that no class overcomes for an alternative served alone.
func (s *Search) reason(alt int32) vrp.Reason {
	m := s.m
	a := &m.alts[alt]
	if len(m.classes) == 0 {
		return vrp.ReasonNoVehicleLeft
	}
	furthest := vrp.ReasonSkill
	for k := 0; k < len(m.classes) && furthest != vrp.ReasonNoVehicleLeft; k++ {
		furthest = max(furthest, s.obstacle(a, &m.classes[k]))
	}
	if furthest != vrp.ReasonNoVehicleLeft {
		return furthest
	}
	if s.forbidden(alt) {
		return vrp.ReasonRelation
	}
	s.blink = never32
	if !m.units[a.unit].required {
		if _, ok := s.find(a.unit, never, true); ok {
			return vrp.ReasonPrize
		}
	}
	if m.tied(a.a) || (a.b != none && m.tied(a.b)) {
		s.bond.loose = true
		_, ok := s.find(a.unit, never, true)
		s.bond.loose = false
		if ok {
			return vrp.ReasonRelation
		}
	}
	return furthest
}

// forbidden reports whether locks leave an alternative, which some vehicle could serve
// alone, no vehicle that could, or a place at a head that could not be laid.
func (s *Search) forbidden(alt int32) bool {
	m := s.m
	a := &m.alts[alt]
	if len(m.Problem.Locks) == 0 {
		return false
	}
	if s.fixed(a.a) || (a.b != none && s.fixed(a.b)) {
		return true
	}
	for k := range m.classes {
		if m.fit(alt, int32(k)) && s.obstacle(a, &m.classes[k]) == vrp.ReasonNoVehicleLeft {
			return false
		}
	}
	return true
}

const never32 = 1 << 30

// obstacle is the first one for a vehicle of class c, in the order of the reasons;
// ReasonNoVehicleLeft where it could serve the alternative alone.
func (s *State) obstacle(a *alternative, c *class) vrp.Reason {
	m := s.m
	switch {
	case !m.skilled(a, c):
		return vrp.ReasonSkill
	case !m.carries(a, c):
		return vrp.ReasonCapacity
	case c.count == 0:
		return vrp.ReasonNoVehicleLeft
	}
	s.seq = append(s.seq[:0], a.a)
	if a.b != none {
		s.seq = append(s.seq, a.b)
	}
	if m.types != nil {
		s.dressAll(s.seq, c)
	}
	if s.noWay(c, s.seq) {
		return vrp.ReasonUnreachable
	}
	free := *c // without limits
	free.maxDistance, free.maxDriving, free.maxDuration = never, never, never
	start := c.open
	if m.released {
		start = max(start, s.releaseIn(s.seq))
	}
	if !s.reachable(c, s.seq, start) {
		return vrp.ReasonTimeWindow
	}
	s.sim.judgeRides = false
	if m.timed {
		if _, ok := s.simulate(&free, s.seq, start); !ok {
			return vrp.ReasonShift
		}
	}
	if _, ok := s.evaluate(c, s.seq); !ok {
		return vrp.ReasonLimit
	}
	return vrp.ReasonNoVehicleLeft
}

// noWay reports whether a leg of start, seq, end is unreachable.
func (s *State) noWay(c *class, seq []int32) bool {
	t := &s.m.travels[c.travel]
	if !t.blocked {
		return false
	}
	at := c.start
	for _, v := range seq {
		if t.closed(at, s.nodes[v].place) {
			return true
		}
		at = s.nodes[v].place
	}
	return t.closed(at, c.end)
}

// reachable reports whether all stops of seq are reached within their windows, the shift's
// end and breaks not counted.
func (s *State) reachable(c *class, seq []int32, start int64) bool {
	t := &s.m.travels[c.travel]
	a, clock := s.first(c.first), start
	for _, v := range seq {
		ok := false
		if clock, ok = s.drive(t, a, v, clock); !ok {
			return false
		}
		a = v
	}
	return true
}
