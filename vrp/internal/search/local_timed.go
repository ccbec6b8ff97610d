package search

// Thorough makes the local search of a plain fleet with windows look for all moves that it
// knows instead of exchanges of ends alone. An iteration then takes a third longer, which
// pays only where there are iterations enough a stop: short of them, ruins find more in
// the same time.
func (s *Search) Thorough() { s.local.thorough = s.m.plain && s.m.swift }

// improveTimed is improveStop with all moves: ends of two routes exchanged, a short string
// shifted to another route or traded for one of another, or slid or turned around in its own.
// A leg as long as both legs that it could replace is not looked at, nor one that comes too
// late: its moves are found from their other ends. O(localNear).
func (s *Search) improveTimed(v int32) bool {
	m := s.m
	t := &m.travels[0]
	x := &s.nodes[v]
	nv := &s.nodes[x.next]
	for _, u := range m.near[int(v)*m.nearK:][:min(localNear, m.nearK)] {
		y := &s.nodes[u]
		if y.route == none || u == v {
			continue
		}
		link := t.cost(x.place, y.place)
		if x.route != y.route && s.crossEnds(v, u, link) || x.route == y.route && s.turnBeside(v, u, link) {
			return true
		}
		drive := t.time(x.place, y.place)
		if link < max(x.in, s.nodes[y.next].in) && y.leave+drive <= x.close && s.moveBehind(v, u, link) {
			return true
		}
		if link < max(nv.in, y.in) && x.open+x.service+drive <= y.close && s.moveBefore(v, u, link) {
			return true
		}
	}
	return false
}

// crossEnds exchanges the ends of two routes so that v and u become neighbors.
func (s *Search) crossEnds(v, u int32, link int64) bool {
	t := &s.m.travels[0]
	x, y := &s.nodes[v], &s.nodes[u]
	pv, nv, pu, nu := &s.nodes[x.prev], &s.nodes[x.next], &s.nodes[y.prev], &s.nodes[y.next]
	return link+t.cost(pu.place, nv.place) < y.in+nv.in && s.swapEnds(v, y.prev) ||
		link+t.cost(pv.place, nu.place) < x.in+nu.in && s.swapEnds(x.prev, u)
}

// turnBeside turns a part of one route around so that v and u become neighbors.
func (s *Search) turnBeside(v, u int32, link int64) bool {
	t := &s.m.travels[0]
	x, y := &s.nodes[v], &s.nodes[u]
	pv, nv, pu, nu := &s.nodes[x.prev], &s.nodes[x.next], &s.nodes[y.prev], &s.nodes[y.next]
	return link+t.cost(nv.place, nu.place) < nv.in+nu.in && s.turnTimed(v, u) ||
		link+t.cost(pv.place, pu.place) < x.in+y.in && s.turnTimed(x.prev, y.prev)
}

// moveBehind brings v behind u by one of the moves of strings, moveBefore before it.
func (s *Search) moveBehind(v, u int32, link int64) bool {
	if s.nodes[v].route == s.nodes[u].route {
		return s.slide(v, u, false)
	}
	return s.shiftBehind(v, u, link) || s.tradeBehind(v, u, link)
}

func (s *Search) moveBefore(v, u int32, link int64) bool {
	if s.nodes[v].route == s.nodes[u].route {
		return s.slide(v, u, true)
	}
	return s.shiftBefore(v, u, link) || s.tradeBefore(v, u, link)
}
