//go:build vrpdebug

package search

import "fmt"

// auditing is on under the build tag vrpdebug: every iteration compares the running cost
// and state with what a full recount gives. O(problem) an iteration.
const auditing = true

// audit panics when the running cost or the links differ from a recount.
func (s *State) audit() {
	m := s.m
	cost := int64(0)
	seen := 0
	for r := range int32(m.Routes) {
		c := s.class(r)
		t := &m.travels[c.travel]
		stops := int32(0)
		for a := s.first(r); a != s.last(r); a = s.nodes[a].next {
			b := s.nodes[a].next
			leg := t.cost(s.nodes[a].place, s.nodes[b].place)
			if s.nodes[b].prev != a || s.nodes[b].route != r || s.nodes[b].in != leg {
				panic(fmt.Sprintf("search: node %d behind %d in route %d is out of joint", b, a, r))
			}
			cost += leg
			if s.isStop(b) {
				stops++
			}
		}
		seen += int(stops)
		if stops != s.size[r] {
			panic(fmt.Sprintf("search: route %d has %d stops, counted %d", r, stops, s.size[r]))
		}
		if stops == 0 {
			cost -= s.emptyLeg(c)
			continue
		}
		e, ok := s.evaluate(c, s.sequence(r))
		if ok = ok && s.backhaulsKept(c, s.seq); !ok || e != s.extra[r] {
			panic(fmt.Sprintf("search: route %d: extra %d, counted %d, feasible %v", r, s.extra[r], e, ok))
		}
		cost += e
	}
	for _, u := range s.bank {
		cost += m.units[u].prize
	}
	if cost != s.cost {
		panic(fmt.Sprintf("search: cost %d, counted %d", s.cost, cost))
	}
}

// checkDelta panics when a placed unit did not change the cost as promised.
func (s *State) checkDelta(before int64, p spot) {
	u := s.m.alts[p.alt].unit
	if got := s.cost - before + s.m.units[u].prize; got != p.cost+p.others {
		panic(fmt.Sprintf("search: unit %d promised %d, cost %d", u, p.cost+p.others, got))
	}
}

// checkChain panics when a placed chain did not change the cost as promised.
func (s *inserter) checkChain(before int64, list []int32) {
	got := s.cost - before
	for _, v := range list {
		got += s.m.units[s.m.unitOf[v]].prize
	}
	if got != s.best.cost {
		panic(fmt.Sprintf("search: chain %v promised %d, cost %d", list, s.best.cost, got))
	}
}

// checkTrip panics when the test by trips differs from the exact evaluation of the sequence.
func (s *State) checkTrip(c *class, seq []int32, ok bool) {
	if _, exact := s.evaluate(c, seq); exact != ok {
		panic(fmt.Sprintf("search: trips say %v of %v", ok, seq))
	}
}
