package check_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
)

// go test -bench Plan ./vrp/check
func BenchmarkPlan(b *testing.B) {
	for _, n := range []int{30, 100, 300} {
		rng := rand.New(rand.NewPCG(1, 1))
		p := line(50)
		p.Vehicles[0].Shift.Close, p.Vehicles[0].PerDuration = 100000, 1
		p.Vehicles[0].Breaks = []vrp.Break{{Duration: 30, Windows: []vrp.TimeWindow{{Open: 400, Close: 500}}}}
		var list []vrp.Visit
		for i := range n {
			open := int64(i*10 + rng.IntN(100))
			p.Jobs = append(p.Jobs, jobAt(int32(rng.IntN(50)), 3, vrp.TimeWindow{Open: open, Close: open + 50}))
			list = append(list, vrp.Visit{Kind: vrp.KindJob, Index: int32(i)})
			if i == n/2 {
				list = append(list, vrp.Visit{Kind: vrp.KindBreak})
			}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := check.Plan(p, []check.Sequence{{Steps: steps(list...)}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
