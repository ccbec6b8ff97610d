package search

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// compileLocks restricts locked work to its vehicle and notes the stops whose place at the
// head of a route is fixed. O(locked visits).
func (m *Model) compileLocks() {
	for i, l := range m.Problem.Locks {
		for _, x := range l.Visits {
			v := m.nodeOf[x]
			for k := range m.classes {
				if m.classes[k].vehicle != l.Vehicle {
					m.fits[int(m.altOf[v])*m.fitWords+k/64] &^= 1 << (k % 64)
				}
			}
			if l.Kind == vrp.LockHead {
				if m.pinned == nil {
					m.pinned = make([]int32, m.Stops)
				}
				m.pinned[v] = int32(i + 1)
			}
		}
	}
}

// fixed reports whether v is a stop at the locked head of a route.
func (s *State) fixed(v int32) bool { return s.m.pinned != nil && s.isStop(v) && s.m.pinned[v] != 0 }

// layHeads puts the locked heads in place. A head that is infeasible by itself is left
// undone, and the search never tries it again.
func (s *Search) layHeads() {
	m := s.m
	for _, l := range m.Problem.Locks {
		if l.Kind != vrp.LockHead {
			continue
		}
		for k := range m.classes {
			if c := &m.classes[k]; c.vehicle == l.Vehicle && c.count > 0 && s.size[c.first] == 0 {
				s.layHead(c.first, l.Visits)
			}
		}
	}
}

// keepHeads takes over whole those routes of a solution that begin with their locked head.
func (s *Search) keepHeads(from *vrp.Solution) {
	m := s.m
	for _, l := range m.Problem.Locks {
		for i := range from.Routes {
			t := &from.Routes[i]
			if l.Kind != vrp.LockHead || t.Vehicle != l.Vehicle {
				continue
			}
			k := m.classOf[t.Vehicle]
			visits := routed(t)
			if m.classes[k].count > 0 && len(visits) >= len(l.Visits) && slices.Equal(visits[:len(l.Visits)], l.Visits) {
				s.lay(m.classes[k].first, visits)
			}
		}
	}
}

// routed is what a route visits between its ends, breaks left out.
func routed(t *vrp.Route) []vrp.Visit {
	var visits []vrp.Visit
	for _, x := range t.Stops {
		switch x.Kind {
		case vrp.KindJob, vrp.KindPickup, vrp.KindDelivery, vrp.KindReload:
			visits = append(visits, x.Visit)
		}
	}
	return visits
}

// layHead lays a head and behind it the deliveries of shipments that it only picks up: in
// the order of their pickups or, as long as that is infeasible, in up to some hundred others.
func (s *Search) layHead(r int32, head []vrp.Visit) {
	var open []vrp.Visit
	for _, x := range head {
		y := vrp.Visit{Kind: vrp.KindDelivery, Index: x.Index}
		if x.Kind == vrp.KindPickup && !slices.Contains(head, y) {
			open = append(open, y)
		}
	}
	tries := 200
	var arrange func(k int) bool
	arrange = func(k int) bool {
		if k == len(open) {
			tries--
			return s.lay(r, slices.Concat(head, open)) || tries == 0
		}
		for i := k; i < len(open); i++ {
			open[k], open[i] = open[i], open[k]
			if arrange(k + 1) {
				return true
			}
			open[k], open[i] = open[i], open[k]
		}
		return false
	}
	arrange(0)
}

// lay links visits to the end of route r, all or none, and reports which.
func (s *Search) lay(r int32, visits []vrp.Visit) bool {
	s.begin()
	c := s.class(r)
	last := s.nodes[s.last(r)].prev
	ok := true
	for _, x := range visits {
		v, known := s.nodeFor(c, x)
		if !known || s.bankPosOf(v) || (s.isStop(v) && !s.m.fit(s.m.altOf[v], s.m.routeClass[r])) {
			ok = false
			break
		}
		s.link(v, last)
		last = v
	}
	if ok = ok && s.size[r] > 0 && s.whole(r) && s.routeFeasible(r) && (s.m.rel == nil || s.relationsKept()); !ok {
		s.undo()
	}
	s.begin()
	return ok
}

// nodeFor is the node for a visit, a fresh one for a reload.
func (s *Search) nodeFor(c *class, x vrp.Visit) (int32, bool) {
	if x.Kind != vrp.KindReload {
		v, ok := s.m.nodeOf[x]
		return v, ok
	}
	if int(x.Index) >= len(c.reloads) || len(s.reloadFree) == 0 {
		return none, false
	}
	v := s.reloadFree[len(s.reloadFree)-1]
	s.shapeReload(v, c.reload+x.Index)
	return v, true
}

// bankPosOf reports whether a stop, or another alternative of its unit, is already served.
func (s *Search) bankPosOf(v int32) bool {
	if !s.isStop(v) {
		return false
	}
	if s.nodes[v].route != none {
		return true
	}
	a := &s.m.alts[s.m.altOf[v]]
	return v == a.a && s.bankPos[a.unit] == none
}

// whole reports whether the route holds both halves of all its shipments, in order.
func (s *Search) whole(r int32) bool {
	seen := map[int32]bool{}
	for v := s.nodes[s.first(r)].next; v != s.last(r); v = s.nodes[v].next {
		if !s.isStop(v) || s.m.mate[v] == none {
			continue
		}
		a := s.m.altOf[v]
		if (s.m.alts[a].a == v) == seen[a] {
			return false
		}
		seen[a] = !seen[a]
	}
	for _, open := range seen {
		if open {
			return false
		}
	}
	return true
}

// routeFeasible renews a route and checks everything about it.
func (s *Search) routeFeasible(r int32) bool {
	c := s.class(r)
	if !s.renew(r) {
		return false
	}
	seq := s.sequence(r)
	if !s.backhaulsKept(c, seq) {
		return false
	}
	_, ok := s.evaluate(c, seq)
	return ok
}

// Load takes over the routes of a solution, as far as they are feasible, into unused
// vehicles; the rest is left to Construct. O(solution).
func (s *Search) Load(from *vrp.Solution) {
	m := s.m
	for i := range from.Routes {
		t := &from.Routes[i]
		if t.Vehicle < 0 || int(t.Vehicle) >= len(m.classOf) {
			continue
		}
		k := m.classOf[t.Vehicle]
		r := m.classes[k].first
		if m.classes[k].count == 0 || !s.fixed(s.nodes[s.first(r)].next) {
			list := s.free[k]
			if len(list) == 0 {
				continue
			}
			r = list[len(list)-1]
		}
		visits := s.notYet(r, routed(t))
		if slices.ContainsFunc(visits, func(x vrp.Visit) bool { return x.Kind != vrp.KindReload }) {
			s.lay(r, visits)
		}
	}
	for r := range int32(m.Routes) {
		s.record.markDirty(r)
	}
	s.record.save(s.State)
}

// notYet leaves out the visits that a locked head already makes in route r.
func (s *Search) notYet(r int32, visits []vrp.Visit) []vrp.Visit {
	keep := visits[:0]
	for _, x := range visits {
		if v, ok := s.m.nodeOf[x]; ok && s.nodes[v].route == r {
			continue
		}
		keep = append(keep, x)
	}
	return keep
}
