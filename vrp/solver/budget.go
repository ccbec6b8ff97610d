package solver

import (
	"context"
	"math"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// budget measures how much of a run is spent.
type budget struct {
	ctx   context.Context
	o     Options
	stats Stats
	pacer
	reported time.Duration
}

// pacer spaces the looks at the clock.
type pacer struct {
	chunk int           // iterations until the next look
	tick  time.Duration // wanted from look to look
	last  time.Duration
}

func newBudget(ctx context.Context, o Options) *budget {
	if o.ProgressEvery <= 0 {
		o.ProgressEvery = time.Second
	}
	return &budget{ctx: ctx, o: o, pacer: pacer{chunk: 16, tick: time.Millisecond}}
}

func (b *budget) elapsed() time.Duration {
	if b.o.Elapsed == nil {
		return 0
	}
	return b.o.Elapsed()
}

// constructShare is the part of the budget that construction may take. What is then left over is
// served the quickest way: a run that ends with bad routes is better than one with none.
const constructShare = 0.9

// hurry says whether construction has had its share, or the run is to end; nil if that
// cannot be.
func (b *budget) hurry() func() bool {
	most := time.Duration(constructShare * float64(b.o.Budget))
	timed := b.o.Budget > 0 && b.o.Elapsed != nil
	if !timed && b.ctx.Done() == nil {
		return nil
	}
	return func() bool { return b.ctx.Err() != nil || timed && b.o.Elapsed() > most }
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

// pace aims at one look at the clock a tick.
func (b *pacer) pace(now time.Duration) {
	switch took := now - b.last; {
	case took < b.tick/2 && b.chunk < 1024:
		b.chunk *= 2
	case took > 2*b.tick && b.chunk > 1:
		b.chunk /= 2
	}
	b.last = now
}

func (b *budget) report(s *search.Search) {
	if now, due := b.due(s.Stats.Iterations); due {
		b.o.Progress(Incumbent{Elapsed: now, Iterations: s.Stats.Iterations, Cost: s.BestCost(), Solution: s.Best})
	}
}

// due is the moment of a report, if it is time for one after so many iterations.
func (b *budget) due(iterations int64) (time.Duration, bool) {
	if b.o.Progress == nil {
		return 0, false
	}
	now := b.elapsed()
	if b.o.Elapsed == nil {
		now = time.Duration(iterations) * time.Microsecond
	}
	if now-b.reported < b.o.ProgressEvery {
		return 0, false
	}
	b.reported = now
	return now, true
}

// anneal runs steps until a share of the budget is spent, the temperature falling from hot
// to cold by the same factor for each equal part.
func (b *budget) anneal(s *search.Search, until, hot, cold float64, step func(temperature float64) bool) {
	from := b.share(s)
	until = min(until, 1) // a done context is at 1 and stays there
	for share := from; share < until; share = b.share(s) {
		temperature := hot
		if hot > cold {
			temperature *= math.Pow(cold/hot, (share-from)/(until-from))
		}
		for range b.chunk {
			step(temperature)
		}
		b.report(s)
	}
}

// affordable lowers the first temperature where the budget allows few iterations a stop,
// as the pace since begun tells: what a hot start shakes up must have time to settle again.
func (b *budget) affordable(s *search.Search, begun, top float64) float64 {
	spent := b.share(s) - begun
	if spent <= 0 || s.Stats.Iterations == 0 {
		return top
	}
	return bearable(top, float64(s.Stats.Iterations)/spent/float64(s.Stops()))
}

// bearable is the first temperature for so many iterations a stop in the whole budget.
func bearable(top, expected float64) float64 {
	const enough = 60 // measured on 10,000 to 30,000 stops, with windows and without
	return max(2*cold, top*min(1, expected/enough))
}
