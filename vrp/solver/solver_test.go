package solver_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
	"pgregory.net/rapid"
)

// solve runs the solver on an iteration budget.
func solve(t interface{ Fatalf(string, ...any) }, p *vrp.Problem, iterations int64) vrp.Solution {
	s, _, err := solver.Run(context.Background(), p, solver.Options{Seed: 1, Iterations: iterations})
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	return s
}

// Every solution of every random problem passes the referee.
func TestSolutionsPassTheReferee(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, drawFeatures(t), 12)
		s := solve(t, p, 200)
		r := check.Solution(p, &s)
		if err := r.Err(); err != nil {
			t.Fatalf("%v", err)
		}
	})
}

func TestSameSeedSameSolution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, drawFeatures(t), 10)
		a, b := solve(t, p, 100), solve(t, p, 100)
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("two runs differ:\n%+v\n%+v", a, b)
		}
	})
}

func TestRunNeedsABudget(t *testing.T) {
	if _, _, err := solver.Run(context.Background(), &vrp.Problem{}, solver.Options{}); !errors.Is(err, solver.ErrNoBudget) {
		t.Fatalf("got %v", err)
	}
}

func TestRunRefusesAMalformedProblem(t *testing.T) {
	p := &vrp.Problem{Jobs: []vrp.Job{{Site: vrp.Site{Place: 3}}}}
	if _, _, err := solver.Run(context.Background(), p, solver.Options{Iterations: 1}); !errors.Is(err, vrp.ErrInvalid) {
		t.Fatalf("got %v", err)
	}
}
