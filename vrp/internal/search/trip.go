package search

import "github.com/logistica-inteligente/rumbo/vrp"

// trip is the state of a node within its trip, for classes whose routes cost their legs and
// a fixed sum alone. A trip leaves when the vehicle is ready and all that it brings is
// released: another stop may put its start off, another reload may bring it forward. Both
// are answered in O(1), by what the trip up to the node would be for any start: one at
// moment t leaves the node at max(free, t+work), if t is no later than latest. It is the
// forward half of the segments of Vidal et al. 2013, doi:10.1016/j.cor.2012.07.018, cut
// where trips begin.
type trip struct {
	free   int64 // earliest departure from the node if nothing in the trip had a release
	work   int64 // driving, setup and service from the start of the trip
	latest int64 // last start of the trip that keeps the windows up to the node
	early  int64 // latest release in the trip up to the node
	later  int64 // latest release from the node to the end of the trip
}

// tripwise reports whether trips decide for the class what the exact evaluation would: all
// that it prices besides legs, and all that couples one trip to another but time, is absent.
func (m *Model) tripwise(c *class) bool {
	return c.exact && (m.released || len(c.reloads) > 0) && !m.pairs && !m.multi && !m.rides && m.types == nil &&
		c.perDuration == 0 && c.perService == 0 && c.maxDistance == never && c.maxDriving == never && c.maxDuration == never &&
		len(c.breaks) == 0 && c.backhaul == vrp.BackhaulMixed && len(m.travels[c.travel].slices) == 0
}

// prepareTrips makes room for trips where some class uses them.
func (s *State) prepareTrips() {
	for k := range s.m.classes {
		if s.m.classes[k].trips && s.trips == nil {
			s.trips = make([]trip, len(s.nodes))
			s.tripCount = make([]int32, s.m.Routes)
			s.taken = make([]int64, len(s.nodes)*s.m.dims)
		}
	}
}

// renewTrips recomputes the trips of a route whose times are up to date, and returns its
// extra. O(stops * dims).
func (s *State) renewTrips(r int32) int64 {
	c := s.class(r)
	t := &s.m.travels[c.travel]
	a, ready := s.first(r), c.open
	for s.tripCount[r] = 1; ; s.tripCount[r]++ {
		b := s.renewTripAt(t, a, ready)
		if s.isEnd(b) {
			break
		}
		p := s.nodes[b].prev
		pp := s.nodes[p].place
		ready = max(s.nodes[p].leave+t.time(pp, s.nodes[b].place), s.nodes[b].open) + s.busy(pp, b)
		a = b
	}
	if s.size[r] == 0 {
		return 0
	}
	return c.fixed
}

// renewTripAt renews the trip that begins at node a, where the vehicle is ready at the given
// moment, and returns the node that ends it.
func (s *State) renewTripAt(t *travel, a int32, ready int64) int32 {
	m := s.m
	x := trip{free: ready, latest: never, early: always, later: always}
	s.trips[a] = x
	clear(s.taken[int(a)*m.dims:][:m.dims])
	p, v := a, s.nodes[a].next
	for ; s.isStop(v); p, v = v, s.nodes[v].next {
		n := &s.nodes[v]
		leg, busy := t.time(s.nodes[p].place, n.place), s.busy(s.nodes[p].place, v)
		x.latest = min(x.latest, n.close-x.work-leg)
		x.free = max(x.free+leg, n.open) + busy
		x.work += leg + busy
		x.early = max(x.early, m.site[v].release)
		s.trips[v] = x
		for d := range m.dims {
			s.taken[int(v)*m.dims+d] = s.taken[int(p)*m.dims+d] + m.collect[int(v)*m.dims+d]
		}
	}
	for later := always; p != a; p = s.nodes[p].prev {
		later = max(later, m.site[p].release)
		s.trips[p].later = later
	}
	return v
}

// laterFrom is the latest release from node v to the end of its trip, as seen by a reload
// put before v.
func (s *State) laterFrom(v int32) int64 {
	if !s.isStop(v) {
		return always
	}
	return s.trips[v].later
}

// delayed is the earliest departure from v if its trip also waits for a release; false where
// that breaks a window of the trip up to v. O(1).
func (s *State) delayed(v int32, release int64) (int64, bool) {
	x := &s.trips[v]
	return max(s.nodes[v].leave, release+x.work), release <= x.latest
}

// endedAt is the same if the trip also ends soon behind v, so that it need not wait for what
// now comes later.
func (s *State) endedAt(v int32, release int64) (int64, bool) {
	x := &s.trips[v]
	return max(x.free, max(x.early, release)+x.work), release <= x.latest
}
