package search

import "github.com/logistica-inteligente/rumbo/vrp"

// Best writes the best solution with times, loads, costs and reasons. It builds its own
// state and leaves the search as it is. O(problem).
func (s *Search) Best() vrp.Solution {
	if s.elite != nil && s.elite.Cost <= s.record.cost {
		return s.Export(s.elite)
	}
	own := New(s.m, 1)
	own.record = s.record.clone()
	for r := range int32(s.m.Routes) {
		own.record.markDirty(r)
	}
	own.record.restore(own.State)
	return own.export()
}

// Current is the present solution. O(problem).
func (s *Search) Current() vrp.Solution {
	d := s.NewDraft()
	d.Write(s)
	return s.Export(d)
}

func (b *record) clone() record {
	c := record{cost: b.cost, missing: b.missing}
	c.next = append(c.next, b.next...)
	c.kind = append(c.kind, b.kind...)
	c.isDirty = make([]bool, len(b.isDirty))
	return c
}

// export writes the current solution.
func (s *Search) export() vrp.Solution {
	var out vrp.Solution
	for r := range int32(s.m.Routes) {
		if s.size[r] == 0 {
			continue
		}
		route := s.exportRoute(r)
		out.Cost = out.Cost.Add(route.Cost)
		out.Routes = append(out.Routes, route)
	}
	for _, u := range s.bank {
		if x := &s.m.units[u]; !x.required {
			out.Cost.Prize += x.worth
		}
	}
	out.Unassigned = s.reasons()
	return out
}

// exportRoute lays out the stops of a route and runs its clock.
func (s *State) exportRoute(r int32) vrp.Route {
	m, c := s.m, s.class(r)
	seq := s.sequence(r)
	start := c.open
	if m.released {
		start = max(start, s.releaseIn(seq))
	}
	s.sim.judgeRides = false
	end, _ := s.simulate(c, seq, start)
	if s.leavesLate(c) {
		start = s.latestStart(c, seq, start, end)
		end, _ = s.simulate(c, seq, start)
	}
	e := exporter{State: s, c: c, t: &m.travels[c.travel], clock: start, from: c.start}
	e.out.Vehicle = c.vehicle
	e.add(vrp.Stop{Visit: vrp.Visit{Kind: vrp.KindStart}, Place: e.real(c.start), Arrive: start, Start: start, Depart: start})
	taken := int32(0)
	for i := 0; i <= len(seq); i++ {
		b := s.last(r)
		if i < len(seq) {
			b = seq[i]
		}
		breaks := int32(0)
		if len(c.breaks) > 0 {
			breaks = s.sim.taken[i]
		}
		e.leg(b, taken, breaks)
		taken += breaks
		if s.isReload(b) {
			e.hold(s.releaseIn(seq[i+1:]))
		}
	}
	s.exportLoads(&e.out)
	e.out.Cost = vrp.Cost{
		Fixed:    m.Problem.Vehicles[c.vehicle].Fixed,
		Distance: e.t.distFactor * e.out.Distance,
		Driving:  e.t.durFactor * e.out.Driving,
		Duration: c.perDuration * (end - start),
		Service:  c.perService * s.tasks(c, seq),
		Toll:     m.Problem.Vehicles[c.vehicle].PerToll * e.out.Toll,
	}
	return e.out
}

// exporter walks a route and writes its stops.
type exporter struct {
	*State
	c     *class
	t     *travel
	out   vrp.Route
	clock int64
	from  int32
}

func (e *exporter) add(x vrp.Stop) { e.out.Stops = append(e.out.Stops, x) }

// real is a place of the problem, -1 for nowhere.
func (e *exporter) real(place int32) int32 {
	return e.m.there(place)
}

// leg drives to b with some breaks on the way and serves it.
func (e *exporter) leg(b, taken, breaks int32) {
	to := e.nodes[b].place
	rest := e.t.timeAt(e.from, to, e.clock)
	e.out.Driving += rest
	e.out.Distance += e.t.length(e.from, to)
	e.out.Toll += int64(e.m.Problem.TollBetween(e.m.Problem.Vehicles[e.c.vehicle].Profile, e.real(e.from), e.real(to)))
	for k := taken; k < taken+breaks; k++ {
		begin, _ := pauseAt(&e.c.breaks[k], e.clock)
		leave := begin + e.c.breaks[k].Duration
		e.add(vrp.Stop{Visit: vrp.Visit{Kind: vrp.KindBreak, Index: k}, Place: -1, Arrive: e.clock, Start: begin, Depart: leave})
		driven := min(rest, begin-e.clock)
		e.out.Service += e.c.breaks[k].Duration
		e.out.Waiting += begin - e.clock - driven
		rest -= driven
		e.clock = leave
	}
	arrive := e.clock + rest
	leave, _ := e.serve(e.from, b, arrive)
	busy := e.busy(e.from, b)
	x := vrp.Stop{Place: e.real(to), Arrive: arrive, Start: leave - busy, Depart: leave}
	switch {
	case e.isStop(b):
		x.Visit = e.m.visits[b]
	case e.isReload(b):
		x.Visit = vrp.Visit{Kind: vrp.KindReload, Index: e.reloadKind[b] - e.c.reload}
	default:
		x.Visit = vrp.Visit{Kind: vrp.KindEnd}
	}
	e.out.Service += busy
	e.out.Waiting += leave - busy - arrive
	e.add(x)
	e.clock, e.from = leave, to
}

// hold keeps the vehicle at the reload just added until its next trip is released.
func (e *exporter) hold(release int64) {
	if release > e.clock {
		e.out.Waiting += release - e.clock
		e.clock = release
		e.out.Stops[len(e.out.Stops)-1].Depart = release
	}
}

// exportLoads fills in what is aboard after each stop, trip by trip.
func (s *State) exportLoads(out *vrp.Route) {
	p := s.m.Problem
	load := make([]int64, s.m.dims)
	for i := range out.Stops {
		x := out.Stops[i].Visit
		switch x.Kind {
		case vrp.KindStart, vrp.KindReload, vrp.KindEnd:
			clear(load)
			for _, y := range out.Stops[i+1:] {
				if y.Kind == vrp.KindReload {
					break
				}
				if y.Kind == vrp.KindJob {
					addTo(load, p.Jobs[y.Index].Delivery, 1)
				}
			}
		case vrp.KindJob:
			addTo(load, p.Jobs[x.Index].Delivery, -1)
			addTo(load, p.Jobs[x.Index].Pickup, 1)
		case vrp.KindPickup:
			addTo(load, p.Shipments[x.Index].Amount, 1)
		case vrp.KindDelivery:
			addTo(load, p.Shipments[x.Index].Amount, -1)
		}
		out.Stops[i].Load = append([]int64(nil), load...)
	}
}

func addTo(sum, amounts []int64, sign int64) {
	for d, a := range amounts {
		sum[d] += sign * a
	}
}
