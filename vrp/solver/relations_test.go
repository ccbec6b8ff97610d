package solver_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
	"pgregory.net/rapid"
)

// visits of all jobs and shipments.
func (d *drawer) visits() []vrp.Visit {
	var all []vrp.Visit
	for i := range d.p.Jobs {
		all = append(all, vrp.Visit{Kind: vrp.KindJob, Index: int32(i)})
	}
	for i := range d.p.Shipments {
		all = append(all, vrp.Visit{Kind: vrp.KindPickup, Index: int32(i)}, vrp.Visit{Kind: vrp.KindDelivery, Index: int32(i)})
	}
	return all
}

// some draws a few distinct visits in any order.
func (d *drawer) some(all []vrp.Visit) []vrp.Visit {
	var out []vrp.Visit
	for range d.num("members", 0, 4) {
		if len(all) == 0 {
			break
		}
		x := all[d.num("member", 0, int64(len(all)-1))]
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// relations draws relations of all kinds, which may contradict each other.
func (d *drawer) relations() {
	all := d.visits()
	for range d.num("relations", 1, 3) {
		r := vrp.Relation{Kind: vrp.RelationKind(d.num("relation", 0, 3)), Visits: d.some(all)}
		if r.Kind == vrp.DifferentVehicles {
			r.Visits = slices.DeleteFunc(r.Visits, func(x vrp.Visit) bool { return x.Kind == vrp.KindDelivery })
		}
		d.p.Relations = append(d.p.Relations, r)
	}
}

// Locks of every kind beside relations: no rule is broken but that locked work may be left
// undone where its lock makes it impossible.
func TestLocksAndRelationsAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.relations, f.hetero = rapid.Bool().Draw(t, "also relations"), true
		p := drawProblem(t, f, 8)
		d := &drawer{T: t, f: f, p: p}
		all := d.visits()
		for i := range p.Vehicles {
			p.Vehicles[i].Count = 1
			l := vrp.Lock{Vehicle: int32(i), Kind: vrp.LockKind(d.num("lock", 0, 2)), Visits: d.some(all)}
			all = slices.DeleteFunc(all, func(x vrp.Visit) bool { return slices.Contains(l.Visits, x) })
			p.Locks = append(p.Locks, l)
		}
		if err := p.Validate(); err != nil {
			t.Fatalf("%v", err)
		}
		s, _, err := solver.Run(context.Background(), p, solver.Options{Seed: 2, Iterations: 100})
		if err != nil {
			t.Fatalf("%v", err)
		}
		r := check.Solution(p, &s)
		for _, v := range r.Violations {
			if v.Rule != check.RuleLock || v.Route >= 0 {
				t.Fatalf("%v", v)
			}
		}
	})
}

// tiny is the random problem of a seed with at most five stops and three vehicles.
func tiny(seed int, change func(*features)) *vrp.Problem {
	return rapid.Custom(func(t *rapid.T) *vrp.Problem {
		f := drawFeatures(t)
		// Where the direct way is longer than a detour, two stops can be feasible together
		// and neither alone; putting stops back one at a time does not find that.
		f.reloads, f.shortest, f.unreachable = false, true, false
		change(&f)
		if f.breaks {
			// Breaks are put where the route ends earliest, which neither the rides on it nor
			// the hours of its driving need to like.
			f.rides, f.slices = false, false
		}
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
	}).Example(seed)
}

// Tiny problems with relations are solved to the optimum.
func TestTinyProblemsWithRelations(t *testing.T) {
	for seed := range 300 {
		p := tiny(seed, func(f *features) { f.relations = true })
		want := bruteForce(p)
		s := solve(t, p, 3000)
		if got := value(p, &s); got != want {
			t.Errorf("seed %d: got %v, optimum %v", seed, got, want)
		}
	}
}

