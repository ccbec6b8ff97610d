package check

import (
	"fmt"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// referee walks one solution.
type referee struct {
	p      *vrp.Problem
	s      *vrp.Solution
	report Report
	jobs   []place // where each job is served
	ships  []place // where each shipment is picked up
	ends   []place // where each shipment is delivered
}

// place is a position in the solution, route -1 where there is none.
type place struct{ route, stop int32 }

// Solution referees s. The problem must be valid. O(stops + relations).
func Solution(p *vrp.Problem, s *vrp.Solution) Report {
	c := &referee{p: p, s: s,
		jobs: nowhere(len(p.Jobs)), ships: nowhere(len(p.Shipments)), ends: nowhere(len(p.Shipments))}
	c.report.Vehicles = len(s.Routes)
	used := make([]int32, len(p.Vehicles))
	for r := range s.Routes {
		if !c.form(r) {
			continue
		}
		class := s.Routes[r].Vehicle
		used[class]++
		if n := p.Vehicles[class].Number(); used[class] == n+1 {
			c.broken(RuleFleet, r, -1, "class %d has only %d vehicles", class, n)
		}
		c.route(r)
	}
	c.unassigned()
	c.groups()
	c.relations()
	c.locks()
	if s.Cost != c.report.Cost {
		c.broken(RuleClaim, -1, -1, "cost stated %+v, is %+v", s.Cost, c.report.Cost)
	}
	return c.report
}

func nowhere(n int) []place {
	list := make([]place, n)
	for i := range list {
		list[i] = place{-1, -1}
	}
	return list
}

func (c *referee) broken(rule Rule, route, stop int, format string, args ...any) {
	c.missed(0, rule, route, stop, format, args...)
}

// missed is broken with a size.
func (c *referee) missed(size int64, rule Rule, route, stop int, format string, args ...any) {
	const most = 1000
	if len(c.report.Violations) < most {
		c.report.Violations = append(c.report.Violations, Violation{rule, route, stop, size, fmt.Sprintf(format, args...)})
	}
}

// form checks that a route can be walked at all and notes who is served where.
func (c *referee) form(r int) bool {
	t := &c.s.Routes[r]
	n := len(t.Stops)
	if t.Vehicle < 0 || int(t.Vehicle) >= len(c.p.Vehicles) {
		c.broken(RuleForm, r, -1, "no vehicle class %d", t.Vehicle)
		return false
	}
	if n < 3 || t.Stops[0].Kind != vrp.KindStart || t.Stops[n-1].Kind != vrp.KindEnd {
		c.broken(RuleForm, r, -1, "must read start, stops, end")
		return false
	}
	v := &c.p.Vehicles[t.Vehicle]
	served := false
	for i := 1; i < n-1; i++ {
		x := t.Stops[i].Visit
		var list []place
		count := 0
		switch x.Kind {
		case vrp.KindJob:
			list, count = c.jobs, len(c.jobs)
		case vrp.KindPickup:
			list, count = c.ships, len(c.ships)
		case vrp.KindDelivery:
			list, count = c.ends, len(c.ends)
		case vrp.KindReload:
			count = len(v.Reloads)
		case vrp.KindBreak:
			count = len(v.Breaks)
		}
		if x.Index < 0 || int(x.Index) >= count {
			c.broken(RuleForm, r, i, "no %v %d", x.Kind, x.Index)
			return false
		}
		if list == nil {
			continue
		}
		served = true
		if list[x.Index].route >= 0 {
			c.broken(RuleCoverage, r, i, "%v %d is visited twice", x.Kind, x.Index)
			continue
		}
		list[x.Index] = place{int32(r), int32(i)}
		if x.Kind != vrp.KindDelivery {
			c.report.Served++
		}
	}
	if !served {
		c.broken(RuleForm, r, -1, "serves nothing")
	}
	return true
}

// unassigned checks that each job and shipment is either served or given a reason.
func (c *referee) unassigned() {
	stated := map[vrp.Visit]bool{}
	for i, u := range c.s.Unassigned {
		list := c.jobs
		if u.Kind == vrp.KindPickup {
			list = c.ships
		} else if u.Kind != vrp.KindJob {
			c.broken(RuleForm, -1, i, "unassigned must be a job or a pickup")
			continue
		}
		switch {
		case u.Index < 0 || int(u.Index) >= len(list):
			c.broken(RuleForm, -1, i, "no %v %d", u.Kind, u.Index)
			continue
		case list[u.Index].route >= 0:
			c.broken(RuleCoverage, -1, i, "%v %d is served and unassigned", u.Kind, u.Index)
		case stated[u.Visit]:
			c.broken(RuleCoverage, -1, i, "%v %d is unassigned twice", u.Kind, u.Index)
		case u.Reason == vrp.ReasonNone:
			c.broken(RuleReason, -1, i, "%v %d has no reason", u.Kind, u.Index)
		}
		stated[u.Visit] = true
	}
	for i, at := range c.jobs {
		c.accounted(stated, vrp.Visit{Kind: vrp.KindJob, Index: int32(i)}, at)
	}
	for i, at := range c.ships {
		c.accounted(stated, vrp.Visit{Kind: vrp.KindPickup, Index: int32(i)}, at)
		if (at.route >= 0) != (c.ends[i].route >= 0) {
			c.broken(RulePair, int(at.route), int(at.stop), "shipment %d is only half served", i)
		}
	}
}

// accounted counts what missing work costs, groups excepted.
func (c *referee) accounted(stated map[vrp.Visit]bool, x vrp.Visit, at place) {
	if at.route >= 0 {
		return
	}
	if !stated[x] {
		c.broken(RuleCoverage, -1, -1, "%v %d is neither served nor unassigned", x.Kind, x.Index)
	}
	t := c.p.Terms(x)
	switch {
	case t.Group != 0:
	case t.Optional:
		c.report.Cost.Prize += t.Prize
	default:
		c.report.Missing++
	}
}

// groups checks alternatives: at most one served; none served costs the first one's prize.
func (c *referee) groups() {
	type state struct {
		served int
		terms  *vrp.Terms
	}
	groups := map[int32]*state{}
	var order []*state
	see := func(t *vrp.Terms, at place) {
		if t.Group == 0 {
			return
		}
		g := groups[t.Group]
		if g == nil {
			g = &state{terms: t}
			groups[t.Group] = g
			order = append(order, g)
		}
		if at.route >= 0 {
			if g.served++; g.served == 2 {
				c.broken(RuleGroup, int(at.route), int(at.stop), "group %d is served twice", t.Group)
			}
		}
	}
	for i := range c.jobs {
		see(&c.p.Jobs[i].Terms, c.jobs[i])
	}
	for i := range c.ships {
		see(&c.p.Shipments[i].Terms, c.ships[i])
	}
	for _, g := range order {
		switch {
		case g.served > 0:
		case g.terms.Optional:
			c.report.Cost.Prize += g.terms.Prize
		default:
			c.report.Missing++
		}
	}
}
