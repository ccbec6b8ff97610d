package search

import (
	"cmp"
	"slices"
)

// crosser is the scratch of crossing.
type crosser struct {
	leaves []bool    // by route of the first parent: given up
	given  []brought // routes of the second parent
	spots  []int32   // stops that came or left
}

// brought is a route of the second parent and how many of its stops lie in routes that leave.
type brought struct {
	route   int32
	overlap int
	size    int
}

// crossShare is the largest share of the used routes that a child takes from the second parent.
const crossShare = 2.0 / 3

// Cross makes a child of two solutions the current and the best one of the search: of the first
// parent some neighboring routes leave, and those of the second that serve mostly the same work
// come in their place; what is served twice then leaves the first parent's routes, what is left over
// is put back as always (after the selective route exchange of Nagata, Bräysy & Dullaert
// 2010, doi:10.1016/j.cor.2009.06.022). Ruins then begin only at the stops that came or left, until the
// next Adopt. False where the parents have nothing to exchange. O(stops + routes log routes).
func (s *Search) Cross(a, b *Draft) bool {
	s.Adopt(a)
	n := s.leave()
	if n == 0 || !s.choose(b, n) {
		return false
	}
	s.ruin.out = s.ruin.out[:0]
	for r, gone := range s.cross.leaves {
		if gone {
			s.ruin.wholeRoute(int32(r))
		}
	}
	spots := s.cross.spots[:0]
	for _, x := range s.cross.given {
		for _, v := range b.route(x.route) {
			if v < 0 {
				continue
			}
			spots = append(spots, v)
			if w := s.servedBy(s.m.unitOf[v]); w != none {
				s.ruin.remove(w)
			}
		}
	}
	if !s.ruin.tidy() {
		return false
	}
	for _, x := range s.cross.given {
		if free := s.free[s.m.routeClass[x.route]]; len(free) > 0 {
			s.employ(free[len(free)-1], b.route(x.route))
		}
	}
	s.ruin.out = append(s.ruin.out[:0], s.bank...)
	for _, u := range s.bank {
		spots = append(spots, s.m.alts[s.m.units[u].first].a)
	}
	s.recreate(s.ruin.out, true)
	s.record.changed(s.State)
	s.record.save(s.State)
	s.begin()
	s.cross.spots, s.aim = spots, spots
	return true
}

// leave marks some routes next to one another and returns their number. O(their stops).
func (s *Search) leave() int {
	if s.cross.leaves == nil {
		s.cross.leaves = make([]bool, s.m.Routes)
	}
	clear(s.cross.leaves)
	if s.used < 2 {
		return 0
	}
	n, most := 0, 1+s.rand.below(max(1, int(crossShare*float64(s.used))))
	at := s.ruin.draw()
	for grown := true; grown && n < most; {
		grown = false
		for i := -1; i < s.m.adjK && n < most; i++ {
			v := at
			if i >= 0 {
				v = s.m.adj[int(at)*s.m.adjK+i]
			}
			if r := s.nodes[v].route; r != none && !s.cross.leaves[r] {
				s.cross.leaves[r] = true
				n++
				grown = true
				at = v
			}
		}
	}
	return n
}

// choose lists the n routes of the second parent that lie most in the routes that leave.
// False if they are the same.
func (s *Search) choose(b *Draft, n int) bool {
	given := s.cross.given[:0]
	equal := 0
	for r := range int32(s.m.Routes) {
		x := brought{route: r}
		home, scattered := none, false
		for _, v := range b.route(r) {
			if v < 0 {
				continue
			}
			x.size++
			w := s.servedBy(s.m.unitOf[v])
			if w == none {
				scattered = true
				continue
			}
			q := s.nodes[w].route
			if s.cross.leaves[q] {
				x.overlap++
			}
			scattered = scattered || (home != none && home != q)
			home = q
		}
		if x.overlap == 0 {
			continue
		}
		if !scattered && s.follows(home, b.route(r)) {
			equal++
			s.cross.leaves[home] = false // the same in both
			continue
		}
		given = append(given, x)
	}
	slices.SortFunc(given, func(x, y brought) int {
		return cmp.Or(cmp.Compare(y.overlap*x.size, x.overlap*y.size), cmp.Compare(x.route, y.route))
	})
	s.cross.given = given[:min(len(given), n-equal)]
	return len(s.cross.given) > 0
}
