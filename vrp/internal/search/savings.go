package search

import (
	"math"
	"slices"
)

// Parameters of the savings construction.
const (
	// Stops from which on it is used: below, a hot start has time to settle, and what came
	// before it is forgotten (measured on the X set: nothing gained at 350 to 1,000).
	savingsFrom = 1500
	savingsNear = 40 // neighbors that a stop may be joined to
	// savingsShape weighs the way between two stops against the ways to and from the depot
	// that joining them saves (the lambda of Gaskell 1967 and Yellow 1970,
	// doi:10.1057/jors.1970.68). Beyond 1 routes are compact and end less full: dearer at first, but much easier to
	// improve, which counts for more from one second on (measured on the Belgian sets).
	savingsShape = 2
)

// savings is the construction of Clarke & Wright 1964, doi:10.1287/opre.12.4.568, over
// neighbor lists: every stop begins as a route of its own, and the two ends whose joining
// saves most are joined until no pair is left. Paths of stops have no direction and are
// kept by their two ends, so that a join costs O(1).
type savings struct {
	*Search
	home  []int32    // by stop: its class, none where the construction leaves it alone
	link  [][2]int32 // by stop: its neighbors in the path, in any order
	other []int32    // by end of a path: its other end
	load  []int64    // by end * dims
	pairs [][2]int32
	order []uint64
}

// savable reports whether the savings construction applies: jobs, loads that one sum decides, no times, vehicles alike
// in price and size, no limit but their capacity.
func (m *Model) savable() bool {
	if m.timed || m.pairs || m.mixed || m.reloads || m.sizes || m.pinned != nil || m.rel != nil || len(m.alts) != len(m.units) {
		return false
	}
	for k := range m.classes {
		c := &m.classes[k]
		t := &m.travels[c.travel]
		if c.exact || c.maxStops < int32(m.Stops) || t.blocked || t.toll != nil || !t.symmetric() {
			return false
		}
	}
	return len(m.classes) > 0
}

// save builds routes and links them into unused vehicles; what finds none stays in the bank.
// O(n k log n).
func (s *Search) save() {
	m := s.m
	x := savings{Search: s, home: make([]int32, m.Stops), link: make([][2]int32, m.Stops),
		other: make([]int32, m.Stops), load: make([]int64, m.Stops*m.dims)}
	for v := range int32(m.Stops) {
		x.link[v] = [2]int32{none, none}
		x.other[v] = v
		x.home[v] = x.nearestClass(v)
	}
	for i := range x.load {
		x.load[i] = m.deliver[i] + m.collect[i]
	}
	x.list()
	for _, k := range x.order {
		p := x.pairs[uint32(k)]
		x.join(p[0], p[1])
	}
	x.lay()
}

// nearestClass is the class to and from whose ends a stop costs least.
func (x *savings) nearestClass(v int32) int32 {
	m := x.m
	best, least := none, int64(0)
	for k := range m.classes {
		c := &m.classes[k]
		if !m.fit(m.altOf[v], int32(k)) {
			continue
		}
		t := &m.travels[c.travel]
		if far := t.cost(c.start, m.site[v].place) + t.cost(m.site[v].place, c.end); best == none || far < least {
			best, least = int32(k), far
		}
	}
	return best
}

// list gathers the pairs of neighbors that save anything, the largest saving first.
func (x *savings) list() {
	m := x.m
	width := min(m.adjK, savingsNear)
	row := func(v int32) []int32 { return m.adj[int(v)*m.adjK:][:width] }
	for a := range int32(m.Stops) {
		if x.home[a] == none {
			continue
		}
		c := &m.classes[x.home[a]]
		t := &m.travels[c.travel]
		pa := m.site[a].place
		home := t.cost(pa, c.end)
		for _, b := range row(a) {
			// A pair that is in both rows counts once.
			if b == a || x.home[b] != x.home[a] || (a > b && slices.Contains(row(b), a)) {
				continue
			}
			pb := m.site[b].place
			if saved := c.fixed + home + t.cost(c.start, pb) - savingsShape*t.cost(pa, pb); saved > 0 {
				x.order = append(x.order, uint64(^math.Float32bits(float32(saved)))<<32|uint64(len(x.pairs)))
				x.pairs = append(x.pairs, [2]int32{a, b})
			}
		}
	}
	slices.Sort(x.order)
}

// join makes one path of the two that end in a and b, if a vehicle can load it.
func (x *savings) join(a, b int32) {
	ea, eb := x.other[a], x.other[b]
	sa, sb := x.open(a), x.open(b)
	if ea == b || sa < 0 || sb < 0 {
		return
	}
	dims := x.m.dims
	i, j := int(a)*dims, int(b)*dims
	for d, most := range x.m.classes[x.home[a]].capacity {
		if x.load[i+d]+x.load[j+d] > most {
			return
		}
	}
	x.link[a][sa], x.link[b][sb] = b, a
	x.other[ea], x.other[eb] = eb, ea
	for d := range dims {
		sum := x.load[i+d] + x.load[j+d]
		x.load[int(ea)*dims+d], x.load[int(eb)*dims+d] = sum, sum
	}
}

// open is a free side of stop v, -1 where it is inside a path.
func (x *savings) open(v int32) int {
	switch none {
	case x.link[v][0]:
		return 0
	case x.link[v][1]:
		return 1
	}
	return -1
}

// lay links the paths into vehicles, those with most stops first.
func (x *savings) lay() {
	s := x.Search
	var paths []candidate // the first stop, by number of stops
	for v := range int32(s.m.Stops) {
		if x.home[v] == none || x.open(v) < 0 || x.other[v] < v {
			continue
		}
		p := candidate{node: v}
		for from, at := none, v; at != none; p.key-- {
			from, at = at, x.step(from, at)
		}
		paths = append(paths, p)
	}
	slices.SortStableFunc(paths, func(a, b candidate) int { return int(a.key - b.key) })
	for _, p := range paths {
		free := s.free[x.home[p.node]]
		if len(free) == 0 {
			continue
		}
		r := free[len(free)-1]
		s.begin()
		last := s.first(r)
		for from, at := none, p.node; at != none; from, at = at, x.step(from, at) {
			s.State.link(at, last)
			last = at
		}
		if !s.renew(r) {
			s.undo()
		}
	}
	s.begin()
}

// step is the stop that follows at on the way from a stop, none at the end of the path.
func (x *savings) step(from, at int32) int32 {
	l := x.link[at]
	if l[0] == from {
		return l[1]
	}
	return l[0]
}
