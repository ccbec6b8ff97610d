package check_test

import (
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
)

// street is a problem along one straight street, a place at every 10 units from 0: the depot
// is place 0, and everything a route can do appears once. All distances are durations.
func street() *vrp.Problem {
	p := &vrp.Problem{
		Dimensions: 2,
		Profiles: []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, Round: vrp.Nearest,
			DistanceFactor: 1, DurationFactor: 1}}},
	}
	for i := range 8 {
		p.Places = append(p.Places, vrp.Place{X: float64(10 * i)})
	}
	at := func(place int32, windows ...vrp.TimeWindow) vrp.Site {
		return vrp.Site{Place: place, Service: 5, Setup: 2, Windows: windows}
	}
	p.Jobs = []vrp.Job{
		0: {Site: at(1, vrp.TimeWindow{Open: 0, Close: 100}), Delivery: []int64{3, 1}},
		1: {Site: at(2), Pickup: []int64{4, 0}, Skills: []int32{7}},
		2: {Site: at(3), Delivery: []int64{2, 2}, Release: 40},
		3: {Site: at(4), Terms: vrp.Terms{Group: 1}},
		4: {Site: at(5), Terms: vrp.Terms{Group: 1}},
		5: {Site: at(6), Terms: vrp.Terms{Optional: true, Prize: 77}},
	}
	p.Shipments = []vrp.Shipment{
		{Pickup: at(1), Delivery: at(2, vrp.TimeWindow{Open: 50, Close: 60}, vrp.TimeWindow{Open: 200, Close: 300}), Amount: []int64{1, 1}, MaxRide: 250},
	}
	p.Vehicles = []vrp.Vehicle{
		{Count: 1, Start: 0, End: 0, Capacity: []int64{5, 5}, Skills: []int32{7, 9}, Shift: vrp.TimeWindow{Open: 10, Close: 1000},
			Fixed: 100, PerDistance: 2, PerDriving: 3, PerDuration: 1,
			MaxDistance: 200, MaxDriving: 200, MaxDuration: 900, MaxStops: 6, MaxTrips: 2, Backhaul: vrp.BackhaulLast,
			Breaks:  []vrp.Break{{Windows: []vrp.TimeWindow{{Open: 100, Close: 400}}, Duration: 30, MaxLoad: []int64{5, 2}}},
			Reloads: []vrp.Reload{{Place: 0, Service: 8, Windows: []vrp.TimeWindow{{Open: 0, Close: 800}}}}},
		{Count: 2, Start: 7, End: -1, Capacity: []int64{9, 9}},
	}
	return p
}

func visit(kind vrp.StopKind, index int32) vrp.Stop {
	return vrp.Stop{Visit: vrp.Visit{Kind: kind, Index: index}}
}

func route(vehicle int32, stops ...vrp.Stop) vrp.Route {
	stops = append([]vrp.Stop{visit(vrp.KindStart, 0)}, stops...)
	return vrp.Route{Vehicle: vehicle, Stops: append(stops, visit(vrp.KindEnd, 0))}
}

func job(i int32) vrp.Stop { return visit(vrp.KindJob, i) }

// day serves the street: one trip with the shipment, the pickup and the first delivery, a
// break, a reload, another delivery; a second vehicle takes the alternative.
func day() vrp.Solution {
	return vrp.Solution{
		Routes: []vrp.Route{
			route(0, job(0), visit(vrp.KindPickup, 0), visit(vrp.KindDelivery, 0), job(1), visit(vrp.KindBreak, 0), visit(vrp.KindReload, 0), job(2)),
			route(1, job(4)),
		},
		Unassigned: []vrp.Unassigned{
			{Visit: vrp.Visit{Kind: vrp.KindJob, Index: 3}, Reason: vrp.ReasonAlternative},
			{Visit: vrp.Visit{Kind: vrp.KindJob, Index: 5}, Reason: vrp.ReasonPrize},
		},
	}
}

func completed(t *testing.T) (*vrp.Problem, vrp.Solution) {
	t.Helper()
	p, s := street(), day()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if err := check.Complete(p, &s); err != nil {
		t.Fatal(err)
	}
	return p, s
}

