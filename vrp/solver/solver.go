package solver

import (
	"context"
	"errors"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// ErrNoBudget says that nothing would end the run.
var ErrNoBudget = errors.New("solver: neither an iteration budget nor a duration with a clock")

// Shares of the budget: for a descent that shows at what scale costs lie, and, where fewer
// vehicles come first, for emptying routes.
const (
	descentShare = 0.01
	shrinkShare  = 0.3
)

// Temperatures as shares of what a stop of the first solution costs on the road.
const (
	hot  = 1.4
	tied = 2.5 // instead of hot, where windows tie stops to their places: measured on Gehring-Homberger
	warm = 0.2 // instead of hot, with an initial solution
	cold = 0.012
)

// Run searches until a limit of the options is reached and returns the best solution
// found. The error is vrp.ErrInvalid for a malformed problem or ErrNoBudget; a problem
// that cannot be served in full is no error: the solution says what is missing and why.
// A context that is done ends the run early, with the best solution so far and no error.
func Run(ctx context.Context, p *vrp.Problem, o Options) (vrp.Solution, Stats, error) {
	if err := p.Validate(); err != nil {
		return vrp.Solution{}, Stats{}, err
	}
	if o.Iterations <= 0 && (o.Budget <= 0 || o.Elapsed == nil) {
		return vrp.Solution{}, Stats{}, ErrNoBudget
	}
	b := newBudget(ctx, o)
	s := search.New(search.CompileOn(p, max(1, o.Threads)), o.Seed)
	s.Halt = b.hurry()
	top := hot
	if s.Windowed() {
		top = tied
	}
	if o.Initial != nil {
		top = warm
		s.Resume(o.Initial)
	} else {
		s.Construct()
	}
	b.stats.FirstCost, b.stats.ConstructedAt = s.BestCost(), b.elapsed()
	if s.Idle() {
		b.stats.StoppedBy = "nothing to do"
		return s.Best(), b.stats, nil
	}
	if o.Stage != (Stage{}) {
		return b.stage(s), b.stats, nil
	}
	if s.CanSqueeze() {
		b.squeeze(s, s.Scale())
	}
	if o.Threads > 1 {
		t := newTeam(b, s)
		return t.run(top), t.stats, nil
	}
	begun := b.share(s)
	b.anneal(s, begun+descentShare, s.Scale()*cold, s.Scale()*cold, s.Step)
	scale := s.Scale()
	top = b.affordable(s, begun, top)
	if s.CanShrink() {
		b.shrink(s, scale)
	}
	from := scale * top
	if s.HasPrizes() && o.Initial == nil {
		from = b.prizes(s, from, scale*cold)
	}
	b.finish(s, from, scale*cold)
	b.stats.take(&s.Stats)
	b.stats.Elapsed = b.elapsed()
	return s.Best(), b.stats, nil
}

// take copies the counts of the search.
func (t *Stats) take(from *search.Stats) {
	t.Iterations, t.Accepted, t.Improved = from.Iterations, from.Accepted, from.Improved
	for o := range search.Operators {
		if x := from.By[o]; x.Tried > 0 || x.Accepted > 0 {
			t.Operators = append(t.Operators, Operator{o.String(), x.Tried, x.Accepted, x.Improved, x.Gain})
		}
	}
}
