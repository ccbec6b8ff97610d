package solver_test

import (
	"context"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
)

// An annealing in stages, each a run that begins with what the one before it left, is
// refereed after each, counts its iterations, and ends about where one run does.
func TestStagesMakeOneAnnealing(t *testing.T) {
	p := plane(120, false)
	const iterations, stages = 24_000, 4
	one, _, err := solver.Run(context.Background(), p, solver.Options{Seed: 1, Iterations: iterations})
	if err != nil {
		t.Fatal(err)
	}
	at, _, err := solver.Run(context.Background(), p, solver.Options{Seed: 1, Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	first, warm := at.Cost.Total(), int64(0)
	for k := range stages {
		found, stats, err := solver.Run(context.Background(), p, solver.Options{Seed: uint64(k + 1), Iterations: iterations / stages, Initial: &at,
			Stage: solver.Stage{From: float64(k) / stages, To: float64(k+1) / stages}})
		if err != nil {
			t.Fatal(err)
		}
		if r := check.Solution(p, &found); !r.Feasible() || r.Cost.Total() != found.Cost.Total() || stats.Iterations != iterations/stages {
			t.Errorf("stage %d: %v, %d iterations", k, r.Err(), stats.Iterations)
		}
		at = found
		if k == 0 {
			warm = at.Cost.Total()
		}
	}
	if cost := at.Cost.Total(); cost >= min(first, warm) || cost*100 > one.Cost.Total()*103 {
		t.Errorf("stages end at %d, one run at %d, from %d by way of %d", cost, one.Cost.Total(), first, warm)
	}
}
