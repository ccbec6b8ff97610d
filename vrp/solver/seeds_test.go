package solver

import (
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// However long the budget, a search that comes down from raised prizes grows no seeds: with
// them it ended worse at 60 s than at 10 s. Without prizes the same problem is bred.
func TestPrizesGrowNoSeeds(t *testing.T) {
	for _, optional := range []bool{false, true} {
		p := &vrp.Problem{Dimensions: 1, Places: []vrp.Place{{}},
			Profiles: []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}},
			Vehicles: []vrp.Vehicle{{Count: 30, Capacity: []int64{10}, PerDistance: 1}}}
		for i := range 120 {
			p.Places = append(p.Places, vrp.Place{X: float64(i % 11), Y: float64(i / 11)})
			p.Jobs = append(p.Jobs, vrp.Job{Site: vrp.Site{Place: int32(i + 1)}, Delivery: []int64{1},
				Terms: vrp.Terms{Optional: optional, Prize: 1000}})
		}
		s := search.New(search.Compile(p), 1)
		s.Construct()
		if n := seeds(s, 1e9); (n > 0) == optional {
			t.Errorf("optional work: %v, seeds: %d", optional, n)
		}
	}
}
