package search

import "github.com/logistica-inteligente/rumbo/vrp"

// simulation is the scratch of the exact evaluation and what it last found.
type simulation struct {
	work       int64 // driving, setup, service of all legs
	latest     int64 // latest start of the whole, valid without slices and several windows
	driving    int64 // true driving time
	least      int64 // driving time at the least durations
	distance   int64 //
	judgeRides bool
	left       []int64 // by stop node: departure, for ride times
	clocks     []int64 // by breaks taken: departure from the start
	leaves     []int64 // by position and breaks taken: earliest departure
	from       []int32 // by position and breaks taken: breaks taken before the leg
	taken      []int32 // by position: breaks on the leg to it
}

func (x *simulation) prepare(m *Model) {
	if m.rides {
		x.left = make([]int64, m.Stops)
	}
	most := 0
	for k := range m.classes {
		most = max(most, len(m.classes[k].breaks))
	}
	x.clocks = make([]int64, most+1)
}

// evaluate is the exact test of a route of class c that serves seq in this order: the
// extra cost (fixed, duration, what driving costs above its least), or false where it
// breaks a constraint. O(len(seq)), with breaks times their square.
func (s *State) evaluate(c *class, seq []int32) (int64, bool) {
	if !s.carriesAll(c, seq) {
		return 0, false
	}
	if s.m.types == nil {
		return s.evaluateDressed(c, seq)
	}
	s.dressAll(seq, c)
	e, ok := s.evaluateDressed(c, seq)
	s.redress(seq)
	return e, ok
}

func (s *State) evaluateDressed(c *class, seq []int32) (int64, bool) {
	m := s.m
	t := &m.travels[c.travel]
	if t.blocked && s.noWay(c, seq) {
		return 0, false
	}
	start := c.open
	if m.released {
		start = max(start, s.releaseIn(seq))
	}
	x := &s.sim
	x.judgeRides = false
	end, ok := s.simulate(c, seq, start)
	if !ok {
		return 0, false
	}
	duration := int64(0)
	if s.leavesLate(c) {
		late := s.latestStart(c, seq, start, end)
		x.judgeRides = m.rides
		if m.rides || (late != start && len(t.slices) > 0) {
			if _, ok = s.simulate(c, seq, late); !ok {
				return 0, false
			}
		}
		duration = end - late
	}
	if x.distance > c.maxDistance || x.driving > c.maxDriving || duration > c.maxDuration {
		return 0, false
	}
	e := c.fixed + c.perDuration*duration + t.durFactor*(x.driving-x.least)
	if c.perService > 0 {
		e += c.perService * s.tasks(c, seq)
	}
	return e, true
}

// leavesLate reports whether routes of the class leave as late as they can without ending
// later: where duration counts, or where waiting early would lengthen rides.
func (s *State) leavesLate(c *class) bool {
	return c.perDuration > 0 || c.maxDuration != never || s.m.rides
}

// releaseIn is the release of the trip that begins before seq.
func (s *State) releaseIn(seq []int32) int64 {
	latest := always
	for _, v := range seq {
		if !s.isStop(v) {
			break
		}
		latest = max(latest, s.m.site[v].release)
	}
	return latest
}

// simulate runs the earliest schedule from a departure at start and returns its end.
func (s *State) simulate(c *class, seq []int32, start int64) (int64, bool) {
	m, x := s.m, &s.sim
	t := &m.travels[c.travel]
	x.work, x.driving, x.least, x.distance, x.latest = 0, 0, 0, 0, never
	if len(c.breaks) > 0 {
		return s.simulateBreaks(c, seq, start)
	}
	clock := start
	a := s.first(c.first)
	end := s.last(c.first)
	for i := 0; i <= len(seq); i++ {
		b := end
		if i < len(seq) {
			b = seq[i]
		}
		pa, pb := s.nodes[a].place, s.nodes[b].place
		leg := t.timeAt(pa, pb, clock)
		x.leg(t, pa, pb, leg)
		arrive := clock + leg
		next, ok := s.serve(pa, b, arrive)
		if !ok {
			return 0, false
		}
		x.latest = min(x.latest, s.nodes[b].close-x.work)
		x.work += s.busy(pa, b)
		if m.released && s.isReload(b) {
			next = max(next, s.releaseIn(seq[i+1:]))
		}
		if m.rides && s.isStop(b) {
			if ride := m.site[b].ride; ride != never && x.judgeRides {
				if started := next - s.busy(pa, b); started-x.left[m.mate[b]] > ride {
					return 0, false
				}
			}
			x.left[b] = next
		}
		clock, a = next, b
	}
	return clock, true
}

