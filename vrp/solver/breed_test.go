package solver_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
	"pgregory.net/rapid"
)

// enough iterations for breeding a problem with so many jobs and shipments.
func enough(p *vrp.Problem) int64 { return int64(3600 * (1 + len(p.Jobs) + len(p.Shipments))) }

// What is bred passes the referee whatever the constraints, costs what it says, and is the
// same again; two threads do it too.
func TestBredSolutionsPassTheReferee(t *testing.T) {
	problems := rapid.Custom(func(t *rapid.T) *vrp.Problem {
		f := drawFeatures(t)
		f.relations = false // those are not bred
		return drawProblem(t, f, 4)
	})
	problemsDrawn := 40
	if testing.Short() {
		problemsDrawn = 8
	}
	for seed := range problemsDrawn {
		p := problems.Example(seed)
		threads := 1 + seed%2
		o := solver.Options{Seed: 1, Iterations: int64(threads) * enough(p), Threads: threads}
		s, _, err := solver.Run(context.Background(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		r := check.Solution(p, &s)
		if err := r.Err(); err != nil {
			t.Fatal(seed, err)
		}
		if seed%8 > 1 {
			continue
		}
		if again, _, _ := solver.Run(context.Background(), p, o); !reflect.DeepEqual(s, again) {
			t.Fatal(seed, "two runs differ")
		}
	}
}

// Whoever watches sees costs that only fall, each with a solution of that cost; what is
// cancelled among the children ends with the best seen.
func TestBreedingIsWatched(t *testing.T) {
	for _, threads := range []int{1, 2} {
		p := plane(16, false)
		ctx, cancel := context.WithCancel(context.Background())
		last, seen := int64(1)<<60, 0
		o := solver.Options{Seed: 2, Threads: threads, Iterations: int64(threads) * enough(p), ProgressEvery: time.Millisecond}
		o.Progress = func(i solver.Incumbent) {
			s := i.Solution()
			if i.Cost > last || s.Cost.Total() != i.Cost {
				t.Errorf("%d threads: told %d after %d, its solution costs %d", threads, i.Cost, last, s.Cost.Total())
			}
			last, seen = i.Cost, seen+1
			if i.Iterations > o.Iterations*9/10 {
				cancel()
			}
		}
		s, stats, err := solver.Run(ctx, p, o)
		cancel()
		if err != nil || stats.StoppedBy != "context" || seen < 5 {
			t.Errorf("%d threads: %v, %+v after %d reports", threads, err, stats, seen)
		}
		if r := check.Solution(p, &s); r.Err() != nil || s.Cost.Total() > last {
			t.Errorf("%d threads: ends with %d, saw %d, %v", threads, s.Cost.Total(), last, r.Err())
		}
	}
}
