package solver_test

import (
	"context"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
	"pgregory.net/rapid"
)

// Whatever comes out goes in as an initial solution, and nothing gets worse.
func TestSolutionsAreTakenAsInitial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, drawFeatures(t), 10)
		a := solve(t, p, 100)
		b, _, err := solver.Run(context.Background(), p, solver.Options{Seed: 2, Iterations: 1, Initial: &a})
		if err != nil {
			t.Fatalf("%v", err)
		}
		r := check.Solution(p, &b)
		if err := r.Err(); err != nil {
			t.Fatalf("%v", err)
		}
		if less(value(p, &a), value(p, &b)) {
			t.Fatalf("from %v to %v", value(p, &a), value(p, &b))
		}
	})
}

// What a solution serves can be locked, as a whole head or to its vehicle, and stays.
func TestLocksAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.groups = false
		p := drawProblem(t, f, 8)
		for i := range p.Vehicles {
			p.Vehicles[i].Count = 1
		}
		a := solve(t, p, 50)
		for _, r := range a.Routes {
			l := vrp.Lock{Vehicle: r.Vehicle, Kind: vrp.LockHead}
			most := rapid.IntRange(1, len(r.Stops)).Draw(t, "locked")
			for _, x := range r.Stops[:most] {
				switch x.Kind {
				case vrp.KindReload, vrp.KindBreak:
					return // a head that crosses a reload is laid only with the reload
				case vrp.KindJob, vrp.KindPickup, vrp.KindDelivery:
					l.Visits = append(l.Visits, x.Visit)
				}
			}
			if rapid.Bool().Draw(t, "vehicle only") {
				l.Kind = vrp.LockVehicle
			}
			p.Locks = append(p.Locks, l)
		}
		b, _, err := solver.Run(context.Background(), p, solver.Options{Seed: 2, Iterations: 100, Initial: &a})
		if err != nil {
			t.Fatalf("%v", err)
		}
		r := check.Solution(p, &b)
		for _, v := range r.Violations {
			// Locked work may be left undone where its head alone is infeasible, never moved.
			if v.Rule != check.RuleLock || v.Route >= 0 {
				t.Fatalf("%v", v)
			}
		}
		if less(value(p, &a), value(p, &b)) {
			t.Fatalf("from %v to %v", value(p, &a), value(p, &b))
		}
	})
}
