package solver

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// Rounds of the annealing, between which the searches of a team stand still and exchange
// what they found.
const (
	islandRounds = 20
	mostCuts     = 100 // times that a solution is divided anew
	leastCuts    = 10
	cutEvery     = 2 // iterations a stop that a division should last
)

// team runs several searches of one problem at a time: each on a part of the routes, cut
// anew every round, or, where there are too few routes for that, each on the whole, as
// islands. All that passes between them passes between rounds, in the order of the lanes, so
// that with an iteration budget the schedule of the goroutines changes nothing.
type team struct {
	*budget
	lanes     []lane
	searches  []*search.Search  // of the lanes
	parts     *search.Partition // nil for islands
	draft     *search.Draft     // the present solution, which is divided
	best      *search.Draft
	adopt     bool       // the lanes have yet to take their parts
	recombine bool       // and to recombine the routes in them
	done      int64      // iterations of all lanes
	effort    int64      // iterations whose time a recombination may take
	pace      float64    // iterations a stop that the budget allows
	clock     sync.Mutex // one caller of Elapsed at a time
	halted    atomic.Bool
	reason    string // why it was halted
}

// newTeam makes the lanes around a first solution.
func newTeam(b *budget, s *search.Search) *team {
	t := &team{budget: b, draft: s.NewDraft(), best: s.NewDraft(),
		lanes: make([]lane, b.o.Threads), searches: make([]*search.Search, b.o.Threads)}
	t.draft.Write(s) // may cost more than the best: work served beyond its prize
	t.best.WriteBest(s)
	t.done = s.Stats.Iterations
	var ready sync.WaitGroup
	for i := range t.lanes {
		ready.Go(func() {
			twin := s
			if i > 0 {
				twin = s.Twin(b.o.Seed + uint64(i)<<32)
				twin.Adopt(t.draft)
			}
			t.searches[i] = twin
			t.lanes[i] = lane{s: twin, pacer: pacer{chunk: 16, tick: time.Millisecond / 4}}
		})
	}
	ready.Wait()
	t.join()
	return t
}

// join divides the present solution where there are enough routes.
func (t *team) join() {
	s := t.searches[0]
	if s.Divisible(len(t.lanes)) {
		t.parts = s.NewPartition(len(t.lanes), t.o.Seed)
		t.divide()
	}
}

// divide cuts the present solution; the lanes take their parts when the next round begins.
// Where it can no longer be cut the lanes become islands.
func (t *team) divide() {
	if t.adopt = t.parts.Cut(t.draft); t.adopt {
		return
	}
	t.parts = nil
	for _, s := range t.searches {
		s.Adopt(t.draft)
	}
}

// run is the search of a team from a first solution on.
func (t *team) run(top float64) vrp.Solution {
	begun, before := t.spent(), t.done
	scale := t.searches[0].Scale() * cold
	t.anneal(begun+descentShare, scale, scale, 1, (*search.Search).Step)
	pace := 0.0 // iterations for each stop that the budget allows
	if spent := t.spent() - begun; spent > 0 {
		pace = float64(t.done-before) / spent / float64(t.searches[0].Stops())
	}
	if t.parts == nil {
		pace /= float64(len(t.lanes))
	}
	t.pace = pace
	t.effort = int64(pace * float64(t.searches[0].Stops()) * recombineCost)
	if pace > 0 {
		top = bearable(top, pace)
	}
	if pace >= thoroughFrom {
		for _, s := range t.searches {
			s.Thorough()
		}
	}
	scale = t.scale()
	if t.searches[0].CanShrink() {
		t.shrink(scale)
	}
	rounds := islandRounds
	if t.parts != nil {
		rounds = int(max(leastCuts, min(mostCuts, pace/cutEvery)))
	}
	from := scale * top
	if t.searches[0].HasPrizes() && t.o.Initial == nil {
		from = t.prizes(from, scale*cold, rounds/2)
		rounds -= rounds / 2
	}
	if n := t.seeds(); n > 0 {
		t.breed(n, from, scale*cold)
	} else {
		t.anneal(1, from, scale*cold, rounds, (*search.Search).Step)
	}
	t.sum()
	return t.solution()
}

