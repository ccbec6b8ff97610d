package solver

import (
	"math"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// lane is one search of a team and its pace.
type lane struct {
	s *search.Search
	pacer
	begun int64 // iterations before the round
	quota int64 // iterations in the round, where they are counted
}

// stepper is one iteration of a search at a temperature.
type stepper = func(s *search.Search, temperature float64) bool

// reportEvery is after how many iterations a lane stands still for a report, where
// iterations are the budget.
const reportEvery = 1024

// round lets every lane run until a share of the budget is spent, or a report is due.
func (t *team) round(end float64, heat func(share float64) float64, step stepper) {
	pause := time.Duration(math.MaxInt64)
	watched := t.o.Progress != nil || t.o.Target > 0
	if t.o.Iterations > 0 {
		t.allot(end, watched)
	} else if watched {
		pause = t.elapsed() + t.o.ProgressEvery
	}
	var all sync.WaitGroup
	for i := range t.lanes {
		l := &t.lanes[i]
		l.begun = l.s.Stats.Iterations
		all.Go(func() {
			if t.adopt {
				l.s.AdoptPart(t.draft, t.parts, i)
			}
			if t.recombine {
				l.s.Recombine(t.effort / int64(len(t.lanes)))
			}
			for l.s.Present() {
				share, ok := t.share(l, end, pause)
				if !ok {
					return
				}
				temperature := heat(share)
				for range l.chunk {
					step(l.s, temperature)
				}
			}
		})
	}
	all.Wait()
	t.adopt, t.recombine, t.done = false, false, 0
	for _, s := range t.searches {
		t.done += s.Stats.Iterations
	}
}

// allot divides the iterations up to a share of the budget among the lanes.
func (t *team) allot(end float64, watched bool) {
	n := int64(len(t.lanes))
	left := max(1, int64(math.Ceil(end*float64(t.o.Iterations)))-t.done)
	if watched {
		left = min(left, n*reportEvery)
	}
	for i := range t.lanes {
		t.lanes[i].quota = left*int64(i+1)/n - left*int64(i)/n
	}
}

// share is how much of the budget a lane sees spent; false where its round ends. It also
// sets how many iterations to do until the next look. With iterations as budget it counts
// the lane's own ones for all, so that it depends on nothing but the lane.
func (t *team) share(l *lane, end float64, pause time.Duration) (float64, bool) {
	switch {
	case t.halted.Load():
		return 1, false
	case t.ctx.Err() != nil:
		t.halt("context")
		return 1, false
	case t.parts == nil && t.o.Target > 0 && l.s.BestCost() <= t.o.Target:
		t.halt("target")
		return 1, false
	}
	share, timed := 0.0, 0.0
	if t.o.Budget > 0 && t.o.Elapsed != nil {
		now := t.elapsed()
		if timed = float64(now) / float64(t.o.Budget); timed >= end || now >= pause {
			return timed, false
		}
		if t.o.Iterations <= 0 {
			l.pace(now)
		}
	}
	if t.o.Iterations > 0 {
		own := l.s.Stats.Iterations - l.begun
		if own >= l.quota {
			return 1, false
		}
		l.chunk = int(min(16, l.quota-own))
		share = float64(t.done+own*int64(len(t.lanes))) / float64(t.o.Iterations)
	}
	return max(share, timed), true
}

// elapsed is the time since the run began. Any lane may ask.
func (t *team) elapsed() time.Duration {
	t.clock.Lock()
	defer t.clock.Unlock()
	return t.budget.elapsed()
}

// spent is how much of the budget is spent while all lanes stand still.
func (t *team) spent() float64 {
	if t.halted.Load() {
		return 1
	}
	share := 0.0
	if t.o.Iterations > 0 {
		share = float64(t.done) / float64(t.o.Iterations)
	}
	if t.o.Budget > 0 && t.o.Elapsed != nil {
		share = max(share, float64(t.elapsed())/float64(t.o.Budget))
	}
	return share
}

// halt ends the run for all lanes. The first reason counts.
func (t *team) halt(reason string) {
	if t.halted.CompareAndSwap(false, true) {
		t.reason = reason
	}
}

// report tells the progress of the whole while all lanes stand still.
func (t *team) report() {
	if now, due := t.due(t.done); due {
		t.o.Progress(Incumbent{Elapsed: now, Iterations: t.done, Cost: t.best.Cost, Solution: t.solution})
	}
}

// sum fills in the statistics at the end.
func (t *team) sum() {
	var all search.Stats
	for _, s := range t.searches {
		all.Add(&s.Stats)
	}
	x := &t.stats
	x.take(&all)
	x.Elapsed = t.elapsed()
	switch {
	case t.reason != "":
		x.StoppedBy = t.reason
	case t.o.Iterations > 0 && t.done >= t.o.Iterations:
		x.StoppedBy = "iterations"
	default:
		x.StoppedBy = "budget"
	}
}
