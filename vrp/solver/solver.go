package solver

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// ErrNoBudget says that nothing would end the run.
var ErrNoBudget = errors.New("solver: neither an iteration budget nor a duration with a clock")

// ErrUnsupported says that the problem has relations, or locks of kind LockOrder, which the
// search does not know yet.
var ErrUnsupported = errors.New("solver: relations and LockOrder are not supported")

func unsupported(p *vrp.Problem) bool {
	return len(p.Relations) > 0 ||
		slices.ContainsFunc(p.Locks, func(l vrp.Lock) bool { return l.Kind == vrp.LockOrder })
}

// Temperatures as shares of what a stop of the first solution costs on the road.
const (
	hot  = 1.0
	warm = 0.2 // instead of hot, with an initial solution
	cold = 0.02
)

// Run searches until a limit of the options is reached and returns the best solution
// found. The error is vrp.ErrInvalid for a malformed problem, ErrUnsupported or ErrNoBudget; a problem
// that cannot be served in full is no error: the solution says what is missing and why.
// A context that is done ends the run early, with the best solution so far and no error.
func Run(ctx context.Context, p *vrp.Problem, o Options) (vrp.Solution, Stats, error) {
	if err := p.Validate(); err != nil {
		return vrp.Solution{}, Stats{}, err
	}
	if unsupported(p) {
		return vrp.Solution{}, Stats{}, ErrUnsupported
	}
	if o.Iterations <= 0 && (o.Budget <= 0 || o.Elapsed == nil) {
		return vrp.Solution{}, Stats{}, ErrNoBudget
	}
	b := newBudget(ctx, o)
	s := search.New(search.Compile(p), o.Seed)
	top := hot
	if o.Initial != nil {
		top = warm
		s.Resume(o.Initial)
	} else {
		s.Construct()
	}
	b.stats.FirstCost, b.stats.ConstructedAt = s.BestCost(), b.elapsed()
	scale := s.Scale()
	if s.Idle() {
		b.stats.StoppedBy = "nothing to do"
		return s.Best(), b.stats, nil
	}
	if s.CanShrink() {
		shrink(s, b, scale)
	}
	for share := b.share(s); share < 1; share = b.share(s) {
		temperature := scale * top * math.Pow(cold/top, share)
		for range b.chunk {
			s.Step(temperature)
		}
		b.report(s)
	}
	b.stats.Iterations, b.stats.Accepted, b.stats.Improved = s.Stats.Iterations, s.Stats.Accepted, s.Stats.Improved
	b.stats.Elapsed = b.elapsed()
	return s.Best(), b.stats, nil
}

// shrinkShare is the part of the budget in which routes are emptied where fewer vehicles
// come first, as in SISR.
const shrinkShare = 0.15

// shrink empties routes for its share of the budget, or until nothing can be left out.
func shrink(s *search.Search, b *budget, scale float64) {
	s.BeginShrink()
	for share := b.share(s); share < shrinkShare; share = b.share(s) {
		temperature := scale * hot * math.Pow(cold/hot, share/shrinkShare)
		for range b.chunk {
			s.ShrinkStep(temperature)
		}
		b.report(s)
	}
	s.EndShrink()
}

// budget measures how much of a run is spent.
type budget struct {
	ctx      context.Context
	o        Options
	stats    Stats
	chunk    int // iterations between looks at the clock
	last     time.Duration
	reported time.Duration
}

func newBudget(ctx context.Context, o Options) *budget {
	if o.ProgressEvery <= 0 {
		o.ProgressEvery = time.Second
	}
	return &budget{ctx: ctx, o: o, chunk: 16}
}

func (b *budget) elapsed() time.Duration {
	if b.o.Elapsed == nil {
		return 0
	}
	return b.o.Elapsed()
}

// share is how much of the budget is spent, 1 or more at the end. It also sets how many
// iterations to do until the next look: about a millisecond's worth.
func (b *budget) share(s *search.Search) float64 {
	share := 0.0
	switch {
	case b.ctx.Err() != nil:
		b.stats.StoppedBy = "context"
		return 1
	case b.o.Target > 0 && s.BestCost() <= b.o.Target:
		b.stats.StoppedBy = "target"
		return 1
	}
	if b.o.Iterations > 0 {
		share = float64(s.Stats.Iterations) / float64(b.o.Iterations)
		b.stats.StoppedBy = "iterations"
		b.chunk = int(min(16, b.o.Iterations-s.Stats.Iterations))
	}
	if b.o.Budget > 0 && b.o.Elapsed != nil {
		now := b.o.Elapsed()
		if x := float64(now) / float64(b.o.Budget); x > share {
			share = x
			b.stats.StoppedBy = "budget"
		}
		if b.o.Iterations <= 0 {
			b.pace(now)
		}
	}
	return share
}

// pace aims at one look at the clock a millisecond.
func (b *budget) pace(now time.Duration) {
	switch took := now - b.last; {
	case took < time.Millisecond/2 && b.chunk < 1024:
		b.chunk *= 2
	case took > 2*time.Millisecond && b.chunk > 1:
		b.chunk /= 2
	}
	b.last = now
}

func (b *budget) report(s *search.Search) {
	if b.o.Progress == nil {
		return
	}
	now := b.elapsed()
	if b.o.Elapsed == nil {
		now = time.Duration(s.Stats.Iterations) * time.Microsecond
	}
	if now-b.reported < b.o.ProgressEvery {
		return
	}
	b.reported = now
	b.o.Progress(Incumbent{Elapsed: now, Iterations: s.Stats.Iterations, Cost: s.BestCost(), Solution: s.Best})
}
