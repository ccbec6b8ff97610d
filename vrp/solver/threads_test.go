package solver_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
	"pgregory.net/rapid"
)

// plane is a problem of n stops in the plane that needs many routes: with prizes, groups
// of alternatives, two classes of vehicles and reloads on demand.
func plane(n int, rich bool) *vrp.Problem {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	p := &vrp.Problem{Dimensions: 1, Places: []vrp.Place{{X: 500, Y: 500}}}
	for i := range n {
		p.Places = append(p.Places, vrp.Place{X: float64(r.IntN(1000)), Y: float64(r.IntN(1000))})
		j := vrp.Job{Site: vrp.Site{Place: int32(i + 1), Service: 10}, Delivery: []int64{int64(1 + r.IntN(20))}}
		if rich {
			open := int64(r.IntN(3000))
			j.Windows = []vrp.TimeWindow{{Open: open, Close: open + 2000}}
			switch i % 5 {
			case 0:
				j.Terms = vrp.Terms{Optional: true, Prize: 150}
			case 1:
				j.Terms.Group = int32(1 + i/10)
			}
		}
		p.Jobs = append(p.Jobs, j)
	}
	p.Profiles = []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}}
	p.Vehicles = []vrp.Vehicle{{Count: int32(n), Capacity: []int64{60}, PerDistance: 1, Shift: vrp.TimeWindow{Open: 0, Close: 9000}}}
	if rich {
		p.Vehicles = append(p.Vehicles, vrp.Vehicle{Count: 3, Capacity: []int64{90}, PerDistance: 1, Fixed: 20,
			Shift: vrp.TimeWindow{Open: 0, Close: 9000}, Reloads: []vrp.Reload{{Place: 0, Service: 5}}})
	}
	return p
}

// With an iteration budget neither the scheduling of threads nor a watcher changes a byte.
func TestThreadsAreDeterministic(t *testing.T) {
	for _, n := range []int{12, 90} {
		for _, threads := range []int{2, 3} {
			for _, rich := range []bool{false, true} {
				t.Run(fmt.Sprint(n, threads, rich), func(t *testing.T) {
					p := plane(n, rich)
					o := solver.Options{Seed: 3, Threads: threads, Iterations: 1501}
					a, x, err := solver.Run(context.Background(), p, o)
					if err != nil {
						t.Fatal(err)
					}
					if x.Iterations != o.Iterations || x.StoppedBy != "iterations" {
						t.Errorf("%+v", x)
					}
					r := check.Solution(p, &a)
					if err := r.Err(); err != nil {
						t.Fatal(err)
					}
					for range 2 {
						if b, _, _ := solver.Run(context.Background(), p, o); !reflect.DeepEqual(a, b) {
							t.Fatal("two runs differ")
						}
					}
					o.Progress, o.ProgressEvery = func(i solver.Incumbent) { i.Solution() }, time.Millisecond
					if b, _, _ := solver.Run(context.Background(), p, o); !reflect.DeepEqual(a, b) {
						t.Fatal("watching changed the result")
					}
				})
			}
		}
	}
}

// Every solution of several threads passes the referee, and costs what it says.
func TestThreadsPassTheReferee(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, drawFeatures(t), 30)
		o := solver.Options{Seed: 1, Threads: rapid.IntRange(2, 4).Draw(t, "threads"), Iterations: 300}
		s, _, err := solver.Run(context.Background(), p, o)
		if err != nil {
			t.Fatalf("%v", err)
		}
		r := check.Solution(p, &s)
		if err := r.Err(); err != nil {
			t.Fatalf("%v", err)
		}
		// By luck the first iteration alone may be cheaper, but it does not serve more.
		if one := solve(t, p, 1); value(p, &one)[0] < value(p, &s)[0] {
			t.Fatalf("threads end with %v, one iteration of one with %v", value(p, &s), value(p, &one))
		}
	})
}

// Threads do as well as one with as many iterations in all, or nearly.
func TestThreadsLoseLittle(t *testing.T) {
	p := plane(200, false)
	one, _, _ := solver.Run(context.Background(), p, solver.Options{Seed: 1, Iterations: 20000})
	for threads := 2; threads <= 4; threads++ {
		s, _, _ := solver.Run(context.Background(), p, solver.Options{Seed: 1, Iterations: 20000, Threads: threads})
		if a, b := float64(one.Cost.Total()), float64(s.Cost.Total()); b > 1.02*a {
			t.Errorf("%d threads: %v, one %v", threads, b, a)
		}
	}
}

// A run that is called off returns a whole solution and leaves no goroutine behind; the same for one
// that reached its target.
func TestThreadsEndWhenTold(t *testing.T) {
	p := plane(120, false)
	before := runtime.NumGoroutine()
	for _, n := range []int{2, 5} {
		ctx, cancel := context.WithCancel(context.Background())
		o := solver.Options{Seed: 1, Threads: n, Iterations: 1 << 40, ProgressEvery: time.Millisecond}
		costs := []int64{}
		o.Progress = func(i solver.Incumbent) {
			costs = append(costs, i.Cost)
			if got := i.Solution(); len(costs) == 3 {
				if r := check.Solution(p, &got); r.Err() != nil || got.Cost.Total() != i.Cost {
					t.Errorf("told of %d, handed %d: %v", i.Cost, got.Cost.Total(), r.Err())
				}
				cancel()
			}
		}
		s, x, err := solver.Run(ctx, p, o)
		if r := check.Solution(p, &s); err != nil || r.Err() != nil || x.StoppedBy != "context" {
			t.Fatal(err, r.Err(), x.StoppedBy)
		}
		for i := range costs {
			if i > 0 && costs[i] > costs[i-1] {
				t.Errorf("incumbents get worse: %v", costs)
			}
		}
		o = solver.Options{Seed: 1, Threads: n, Iterations: 1 << 40, Target: s.Cost.Total() + 500}
		if s, x, _ := solver.Run(context.Background(), p, o); x.StoppedBy != "target" || s.Cost.Total() > o.Target {
			t.Errorf("stopped by %s at %d, target %d", x.StoppedBy, s.Cost.Total(), o.Target)
		}
	}
	for range 100 { // goroutines that have ended may take a moment to be gone
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
