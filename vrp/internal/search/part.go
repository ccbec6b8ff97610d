package search

import "slices"

// Partition divides the routes of a draft among searches that work at the same time, so
// that each route, and each unit of work, belongs to just one.
type Partition struct {
	m       *Model
	parts   int
	rng     random
	route   []int16 // by route
	unit    []int16 // by unit
	routeOf []int32 // by stop: its route in the draft, or none
	size    []int32 // stops by route
	reached []bool  // by route: in the part that grows
	links   []int32 // by route: stops that have a neighbor in it
	edge    []int32 // routes with such stops
}

// NewPartition divides solutions of the search's model into a number of parts. O(model).
func (s *Search) NewPartition(parts int, seed uint64) *Partition {
	m := s.m
	return &Partition{m: m, parts: parts, rng: newRandom(seed), route: make([]int16, m.Routes), unit: make([]int16, len(m.units)),
		routeOf: make([]int32, m.Stops), size: make([]int32, m.Routes), edge: make([]int32, 0, m.Routes), links: make([]int32, m.Routes), reached: make([]bool, m.Routes)}
}

// What a part must hold to be worth searching by itself: used routes, and stops. Smaller
// problems gain more from islands, measured on all families at 1 s.
const (
	leastRoutes = 8
	leastStops  = 150
)

// Divisible reports whether the current solution can be cut into parts that know nothing of
// one another: there is enough of it, and no relation reaches from one to another.
func (s *Search) Divisible(parts int) bool {
	return s.m.rel == nil && s.used >= leastRoutes*parts && s.m.Stops >= leastStops*parts
}

// holds reports whether a route belongs to a part; without a partition all do.
func (p *Partition) holds(r int32, part int16) bool { return p == nil || p.route[r] == part }

// owns reports whether a unit belongs to a part.
func (p *Partition) owns(u int32, part int16) bool { return p == nil || p.unit[u] == part }

// Cut divides a draft anew, elsewhere each time; false where some part would get nothing.
// O(stops * links).
func (p *Partition) Cut(d *Draft) bool {
	m := p.m
	for v := range p.routeOf {
		p.routeOf[v] = none
	}
	for r := range int32(m.Routes) {
		p.route[r], p.size[r] = 0, 0
		for _, v := range d.route(r) {
			if v >= 0 {
				p.routeOf[v] = r
				p.size[r]++
			}
		}
	}
	p.split(d, 0, p.parts)
	p.shareOut()
	stops := make([]int32, p.parts)
	for r, k := range p.route {
		stops[k] += p.size[r]
	}
	return slices.Min(stops) > 0
}

// split divides the routes labeled a among the labels from a to b-1, halving again and again.
func (p *Partition) split(d *Draft, a, b int) {
	if b-a < 2 {
		return
	}
	mid := (a + b) / 2
	stops, routes := 0, 0
	for r := range p.route {
		if p.size[r] > 0 && p.route[r] == int16(a) {
			stops += int(p.size[r])
			routes++
		}
	}
	p.grow(d, int16(a), stops*(mid-a)/(b-a), routes)
	for r := range p.route {
		if p.size[r] > 0 && p.route[r] == int16(a) && !p.reached[r] {
			p.route[r] = int16(mid)
		}
	}
	p.split(d, a, mid)
	p.split(d, mid, b)
}

// grow marks routes labeled a as reached until they hold a number of stops: one at random,
// then always the one with the most neighbors within by its size, so that few are divided.
func (p *Partition) grow(d *Draft, a int16, enough, routes int) {
	const links = 8 // neighbors of a stop that count
	m := p.m
	clear(p.reached)
	clear(p.links)
	p.edge = p.edge[:0]
	for stops := 0; stops < enough; routes-- {
		if len(p.edge) == 0 && !p.plant(a, routes) {
			return
		}
		r := p.closest()
		p.reached[r] = true
		stops += int(p.size[r])
		for _, v := range d.route(r) {
			if v < 0 {
				continue
			}
			for _, u := range m.adj[int(v)*m.adjK:][:min(links, m.adjK)] {
				if q := p.routeOf[u]; q != none && p.route[q] == a && !p.reached[q] {
					if p.links[q]++; p.links[q] == 1 {
						p.edge = append(p.edge, q)
					}
				}
			}
		}
	}
}

// closest takes the route with the most links by its size off the edge.
func (p *Partition) closest() int32 {
	best := 0
	for i, r := range p.edge {
		if b := p.edge[best]; int(p.links[r])*int(p.size[b]) > int(p.links[b])*int(p.size[r]) {
			best = i
		}
	}
	r := p.edge[best]
	p.edge = slices.Delete(p.edge, best, best+1)
	return r
}

// plant puts a route at random, of those labeled a and not reached, on the edge.
func (p *Partition) plant(a int16, routes int) bool {
	if routes <= 0 {
		return false
	}
	skip := p.rng.below(routes)
	for r := range p.route {
		if p.size[r] > 0 && p.route[r] == a && !p.reached[r] {
			if skip == 0 {
				p.edge = append(p.edge, int32(r))
				return true
			}
			skip--
		}
	}
	return false
}

// shareOut gives unused vehicles to the parts in turn, and work not served to the part of a
// stop near it or, as often, to the next in turn: its only vehicle may be elsewhere.
func (p *Partition) shareOut() {
	m := p.m
	turn := p.rng.below(p.parts)
	next := func() int16 {
		turn++
		return int16(turn % p.parts)
	}
	for r := range p.route {
		if p.size[r] == 0 {
			p.route[r] = next()
		}
	}
	for u := range p.unit {
		x := &m.units[u]
		if r := p.serving(x); r != none {
			p.unit[u] = p.route[r]
		} else if near := p.beside(x); near != none && p.rng.next()&1 == 0 {
			p.unit[u] = p.route[near]
		} else {
			p.unit[u] = next()
		}
	}
}

// serving is the route that serves a unit, or none.
func (p *Partition) serving(x *unit) int32 {
	for a := x.first; a < x.first+x.count; a++ {
		if r := p.routeOf[p.m.alts[a].a]; r != none {
			return r
		}
	}
	return none
}

// beside is the route of the served stop that is nearest to a unit, or none.
func (p *Partition) beside(x *unit) int32 {
	v := p.m.alts[x.first].a
	for _, u := range p.m.adj[int(v)*p.m.adjK:][:p.m.adjK] {
		if r := p.routeOf[u]; r != none {
			return r
		}
	}
	return none
}

// Gather joins the current solutions of searches that hold one part each. O(stops).
func (p *Partition) Gather(d *Draft, searches []*Search) {
	p.join(d, searches, (*Draft).addCurrent, (*Search).Cost)
}

// GatherBest joins their best ones.
func (p *Partition) GatherBest(d *Draft, searches []*Search) {
	p.join(d, searches, (*Draft).addBest, (*Search).BestCost)
}

func (p *Partition) join(d *Draft, searches []*Search, add func(*Draft, *Search, int32), cost func(*Search) int64) {
	d.clear()
	for _, s := range searches {
		d.Cost += cost(s)
	}
	for r := range int32(p.m.Routes) {
		d.first[r] = int32(len(d.stops))
		add(d, searches[p.route[r]], r)
	}
	d.first[p.m.Routes] = int32(len(d.stops))
}
