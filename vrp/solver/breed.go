package solver

import (
	"math"

	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// Where the budget allows many iterations a unit of work, one slow annealing ends in one
// valley of several, and its last part finds little; several faster ones and crossing what
// they found do better. With less effort for a seed, or fewer seeds, one annealing was better
// (docs/decisions/0011).
const (
	seedShare  = 0.6 // of the annealing, for the first generation
	seedEffort = 500 // iterations a unit, at least, for one of it
	leastSeeds = 4
	mostSeeds  = 20  // at 60 s 40 gained nothing over 20
	childHeat  = 0.2 // where the annealing of a child begins, as a share of where a seed's does
	migrations = 20  // of the best solution to the next thread
)

// seeds is how many solutions the first generation has, given how many iterations the whole
// budget allows; 0 where there are too few for breeding. Prizes take half the budget for one
// annealing already; what is left was measured to be better spent on its end than on seeds.
func seeds(s *search.Search, iterations float64) int {
	n := int(seedShare * iterations / float64(s.Units()) / seedEffort)
	if n < leastSeeds || !s.CanBreed() || s.HasPrizes() {
		return 0
	}
	return min(n, mostSeeds)
}

// breed is the annealing of several solutions, one after the other, and then of children of
// them until the end of the budget.
func (b *budget) breed(s *search.Search, seeds int, hot, cold float64) {
	from := b.share(s)
	s.BeginBreeding(hot*childHeat, cold)
	for i := range seeds {
		end := sown(from, i+1, seeds)
		middle := math.Sqrt(hot * cold)
		b.anneal(s, (sown(from, i, seeds)+end)/2, hot, middle, s.Step)
		s.Forget()
		b.anneal(s, end, middle, cold, s.Step)
		s.Sow()
	}
	b.anneal(s, 1, 0, 0, s.BreedStep)
	s.EndBreeding()
}

// sown is the share of the budget at which so many seeds are ready.
func sown(from float64, ready, seeds int) float64 {
	return from + (1-from)*seedShare*float64(ready)/float64(seeds)
}

// seeds is the size of the first generation of each lane, if each searched the whole.
func (t *team) seeds() int {
	s := t.searches[0]
	iterations := t.pace * float64(s.Stops())
	if t.parts != nil {
		iterations /= float64(len(t.lanes))
	}
	return seeds(s, iterations)
}

// breed gives every lane a population of its own, as islands. Now and then the best of each
// moves to the next.
func (t *team) breed(seeds int, hot, cold float64) {
	if t.parts != nil {
		t.isolate()
	}
	from := t.spent()
	for _, s := range t.searches {
		s.BeginBreeding(hot*childHeat, cold)
	}
	for i := range seeds {
		end := sown(from, i+1, seeds)
		middle := math.Sqrt(hot * cold)
		t.anneal((sown(from, i, seeds)+end)/2, hot, middle, 1, (*search.Search).Step)
		for _, s := range t.searches {
			s.Forget()
		}
		t.anneal(end, middle, cold, 1, (*search.Search).Step)
		for _, s := range t.searches {
			s.Sow()
		}
	}
	begun := sown(from, seeds, seeds)
	for k := range migrations {
		t.anneal(begun+(1-begun)*float64(k+1)/migrations, 0, 0, 1, (*search.Search).BreedStep)
		for i, s := range t.searches {
			t.draft.WriteBest(s)
			t.searches[(i+1)%len(t.searches)].Invite(t.draft)
		}
	}
	t.collect()
}
