package search

import (
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Two vehicles of one size: the cheaper one drives farther, also where both are taken.
func TestVehiclesAreExchanged(t *testing.T) {
	p := &vrp.Problem{Dimensions: 1, Places: []vrp.Place{{X: 100}, {X: 0}, {X: 1000}},
		Profiles: []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}},
		Vehicles: []vrp.Vehicle{{Capacity: []int64{2}, PerDistance: 5}, {Capacity: []int64{2}, PerDistance: 3}}}
	for i := range 4 {
		p.Jobs = append(p.Jobs, vrp.Job{Site: vrp.Site{Place: int32(1 + i/2)}, Delivery: []int64{1}})
	}
	s := New(Compile(p), 1)
	stops := func(jobs ...int32) []vrp.Stop {
		var out []vrp.Stop
		for _, j := range jobs {
			out = append(out, vrp.Stop{Visit: vrp.Visit{Kind: vrp.KindJob, Index: j}})
		}
		return out
	}
	s.Resume(&vrp.Solution{Routes: []vrp.Route{{Vehicle: 0, Stops: stops(2, 3)}, {Vehicle: 1, Stops: stops(0, 1)}}})
	for r := range int32(2) {
		s.begin()
		s.swapVehicles(r)
	}
	if want := int64(2*100*5 + 2*900*3); s.cost != want {
		t.Errorf("cost %d, want %d", s.cost, want)
	}
}
