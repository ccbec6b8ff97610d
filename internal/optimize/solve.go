package optimize

import (
	"context"
	"fmt"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
)

// DefaultTimeLimit is the search time of a request that names neither time nor iterations.
const DefaultTimeLimit = 10 * time.Second

// Options control one search.
type Options struct {
	Request rumbo.PlanRequest    // time limit, iterations and seed
	Elapsed func() time.Duration // since the search began; required unless iterations limit it
	// Threads is how many searches work at a time, 0 meaning one. A request that counts
	// iterations gets one whatever this says, so that every machine repeats it.
	Threads int
	// Initial is where to start from, and Stage which part of an annealing over several
	// searches this one is; zero for a search by itself.
	Initial []Sketch
	Stage   Stage
	// Progress is told the share of the budget used, 0 to 1, and the best plan so far; may be nil.
	Progress func(share float64, incumbent func() rumbo.Plan)
}

// Stage is a part of an annealing over several searches, each from what the one before
// left: from one share of it to another, of 1.
type Stage = solver.Stage

// Solve searches the day's routes and lets the referee recompute cost, times and every
// constraint. A solution that the referee refuses is an Internal error that names the
// rules, never a plan. When ctx ends first the error is Canceled.
func (d *Day) Solve(ctx context.Context, t Travel, o Options) (rumbo.Plan, error) {
	p, err := d.Problem(t)
	if err != nil {
		return rumbo.Plan{}, err
	}
	limits := d.options(p, o)
	found, stats, err := solver.Run(ctx, p, limits)
	if err != nil {
		return rumbo.Plan{}, rumbo.Fault(rumbo.Internal, "optimize.Solve", "the search failed", err)
	}
	if ctx.Err() != nil {
		return rumbo.Plan{}, rumbo.Fault(rumbo.Canceled, "optimize.Solve", "", context.Cause(ctx))
	}
	report := check.Solution(p, &found)
	if !report.Feasible() {
		return rumbo.Plan{}, rumbo.Fault(rumbo.Internal, "optimize.Solve", "the referee refuses the plan", report.Err())
	}
	if report.Cost.Total() != found.Cost.Total() {
		return rumbo.Plan{}, rumbo.Fault(rumbo.Internal, "optimize.Solve",
			fmt.Sprintf("the referee counts a cost of %d, the search %d", report.Cost.Total(), found.Cost.Total()), nil)
	}
	plan := d.Plan(p, found, o.Initial)
	plan.Summary.Feasible = true
	plan.Summary.Seed, plan.Summary.Iterations = o.Request.Seed, stats.Iterations
	plan.Summary.Threads, plan.Summary.SearchS = limits.Threads, stats.Elapsed.Seconds()
	return plan, nil
}

// options turns the request's limits into the engine's.
func (d *Day) options(p *vrp.Problem, o Options) solver.Options {
	r := o.Request
	out := solver.Options{
		Seed: uint64(r.Seed), Threads: max(1, o.Threads), Iterations: r.Iterations, Elapsed: o.Elapsed,
		Budget: time.Duration(r.TimeLimitS * float64(time.Second)),
	}
	if out.Budget == 0 && out.Iterations == 0 {
		out.Budget = DefaultTimeLimit
	}
	if out.Iterations > 0 {
		out.Threads = 1
	}
	out.Initial, out.Stage = d.initial(o.Initial), o.Stage
	if before := o.Initial; o.Progress != nil {
		out.Progress = func(i solver.Incumbent) {
			share := 0.0
			if out.Budget > 0 {
				share = i.Elapsed.Seconds() / out.Budget.Seconds()
			}
			if out.Iterations > 0 {
				share = max(share, float64(i.Iterations)/float64(out.Iterations))
			}
			o.Progress(min(share, 1), func() rumbo.Plan { return d.Plan(p, i.Solution(), before) })
		}
	}
	return out
}

// Departures are the moments for which travel tables are wanted: every hour from the
// first shift's opening to the last one's end.
func (d *Day) Departures() []time.Time {
	var out []time.Time
	for t := d.origin; !t.After(d.end); t = t.Add(time.Hour) {
		out = append(out, t)
	}
	return out
}
