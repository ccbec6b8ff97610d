package solver_test

import (
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"pgregory.net/rapid"
)

// Problems of jobs with reloads and releases, where nothing but legs is priced, pass the
// referee; under the tag vrpdebug each test by trips is compared with the exact evaluation.
func TestTripsPassTheReferee(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.several, f.shipments, f.slices, f.duration, f.limits = false, false, false, false, false
		f.breaks, f.backhaul, f.rides, f.types = false, false, false, false
		f.windows = rapid.IntRange(0, 3).Draw(t, "more windows") > 0
		f.reloads = rapid.IntRange(0, 3).Draw(t, "more reloads") > 0
		f.release = !f.reloads || rapid.Bool().Draw(t, "more releases")
		p := drawProblem(t, f, 16)
		s := solve(t, p, 300)
		r := check.Solution(p, &s)
		if err := r.Err(); err != nil {
			t.Fatalf("%v", err)
		}
	})
}

// One job must be brought before the other is there: only a second trip serves both, though
// one would hold them.
func TestAReleaseCallsForAnotherTrip(t *testing.T) {
	p := &vrp.Problem{Dimensions: 1, Places: []vrp.Place{{}, {X: 10}, {X: 20}},
		Profiles: []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}},
		Jobs: []vrp.Job{
			{Site: vrp.Site{Place: 1, Windows: []vrp.TimeWindow{{Open: 0, Close: 100}}}, Delivery: []int64{1}},
			{Site: vrp.Site{Place: 2}, Delivery: []int64{1}, Release: 200},
		},
		Vehicles: []vrp.Vehicle{{Count: 1, Capacity: []int64{9}, PerDistance: 1, Shift: vrp.TimeWindow{Open: 0, Close: 1000},
			Reloads: []vrp.Reload{{Place: 0}}}}}
	s := solve(t, p, 300)
	r := check.Solution(p, &s)
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	if len(s.Routes) != 1 || len(s.Unassigned) > 0 {
		t.Fatalf("not both jobs on one route: %+v", s)
	}
}
