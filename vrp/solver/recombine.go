package solver

import (
	"math"

	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// When routes are remembered and recombined, as shares of the annealing, and what share of
// the iterations one recombination may take the time of. It needs effort in proportion to
// the problem to come near the best choice; below so many iterations a stop it was measured
// to find nothing that the iterations would not.
const (
	poolFrom      = 0.25
	recombineCost = 0.01
	recombineFrom = 500
)

var recombineAt = [...]float64{0.6, 0.8, 0.95}

// With so many iterations a stop the local search looks for all its moves. Measured on
// Gehring-Homberger: with about 1,000 and fewer they gained nothing, with 10,000 the gap was
// smaller, by how much differs between seeds. The limit lies between and is not tuned.
const thoroughFrom = 2000

// finish is the main annealing: until the end of the budget, with recombinations on the way.
func (b *budget) finish(s *search.Search, hot, cold float64) {
	from := b.share(s)
	pace := 0.0 // iterations that the budget allows
	if from > 0 {
		pace = float64(s.Stats.Iterations) / from
	}
	if pace >= thoroughFrom*float64(s.Stops()) {
		s.Thorough()
	}
	if n := seeds(s, pace); n > 0 {
		b.breed(s, n, hot, cold)
		return
	}
	if pace < recombineFrom*float64(s.Stops()) {
		b.anneal(s, 1, hot, cold, s.Step)
		return
	}
	heat := func(x float64) float64 { return hot * math.Pow(cold/hot, x) }
	last := poolFrom
	b.anneal(s, from+(1-from)*last, hot, heat(last), s.Step)
	s.StartPool()
	for _, x := range recombineAt {
		b.anneal(s, from+(1-from)*x, heat(last), heat(x), s.Step)
		s.Recombine(int64(pace * recombineCost))
		last = x
	}
	b.anneal(s, 1, heat(last), cold, s.Step)
}
