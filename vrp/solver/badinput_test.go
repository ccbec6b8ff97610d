package solver_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
)

// onPlane is a problem of jobs at the given places, a depot at the origin and two vehicles of
// capacity 10 that work from 0 to 100.
func onPlane(places ...vrp.Place) *vrp.Problem {
	p := &vrp.Problem{
		Places:     append([]vrp.Place{{}}, places...),
		Profiles:   []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}},
		Dimensions: 1,
		Vehicles:   []vrp.Vehicle{{Count: 2, Capacity: []int64{10}, PerDistance: 1, Shift: vrp.TimeWindow{Close: 100}}},
	}
	for i := range places {
		p.Jobs = append(p.Jobs, vrp.Job{Site: vrp.Site{Place: int32(i + 1)}, Delivery: []int64{4}})
	}
	return p
}

var none, here = vrp.ReasonNone, []vrp.Place{{X: 3, Y: 4}, {X: 6, Y: 8}, {X: 0, Y: 5}}

// Whatever can be served of a difficult problem is served, and of the rest each job has its
// reason; ReasonNone stands for a job that is served.
func TestDifficultProblems(t *testing.T) {
	for _, c := range []struct {
		name  string
		build func() *vrp.Problem
		want  []vrp.Reason
	}{
		{"nothing at all", func() *vrp.Problem { return &vrp.Problem{} }, nil},
		{"no jobs", func() *vrp.Problem { return onPlane() }, nil},
		{"no vehicles", func() *vrp.Problem {
			p := onPlane(here...)
			p.Vehicles = nil
			return p
		}, []vrp.Reason{vrp.ReasonNoVehicleLeft, vrp.ReasonNoVehicleLeft, vrp.ReasonNoVehicleLeft}},
		{"one job", func() *vrp.Problem { return onPlane(here[:1]...) }, []vrp.Reason{none}},
		{"two jobs", func() *vrp.Problem { return onPlane(here[:2]...) }, []vrp.Reason{none, none}},
		{"one vehicle", func() *vrp.Problem {
			p := onPlane(here...)
			p.Vehicles[0].Count = 1
			p.Jobs[0].Priority, p.Jobs[1].Priority = 1, 1
			return p
		}, []vrp.Reason{none, none, vrp.ReasonNoVehicleLeft}},
		{"zero demands", func() *vrp.Problem {
			p := onPlane(here...)
			p.Vehicles[0].Count, p.Vehicles[0].Capacity = 1, nil
			for i := range p.Jobs {
				p.Jobs[i].Delivery = []int64{0}
			}
			return p
		}, []vrp.Reason{none, none, none}},
		{"equal places", func() *vrp.Problem { return onPlane(here[0], here[0], here[0], vrp.Place{}) }, []vrp.Reason{none, none, none, none}},
		{"a demand above every capacity", func() *vrp.Problem {
			p := onPlane(here...)
			p.Jobs[1].Delivery[0] = 11
			return p
		}, []vrp.Reason{none, vrp.ReasonCapacity, none}},
		{"no capacity", func() *vrp.Problem {
			p := onPlane(here...)
			p.Vehicles[0].Capacity = nil
			p.Jobs[2].Delivery = nil
			return p
		}, []vrp.Reason{vrp.ReasonCapacity, vrp.ReasonCapacity, none}},
		{"windows out of reach", func() *vrp.Problem {
			p := onPlane(here...)
			p.Jobs[0].Windows = []vrp.TimeWindow{{Open: 0, Close: 4}}
			p.Jobs[1].Windows = []vrp.TimeWindow{{Open: 91, Close: 95}}
			p.Jobs[2].Windows = []vrp.TimeWindow{{Open: 200, Close: 300}}
			return p
		}, []vrp.Reason{vrp.ReasonTimeWindow, vrp.ReasonShift, vrp.ReasonShift}},
		{"a shift of one moment", func() *vrp.Problem {
			p := onPlane(here[0], vrp.Place{})
			p.Vehicles[0].Shift = vrp.TimeWindow{Open: 7, Close: 7}
			return p
		}, []vrp.Reason{vrp.ReasonShift, none}},
		{"service longer than the day", func() *vrp.Problem {
			p := onPlane(here...)
			p.Jobs[0].Service = 1 << 35
			return p
		}, []vrp.Reason{vrp.ReasonShift, none, none}},
		{"no way", func() *vrp.Problem {
			p := onPlane(here[:2]...)
			no := int32(vrp.Unreachable)
			p.Profiles[0] = vrp.Profile{Distance: []int32{0, 5, no, 5, 0, no, no, no, 0}, Duration: []int32{0, 5, no, 5, 0, no, no, no, 0}}
			return p
		}, []vrp.Reason{none, vrp.ReasonUnreachable}},
		{"limits", func() *vrp.Problem {
			p := onPlane(here...)
			p.Vehicles[0].MaxDistance = 12
			return p
		}, []vrp.Reason{none, vrp.ReasonLimit, none}},
		{"skills", func() *vrp.Problem {
			p := onPlane(here...)
			p.Jobs[0].Skills = []int32{math.MaxInt32}
			return p
		}, []vrp.Reason{vrp.ReasonSkill, none, none}},
		{"relations that cannot be kept", func() *vrp.Problem {
			p := onPlane(here...)
			p.Jobs[2].Priority = 1
			p.Relations = []vrp.Relation{{Kind: vrp.SameVehicle, Visits: jobs(0, 1, 2)}}
			return p
		}, []vrp.Reason{none, vrp.ReasonRelation, none}},
		{"three that may not meet, two vehicles", func() *vrp.Problem {
			p := onPlane(here...)
			p.Relations = []vrp.Relation{{Kind: vrp.DifferentVehicles, Visits: jobs(0, 1, 2)}}
			p.Jobs[0].Priority, p.Jobs[1].Priority = 1, 1
			return p
		}, []vrp.Reason{none, none, vrp.ReasonRelation}},
		{"locked to a vehicle that cannot", func() *vrp.Problem {
			p := onPlane(here...)
			p.Vehicles = append(p.Vehicles, p.Vehicles[0])
			p.Vehicles[1].Count, p.Vehicles[1].Capacity = 1, []int64{1}
			p.Locks = []vrp.Lock{{Vehicle: 1, Kind: vrp.LockOrder, Visits: jobs(0, 1)}}
			return p
		}, []vrp.Reason{vrp.ReasonRelation, vrp.ReasonRelation, none}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := c.build()
			looks := 0 // at a clock that moves by them alone
			for _, o := range []solver.Options{{Iterations: 300}, {Iterations: 300, Threads: 3}, {Budget: 2 * time.Millisecond, Elapsed: func() time.Duration { looks++; return time.Duration(looks) * 200 * time.Microsecond }}} {
				s, _, err := solver.Run(context.Background(), p, o)
				if err != nil {
					t.Fatal(err)
				}
				r := check.Solution(p, &s)
				for _, v := range r.Violations {
					if v.Rule != check.RuleLock || v.Route >= 0 {
						t.Error(v)
					}
				}
				got := make([]vrp.Reason, len(p.Jobs))
				for _, u := range s.Unassigned {
					got[u.Index] = u.Reason
				}
				for i := range got {
					if got[i] != c.want[i] {
						t.Errorf("job %d: %v, want %v", i, got[i], c.want[i])
					}
				}
			}
		})
	}
}

