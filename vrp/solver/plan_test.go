package solver_test

import (
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp/check"
	"pgregory.net/rapid"
)

// What the solver found, given as a plan, misses nothing and costs the same.
func TestSolutionsCanBePlanned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, drawFeatures(t), 10)
		s := solve(t, p, 50)
		var list []check.Sequence
		for _, r := range s.Routes {
			q := check.Sequence{Vehicle: r.Vehicle}
			for _, x := range r.Stops {
				q.Steps = append(q.Steps, check.Step{Visit: x.Visit})
			}
			list = append(list, q)
		}
		plan, report, err := check.Plan(p, list)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if err := report.Err(); err != nil {
			t.Fatalf("%v", err)
		}
		if got, want := plan.Cost.Total(), s.Cost.Total(); got != want {
			t.Fatalf("costs %d, was %d:\n%+v\n%+v\n%+v", got, want, plan.Routes, s.Routes, p)
		}
	})
}
