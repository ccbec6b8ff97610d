package solver_test

import (
	"context"
	"fmt"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
)

// Four parcels around a depot, a van that holds three units, and one parcel that is in
// nobody's reach.
func ExampleRun() {
	p := &vrp.Problem{
		Places:     []vrp.Place{{X: 0, Y: 0}, {X: 0, Y: 5}, {X: 1, Y: 5}, {X: 9, Y: 0}, {X: 500, Y: 0}},
		Profiles:   []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}},
		Dimensions: 1,
		Vehicles:   []vrp.Vehicle{{Count: 2, Capacity: []int64{3}, PerDistance: 1, Shift: vrp.TimeWindow{Open: 0, Close: 100}}},
	}
	for place := range int32(4) {
		p.Jobs = append(p.Jobs, vrp.Job{Site: vrp.Site{Place: place + 1, Service: 2}, Delivery: []int64{1}})
	}
	s, _, err := solver.Run(context.Background(), p, solver.Options{Seed: 1, Iterations: 1000})
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict := check.Solution(p, &s)
	fmt.Println("feasible:", verdict.Feasible(), "cost:", s.Cost.Total(), "routes:", len(s.Routes))
	for _, u := range s.Unassigned {
		fmt.Println("not served:", u.Kind, u.Index, u.Reason)
	}
	// Output:
	// feasible: true cost: 24 routes: 1
	// not served: job 3 shift
}