func jobs(list ...int32) []vrp.Visit {
	var out []vrp.Visit
	for _, i := range list {
		out = append(out, vrp.Visit{Kind: vrp.KindJob, Index: i})
	}
	return out
}

// Numbers up to the limits of Validate neither overflow nor change what is best: costs are
// those of the same problem at small prices, times as many.
func TestHugeNumbers(t *testing.T) {
	for seed := range 200 {
		p := tiny(seed, func(f *features) { f.relations, f.types, f.tolls = seed%2 == 0, seed%3 == 0, seed%5 == 0 })
		want := bruteForce(p)
		const factor = int64(1) << 30
		for i := range p.Vehicles {
			v := &p.Vehicles[i]
			v.Fixed, v.PerDistance, v.PerDriving = v.Fixed*factor, v.PerDistance*factor, v.PerDriving*factor
			v.PerDuration, v.PerService, v.PerToll = v.PerDuration*factor, v.PerService*factor, v.PerToll*factor
			if v.NoLimitShift() && v.PerDuration > 0 {
				v.Shift = vrp.TimeWindow{Close: 1 << 16}
			}
		}
		for i := range p.Jobs {
			p.Jobs[i].Prize *= factor
		}
		for i := range p.Shipments {
			p.Shipments[i].Prize *= factor
		}
		if err := p.Validate(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		s := solve(t, p, 3000)
		r := check.Solution(p, &s)
		if err := r.Err(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		want[2] *= factor
		if got := value(p, &s); got != want {
			t.Errorf("seed %d: got %v, optimum %v", seed, got, want)
		}
	}
}

// One step beyond the limits is refused, one step below runs.
func TestLimitsOfNumbers(t *testing.T) {
	for _, c := range []struct {
		name  string
		most  int64
		write func(p *vrp.Problem, x int64)
	}{
		{"amount", 1 << 40, func(p *vrp.Problem, x int64) { p.Jobs[0].Delivery[0], p.Jobs[1].Delivery[0] = x, 0 }},
		{"capacity", 1 << 40, func(p *vrp.Problem, x int64) { p.Vehicles[0].Capacity[0] = x }},
		{"service", 1<<36 - 1, func(p *vrp.Problem, x int64) { p.Jobs[0].Service = x }},
		{"window", 1<<36 - 1, func(p *vrp.Problem, x int64) { p.Jobs[0].Windows = []vrp.TimeWindow{{Open: -x, Close: x}} }},
		{"shift", 1<<36 - 1, func(p *vrp.Problem, x int64) { p.Vehicles[0].Shift = vrp.TimeWindow{Open: -x, Close: x} }},
		{"release", 1<<36 - 1, func(p *vrp.Problem, x int64) { p.Jobs[0].Release = x }},
		{"fixed", 1 << 59, func(p *vrp.Problem, x int64) { p.Vehicles[0].Fixed = x }},
		{"prize", 1 << 60, func(p *vrp.Problem, x int64) { p.Jobs[0].Optional, p.Jobs[0].Prize = true, x }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := onPlane(here[:2]...)
			c.write(p, c.most)
			s := solve(t, p, 200)
			r := check.Solution(p, &s)
			if err := r.Err(); err != nil || s.Cost.Total() < 0 {
				t.Errorf("%v, cost %d", err, s.Cost.Total())
			}
			for _, x := range []int64{4*c.most + 4, math.MaxInt64, math.MinInt64} {
				c.write(p, x)
				if _, _, err := solver.Run(context.Background(), p, solver.Options{Iterations: 1}); !errors.Is(err, vrp.ErrInvalid) {
					t.Errorf("%d is accepted: %v", x, err)
				}
			}
		})
	}
}