// Where every relation can be kept beside serving all, all is served: sequences, orders,
// companions and rivals among 100 jobs with windows, three near ones each.
func TestRelationsLeaveNothingOut(t *testing.T) {
	for kind := vrp.SameVehicle; kind <= vrp.InSequence; kind++ {
		r := rand.New(rand.NewPCG(uint64(kind), 2))
		p := &vrp.Problem{Dimensions: 1, Profiles: []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}},
			Vehicles: []vrp.Vehicle{{Count: 100, Capacity: []int64{50}, PerDistance: 1, Shift: vrp.TimeWindow{Close: 9000}}}}
		p.Places = append(p.Places, vrp.Place{X: 500, Y: 500})
		for i := range int32(100) {
			if i%10 == 0 { // a place for the next ten
				p.Places = append(p.Places, vrp.Place{X: float64(r.IntN(1000)), Y: float64(r.IntN(1000))})
			}
			near := p.Places[1+i/10*10]
			if i%10 > 0 {
				p.Places = append(p.Places, vrp.Place{X: near.X + float64(r.IntN(50)), Y: near.Y + float64(r.IntN(50))})
			}
			open := int64(500*(i%10)) + int64(r.IntN(100))
			p.Jobs = append(p.Jobs, vrp.Job{Site: vrp.Site{Place: i + 1, Service: 10, Windows: []vrp.TimeWindow{{Open: open, Close: open + 1500}}},
				Delivery: []int64{int64(1 + r.IntN(10))}})
			if i%10 == 3 {
				p.Relations = append(p.Relations, vrp.Relation{Kind: kind, Visits: jobs(i-3, i-1, i)})
			}
		}
		s := solve(t, p, 3000)
		report := check.Solution(p, &s)
		if err := report.Err(); err != nil || report.Missing > 0 {
			t.Errorf("kind %d: %d missing, %v", kind, report.Missing, err)
		}
	}
}

// Tiny problems with locked heads are solved to the optimum, where heads can be laid at all.
func TestTinyProblemsWithHeads(t *testing.T) {
	judged := 0
	for seed := range 300 {
		p := tiny(seed, func(f *features) { f.shipments, f.groups, f.optional = true, false, false })
		for i := range p.Vehicles {
			p.Vehicles[i].Count = 1
		}
		head := []vrp.Visit{{Kind: vrp.KindPickup}}
		if len(p.Shipments) > 1 {
			head = append(head, vrp.Visit{Kind: vrp.KindPickup, Index: 1})
		} else if len(p.Jobs) > 0 {
			head = append(head, vrp.Visit{Kind: vrp.KindJob})
		}
		p.Locks = []vrp.Lock{{Vehicle: int32(len(p.Vehicles) - 1), Kind: vrp.LockHead, Visits: head}}
		want := bruteForce(p)
		if want[0] == math.MaxInt64 {
			continue // the head by itself breaks a rule
		}
		judged++
		s := solve(t, p, 3000)
		if got := value(p, &s); got != want {
			t.Errorf("seed %d: got %v, optimum %v", seed, got, want)
		}
	}
	if judged < 50 {
		t.Errorf("only %d problems judged", judged)
	}
}

// Tiny problems with breaks are solved to the optimum over all places of the breaks.
func TestTinyProblemsWithBreaks(t *testing.T) {
	for seed := range 200 {
		p := tiny(seed, func(f *features) { f.breaks = true })
		want := bruteForce(p)
		s := solve(t, p, 3000)
		if got := value(p, &s); got != want {
			t.Errorf("seed %d: got %v, optimum %v", seed, got, want)
		}
	}
}

// Tiny problems of jobs with reloads are solved to the optimum over all places of the
// reloads, setups aside: a reload that serves only to be at a place is not looked for.
func TestTinyProblemsWithReloads(t *testing.T) {
	for seed := range 150 {
		p := tiny(seed, func(f *features) {
			f.reloads, f.breaks, f.shipments, f.setup, f.types = true, false, false, false, false
		})
		want := bruteForce(p)
		s := solve(t, p, 3000)
		if got := value(p, &s); got != want {
			t.Errorf("seed %d: got %v, optimum %v", seed, got, want)
		}
	}
}