// The schedule by hand.
func TestCompleteByHand(t *testing.T) {
	p, s := completed(t)
	r := check.Solution(p, &s)
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	if r.Served != 5 || r.Missing != 0 || r.Vehicles != 2 {
		t.Errorf("served %d, missing %d, vehicles %d", r.Served, r.Missing, r.Vehicles)
	}
	// Route 0 drives 10, 0, 10, 0, 20 back, 30, 30 back. Job 0 with setup 7, pickup at the same
	// place 5, delivery with setup 7 in its window from 200, job 1 at the same place 5, reload 8
	// and job 2 7, the break 30.
	first := &s.Routes[0]
	if first.Distance != 100 || first.Driving != 100 || first.Service != 7+5+7+5+30+8+7 {
		t.Errorf("route 0: distance %d, driving %d, service %d", first.Distance, first.Driving, first.Service)
	}
	// The break opens at 100, when the 20 units to the reload are driven: max(d+t, Open) + Duration.
	out, brk, reload := first.Stops[4], first.Stops[5], first.Stops[6]
	if brk.Start != 100 || brk.Place != -1 || out.Depart+20 > 100 || reload.Arrive != 130 {
		t.Errorf("break %+v after %+v, reload %+v", brk, out, reload)
	}
	if got := first.Stops[0].Load; got[0] != 3 || got[1] != 1 {
		t.Errorf("leaves with %v", got)
	}
	if got := first.Stops[4].Load; got[0] != 4 || got[1] != 0 {
		t.Errorf("after the pickup %v", got)
	}
	duration := first.Stops[8].Arrive - first.Stops[0].Depart
	want := vrp.Cost{Fixed: 100, Distance: 200, Driving: 300, Duration: duration}
	if first.Cost != want {
		t.Errorf("cost %+v, want %+v", first.Cost, want)
	}
	// Waiting for the shipment's second window is avoided by the first: 50 to 60 is reached.
	if d := first.Stops[3]; d.Start < 50 || d.Start > 60 {
		t.Errorf("delivery starts at %d", d.Start)
	}
	// Route 1: open end, free of charge. The prize of job 5 is lost, job 3 has an alternative.
	if s.Routes[1].Distance != 20 || s.Cost.Prize != 77 || s.Cost.Total() != want.Total()+77 {
		t.Errorf("distance %d, cost %+v", s.Routes[1].Distance, s.Cost)
	}
}