// scale is that of the present solution, which the first lane takes as a whole.
func (t *team) scale() float64 {
	s := t.searches[0]
	if t.parts != nil {
		s.Adopt(t.draft)
		t.adopt = true
	}
	return s.Scale()
}

// anneal is budget.anneal for all lanes, in a number of equal rounds with an exchange
// after each.
func (t *team) anneal(until, hot, cold float64, rounds int, step stepper) {
	from := t.spent()
	until = min(until, 1)
	heat := func(share float64) float64 {
		if hot <= cold {
			return hot
		}
		return hot * math.Pow(cold/hot, (share-from)/(until-from))
	}
	for k := 1; k <= rounds; k++ {
		end := from + (until-from)*float64(k)/float64(rounds)
		for t.spent() < end {
			t.round(end, heat, step)
			t.collect()
			t.report()
		}
		if t.halted.Load() {
			return
		}
		if rounds > 1 {
			t.exchange(float64(k-1)/float64(rounds), float64(k)/float64(rounds))
		} else if t.parts != nil {
			t.rejoin()
		}
	}
}

// collect looks for a new best solution. The best of all parts make one together.
func (t *team) collect() {
	if t.parts != nil {
		sum := int64(0)
		for _, s := range t.searches {
			sum += s.BestCost()
		}
		if sum < t.best.Cost {
			t.parts.GatherBest(t.best, t.searches)
		}
	} else if s := t.leader(); s.BestCost() < t.best.Cost {
		t.best.WriteBest(s)
	}
	if t.o.Target > 0 && t.best.Cost <= t.o.Target {
		t.halt("target")
	}
}

// leader is the island with the best solution, the first of equals.
func (t *team) leader() *search.Search {
	best := t.searches[0]
	for _, s := range t.searches {
		if s.BestCost() < best.BestCost() {
			best = s
		}
	}
	return best
}

// exchange follows a round that ran from one share of the annealing to another: the parts
// are joined and cut anew, or islands move to the leader. Now and then routes are recombined, of
// each part by its lane, of all islands by the leader.
func (t *team) exchange(from, to float64) {
	recombine := false
	for _, x := range recombineAt {
		recombine = recombine || from < x && x <= to
	}
	if from >= poolFrom && t.pace >= recombineFrom {
		for _, s := range t.searches {
			s.StartPool()
		}
	}
	if t.parts != nil {
		t.rejoin()
		t.recombine = recombine
		return
	}
	leader := t.leader()
	if recombine {
		for _, s := range t.searches {
			if s != leader {
				leader.Absorb(s)
			}
		}
		leader.Recombine(t.effort)
	}
	if to <= 0.5 {
		return
	}
	t.draft.Write(leader)
	for _, s := range t.searches {
		if s != leader {
			s.Adopt(t.draft)
		}
	}
}

// rejoin joins the parts and cuts the whole anew.
func (t *team) rejoin() {
	t.parts.Gather(t.draft, t.searches)
	t.divide()
}

// shrink is budget.shrink on each lane by itself, as islands, since it is about the whole
// fleet. Then all go on from the solution with the fewest vehicles.
func (t *team) shrink(scale float64) {
	divided := t.parts != nil
	t.isolate()
	for _, s := range t.searches {
		s.BeginShrink()
	}
	begun := t.spent()
	until := min(begun+shrinkShare, shrinkMost)
	for share := begun; share < until && !t.halted.Load() && !t.leader().Shrunk(); share = t.spent() {
		before := t.leader().BestCost()
		t.anneal(min(until, share+shrinkShare/8), scale*shrinkHeat, scale*shrinkHeat, 1, (*search.Search).ShrinkStep)
		if t.leader().BestCost() < before {
			until = min(max(until, share+shrinkMore*(share-begun)+shrinkShare/2), shrinkMost)
		}
	}
	for _, s := range t.searches {
		s.EndShrink()
	}
	t.draft.WriteBest(t.leader())
	for _, s := range t.searches {
		s.Adopt(t.draft)
	}
	if divided {
		t.join()
	}
}

// isolate makes islands of the lanes, each with the whole present solution.
func (t *team) isolate() {
	t.parts, t.adopt = nil, false
	for _, s := range t.searches {
		s.Adopt(t.draft)
	}
}

// solution is the best one. O(problem).
func (t *team) solution() vrp.Solution { return t.searches[0].Export(t.best) }
