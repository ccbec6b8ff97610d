package solver

import (
	"math"

	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// Prizes begin at this many times their value and come down to it in steps within this
// share of the annealing: measured on prize-collecting instances with windows, where 1.5
// and 3 times, and 0.35 and 0.8 of the budget, ended no better.
const (
	prizeFactor = 2.0
	prizeShare  = 0.5
	prizeSteps  = 10
	letGo       = 2000 // iterations
)

// prizes is the part of the annealing with raised prizes. It returns the temperature at
// its end.
func (b *budget) prizes(s *search.Search, hot, cold float64) float64 {
	from := b.share(s)
	heat := func(x float64) float64 { return hot * math.Pow(cold/hot, x*prizeShare) }
	for i := range prizeSteps {
		x := float64(i) / prizeSteps
		s.RaisePrizes(prizeFactor - (prizeFactor-1)*x)
		next := x + 1.0/prizeSteps
		b.anneal(s, from+(1-from)*prizeShare*next, heat(x), heat(next), s.Step)
	}
	s.RaisePrizes(1)
	if b.share(s) >= 1 {
		// Ended early: what was taken on for a raised prize must still be let go.
		for range min(letGo, 10*s.Stops()) {
			s.Step(cold)
		}
	}
	return heat(1)
}
