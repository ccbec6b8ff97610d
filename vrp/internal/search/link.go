package search

// link puts v behind after. The route's state is stale until renew.
func (s *State) link(v, after int32) {
	s.touch(s.nodes[after].route)
	s.journal = append(s.journal, op{v, none, none})
	s.join(v, after)
}

// unlink takes v out of its route, whose state is stale until renew.
func (s *State) unlink(v int32) {
	s.touch(s.nodes[v].route)
	s.journal = append(s.journal, op{v, s.nodes[v].prev, s.reloadKind[v]})
	s.cut(v)
}

func (s *State) join(v, after int32) {
	n := &s.nodes[v]
	a := &s.nodes[after]
	r, w := a.route, a.next
	b := &s.nodes[w]
	c := s.class(r)
	t := &s.m.travels[c.travel]
	n.prev, n.next, n.route = after, w, r
	if s.m.types != nil {
		s.dress(v, c)
	}
	a.next, b.prev = v, v
	n.in = t.cost(a.place, n.place)
	out := t.cost(n.place, b.place)
	s.cost += n.in + out - b.in
	b.in = out
	if !s.isStop(v) {
		s.takeReload(v)
		return
	}
	if s.size[r]++; s.size[r] == 1 {
		// An unused vehicle costs nothing: its direct leg is counted only in use.
		s.cost += s.emptyLeg(c)
		s.takeFree(r)
		if !c.exact {
			s.extra[r] = c.fixed
			s.cost += c.fixed
		}
	}
	d := int(v) * s.m.dims
	for k := range s.m.dims {
		s.load[int(r)*s.m.dims+k] += s.m.deliver[d+k] + s.m.collect[d+k]
	}
	if u := s.m.unitOf[v]; s.m.alts[s.m.altOf[v]].a == v {
		s.leaveBank(u)
	}
}

func (s *State) cut(v int32) {
	n := &s.nodes[v]
	r, w := n.route, n.next
	a, b := &s.nodes[n.prev], &s.nodes[w]
	c := s.class(r)
	in := s.m.travels[c.travel].cost(a.place, b.place)
	s.cost += in - n.in - b.in
	b.in = in
	a.next, b.prev = w, n.prev
	n.prev, n.next, n.route = none, none, none
	if !s.isStop(v) {
		s.reloadFree = append(s.reloadFree, v)
		return
	}
	if s.size[r]--; s.size[r] == 0 {
		s.cost -= s.emptyLeg(c)
		s.giveFree(r)
		if !c.exact {
			s.cost -= s.extra[r]
			s.extra[r] = 0
		}
	}
	d := int(v) * s.m.dims
	for k := range s.m.dims {
		s.load[int(r)*s.m.dims+k] -= s.m.deliver[d+k] + s.m.collect[d+k]
	}
	if u := s.m.unitOf[v]; s.m.alts[s.m.altOf[v]].a == v {
		s.joinBank(u)
	}
}

// emptyLeg is the cost of the leg from start to end of a route without stops, which is
// carried in its end node but belongs to no solution.
func (s *State) emptyLeg(c *class) int64 { return s.m.travels[c.travel].cost(c.start, c.end) }

// takeReload takes a reload node that is being linked off the free list. Changes and
// their undoing make that list a stack, so it is the top one.
func (s *State) takeReload(v int32) {
	s.reloadFree = s.reloadFree[:len(s.reloadFree)-1]
}

// shapeReload makes a free reload node one of the given kind.
func (s *State) shapeReload(v, kind int32) {
	x := &s.m.reloadSites[kind]
	n := &s.nodes[v]
	n.place, n.open, n.close, n.service = x.place, x.open, x.close, x.service
	s.reloadKind[v] = kind
}

func (s *State) takeFree(r int32) {
	s.used++
	list := s.free[s.m.routeClass[r]]
	i, last := s.freePos[r], int32(len(list)-1)
	list[i] = list[last]
	s.freePos[list[i]] = i
	s.freePos[r] = none
	s.free[s.m.routeClass[r]] = list[:last]
}

func (s *State) giveFree(r int32) {
	s.used--
	k := s.m.routeClass[r]
	s.freePos[r] = int32(len(s.free[k]))
	s.free[k] = append(s.free[k], r)
}

func (s *State) joinBank(u int32) {
	s.bankPos[u] = int32(len(s.bank))
	s.bank = append(s.bank, u)
	s.cost += s.m.units[u].prize
}

func (s *State) leaveBank(u int32) {
	i, last := s.bankPos[u], int32(len(s.bank)-1)
	s.bank[i] = s.bank[last]
	s.bankPos[s.bank[i]] = i
	s.bankPos[u] = none
	s.bank = s.bank[:last]
	s.cost -= s.m.units[u].prize
}
