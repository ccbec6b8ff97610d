package search

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Growth: a stop that a route has no room for is also priced in that route driven by a
// larger vehicle. Without it routes of small vehicles never become routes of large ones,
// since a vehicle that is opened for one stop had better be small.

// compileGrowth lists for each class the larger ones that could take over any of its routes
// as it stands, and those of other prices with which it could exchange vehicles. Classes
// whose routes need the exact evaluation are left to refit. O(classes^2).
func (m *Model) compileGrowth() {
	n := len(m.classes)
	m.larger = make([][]int32, n)
	m.swaps = make([]bool, n*n)
	if m.mixed || m.pairs || m.pinned != nil || m.rel != nil || m.dims == 0 {
		return
	}
	for i := range m.classes {
		for j := range m.classes {
			a, b := &m.classes[i], &m.classes[j]
			if i == j || !m.alike(a, b) {
				continue
			}
			v, w := &m.Problem.Vehicles[a.vehicle], &m.Problem.Vehicles[b.vehicle]
			if b.maxStops >= a.maxStops && containsAll(w.Skills, v.Skills) && larger(b, a) {
				m.larger[i] = append(m.larger[i], int32(j))
				m.grows = true
			}
			// Where there are enough vehicles of both, refit finds the better one.
			few := int(a.count) < len(m.units) || int(b.count) < len(m.units)
			if few && a.travel != b.travel && slices.Equal(v.Skills, w.Skills) {
				m.swaps[i*n+j], m.trades = true, true
			}
		}
	}
}

// alike reports whether two classes differ in nothing but size, prices and skills.
func (m *Model) alike(a, b *class) bool {
	v, w := &m.Problem.Vehicles[a.vehicle], &m.Problem.Vehicles[b.vehicle]
	return !a.exact && !b.exact && v.Profile == w.Profile && v.Type == w.Type && v.PerToll == w.PerToll &&
		a.start == b.start && a.end == b.end && a.open == b.open && a.close == b.close &&
		a.backhaul == vrp.BackhaulMixed && b.backhaul == vrp.BackhaulMixed
}

// containsAll reports whether all skills needed are there.
func containsAll(have, needed []int32) bool {
	for _, s := range needed {
		if _, ok := slices.BinarySearch(have, s); !ok {
			return false
		}
	}
	return true
}

// larger reports whether b has more room than a in some dimension.
func larger(b, a *class) bool {
	for d := range b.capacity {
		if b.capacity[d] > a.capacity[d] {
			return true
		}
	}
	return false
}

// growth is what it takes to hand a route to a larger vehicle so that it has room for the
// alternative that the inserter is at.
type growth struct {
	tick    uint32
	version uint32 // 1 + that of the route when its road was summed up
	to      int32  // class, or none
	dearer  int64  // what the larger vehicle costs more as the route is
	others  int64  // the part of it that stops to come are expected to bear
	// The road of the route.
	distance, driving int64
}

// growthOf chooses the larger vehicle that is cheapest for route r with job k, once for each
// alternative. O(classes), and O(stops) after the route changed.
func (s *inserter) growthOf(r, k int32) *growth {
	x := &s.growths[r]
	if x.tick == s.tick {
		return x
	}
	m := s.m
	s.roadOf(r)
	x.tick, x.to = s.tick, none
	from := m.routeClass[r]
	a := &m.classes[from]
	ta := &m.travels[a.travel]
	for _, to := range m.larger[from] {
		b := &m.classes[to]
		if len(s.free[to]) == 0 || !m.fit(s.alt, to) || s.size[r] >= b.maxStops || !s.hasRoom(b, r, k) {
			continue
		}
		t := &m.travels[b.travel]
		dearer := b.fixed - a.fixed + (t.distFactor-ta.distFactor)*x.distance + (t.durFactor-ta.durFactor)*x.driving
		others := int64(0)
		if s.bold && dearer > 0 {
			others = int64(float64(dearer) * s.faith * (1 - s.part(a, b, k)))
		}
		if x.to == none || dearer-others < x.dearer-x.others {
			x.to, x.dearer, x.others = to, dearer, others
		}
	}
	return x
}

// roadOf sums up the road of a route. O(stops) after it changed, else O(1).
func (s *inserter) roadOf(r int32) *growth {
	x := &s.growths[r]
	if x.version == s.version[r]+1 {
		return x
	}
	x.version, x.distance, x.driving = s.version[r]+1, 0, 0
	t := &s.m.travels[s.class(r).travel]
	for a := s.first(r); a != s.last(r); a = s.nodes[a].next {
		from, to := s.nodes[a].place, s.nodes[s.nodes[a].next].place
		x.distance += t.length(from, to)
		x.driving += t.time(from, to) // also where it is free: it may have a price for a larger vehicle
	}
	return x
}

// tryGrown tests job k between the neighbors v and w of route r, whose vehicle is too small
// for it, with a larger one. O(1) but for growthOf.
func (s *inserter) tryGrown(r, k, v, w int32) {
	x := s.growthOf(r, k)
	if x.to == none || x.dearer-x.others >= s.best.cost {
		return
	}
	t := &s.m.travels[s.m.classes[x.to].travel]
	pk := s.nodes[k].place
	pv, pw := s.nodes[v].place, s.nodes[w].place
	delta := x.dearer - x.others + t.cost(pv, pk) + t.cost(pk, pw) - t.cost(pv, pw)
	if delta < s.best.cost && s.passes(t, k, v, w) {
		s.best = spot{cost: delta, alt: s.alt, after: v, after2: none, reload: none, others: x.others, grow: x.to + 1}
	}
}

// part is how much of the room that class b has more than class a job k fills, at most 1.
func (s *inserter) part(a, b *class, k int32) float64 {
	x := 0.01
	for d, most := range b.capacity {
		if i := int(k)*s.m.dims + d; most > a.capacity[d] {
			x = max(x, float64(s.m.deliver[i]+s.m.collect[i])/float64(most-a.capacity[d]))
		}
	}
	return min(1, x)
}

// hasRoom reports whether class c can carry the load of route r and job k.
func (s *inserter) hasRoom(c *class, r, k int32) bool {
	i, j := int(r)*s.m.dims, int(k)*s.m.dims
	for d, most := range c.capacity {
		if s.load[i+d]+s.m.deliver[j+d]+s.m.collect[j+d] > most {
			return false
		}
	}
	return true
}

// passes are the tests of job k between v and w that do not depend on the vehicle's size.
func (s *inserter) passes(t *travel, k, v, w int32) bool {
	if s.overlook(v) || (t.blocked && (t.closed(s.nodes[v].place, s.nodes[k].place) || t.closed(s.nodes[k].place, s.nodes[w].place))) {
		return false
	}
	if !s.m.timed {
		return true
	}
	leave, ok := s.drive(t, v, k, s.nodes[v].leave)
	if !ok {
		return false
	}
	leave, ok = s.drive(t, k, w, leave)
	return ok && leave <= s.nodes[w].late
}

// growRoute hands the route of the spot to the larger vehicle that it counts on. O(stops).
func (s *inserter) growRoute(p *spot) {
	r := s.nodes[p.after].route
	to := s.free[p.grow-1][len(s.free[p.grow-1])-1]
	s.handed = append(s.handed[:0], s.sequence(r)...)
	if p.after == s.first(r) {
		p.after = s.first(to)
	}
	last := s.first(to)
	for _, v := range s.handed {
		s.unlink(v)
		s.link(v, last)
		last = v
	}
	s.renew(r)
	s.renew(to)
}
