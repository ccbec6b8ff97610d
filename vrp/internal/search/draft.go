package search

import "github.com/logistica-inteligente/rumbo/vrp"

// Draft is a solution written out route by route, so that searches of the same model can
// hand it to one another. Reloads have no node of their own in it: ^kind stands for one.
type Draft struct {
	Cost  int64
	first []int32 // by route, into stops; one more at the end
	stops []int32
}

// NewDraft is an empty draft with room for any solution of the search's model. O(model).
func (s *Search) NewDraft() *Draft {
	return &Draft{first: make([]int32, s.m.Routes+1), stops: make([]int32, 0, len(s.nodes))}
}

// route is what route r serves, in order.
func (d *Draft) route(r int32) []int32 { return d.stops[d.first[r]:d.first[r+1]] }

func (d *Draft) clear() { d.Cost, d.stops = 0, d.stops[:0] }

// CopyFrom makes d the same as other. O(stops).
func (d *Draft) CopyFrom(other *Draft) {
	d.Cost = other.Cost
	copy(d.first, other.first)
	d.stops = append(d.stops[:0], other.stops...)
}

// Write writes the search's current solution to d. O(stops).
func (d *Draft) Write(s *Search) {
	d.clear()
	d.Cost = s.cost
	for r := range int32(s.m.Routes) {
		d.first[r] = int32(len(d.stops))
		d.addCurrent(s, r)
	}
	d.first[s.m.Routes] = int32(len(d.stops))
}

// WriteBest writes the best solution of the search to d. O(stops).
func (d *Draft) WriteBest(s *Search) {
	if s.elite != nil && s.elite.Cost <= s.record.cost {
		d.CopyFrom(s.elite)
		return
	}
	d.writeRecord(s)
	d.Cost = s.BestCost()
}

func (d *Draft) writeRecord(s *Search) {
	d.clear()
	d.Cost = s.record.cost
	for r := range int32(s.m.Routes) {
		d.first[r] = int32(len(d.stops))
		d.addBest(s, r)
	}
	d.first[s.m.Routes] = int32(len(d.stops))
}

func (d *Draft) addCurrent(s *Search, r int32) {
	for v := s.nodes[s.first(r)].next; v != s.last(r); v = s.nodes[v].next {
		d.stops = append(d.stops, s.drafted(v, s.reloadKind))
	}
}

func (d *Draft) addBest(s *Search, r int32) {
	b := &s.record
	for v := b.next[s.first(r)]; v != s.last(r); v = b.next[v] {
		d.stops = append(d.stops, s.drafted(v, b.kind))
	}
}

func (s *State) drafted(v int32, kind []int32) int32 {
	if s.isReload(v) {
		return ^kind[v]
	}
	return v
}

// Adopt makes a draft the current and the best solution of the search. Routes that are the
// same already are left alone. O(stops).
func (s *Search) Adopt(d *Draft) { s.take(d, nil, 0) }

// AdoptPart makes the routes and the open work of one part of a draft the current and the
// best solution of the search; for it the rest does not exist until it adopts again. O(stops).
func (s *Search) AdoptPart(d *Draft, p *Partition, part int) { s.take(d, p, int16(part)) }

func (s *Search) take(d *Draft, p *Partition, part int16) {
	s.aim = nil
	s.begin()
	for r := range int32(s.m.Routes) {
		if s.size[r] > 0 && !(p.holds(r, part) && s.follows(r, d.route(r))) {
			s.dismiss(r)
		}
	}
	s.listFree(nil, 0) // as far as this search knew, some belonged to others
	for r := range int32(s.m.Routes) {
		if s.size[r] == 0 && p.holds(r, part) && len(d.route(r)) > 0 {
			s.employ(r, d.route(r))
		}
	}
	s.listFree(p, part)
	s.settle(p, part)
	s.record.save(s.State)
	s.begin()
}

// follows reports whether route r serves just this list.
func (s *State) follows(r int32, list []int32) bool {
	v := s.nodes[s.first(r)].next
	for _, x := range list {
		if s.isEnd(v) || s.drafted(v, s.reloadKind) != x {
			return false
		}
		v = s.nodes[v].next
	}
	return s.isEnd(v)
}

// dismiss takes everything out of route r.
func (s *Search) dismiss(r int32) {
	s.record.markDirty(r)
	for v := s.nodes[s.first(r)].next; v != s.last(r); v = s.nodes[s.first(r)].next {
		s.unlink(v)
	}
	s.renew(r)
}

// employ gives the empty route r a list to serve. Work that did not exist for the search
// comes into being on the way.
func (s *Search) employ(r int32, list []int32) {
	s.record.markDirty(r)
	last := s.first(r)
	for _, v := range list {
		if v < 0 {
			kind := ^v
			v = s.reloadFree[len(s.reloadFree)-1]
			s.shapeReload(v, kind)
		} else if a := s.m.altOf[v]; s.m.alts[a].a == v && s.bankPos[s.m.unitOf[v]] == none {
			s.joinBank(s.m.unitOf[v])
		}
		s.link(v, last)
		last = v
	}
	s.renew(r)
}

// settle makes the bank, and the stops at which a ruin begins, those of the part.
func (s *Search) settle(p *Partition, part int16) {
	m := s.m
	s.lost = 0
	for u := range int32(len(m.units)) {
		mine := p.owns(u, part)
		switch {
		case s.bankPos[u] == none && mine && !s.served(u):
			s.joinBank(u)
		case s.bankPos[u] != none && !mine:
			s.leaveBank(u)
		}
		if s.bankPos[u] != none && s.hopeless[u] {
			s.lost++
		}
	}
	if p == nil {
		s.mine = nil
		return
	}
	if s.mine == nil {
		s.mine = make([]int32, 0, m.Stops)
	}
	s.mine = s.mine[:0]
	for v := range int32(m.Stops) {
		if p.owns(m.unitOf[v], part) {
			s.mine = append(s.mine, v)
		}
	}
}

// listFree lists the unused vehicles of a part.
func (s *State) listFree(p *Partition, part int16) {
	for k := range s.free {
		s.free[k] = s.free[k][:0]
	}
	for r := range int32(s.m.Routes) {
		s.freePos[r] = none
		if k := s.m.routeClass[r]; s.size[r] == 0 && p.holds(r, part) {
			s.freePos[r] = int32(len(s.free[k]))
			s.free[k] = append(s.free[k], r)
		}
	}
}

// served reports whether one of the unit's alternatives is in a route. O(alternatives).
func (s *State) served(u int32) bool { return s.servedBy(u) != none }

// servedBy is the stop of unit u that is in a route, of a shipment the pickup; none without. O(alternatives).
func (s *State) servedBy(u int32) int32 {
	x := &s.m.units[u]
	for a := x.first; a < x.first+x.count; a++ {
		if v := s.m.alts[a].a; s.nodes[v].route != none {
			return v
		}
	}
	return none
}

// Export writes a draft with times, loads, costs and reasons, as Best does. O(problem).
func (s *Search) Export(d *Draft) vrp.Solution {
	own := s.Twin(1)
	own.Adopt(d)
	return own.export()
}

// Present reports whether there is any work for the search.
func (s *Search) Present() bool { return s.work() > 0 }

// Twin is another search of the same model, serving nothing, that has given up on the same
// work. O(model).
func (s *Search) Twin(seed uint64) *Search {
	t := New(s.m, seed)
	copy(t.hopeless, s.hopeless)
	t.lost = s.lost
	return t
}