// TestEveryRuleIsSeen breaks one thing at a time, in the solution or in the problem that it
// answers, and expects the rule to be named.
func TestEveryRuleIsSeen(t *testing.T) {
	type broken struct {
		name  string
		rule  check.Rule
		wreck func(*vrp.Problem, *vrp.Solution)
	}
	window := func(open, closes int64) []vrp.TimeWindow { return []vrp.TimeWindow{{Open: open, Close: closes}} }
	for _, x := range []broken{
		{"no such class", check.RuleForm, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[0].Vehicle = 9 }},
		{"no end", check.RuleForm, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[1].Stops = s.Routes[1].Stops[:2] }},
		{"no such job", check.RuleForm, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[1].Stops[1].Index = 99 }},
		{"start in the middle", check.RuleForm, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[1].Stops[1].Kind = vrp.KindStart }},
		{"another place", check.RuleForm, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[1].Stops[1].Place = 1 }},
		{"empty route", check.RuleForm, func(_ *vrp.Problem, s *vrp.Solution) {
			s.Routes[0].Stops = []vrp.Stop{s.Routes[0].Stops[0], s.Routes[0].Stops[5], s.Routes[0].Stops[8]}
		}},
		{"served twice", check.RuleCoverage, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[1].Stops[1].Index = 0 }},
		{"forgotten", check.RuleCoverage, func(_ *vrp.Problem, s *vrp.Solution) { s.Unassigned = s.Unassigned[:1] }},
		{"served and unassigned", check.RuleCoverage, func(_ *vrp.Problem, s *vrp.Solution) { s.Unassigned[1].Index = 0 }},
		{"without a reason", check.RuleReason, func(_ *vrp.Problem, s *vrp.Solution) { s.Unassigned[1].Reason = vrp.ReasonNone }},
		{"two alternatives", check.RuleGroup, func(p *vrp.Problem, _ *vrp.Solution) { p.Jobs[0].Group = 1 }},
		{"fleet too small", check.RuleFleet, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[1].Vehicle = 0 }},
		{"skill", check.RuleSkill, func(p *vrp.Problem, _ *vrp.Solution) { p.Jobs[1].Skills = []int32{8} }},
		{"capacity at the start", check.RuleCapacity, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].Capacity = []int64{2, 5} }},
		{"capacity on the way", check.RuleCapacity, func(p *vrp.Problem, _ *vrp.Solution) { p.Jobs[1].Pickup = []int64{6, 0} }},
		{"second dimension", check.RuleCapacity, func(p *vrp.Problem, _ *vrp.Solution) { p.Jobs[2].Delivery = []int64{2, 6} }},
		{"no capacity at all", check.RuleCapacity, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].Capacity = nil }},
		{"unreachable", check.RuleUnreachable, func(p *vrp.Problem, _ *vrp.Solution) {
			p.Profiles[0].Distance = make([]int32, 64)
			for i := range p.Profiles[0].Distance {
				p.Profiles[0].Distance[i] = vrp.Unreachable
			}
		}},
		{"arrival", check.RuleTime, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[0].Stops[1].Arrive-- }},
		{"longer service", check.RuleTime, func(p *vrp.Problem, _ *vrp.Solution) { p.Jobs[2].Service++ }},
		{"setup", check.RuleTime, func(p *vrp.Problem, _ *vrp.Solution) { p.Jobs[0].Setup = 0 }},
		{"travel", check.RuleTime, func(p *vrp.Problem, _ *vrp.Solution) { p.Places[3].X++ }},
		{"break cut short", check.RuleTime, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].Breaks[0].Duration = 31 }},
		{"waits at the end", check.RuleTime, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[0].Stops[8].Start++ }},
		{"window", check.RuleWindow, func(p *vrp.Problem, _ *vrp.Solution) { p.Jobs[0].Windows = window(0, 20) }},
		{"between windows", check.RuleWindow, func(p *vrp.Problem, _ *vrp.Solution) { p.Shipments[0].Delivery.Windows[0].Close = 51 }},
		{"break window", check.RuleWindow, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].Breaks[0].Windows = window(0, 60) }},
		{"reload window", check.RuleWindow, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].Reloads[0].Windows = window(0, 60) }},
		{"leaves before the shift", check.RuleShift, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].Shift.Open = 500 }},
		{"ends after the shift", check.RuleShift, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].Shift.Close = 100 }},
		{"release of the first trip", check.RuleRelease, func(p *vrp.Problem, _ *vrp.Solution) { p.Jobs[0].Release = 900 }},
		{"release of the second trip", check.RuleRelease, func(p *vrp.Problem, _ *vrp.Solution) { p.Jobs[2].Release = 900 }},
		{"distance", check.RuleDistance, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].MaxDistance = 99 }},
		{"driving", check.RuleDriving, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].MaxDriving = 99 }},
		{"duration", check.RuleDuration, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].MaxDuration = 99 }},
		{"stops", check.RuleStops, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].MaxStops = 4 }},
		{"ride", check.RuleRide, func(p *vrp.Problem, _ *vrp.Solution) { p.Shipments[0].MaxRide = 5 }},
		{"delivery before pickup", check.RulePair, func(_ *vrp.Problem, s *vrp.Solution) {
			stops := s.Routes[0].Stops
			stops[2], stops[3] = stops[3], stops[2]
		}},
		{"delivery in another trip", check.RulePair, func(_ *vrp.Problem, s *vrp.Solution) {
			stops := s.Routes[0].Stops
			stops[3], stops[7] = stops[7], stops[3]
		}},
		{"half a shipment", check.RulePair, func(_ *vrp.Problem, s *vrp.Solution) {
			s.Routes[0].Stops = append(s.Routes[0].Stops[:3:3], s.Routes[0].Stops[4:]...)
		}},
		{"no break", check.RuleBreak, func(p *vrp.Problem, s *vrp.Solution) {
			s.Routes[0].Stops = append(s.Routes[0].Stops[:5:5], s.Routes[0].Stops[6:]...)
		}},
		{"break with too much aboard", check.RuleBreak, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].Breaks[0].MaxLoad = []int64{3, 2} }},
		{"trips", check.RuleTrips, func(p *vrp.Problem, _ *vrp.Solution) { p.Vehicles[0].MaxTrips = 1 }},
		{"delivery after pickup", check.RuleBackhaul, func(_ *vrp.Problem, s *vrp.Solution) {
			stops := s.Routes[0].Stops
			stops[1], stops[4] = stops[4], stops[1]
		}},
		{"pickups alone", check.RuleBackhaul, func(p *vrp.Problem, _ *vrp.Solution) {
			p.Vehicles[0].Backhaul = vrp.BackhaulAfterDelivery
			p.Jobs[0].Delivery = nil
		}},
		{"same vehicle", check.RuleRelation, relate(vrp.SameVehicle, 0, 4)},
		{"different vehicles", check.RuleRelation, relate(vrp.DifferentVehicles, 0, 2)},
		{"in order", check.RuleRelation, relate(vrp.InOrder, 2, 0)},
		{"in sequence", check.RuleRelation, relate(vrp.InSequence, 0, 1)},
		{"locked to another", check.RuleLock, lock(vrp.LockVehicle, 4)},
		{"locked order", check.RuleLock, lock(vrp.LockOrder, 1, 0)},
		{"locked head", check.RuleLock, lock(vrp.LockHead, 1)},
		{"locked and left out", check.RuleLock, lock(vrp.LockVehicle, 5)},
		{"cost of a route", check.RuleClaim, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[0].Cost.Fixed-- }},
		{"cost of the whole", check.RuleClaim, func(_ *vrp.Problem, s *vrp.Solution) { s.Cost.Prize = 0 }},
		{"sums of a route", check.RuleClaim, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[0].Waiting++ }},
		{"load of a stop", check.RuleClaim, func(_ *vrp.Problem, s *vrp.Solution) { s.Routes[0].Stops[2].Load[0]++ }},
	} {
		t.Run(x.name, func(t *testing.T) {
			p, s := completed(t)
			x.wreck(p, &s)
			r := check.Solution(p, &s)
			if r.Feasible() {
				t.Fatal("nothing noticed")
			}
			for _, v := range r.Violations {
				if v.Rule == x.rule {
					return
				}
			}
			t.Errorf("no %s among %v", x.rule, r.Violations)
		})
	}
}

