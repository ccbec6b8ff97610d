package bench

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// SolveOptions are what `rumbo solve` is told.
type SolveOptions struct {
	Format     string        // of vrplib; empty means auto
	Convention string        // of vrplib; empty means the usual one
	Time       time.Duration // 0: no limit, then Iterations is needed
	Iterations int64         // 0: no limit
	Clock      string        // wall or cpu; empty means wall
	Seed       uint64
	Threads    int       // searches at a time; 0 means one
	Initial    io.Reader // solution file to start from, or nil

	// Progress is told about once a second how far the run is, the cost as stated.
	Progress func(elapsed time.Duration, iterations int64, cost string)
}

// Result is what `rumbo solve --json` prints.
type Result struct {
	Instance   string     `json:"instance"`
	Convention string     `json:"convention"`
	Cost       float64    `json:"cost"` // in the convention's stated unit
	Vehicles   int        `json:"vehicles"`
	Feasible   bool       `json:"feasible"` // by the referee, with nothing required left out
	Unserved   []Unserved `json:"unserved"` // never null; alternatives of served customers are not in it
	Iterations int64      `json:"iterations"`
	StoppedBy  string     `json:"stopped_by"`
	WallS      float64    `json:"wall_s"`
	CPUS       float64    `json:"cpu_s"`
	Seed       uint64     `json:"seed"`
	Threads    int        `json:"threads"`
	Stats      Stats      `json:"stats"`
}

// Stats tell what the search did. Costs are in the engine's units, which are those of the
// convention times its scale.
type Stats struct {
	IterationsPerS float64    `json:"iterations_per_s"` // of the clock that measures the budget
	Accepted       int64      `json:"accepted"`
	Improved       int64      `json:"improved"`
	ConstructedS   float64    `json:"constructed_s"`
	FirstCost      int64      `json:"first_cost"`
	Operators      []Operator `json:"operators"`
}

// Operator is what one part of the search did; see solver.Operator.
type Operator struct {
	Name     string `json:"name"`
	Tried    int64  `json:"tried"`
	Accepted int64  `json:"accepted"`
	Improved int64  `json:"improved"`
	Gain     int64  `json:"gain"`
}

func newStats(s *solver.Stats) Stats {
	out := Stats{Accepted: s.Accepted, Improved: s.Improved, ConstructedS: s.ConstructedAt.Seconds(),
		FirstCost: s.FirstCost, Operators: []Operator{}}
	if took := s.Elapsed - s.ConstructedAt; took > 0 {
		out.IterationsPerS = float64(s.Iterations) / took.Seconds()
	}
	for _, x := range s.Operators {
		out.Operators = append(out.Operators, Operator(x))
	}
	return out
}

// Unserved is a customer, or the pickup of a pair, that is in no route.
type Unserved struct {
	Node   int32  `json:"node"` // its number in the file
	Reason string `json:"reason"`
}

// Solved is a result with what is needed to write it as a solution file.
type Solved struct {
	Result
	Model    *vrplib.Model
	Solution vrp.Solution
	Report   check.Report
}

// Solve reads an instance, solves it and lets the referee judge. Errors: what vrplib, the
// problem's validation or the solver say, or ErrConfig. A context that is done ends the search
// early with the best solution so far, and no error.
func Solve(ctx context.Context, instance io.Reader, o SolveOptions) (*Solved, error) {
	m, err := o.model(instance)
	if err != nil {
		return nil, err
	}
	wall, cpu := time.Now(), CPU()
	run := solver.Options{Seed: o.Seed, Threads: o.Threads, Iterations: o.Iterations, Budget: o.Time}
	switch {
	case o.Clock == "" || o.Clock == "wall":
		run.Elapsed = func() time.Duration { return time.Since(wall) }
	case o.Clock == "cpu" && HasCPU:
		run.Elapsed = func() time.Duration { return CPU() - cpu }
	default:
		return nil, fmt.Errorf("%w: no clock %q here", ErrConfig, o.Clock)
	}
	if o.Threads < 0 {
		return nil, fmt.Errorf("%w: %d threads", ErrConfig, o.Threads)
	}
	if o.Initial != nil {
		if run.Initial, _, err = m.ReadSolution(o.Initial); err != nil {
			return nil, fmt.Errorf("initial solution: %w", err)
		}
	}
	if o.Progress != nil {
		run.Progress = func(i solver.Incumbent) { o.Progress(i.Elapsed, i.Iterations, m.Format(i.Cost)) }
	}
	s, stats, err := solver.Run(ctx, m.Problem, run)
	if err != nil {
		return nil, err
	}
	out := &Solved{Model: m, Solution: s, Report: check.Solution(m.Problem, &s)}
	out.Result = Result{
		Instance: m.Instance.Name, Convention: m.Convention.Name,
		Cost: m.Stated(out.Report.Cost.Total()), Vehicles: out.Report.Vehicles,
		Feasible: out.Report.Feasible() && out.Report.Missing == 0, Unserved: unserved(m, &s),
		Iterations: stats.Iterations, StoppedBy: stats.StoppedBy,
		WallS: time.Since(wall).Seconds(), CPUS: (CPU() - cpu).Seconds(), Seed: o.Seed, Threads: max(1, o.Threads), Stats: newStats(&stats),
	}
	return out, nil
}

func (o *SolveOptions) model(instance io.Reader) (*vrplib.Model, error) {
	format := vrplib.Auto
	if o.Format != "" {
		var err error
		if format, err = vrplib.ParseFormat(o.Format); err != nil {
			return nil, err
		}
	}
	in, err := vrplib.Read(instance, format)
	if err != nil {
		return nil, err
	}
	convention := in.DefaultConvention()
	if o.Convention != "" {
		if convention, err = vrplib.ParseConvention(o.Convention); err != nil {
			return nil, err
		}
	}
	return in.Model(convention)
}

func unserved(m *vrplib.Model, s *vrp.Solution) []Unserved {
	list := []Unserved{}
	for _, u := range s.Unassigned {
		if node, ok := m.Number(u.Visit); ok && u.Reason != vrp.ReasonAlternative {
			list = append(list, Unserved{node, u.Reason.String()})
		}
	}
	return list
}
