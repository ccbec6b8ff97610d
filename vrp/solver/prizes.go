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
		search.RaisePrizes(prizeFactor-(prizeFactor-1)*x, s)
		next := x + 1.0/prizeSteps
		b.anneal(s, from+(1-from)*prizeShare*next, heat(x), heat(next), s.Step)
	}
	search.RaisePrizes(1, s)
	if b.share(s) >= 1 {
		// Ended early: what was taken on for a raised prize must still be let go.
		for range min(letGo, 10*s.Stops()) {
			s.Step(cold)
		}
	}
	return heat(1)
}

// prizes is the same for all lanes. Parts are cut anew a number of times in all.
func (t *team) prizes(hot, cold float64, cuts int) float64 {
	from := t.spent()
	heat := func(x float64) float64 { return hot * math.Pow(cold/hot, x*prizeShare) }
	cuts = max(1, cuts/prizeSteps)
	for i := range prizeSteps {
		search.RaisePrizes(prizeFactor-(prizeFactor-1)*float64(i)/prizeSteps, t.searches...)
		for k := range cuts {
			x := (float64(i) + float64(k)/float64(cuts)) / prizeSteps
			next := x + 1/float64(prizeSteps*cuts)
			t.anneal(from+(1-from)*prizeShare*next, heat(x), heat(next), 1, (*search.Search).Step)
		}
	}
	search.RaisePrizes(1, t.searches...)
	if t.halted.Load() {
		t.parts, t.adopt = nil, false
		s := t.searches[0]
		s.Adopt(t.best)
		for range min(letGo, 10*s.Stops()) {
			s.Step(cold)
		}
		t.collect()
	}
	return heat(1)
}
