package search

// spot is the best place found so far for a unit.
type spot struct {
	cost   int64 // change of the solution's cost, the prize of the unit and the share of others not counted
	alt    int32
	after  int32 // the first node goes behind this one
	after2 int32 // the second node of a shipment goes behind this one (which may be the first)
	reload int32 // kind of a reload to be put before (reloadFirst) or behind the first node, or none
	before bool  // the reload goes before
	others int64 // what a new or larger vehicle costs, less the share that the unit itself is asked to bear
	grow   int32 // 1 + the larger class that the route must be handed to, or 0
}

// inserter looks for the best spot of a unit. Tests run in the order cost, load, time,
// exact evaluation, so that only spots that already win pay for the costlier ones.
type inserter struct {
	*State
	rng        *random
	blinkScale float64
	blink      int // winning spots until the next one is overlooked
	blinked    []uint32
	best       spot
	alt        int32
	sealed     bool // no more than most vehicles
	most       int
	bold       bool     // new vehicles are chosen for what they may serve later
	faith      float64  // how much of what a new or larger vehicle has room for is taken to be used, 0 to 1
	growths    []growth // by route, where routes can grow
	handed     []int32  // scratch: stops of a route that grows
}

// find looks for the best spot of unit u that costs less than limit. Only spots beside one
// of the stops near the unit are tried, then beside those of the wider list, then (wide)
// everywhere; a vehicle not yet used is always tried.
func (s *inserter) find(u int32, limit int64, wide bool) (spot, bool) {
	m := s.m
	s.best = spot{cost: limit, alt: none, reload: none}
	x := &m.units[u]
	for alt := x.first; alt < x.first+x.count; alt++ {
		s.alt = alt
		s.tick++
		a := &m.alts[alt]
		if m.rel != nil && !s.bind(a, true) {
			continue
		}
		if m.rel != nil && s.bond.home != none {
			s.along(a)
			continue
		}
		s.beside(a, m.near[int(a.a)*m.nearK:][:m.nearK])
		if a.b != none {
			s.beside(a, m.near[int(a.b)*m.nearK:][:m.nearK])
		}
		if s.best.alt == none {
			s.beside(a, m.adj[int(a.a)*m.adjK:][:m.adjK])
		}
		s.unused(a)
		if s.best.alt == none && wide {
			s.everywhere(a)
		}
		if m.rel != nil && s.best.alt == none && s.bond.strict {
			s.relax(a)
		}
	}
	return s.best, s.best.alt != none
}

// beside tries the alternative next to each of the given stops.
func (s *inserter) beside(a *alternative, list []int32) {
	m := s.m
	switch {
	case m.plain:
		if !m.fit(s.alt, 0) {
			return
		}
		if m.swift {
			s.besideTimed(a.a, list)
			return
		}
		if m.travels[0].byMetric {
			s.besidePlane(a.a, list)
			return
		}
		s.besidePlain(a.a, list)
	case a.b == none && m.sameWay:
		s.besideRow(a.a, list)
	case a.b == none:
		s.besideJob(a, list)
	case m.swift:
		if m.fit(s.alt, 0) {
			s.pairsTimed(a, list)
		}
	default:
		for _, v := range list {
			if r := s.nodes[v].route; r != none && s.admits(r, a) {
				s.tryPair(r, a, s.nodes[v].prev)
				s.tryPair(r, a, v)
			}
		}
	}
}

// besideJob tries a job next to each of the given stops. The cost of the legs bounds what
// the spot can cost from below, so that most spots need no further test.
func (s *inserter) besideJob(a *alternative, list []int32) {
	m, nodes := s.m, s.nodes
	k := a.a
	place := nodes[k].place
	for _, v := range list {
		n := &nodes[v]
		r := n.route
		if r == none {
			continue
		}
		t := &m.travels[m.classes[m.routeClass[r]].travel]
		before, after := &nodes[n.prev], &nodes[n.next]
		if t.cost(n.place, place)+t.cost(place, after.place)-after.in < s.best.cost {
			s.tryBeside(r, k, v, n.next)
		}
		if t.cost(before.place, place)+t.cost(place, n.place)-n.in < s.best.cost {
			s.tryBeside(r, k, n.prev, v)
		}
	}
}

// unused tries a free vehicle: one of each class, or where sizes and prices differ and the
// call is bold, only the one that promises most: a vehicle is bought for more than its first
// stop, so its price and its way out and home count by the share of it that the stop fills,
// times a random factor.
func (s *inserter) unused(a *alternative) {
	m := s.m
	if s.sealed && s.used >= s.most {
		return
	}
	if !m.sizes || !s.bold || (m.rel != nil && s.bond.strict) {
		for k := range m.classes {
			s.tryUnused(a, int32(k))
		}
		return
	}
	choice, least, paid := none, 0.0, int64(0)
	for k := range m.classes {
		c := &m.classes[k]
		if len(s.free[k]) == 0 || !m.fit(s.alt, int32(k)) {
			continue
		}
		t := &m.travels[c.travel]
		price := float64(c.fixed + t.cost(c.start, s.nodes[a.a].place) + t.cost(s.nodes[a.a].place, c.end))
		share := m.share(a, c)
		if x := price * share * (0.5 + s.rng.unit()); choice == none || x < least {
			choice, least = int32(k), x
			paid = int64(price * s.faith * (1 - share))
		}
	}
	if choice == none {
		return
	}
	// The others that the vehicle will serve pay their part of it.
	was := s.best
	s.best.cost += paid
	s.best.alt = none
	if s.tryUnused(a, choice); s.best.alt == none {
		s.best = was
		return
	}
	s.best.cost -= paid
	s.best.others = paid
}

// share is the part of a vehicle that an alternative fills. O(dims).
func (m *Model) share(a *alternative, c *class) float64 {
	x := 0.01
	for d, most := range c.capacity {
		i := int(a.a)*m.dims + d
		if most > 0 {
			x = max(x, float64(max(m.deliver[i], m.collect[i], m.change[i]))/float64(most))
		}
	}
	return x
}

func (s *inserter) tryUnused(a *alternative, k int32) {
	list := s.free[k]
	if len(list) == 0 || !s.m.fit(s.alt, k) {
		return
	}
	r := list[len(list)-1]
	if s.m.rel != nil && !s.allows(r) {
		return
	}
	if a.b != none {
		s.tryPair(r, a, s.first(r))
	} else {
		s.tryJob(r, a.a, s.first(r), s.last(r))
	}
}

// everywhere tries all positions of all used routes.
func (s *inserter) everywhere(a *alternative) {
	for r := range int32(s.m.Routes) {
		if s.size[r] == 0 || !s.admits(r, a) {
			continue
		}
		for v := s.first(r); v != s.last(r); v = s.nodes[v].next {
			if a.b != none {
				s.tryPair(r, a, v)
			} else {
				s.tryJob(r, a.a, v, s.nodes[v].next)
			}
		}
	}
}

// place puts the unit at the spot and renews the route.
func (s *State) place(p spot) {
	a := &s.m.alts[p.alt]
	s.link(a.a, p.after)
	if a.b != none {
		s.link(a.b, p.after2)
	}
	if p.reload != none {
		v := s.reloadFree[len(s.reloadFree)-1]
		s.shapeReload(v, p.reload)
		if p.before {
			s.link(v, s.nodes[a.a].prev)
		} else {
			s.link(v, a.a)
		}
	}
	s.renewAfter(a)
}
