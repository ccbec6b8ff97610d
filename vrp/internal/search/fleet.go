package search

import (
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// compileFleet makes a class for each vehicle class and routes for its vehicles, never
// more than there are units.
func (m *Model) compileFleet() {
	p := m.Problem
	open := slices.ContainsFunc(p.Vehicles, func(v vrp.Vehicle) bool { return v.Start < 0 || v.End < 0 })
	type key struct {
		profile           int32
		dist, drive, toll int64
	}
	travels := map[key]int32{}
	instead := m.compileDominated()
	m.classOf = make([]int32, len(p.Vehicles))
	for i := range p.Vehicles {
		v := &p.Vehicles[i]
		if instead[i] != int32(i) {
			continue
		}
		m.classOf[i] = int32(len(m.classes))
		k := key{v.Profile, v.PerDistance, v.PerDriving, v.PerToll}
		t, ok := travels[k]
		if !ok {
			t = int32(len(m.travels))
			travels[k] = t
			m.travels = append(m.travels, m.newTravel(v, open))
			x := &m.travels[t]
			x.addTolls(p.Profiles[v.Profile].Toll, v.PerToll)
			x.scaled = !x.byMetric && x.toll == nil && x.durFactor == 0
		}
		c := class{vehicle: int32(i), travel: t, start: m.here(v.Start), end: m.here(v.End),
			capacity: make([]int64, m.dims), open: 0, close: never,
			fixed: v.Fixed, perDuration: v.PerDuration, perService: v.PerService,
			maxDistance: orNever(v.MaxDistance), maxDriving: orNever(v.MaxDriving), maxDuration: orNever(v.MaxDuration),
			maxStops: v.MaxStops, maxTrips: v.MaxTrips, reloads: v.Reloads, backhaul: v.Backhaul, breaks: v.Breaks,
			first: int32(m.Routes), count: int32(min(int(v.Number()), len(m.units)))}
		copy(c.capacity, v.Capacity)
		c.reload = int32(len(m.reloadSites))
		for _, l := range v.Reloads {
			x := m.newSite(&vrp.Site{Place: l.Place, Service: l.Service, Windows: l.Windows}, 0)
			m.multi = m.multi || x.windows != nil
			m.reloadSites = append(m.reloadSites, x)
		}
		if !v.NoLimitShift() {
			c.open, c.close = v.Shift.Open, v.Shift.Close
		}
		if c.maxStops == 0 {
			c.maxStops = math.MaxInt32
		}
		if c.maxTrips == 0 {
			c.maxTrips = math.MaxInt32
		}
		for range c.count {
			m.routeClass = append(m.routeClass, int32(len(m.classes)))
		}
		m.Routes += int(c.count)
		m.classes = append(m.classes, c)
	}
	for i, j := range instead {
		m.classOf[i] = m.classOf[j]
	}
	if m.fewer = p.Objective == vrp.VehiclesFirst; m.fewer {
		m.vehiclesFirst()
	}
}

// newTravel is the travel of a vehicle, without tolls. Those that differ in price alone share their tables.
func (m *Model) newTravel(v *vrp.Vehicle, open bool) travel {
	for k := range m.travels {
		if t := m.travels[k]; t.profile == v.Profile {
			t.distFactor, t.durFactor = v.PerDistance, v.PerDriving
			t.toll, t.tollFactor = nil, 0
			return t
		}
	}
	t := m.travelBy(v.Profile, v.PerDistance, v.PerDriving, open)
	t.profile = v.Profile
	return t
}

func orNever(limit int64) int64 {
	if limit == 0 {
		return never
	}
	return limit
}

// vehiclesFirst adds to each vehicle's fixed cost a sum that no saving on the road and no
// prizes repay.
func (m *Model) vehiclesFirst() {
	most := int64(1) << 54 / int64(max(64, len(m.units))) // keeps sums of many vehicles far from overflow
	worst, prizes := int64(1), int64(0)
	for i := range m.classes {
		c := &m.classes[i]
		worst = max(worst, c.fixed+(m.worstLeg(c)+m.worstTask(c))*int64(2*m.Stops+2)+m.worstDay(c))
	}
	for i := range m.units {
		if u := &m.units[i]; !u.required {
			prizes = min(prizes+u.prize, most)
		}
	}
	worst = min(worst+prizes, most)
	for i := range m.classes {
		m.classes[i].fixed += worst
	}
}

// worstDay bounds what the duration of one route costs.
func (m *Model) worstDay(c *class) int64 {
	if c.perDuration == 0 {
		return 0
	}
	day := min(c.close-c.open, 1<<32)
	return min(day, (1<<50)/c.perDuration) * c.perDuration
}

// worstLeg bounds the cost of one reachable leg. O(n^2) with tables.
func (m *Model) worstLeg(c *class) int64 {
	t := &m.travels[c.travel]
	far := func(table []int32) int64 {
		x := int32(0)
		for _, d := range table {
			if d > x && d != vrp.Unreachable {
				x = d
			}
		}
		return int64(x)
	}
	if t.byMetric {
		lo, hi := t.places[0], t.places[0]
		for _, q := range t.places {
			lo.X, hi.X = min(lo.X, q.X), max(hi.X, q.X)
			lo.Y, hi.Y = min(lo.Y, q.Y), max(hi.Y, q.Y)
		}
		l := t.metric.Length(lo, hi) + 1
		if t.metric.Kind == vrp.GreatCircle {
			l = 2.1e7
		}
		distance, duration := int64(l*t.metric.DistanceFactor), int64(l*t.metric.DurationFactor)
		if t.rows != nil {
			d, s := t.rows.longest()
			distance, duration = max(distance, d), max(duration, s)
		}
		return distance*t.distFactor + duration*t.durFactor + far(t.toll)*t.tollFactor
	}
	return far(t.dist)*t.distFactor + far(t.dur)*t.durFactor + far(t.toll)*t.tollFactor
}

// compilePenalty prices required work left undone above anything that serving it could
// cost, a vehicle, two detours and a long day, so far that one step of priority is too; but
// never so that all penalties together come near the end of 64 bits.
func (m *Model) compilePenalty() {
	worst := int64(1)
	for i := range m.classes {
		c := &m.classes[i]
		worst = max(worst, c.fixed+6*m.worstLeg(c)+m.worstDay(c)+4*m.worstTask(c))
	}
	for i := range m.units {
		if !m.units[i].required {
			worst = max(worst, m.units[i].prize)
		}
	}
	most := int64(1) << 58 / int64(8*max(1, len(m.units)))
	m.penalty = min(worst+1, most/16) * 16 // divisible by 16 for the weights of priorities
	for i := range m.units {
		if u := &m.units[i]; u.required {
			u.prize = m.penalty + m.penalty/16*(u.prize-1)
		}
	}
}

// compileFits notes which class can serve which alternative: skills, and amounts alone.
func (m *Model) compileFits() {
	m.fitWords = (len(m.classes) + 63) / 64
	m.fits = make([]uint64, len(m.alts)*m.fitWords)
	for i := range m.alts {
		for k := range m.classes {
			if m.fitsAlone(&m.alts[i], &m.classes[k]) {
				m.fits[i*m.fitWords+k/64] |= 1 << (k % 64)
			}
		}
	}
	for i := range m.units {
		u := &m.units[i]
		for d := range m.dims {
			a := int(m.alts[u.first].a)*m.dims + d
			most := int64(1)
			for k := range m.classes {
				most = max(most, m.classes[k].capacity[d])
			}
			u.size = max(u.size, (m.deliver[a]+m.collect[a]+abs(m.change[a]))*1000/most)
		}
	}
}

func abs(x int64) int64 {
	if x < 0 {
		return -x
	}
	return x
}

func (m *Model) fitsAlone(a *alternative, c *class) bool {
	return m.skilled(a, c) && m.carries(a, c)
}

func (m *Model) skilled(a *alternative, c *class) bool {
	have := m.Problem.Vehicles[c.vehicle].Skills
	for _, s := range a.needed {
		if _, ok := slices.BinarySearch(have, s); !ok {
			return false
		}
	}
	return true
}

func (m *Model) carries(a *alternative, c *class) bool {
	for d := range m.dims {
		i := int(a.a)*m.dims + d
		if max(m.deliver[i], m.collect[i], m.change[i]) > c.capacity[d] {
			return false
		}
	}
	return true
}

// fit reports whether class c may serve alternative a.
func (m *Model) fit(a, c int32) bool {
	return m.fits[int(a)*m.fitWords+int(c>>6)]>>(c&63)&1 != 0
}

// compileFlags finds out which parts of the machinery the problem needs.
func (m *Model) compileFlags() {
	anyDelivery, anyCollect := false, false
	for i := range m.site {
		s := &m.site[i]
		m.timed = m.timed || s.open != always || s.close != never
		m.multi = m.multi || s.windows != nil
		m.setups = m.setups || s.setup > 0
		m.released = m.released || s.release != always
	}
	for i := range m.deliver {
		anyDelivery = anyDelivery || m.deliver[i] != 0
		anyCollect = anyCollect || m.collect[i] != 0
	}
	for k := range m.classes {
		c := &m.classes[k]
		m.timed = m.timed || c.close != never
		m.reloads = m.reloads || len(c.reloads) > 0
	}
	m.timed = m.timed || m.released || m.rides
	m.jobless = len(m.Problem.Jobs) == 0
	for k := range m.classes {
		c := &m.classes[k]
		sliced := len(m.travels[c.travel].slices) > 0 && m.travels[c.travel].durFactor > 0
		c.exact = c.perDuration > 0 || c.perService > 0 || c.maxDistance != never || c.maxDriving != never || c.maxDuration != never ||
			len(c.breaks) > 0 || len(c.reloads) > 0 || sliced || m.released || m.rides
		c.spans, c.rough = m.spans(c), m.rough(c)
		m.timed = m.timed || len(c.breaks) > 0 || c.perDuration > 0 || c.maxDuration != never || sliced
	}
	for k := range m.classes {
		a, b := &m.classes[0], &m.classes[k]
		m.sizes = m.sizes || a.fixed != b.fixed || a.travel != b.travel || a.perDuration != b.perDuration || !slices.Equal(a.capacity, b.capacity)
	}
	m.mixed = m.pairs || m.reloads || (anyDelivery && anyCollect)
	if m.dims == 0 {
		m.mixed = false
	}
	for k := range m.classes {
		c := &m.classes[k]
		c.lean, c.trips = m.lean(c), m.tripwise(c)
		m.leans = m.leans || c.lean
	}
}
