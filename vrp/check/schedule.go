package check

import (
	"fmt"
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Schedule computes places, times, loads, sums and cost of a route from its vehicle and
// the visits of its stops. Every stop is served as early as it can be; the route itself
// leaves as early as it can, or, where the vehicle pays for duration or has a limit on it
// or some shipment of the problem has a limit on its ride, as late as it can without ending later. An error says that no schedule exists, with the stop where time
// runs out; loads are not judged. O(stops * log horizon).
func Schedule(p *vrp.Problem, r *vrp.Route) error {
	if r.Vehicle < 0 || int(r.Vehicle) >= len(p.Vehicles) {
		return fmt.Errorf("check: no vehicle class %d", r.Vehicle)
	}
	k := &clockwork{tour: tour{referee: &referee{p: p}, t: r, v: &p.Vehicles[r.Vehicle]}}
	first := k.v.Shift.Open
	if release, ok := k.release(0); ok {
		first = max(first, release)
	}
	if err := k.run(first); err != nil {
		return err
	}
	if k.v.PerDuration > 0 || k.v.MaxDuration > 0 || k.rides() {
		if err := k.run(k.latest(first)); err != nil {
			return err
		}
	}
	k.trips(k.fillLoads)
	r.Stops[len(r.Stops)-1].Load = make([]int64, p.Dimensions)
	end := r.Stops[len(r.Stops)-1].Arrive
	r.Cost = vrp.Cost{
		Fixed:    k.v.Fixed,
		Distance: k.v.PerDistance * r.Distance,
		Driving:  k.v.PerDriving * r.Driving,
		Duration: k.v.PerDuration * (end - r.Stops[0].Depart),
		Service:  k.v.PerService * k.task,
		Toll:     k.v.PerToll * r.Toll,
	}
	return nil
}

// Complete schedules every route of s and recomputes its cost. Work that is in no route
// must already be in s.Unassigned. O(stops * log horizon).
func Complete(p *vrp.Problem, s *vrp.Solution) error {
	for i := range s.Routes {
		if err := Schedule(p, &s.Routes[i]); err != nil {
			return fmt.Errorf("route %d: %w", i, err)
		}
	}
	report := Solution(p, s)
	s.Cost = report.Cost
	return nil
}

// rides reports whether any shipment has a limit on its ride.
func (k *clockwork) rides() bool {
	return slices.ContainsFunc(k.p.Shipments, func(s vrp.Shipment) bool { return s.MaxRide > 0 })
}

// clockwork runs the earliest schedule of one route.
type clockwork struct{ tour }

// release is the moment before which the trip that begins at stop i cannot leave.
func (k *clockwork) release(i int) (int64, bool) {
	latest, bound := int64(0), false
	for i++; i < len(k.t.Stops) && k.t.Stops[i].Kind != vrp.KindReload; i++ {
		if x, ok := k.p.Release(k.t.Stops[i].Visit); ok && (!bound || x > latest) {
			latest, bound = x, true
		}
	}
	return latest, bound
}

// latest is the last departure that still ends at the same moment as leaving at first.
func (k *clockwork) latest(first int64) int64 {
	end := k.t.Stops[len(k.t.Stops)-1].Arrive
	lo, hi := first, end
	for lo < hi {
		mid := lo + (hi-lo+1)/2
		if k.run(mid) == nil && k.t.Stops[len(k.t.Stops)-1].Arrive == end {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

// run writes the earliest times of all stops for a departure at clock.
func (k *clockwork) run(clock int64) error {
	r := k.t
	r.Distance, r.Driving, r.Service, r.Waiting, r.Toll = 0, 0, 0, 0, 0
	k.task = 0
	stops := r.Stops
	stops[0].Place = k.v.Start
	stops[0].Arrive, stops[0].Start, stops[0].Depart = clock, clock, clock
	k.place = k.v.Start
	for i := 1; i < len(stops); {
		j := i
		for j < len(stops) && stops[j].Kind == vrp.KindBreak {
			j++
		}
		if j == len(stops) {
			return fmt.Errorf("check: the route has no end")
		}
		to := k.at(stops[j].Visit)
		d := k.p.DistanceBetween(k.v.Profile, k.place, to)
		s := k.p.DurationBetween(k.v.Profile, k.place, to, clock)
		if d == vrp.Unreachable || s == vrp.Unreachable {
			return fmt.Errorf("check: stop %d: no way from place %d to place %d", j, k.place, to)
		}
		r.Distance += int64(d)
		r.Driving += int64(s)
		r.Toll += int64(k.p.TollBetween(k.v.Profile, k.place, to))
		rest := int64(s)
		for ; i < j; i++ {
			var err error
			if clock, rest, err = k.rest(i, clock, rest); err != nil {
				return err
			}
		}
		next, err := k.serve(i, clock+rest)
		if err != nil {
			return err
		}
		clock = next
		i++
	}
	return nil
}

func (k *clockwork) rest(i int, clock, rest int64) (int64, int64, error) {
	x := &k.t.Stops[i]
	b := &k.v.Breaks[x.Index]
	start, ok := earliest(b.Windows, clock)
	if !ok {
		return 0, 0, fmt.Errorf("check: stop %d: the break comes too late at %d", i, clock)
	}
	x.Place, x.Arrive, x.Start, x.Depart = -1, clock, start, start+b.Duration
	driven := min(rest, start-clock)
	k.t.Service += b.Duration
	k.t.Waiting += start - clock - driven
	return x.Depart, rest - driven, nil
}

func (k *clockwork) serve(i int, arrive int64) (int64, error) {
	x := &k.t.Stops[i]
	x.Place = k.at(x.Visit)
	var windows []vrp.TimeWindow
	spent := int64(0)
	switch x.Kind {
	case vrp.KindEnd:
		if !k.v.NoLimitShift() && arrive > k.v.Shift.Close {
			return 0, fmt.Errorf("check: stop %d: ends at %d after the shift", i, arrive)
		}
	case vrp.KindReload:
		l := &k.v.Reloads[x.Index]
		windows, spent = l.Windows, l.Service
	default:
		s := k.site(x.Visit)
		windows, spent = s.Windows, k.taskTime(s)
		k.task += spent
	}
	start, ok := earliest(windows, arrive)
	if !ok {
		return 0, fmt.Errorf("check: stop %d: arrives at %d after the last window", i, arrive)
	}
	x.Arrive, x.Start, x.Depart = arrive, start, start+spent
	if release, ok := k.release(i); ok && x.Kind == vrp.KindReload {
		x.Depart = max(x.Depart, release)
	}
	k.t.Service += spent
	k.t.Waiting += x.Depart - arrive - spent
	k.place = x.Place
	return x.Depart, nil
}

// earliest is the first moment at or after t inside a window.
func earliest(windows []vrp.TimeWindow, t int64) (int64, bool) {
	for _, w := range windows {
		if t <= w.Close {
			return max(t, w.Open), true
		}
	}
	return t, len(windows) == 0
}

func (k *clockwork) fillLoads(first, last int) {
	load := make([]int64, k.p.Dimensions)
	for i := first + 1; i < last; i++ {
		if x := k.t.Stops[i].Visit; x.Kind == vrp.KindJob {
			add(load, k.p.Jobs[x.Index].Delivery, 1)
		}
	}
	for i := first; i < last; i++ {
		switch x := k.t.Stops[i].Visit; x.Kind {
		case vrp.KindJob:
			add(load, k.p.Jobs[x.Index].Delivery, -1)
			add(load, k.p.Jobs[x.Index].Pickup, 1)
		case vrp.KindPickup:
			add(load, k.p.Shipments[x.Index].Amount, 1)
		case vrp.KindDelivery:
			add(load, k.p.Shipments[x.Index].Amount, -1)
		}
		k.t.Stops[i].Load = append([]int64(nil), load...)
	}
}
