package solver_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
)

// collecting is a problem of n optional stops far from the depot, in clusters: no single
// stop pays for its route, most clusters do.
func collecting(n int) *vrp.Problem {
	r := rand.New(rand.NewPCG(11, uint64(n)))
	p := &vrp.Problem{Dimensions: 1, Places: []vrp.Place{{X: 500, Y: 500}}}
	for i := range n {
		far := i / 12 // a cluster of twelve
		x, y := float64(350*(far%4)), float64(350*(far/4%4))
		p.Places = append(p.Places, vrp.Place{X: x + float64(r.IntN(60)), Y: y + float64(r.IntN(60))})
		p.Jobs = append(p.Jobs, vrp.Job{Site: vrp.Site{Place: int32(i + 1), Service: 5}, Delivery: []int64{1},
			Terms: vrp.Terms{Optional: true, Prize: int64(60 + r.IntN(200))}})
	}
	p.Profiles = []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}}
	p.Vehicles = []vrp.Vehicle{{Count: int32(n), Capacity: []int64{12}, PerDistance: 1, Shift: vrp.TimeWindow{Open: 0, Close: 20000}}}
	return p
}

// The search raises prizes for a while: what it tells on the way and in the end is by the
// problem's own.
func TestCostsAreByTheProblemsOwnPrizes(t *testing.T) {
	for _, threads := range []int{1, 2} {
		p := collecting(150)
		last := int64(0)
		o := solver.Options{Seed: 5, Threads: threads, Iterations: 30000, ProgressEvery: time.Millisecond,
			Progress: func(x solver.Incumbent) {
				s := x.Solution()
				r := check.Solution(p, &s)
				if err := r.Err(); err != nil {
					t.Fatal(err)
				}
				if x.Cost != r.Cost.Total() {
					t.Errorf("threads %d, iteration %d: told %d, is %d", threads, x.Iterations, x.Cost, r.Cost.Total())
				}
				last = x.Cost
			}}
		s, _, err := solver.Run(context.Background(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		r := check.Solution(p, &s)
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		if last == 0 || s.Cost.Total() > last {
			t.Errorf("threads %d: ends at %d, told %d before", threads, s.Cost.Total(), last)
		}
		if len(s.Routes) < 8 {
			t.Errorf("threads %d: %d routes, most of 13 clusters pay for one", threads, len(s.Routes))
		}
	}
}

// A run that is canceled while prizes are raised keeps no route that does not pay for itself.
func TestCanceledWhilePrizesAreRaised(t *testing.T) {
	p := collecting(150)
	for i := range p.Jobs {
		if i/12%4 == 3 {
			p.Jobs[i].Prize = 60 // the clusters farthest out pay at twice their prizes only
		}
	}
	for _, threads := range []int{1, 2} {
		ctx, cancel := context.WithCancel(context.Background())
		s, stats, err := solver.Run(ctx, p, solver.Options{Seed: 5, Threads: threads, Iterations: 200000, ProgressEvery: time.Millisecond,
			Progress: func(x solver.Incumbent) {
				if x.Iterations > 20000 {
					cancel()
				}
			}})
		cancel()
		if err != nil || stats.StoppedBy != "context" {
			t.Fatalf("%d threads: %v, stopped by %s", threads, err, stats.StoppedBy)
		}
		for i, r := range s.Routes {
			paid := int64(0)
			for _, x := range r.Stops {
				if x.Kind == vrp.KindJob {
					paid += p.Jobs[x.Index].Prize
				}
			}
			if r.Distance > paid {
				t.Errorf("%d threads: route %d drives %d for prizes of %d", threads, i, r.Distance, paid)
			}
		}
	}
}
