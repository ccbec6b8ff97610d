package search

import (
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// farAway is a problem of n jobs of one unit each, all at one place far from the depot.
func farAway(n int, fleet ...vrp.Vehicle) *vrp.Problem {
	p := &vrp.Problem{Dimensions: 1, Places: []vrp.Place{{}, {X: 100}}, Vehicles: fleet,
		Profiles: []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}}}
	for range n {
		p.Jobs = append(p.Jobs, vrp.Job{Site: vrp.Site{Place: 1, Windows: []vrp.TimeWindow{{Close: 1000}}}, Delivery: []int64{1}})
	}
	return p
}

// The mix of vehicles is found whose cost can be told by hand, from a first solution that
// uses the smallest vehicles for everything.
func TestMixOfSizes(t *testing.T) {
	small := vrp.Vehicle{Count: 20, Capacity: []int64{1}, PerDistance: 10}
	middle := vrp.Vehicle{Count: 20, Capacity: []int64{4}, PerDistance: 14}
	large := vrp.Vehicle{Count: 20, Capacity: []int64{12}, PerDistance: 30}
	tests := []struct {
		name  string
		fleet []vrp.Vehicle
		want  int64
	}{
		{"one large", []vrp.Vehicle{small, large}, 200 * 30},
		{"three middle", []vrp.Vehicle{small, middle}, 200 * 3 * 14},
		{"all of them", []vrp.Vehicle{small, middle, large}, 200 * 30},
		{"only one middle", []vrp.Vehicle{small, {Count: 1, Capacity: []int64{4}, PerDistance: 14}}, 200 * (14 + 8*10)},
		{"by fixed price", []vrp.Vehicle{{Count: 20, Capacity: []int64{2}, PerDistance: 1, Fixed: 100},
			{Count: 20, Capacity: []int64{6}, PerDistance: 1, Fixed: 350}}, 4*200 - 200 - 200 + 350*2},
	}
	for _, x := range tests {
		p := farAway(12, x.fleet...)
		s := New(Compile(p), 1)
		initial := &vrp.Solution{}
		for i := range 12 {
			initial.Routes = append(initial.Routes, vrp.Route{Vehicle: 0, Stops: []vrp.Stop{{Visit: vrp.Visit{Kind: vrp.KindJob, Index: int32(i)}}}})
		}
		s.Resume(initial)
		for range 3000 {
			s.Step(s.Scale() / 10)
		}
		if s.BestCost() != x.want {
			t.Errorf("%s: cost %d, want %d", x.name, s.BestCost(), x.want)
		}
	}
}

// A route that grows costs what was promised, whatever becomes of its beginning.
func TestGrownRouteCostsWhatWasPromised(t *testing.T) {
	p := sample(60, true, false)
	p.Vehicles = []vrp.Vehicle{
		{Count: 60, Capacity: []int64{20}, PerDistance: 10, Fixed: 50, Shift: p.Vehicles[0].Shift},
		{Count: 60, Capacity: []int64{60}, PerDistance: 15, Fixed: 70, Shift: p.Vehicles[0].Shift},
		{Count: 2, Capacity: []int64{200}, PerDistance: 20, Fixed: 90, Shift: p.Vehicles[0].Shift},
	}
	s := New(Compile(p), 1)
	if !s.m.grows {
		t.Fatal("routes do not grow")
	}
	s.Construct()
	for range 300 {
		s.begin()
		s.ruin.out = s.ruin.out[:0]
		s.ruin.strings()
		s.ruin.tidy()
		for _, u := range s.ruin.out {
			p, ok := s.find(u, never, false)
			if !ok {
				continue
			}
			before := s.cost
			if p.grow != 0 {
				s.growRoute(&p)
			}
			s.place(p)
			if got := s.cost - before + s.m.units[u].prize; got != p.cost+p.others {
				t.Fatalf("unit %d promised %d, cost %d", u, p.cost+p.others, got)
			}
		}
	}
}