// leg adds one leg to the sums.
func (x *simulation) leg(t *travel, a, b int32, took int64) {
	least := took
	if len(t.slices) > 0 {
		least = t.time(a, b)
	}
	x.driving += took
	x.least += least
	x.distance += t.length(a, b)
	x.work += took
}

// serve is the departure from b when arriving from a place at a moment.
func (s *State) serve(from, b int32, at int64) (int64, bool) {
	y := &s.nodes[b]
	if at > y.close {
		return 0, false
	}
	if at < y.open {
		at = y.open
	} else if s.m.multi {
		at = s.inWindow(b, at)
	}
	return at + s.busy(from, b), true
}

// busy is setup and service at b, coming from a place.
func (s *State) busy(from, b int32) int64 {
	d := s.nodes[b].service
	if s.m.setups && from != s.nodes[b].place {
		d += s.setup(b)
	}
	return d
}

// latestStart is the last departure not before start that still ends at the same moment.
func (s *State) latestStart(c *class, seq []int32, start, end int64) int64 {
	m := s.m
	t := &m.travels[c.travel]
	if len(t.slices) == 0 && !m.multi && len(c.breaks) == 0 {
		return max(start, min(end-s.sim.work, s.sim.latest))
	}
	if len(c.breaks) > 0 {
		return s.bisectStart(c, seq, start, end)
	}
	at, next := end, c.end // latest arrival at the node behind, and its place
	for i := len(seq) - 1; i >= 0; i-- {
		b := seq[i]
		from := c.start
		if i > 0 {
			from = s.nodes[seq[i-1]].place
		}
		at = s.arriveBy(b, t.leaveBy(s.nodes[b].place, next, at)-s.busy(from, b))
		next = s.nodes[b].place
	}
	return max(start, t.leaveBy(c.start, next, at))
}

// arriveBy is the latest arrival at b from which setup and service start by a moment.
func (s *State) arriveBy(b int32, by int64) int64 {
	by = min(by, s.nodes[b].close)
	if s.m.multi {
		list := s.windows(b)
		for k := len(list) - 1; k >= 0; k-- {
			if by >= list[k].Open {
				return min(by, list[k].Close)
			}
		}
	}
	return by
}

// bisectStart is latestStart for classes with breaks. O(len(seq) * log(end-start)).
func (s *State) bisectStart(c *class, seq []int32, start, end int64) int64 {
	lo, hi := start, end
	for lo < hi {
		mid := lo + (hi-lo+1)/2
		if e, ok := s.simulate(c, seq, mid); ok && e == end {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	s.simulate(c, seq, lo)
	return lo
}

// carriesAll checks loads and the number of stops and trips.
func (s *State) carriesAll(c *class, seq []int32) bool {
	m := s.m
	trips, stops, carried := int32(1), int32(0), 0
	for _, v := range seq {
		if !s.isStop(v) {
			if trips++; carried > 0 {
				return false // a shipment stays within its trip
			}
			continue
		}
		stops++
		switch m.visits[v].Kind {
		case vrp.KindPickup:
			carried++
		case vrp.KindDelivery:
			carried--
		}
	}
	if stops > c.maxStops || trips > c.maxTrips {
		return false
	}
	for d := range m.dims {
		base, run, peak := int64(0), int64(0), int64(0)
		for _, v := range seq {
			if !s.isStop(v) {
				base, run, peak = 0, 0, 0
				continue
			}
			i := int(v)*m.dims + d
			base += m.deliver[i]
			run += m.change[i]
			peak = max(peak, run)
			if base+peak > c.capacity[d] {
				return false
			}
		}
	}
	return true
}