func relate(kind vrp.RelationKind, jobs ...int32) func(*vrp.Problem, *vrp.Solution) {
	return func(p *vrp.Problem, _ *vrp.Solution) {
		p.Relations = []vrp.Relation{{Kind: kind, Visits: visits(jobs)}}
	}
}

func lock(kind vrp.LockKind, jobs ...int32) func(*vrp.Problem, *vrp.Solution) {
	return func(p *vrp.Problem, _ *vrp.Solution) {
		p.Locks = []vrp.Lock{{Vehicle: 0, Kind: kind, Visits: visits(jobs)}}
	}
}

func visits(jobs []int32) []vrp.Visit {
	var list []vrp.Visit
	for _, i := range jobs {
		list = append(list, vrp.Visit{Kind: vrp.KindJob, Index: i})
	}
	return list
}

// What a relation or lock allows is not reported.
func TestKeptRelationsAndLocks(t *testing.T) {
	for name, bind := range map[string]func(*vrp.Problem, *vrp.Solution){
		"same":      relate(vrp.SameVehicle, 0, 2),
		"different": relate(vrp.DifferentVehicles, 0, 4),
		"order":     relate(vrp.InOrder, 0, 1, 2),
		"unserved":  relate(vrp.SameVehicle, 0, 5),
		"vehicle":   lock(vrp.LockVehicle, 1, 0),
		"in order":  lock(vrp.LockOrder, 0, 2),
		"head":      lock(vrp.LockHead, 0),
	} {
		p, s := completed(t)
		bind(p, &s)
		if r := check.Solution(p, &s); r.Err() != nil {
			t.Errorf("%s: %v", name, r.Err())
		}
	}
}

// Missing required work is counted, not a violation: a group once, optional work never.
func TestMissingIsCounted(t *testing.T) {
	p, s := completed(t)
	s.Routes = s.Routes[:1]
	s.Unassigned[0].Reason = vrp.ReasonNoVehicleLeft
	s.Unassigned = append(s.Unassigned, vrp.Unassigned{Visit: vrp.Visit{Kind: vrp.KindJob, Index: 4}, Reason: vrp.ReasonNoVehicleLeft})
	r := check.Solution(p, &s)
	if r.Err() != nil || r.Missing != 1 || s.MissingRequired(p) != 1 {
		t.Errorf("missing %d and %d, %v", r.Missing, s.MissingRequired(p), r.Err())
	}
}

func TestScheduleSaysWhereTimeRunsOut(t *testing.T) {
	for name, x := range map[string]struct {
		wreck func(*vrp.Problem)
		says  string
	}{
		"class":   {func(p *vrp.Problem) { p.Vehicles = p.Vehicles[:0] }, "no vehicle class"},
		"window":  {func(p *vrp.Problem) { p.Jobs[0].Windows[0].Close = 15 }, "stop 1: arrives at 20"},
		"break":   {func(p *vrp.Problem) { p.Vehicles[0].Breaks[0].Windows[0] = vrp.TimeWindow{Open: 10, Close: 20} }, "stop 5"},
		"shift":   {func(p *vrp.Problem) { p.Vehicles[0].Shift.Close = 50 }, "after the shift"},
		"no road": {func(p *vrp.Problem) { p.Places[1].X = 1e11 }, "no way"},
	} {
		p, s := street(), day()
		x.wreck(p)
		if err := check.Complete(p, &s); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := route(0, visit(vrp.KindBreak, 0))
	r.Stops = r.Stops[:2]
	if err := check.Schedule(street(), &r); err == nil {
		t.Error("a route without an end was scheduled")
	}
}
