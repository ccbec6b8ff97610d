package check

import (
	"github.com/logistica-inteligente/rumbo/vrp"
)

// tour is the walk along one route.
type tour struct {
	*referee
	r       int
	t       *vrp.Route
	v       *vrp.Vehicle
	place   int32 // of the last stop that has one
	driving int64
	dist    int64
	service int64
	waiting int64
	task    int64 // setup and service at jobs, pickups and deliveries
	toll    int64
}

// route checks times, loads, limits and pairs of route r and adds its cost.
func (c *referee) route(r int) {
	t := &c.s.Routes[r]
	w := &tour{referee: c, r: r, t: t, v: &c.p.Vehicles[t.Vehicle]}
	w.times()
	w.skills()
	w.releases()
	w.pairs()
	w.loads()
	w.breaks()
	w.backhauls()
	w.limits()
}

// at is where a stop must be.
func (w *tour) at(x vrp.Visit) int32 {
	switch x.Kind {
	case vrp.KindStart:
		return w.v.Start
	case vrp.KindEnd:
		return w.v.End
	case vrp.KindReload:
		return w.v.Reloads[x.Index].Place
	case vrp.KindBreak:
		return -1
	}
	return w.site(x).Place
}

func (w *tour) site(x vrp.Visit) *vrp.Site {
	switch x.Kind {
	case vrp.KindPickup:
		return &w.p.Shipments[x.Index].Pickup
	case vrp.KindDelivery:
		return &w.p.Shipments[x.Index].Delivery
	}
	return &w.p.Jobs[x.Index].Site
}

// times follows the clock along the route. Between two stops with a place the leg may hold
// breaks; rest is what is left to drive of it.
func (w *tour) times() {
	stops := w.t.Stops
	start := &stops[0]
	if start.Arrive != start.Depart || start.Start != start.Depart {
		w.broken(RuleTime, w.r, 0, "the start takes no time")
	}
	if !w.v.NoLimitShift() && start.Depart < w.v.Shift.Open {
		w.missed(start.Depart-w.v.Shift.Open, RuleShift, w.r, 0, "leaves at %d, shift opens at %d", start.Depart, w.v.Shift.Open)
	}
	w.place = w.v.Start
	w.checkPlace(0)
	clock := start.Depart
	for i := 1; i < len(stops); {
		j := i
		for stops[j].Kind == vrp.KindBreak {
			j++
		}
		rest := w.leg(j, clock)
		for ; i < j; i++ {
			clock, rest = w.pause(i, clock, rest)
		}
		clock = w.stop(i, clock+rest)
		i++
	}
}

func (w *tour) checkPlace(i int) {
	if want := w.at(w.t.Stops[i].Visit); w.t.Stops[i].Place != want {
		w.broken(RuleForm, w.r, i, "is at place %d, must be at %d", w.t.Stops[i].Place, want)
	}
}

// leg adds the drive to stop j, leaving at clock, and returns its duration.
func (w *tour) leg(j int, clock int64) int64 {
	to := w.at(w.t.Stops[j].Visit)
	d := w.p.DistanceBetween(w.v.Profile, w.place, to)
	s := w.p.DurationBetween(w.v.Profile, w.place, to, clock)
	if d == vrp.Unreachable || s == vrp.Unreachable {
		w.broken(RuleUnreachable, w.r, j, "no way from place %d to place %d", w.place, to)
		return 0
	}
	w.dist += int64(d)
	w.driving += int64(s)
	w.toll += int64(w.p.TollBetween(w.v.Profile, w.place, to))
	return int64(s)
}

// pause checks break stop i, begun on the road with rest still to drive.
func (w *tour) pause(i int, clock, rest int64) (int64, int64) {
	b := &w.v.Breaks[w.t.Stops[i].Index]
	x := &w.t.Stops[i]
	w.checkPlace(i)
	if x.Arrive != clock || x.Start < clock || x.Depart != x.Start+b.Duration {
		w.broken(RuleTime, w.r, i, "break from %d at %d to %d does not follow from leaving at %d",
			x.Arrive, x.Start, x.Depart, clock)
	}
	if !inside(b.Windows, x.Start) {
		w.missed(miss(b.Windows, x.Start), RuleWindow, w.r, i, "break starts at %d outside its windows", x.Start)
	}
	w.service += b.Duration
	driven := min(rest, x.Start-clock)
	w.waiting += x.Start - clock - driven
	return x.Depart, rest - driven
}

