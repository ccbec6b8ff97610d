package solver_test

import (
	"math"
	"slices"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"pgregory.net/rapid"
)

// value orders solutions as the engine does: missing required work, vehicles if they come
// first, cost.
func value(p *vrp.Problem, s *vrp.Solution) [3]int64 {
	missing := int64(0)
	groups := map[int32]bool{}
	for _, u := range s.Unassigned {
		t := p.Terms(u.Visit)
		if t.Optional || u.Reason == vrp.ReasonAlternative || groups[t.Group] {
			continue
		}
		groups[t.Group] = t.Group != 0
		missing += 16 + int64(t.Priority)
	}
	vehicles := int64(0)
	if p.Objective == vrp.VehiclesFirst {
		vehicles = int64(len(s.Routes))
	}
	return [3]int64{missing, vehicles, s.Cost.Total()}
}

func less(a, b [3]int64) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

// brute enumerates every way to serve the work and keeps the best value.
type brute struct {
	p     *vrp.Problem
	fleet []int32 // vehicle by route
	plan  [][]vrp.Visit
	best  [3]int64
}

func bruteForce(p *vrp.Problem) [3]int64 {
	b := &brute{p: p, best: [3]int64{math.MaxInt64}}
	for i := range p.Vehicles {
		for range p.Vehicles[i].Number() {
			b.fleet = append(b.fleet, int32(i))
		}
	}
	b.plan = make([][]vrp.Visit, len(b.fleet))
	b.extend(0)
	return b.best
}

// extend decides on job or shipment i: left out, or at any position of any route.
func (b *brute) extend(i int) {
	jobs := len(b.p.Jobs)
	if i == jobs+len(b.p.Shipments) {
		b.judge()
		return
	}
	b.extend(i + 1)
	for r := range b.plan {
		if i < jobs {
			b.each(r, 0, vrp.Visit{Kind: vrp.KindJob, Index: int32(i)}, func(int) { b.extend(i + 1) })
			continue
		}
		k := int32(i - jobs)
		b.each(r, 0, vrp.Visit{Kind: vrp.KindPickup, Index: k}, func(at int) {
			b.each(r, at+1, vrp.Visit{Kind: vrp.KindDelivery, Index: k}, func(int) { b.extend(i + 1) })
		})
	}
}

// each inserts x at every position of route r from the given one on.
func (b *brute) each(r, from int, x vrp.Visit, next func(at int)) {
	old := b.plan[r]
	for at := from; at <= len(old); at++ {
		list := make([]vrp.Visit, 0, len(old)+1)
		list = append(append(append(list, old[:at]...), x), old[at:]...)
		b.plan[r] = list
		next(at)
	}
	b.plan[r] = old
}

// withBreaks is the cheapest feasible schedule of a route with its breaks on any legs and
// reloads between any stops.
func (b *brute) withBreaks(t vrp.Route) (best vrp.Route, ok bool) {
	breaks := len(b.p.Vehicles[t.Vehicle].Breaks)
	var put func(k, from int, stops []vrp.Stop)
	put = func(k, from int, stops []vrp.Stop) {
		if k == breaks {
			x := vrp.Route{Vehicle: t.Vehicle, Stops: slices.Clone(stops)}
			if check.Schedule(b.p, &x) != nil {
				return
			}
			r := check.Solution(b.p, &vrp.Solution{Routes: []vrp.Route{x}})
			for _, v := range r.Violations {
				if v.Route == 0 && v.Rule != check.RuleRelation && v.Rule != check.RuleLock {
					return
				}
			}
			if !ok || x.Cost.Total() < best.Cost.Total() {
				best, ok = x, true
			}
			return
		}
		for at := from; at < len(stops); at++ {
			put(k+1, at+1, slices.Insert(slices.Clone(stops), at, vrp.Stop{Visit: vrp.Visit{Kind: vrp.KindBreak, Index: int32(k)}}))
		}
	}
	b.withReloads(&b.p.Vehicles[t.Vehicle], t.Stops, 2, 1, func(stops []vrp.Stop) { put(0, 1, stops) })
	return best, ok
}

// withReloads calls next with every way to put reloads between stops from a position on.
func (b *brute) withReloads(v *vrp.Vehicle, stops []vrp.Stop, from int, trips int32, next func([]vrp.Stop)) {
	next(stops)
	if v.MaxTrips > 0 && trips >= v.MaxTrips {
		return
	}
	for at := from; at < len(stops)-1; at++ {
		for k := range v.Reloads {
			with := slices.Insert(slices.Clone(stops), at, vrp.Stop{Visit: vrp.Visit{Kind: vrp.KindReload, Index: int32(k)}})
			b.withReloads(v, with, at+2, trips+1, next)
		}
	}
}

func (b *brute) judge() {
	var s vrp.Solution
	served := map[vrp.Visit]bool{}
	groups := map[int32]bool{}
	for r, list := range b.plan {
		if len(list) == 0 {
			continue
		}
		t := vrp.Route{Vehicle: b.fleet[r], Stops: []vrp.Stop{{Visit: vrp.Visit{Kind: vrp.KindStart}}}}
		for _, x := range list {
			t.Stops = append(t.Stops, vrp.Stop{Visit: x})
			served[x] = true
			groups[b.p.Terms(x).Group] = true
		}
		t.Stops = append(t.Stops, vrp.Stop{Visit: vrp.Visit{Kind: vrp.KindEnd}})
		t, ok := b.withBreaks(t)
		if !ok {
			return
		}
		s.Routes = append(s.Routes, t)
	}
	leave := func(x vrp.Visit) {
		if served[x] {
			return
		}
		why := vrp.ReasonNoVehicleLeft
		if g := b.p.Terms(x).Group; g != 0 && groups[g] {
			why = vrp.ReasonAlternative
		}
		s.Unassigned = append(s.Unassigned, vrp.Unassigned{Visit: x, Reason: why})
	}
	for i := range b.p.Jobs {
		leave(vrp.Visit{Kind: vrp.KindJob, Index: int32(i)})
	}
	for i := range b.p.Shipments {
		leave(vrp.Visit{Kind: vrp.KindPickup, Index: int32(i)})
	}
	r := check.Solution(b.p, &s)
	s.Cost = r.Cost
	for _, v := range r.Violations {
		if v.Rule != check.RuleClaim {
			return
		}
	}
	if v := value(b.p, &s); less(v, b.best) {
		b.best = v
	}
}

// On tiny problems of every variant the solver finds what full enumeration finds.
func TestTinyProblemsAreSolvedToTheOptimum(t *testing.T) {
	tiny := rapid.Custom(func(t *rapid.T) *vrp.Problem {
		f := drawFeatures(t)
		// Where the direct way is longer than a detour, two stops can be feasible together
		// and neither alone; putting stops back one at a time does not find that.
		f.reloads, f.breaks, f.shortest, f.unreachable = false, false, true, false
		for {
			p := drawProblem(t, f, 4)
			fleet := int32(0)
			for i := range p.Vehicles {
				fleet += p.Vehicles[i].Number()
			}
			if len(p.Jobs)+2*len(p.Shipments) <= 5 && fleet <= 3 {
				return p
			}
		}
	})
	for seed := range 300 {
		p := tiny.Example(seed)
		want := bruteForce(p)
		s := solve(t, p, 3000)
		if got := value(p, &s); got != want {
			t.Errorf("seed %d: got %v, optimum %v", seed, got, want)
		}
	}
}
