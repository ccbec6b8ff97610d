package check

import (
	"fmt"
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Step is one stop of a given sequence. Within, where set, bounds its start; keeping such
// bounds comes before keeping windows, shifts and breaks.
type Step struct {
	vrp.Visit
	Within *vrp.TimeWindow
}

// Sequence is what one vehicle is to do, in this order. A start and an end may be left out.
type Sequence struct {
	Vehicle int32
	Steps   []Step
}

// Plan chooses the times of given sequences, whether or not they can be kept, so that the
// sum by which steps miss their bounds is least, then the sum by which stops, breaks and
// shifts miss their windows (too early or too late, each counted from the nearest window),
// then so that no shift begins early in vain and everything is as early as it can be; vehicles that pay for their duration or
// have a limit on it, and all where rides are limited, then leave as late as that allows. It
// is the least for travel without time slices, and with them up to what rounding does
// between two slices. Trips never leave before their release.
//
// The report names every rule that the plan breaks, with the size; work that no sequence
// holds is unassigned as not planned. An error says that a sequence names a vehicle, visit
// or order that does not exist, or serves something twice. The problem must be valid.
// O(n * w) times and O(n * w log w) operations a route of n stops with w window bounds in all,
// w^2 for each leg with breaks.
func Plan(p *vrp.Problem, sequences []Sequence) (vrp.Solution, Report, error) {
	var s vrp.Solution
	var bounds []Violation
	planned := map[vrp.Visit]bool{}
	for i := range sequences {
		q := &sequences[i]
		k, err := newPlanner(p, q, planned)
		if err != nil {
			return vrp.Solution{}, Report{}, fmt.Errorf("check: sequence %d: %w", i, err)
		}
		if k == nil {
			continue // a vehicle that does nothing
		}
		k.choose()
		k.write()
		bounds = append(bounds, k.missedBounds(len(s.Routes))...)
		s.Routes = append(s.Routes, *k.t)
	}
	leave := func(x vrp.Visit) {
		if !planned[x] {
			s.Unassigned = append(s.Unassigned, vrp.Unassigned{Visit: x, Reason: vrp.ReasonNotPlanned})
		}
	}
	for i := range p.Jobs {
		leave(vrp.Visit{Kind: vrp.KindJob, Index: int32(i)})
	}
	for i := range p.Shipments {
		leave(vrp.Visit{Kind: vrp.KindPickup, Index: int32(i)})
	}
	s.Cost = Solution(p, &s).Cost
	r := Solution(p, &s)
	r.Violations = append(bounds, r.Violations...)
	return s, r, nil
}

// newPlanner lays out the stops of a sequence; nil for one that serves nothing.
func newPlanner(p *vrp.Problem, q *Sequence, planned map[vrp.Visit]bool) (*planner, error) {
	if q.Vehicle < 0 || int(q.Vehicle) >= len(p.Vehicles) {
		return nil, fmt.Errorf("no vehicle class %d", q.Vehicle)
	}
	v := &p.Vehicles[q.Vehicle]
	steps := slices.Clone(q.Steps)
	if len(steps) == 0 || steps[0].Kind != vrp.KindStart {
		steps = slices.Insert(steps, 0, Step{Visit: vrp.Visit{Kind: vrp.KindStart}})
	}
	if last := steps[len(steps)-1]; last.Kind != vrp.KindEnd {
		steps = append(steps, Step{Visit: vrp.Visit{Kind: vrp.KindEnd}})
	}
	t := &vrp.Route{Vehicle: q.Vehicle}
	serves := false
	for i, x := range steps {
		n := 0
		switch x.Kind {
		case vrp.KindStart, vrp.KindEnd:
			if (x.Kind == vrp.KindStart) != (i == 0) || (x.Kind == vrp.KindEnd) != (i == len(steps)-1) {
				return nil, fmt.Errorf("step %d: a %v inside the sequence", i, x.Kind)
			}
			n = 1
		case vrp.KindJob:
			n = len(p.Jobs)
		case vrp.KindPickup, vrp.KindDelivery:
			n = len(p.Shipments)
		case vrp.KindReload:
			n = len(v.Reloads)
		case vrp.KindBreak:
			n = len(v.Breaks)
		}
		if x.Index < 0 || int(x.Index) >= n {
			return nil, fmt.Errorf("step %d: no %v %d", i, x.Kind, x.Index)
		}
		if x.Kind == vrp.KindJob || x.Kind == vrp.KindPickup || x.Kind == vrp.KindDelivery {
			if planned[x.Visit] {
				return nil, fmt.Errorf("step %d: %v %d is planned twice", i, x.Kind, x.Index)
			}
			planned[x.Visit] = true
			serves = true
		}
		t.Stops = append(t.Stops, vrp.Stop{Visit: x.Visit})
	}
	if !serves {
		return nil, nil
	}
	k := &planner{clockwork: clockwork{tour: tour{referee: &referee{p: p}, t: t, v: v}}, steps: steps}
	k.layOut()
	return k, nil
}

// write fills in the stops from the chosen moments.
func (k *planner) write() {
	stops := k.t.Stops
	k.place = k.v.Start
	clock := int64(0)
	for i := range k.halts {
		h := &k.halts[i]
		x := &stops[h.stop]
		x.Place = h.place
		arrive := k.at[i]
		if i > 0 {
			rest := h.drive(clock)
			k.t.Driving += rest
			k.t.Distance += h.length
			k.t.Toll += int64(k.p.TollBetween(k.v.Profile, k.halts[i-1].place, h.place))
			for j, b := range h.breaks {
				y := &stops[b.stop]
				y.Place, y.Arrive, y.Start, y.Depart = -1, clock, k.pauses[b.stop], k.pauses[b.stop]+b.spent
				driven := min(rest, y.Start-clock)
				k.t.Service += b.spent
				k.t.Waiting += y.Start - clock - driven
				rest -= driven
				clock = h.breaks[j].spent + y.Start
			}
			arrive = clock + rest
		}
		x.Arrive, x.Start = arrive, k.at[i]
		x.Depart = h.leave(k.at[i])
		k.t.Waiting += x.Depart - arrive - h.spent
		k.t.Service += h.spent
		if h.task {
			k.task += h.spent
		}
		clock = x.Depart
	}
	k.trips(k.fillLoads)
	last := &stops[len(stops)-1]
	last.Load = make([]int64, k.p.Dimensions)
	k.t.Cost = vrp.Cost{
		Fixed:    k.v.Fixed,
		Distance: k.v.PerDistance * k.t.Distance,
		Driving:  k.v.PerDriving * k.t.Driving,
		Duration: k.v.PerDuration * (last.Arrive - stops[0].Depart),
		Service:  k.v.PerService * k.task,
		Toll:     k.v.PerToll * k.t.Toll,
	}
}

// missedBounds names the steps that start outside their own bounds.
func (k *planner) missedBounds(route int) []Violation {
	var out []Violation
	for i, x := range k.steps {
		if x.Within == nil {
			continue
		}
		if off := miss([]vrp.TimeWindow{*x.Within}, k.t.Stops[i].Start); off != 0 {
			out = append(out, Violation{Rule: RuleStep, Route: route, Stop: i, Size: off,
				Detail: fmt.Sprintf("starts at %d, asked for %d to %d", k.t.Stops[i].Start, x.Within.Open, x.Within.Close)})
		}
	}
	return out
}

// miss is how far a moment lies from the nearest window: negative when it is too early.
func miss(windows []vrp.TimeWindow, t int64) int64 {
	best, off := int64(-1), int64(0)
	for _, w := range windows {
		d := int64(0)
		switch {
		case t < w.Open:
			d = t - w.Open
		case t > w.Close:
			d = t - w.Close
		}
		if size := max(d, -d); best < 0 || size < best {
			best, off = size, d
		}
	}
	return off
}