// stop checks the times of stop i reached at the given moment and returns when it is left.
func (w *tour) stop(i int, arrive int64) int64 {
	x := &w.t.Stops[i]
	w.checkPlace(i)
	if x.Arrive != arrive {
		w.broken(RuleTime, w.r, i, "arrives at %d, stated %d", arrive, x.Arrive)
	}
	if x.Start < x.Arrive {
		w.broken(RuleTime, w.r, i, "starts at %d before it arrives at %d", x.Start, x.Arrive)
	}
	w.waiting += x.Start - x.Arrive
	var windows []vrp.TimeWindow
	spent := int64(0)
	switch x.Kind {
	case vrp.KindEnd:
		if !w.v.NoLimitShift() && x.Arrive > w.v.Shift.Close {
			w.missed(x.Arrive-w.v.Shift.Close, RuleShift, w.r, i, "ends at %d, shift closes at %d", x.Arrive, w.v.Shift.Close)
		}
		if x.Start != x.Arrive {
			w.broken(RuleTime, w.r, i, "waits at the end")
		}
	case vrp.KindReload:
		l := &w.v.Reloads[x.Index]
		windows, spent = l.Windows, l.Service
		// A vehicle may stay at the reload until the goods of its next trip are released.
		w.waiting += max(0, x.Depart-x.Start-spent)
		spent = max(spent, x.Depart-x.Start)
	default:
		s := w.site(x.Visit)
		windows, spent = s.Windows, w.taskTime(s)
		w.task += spent
	}
	if !inside(windows, x.Start) {
		w.missed(miss(windows, x.Start), RuleWindow, w.r, i, "starts at %d outside its windows", x.Start)
	}
	if x.Depart != x.Start+spent {
		w.broken(RuleTime, w.r, i, "leaves at %d, stated %d", x.Start+spent, x.Depart)
	}
	w.service += spent
	if x.Kind == vrp.KindReload {
		w.service -= x.Depart - x.Start - w.v.Reloads[x.Index].Service
	}
	w.place = x.Place
	return x.Depart
}

// taskTime is the setup and service at a site, coming from w.place.
func (w *tour) taskTime(s *vrp.Site) int64 {
	if s.Place == w.place {
		_, service := s.Times(w.v.Type)
		return service
	}
	setup, service := s.Times(w.v.Type)
	return setup + service
}

func inside(windows []vrp.TimeWindow, t int64) bool {
	for _, w := range windows {
		if w.Open <= t && t <= w.Close {
			return true
		}
	}
	return len(windows) == 0
}

// limits checks the sums of the route and adds its cost to the report.
func (w *tour) limits() {
	v, t := w.v, w.t
	duration := t.Stops[len(t.Stops)-1].Arrive - t.Stops[0].Depart
	work := 0
	for i := range t.Stops {
		if k := t.Stops[i].Kind; k == vrp.KindJob || k == vrp.KindPickup || k == vrp.KindDelivery {
			work++
		}
	}
	w.limit(RuleDistance, v.MaxDistance, w.dist)
	w.limit(RuleDriving, v.MaxDriving, w.driving)
	w.limit(RuleDuration, v.MaxDuration, duration)
	w.limit(RuleStops, int64(v.MaxStops), int64(work))
	if t.Distance != w.dist || t.Driving != w.driving || t.Service != w.service || t.Waiting != w.waiting || t.Toll != w.toll {
		w.broken(RuleClaim, w.r, -1, "distance %d driving %d service %d waiting %d toll %d stated, are %d %d %d %d %d",
			t.Distance, t.Driving, t.Service, t.Waiting, t.Toll, w.dist, w.driving, w.service, w.waiting, w.toll)
	}
	cost := vrp.Cost{
		Fixed:    v.Fixed,
		Distance: v.PerDistance * w.dist,
		Driving:  v.PerDriving * w.driving,
		Duration: v.PerDuration * duration,
		Service:  v.PerService * w.task,
		Toll:     v.PerToll * w.toll,
	}
	if t.Cost != cost {
		w.broken(RuleClaim, w.r, -1, "cost stated %+v, is %+v", t.Cost, cost)
	}
	w.report.Cost = w.report.Cost.Add(cost)
}

func (w *tour) limit(rule Rule, most, is int64) {
	if most > 0 && is > most {
		w.missed(is-most, rule, w.r, -1, "%d exceeds %d", is, most)
	}
}
