package solver

import (
	"math"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/internal/search"
)

// stage is one run's part of an annealing: the temperature begins and ends where that of
// one long run would be, which has the time of all its parts.
func (b *budget) stage(s *search.Search) vrp.Solution {
	part := b.o.Stage
	begun := b.share(s)
	b.anneal(s, begun+descentShare, s.Scale()*cold, s.Scale()*cold, s.Step)
	top := hot
	if s.Windowed() {
		top = tied
	}
	if spent := b.share(s) - begun; spent > 0 && s.Stats.Iterations > 0 && part.To > part.From {
		pace := float64(s.Stats.Iterations) / spent / float64(s.Stops())
		top = bearable(top, pace/(part.To-part.From))
	}
	heat := func(x float64) float64 { return s.Scale() * top * math.Pow(cold/top, x) }
	b.anneal(s, 1, heat(part.From), heat(part.To), s.Step)
	b.stats.take(&s.Stats)
	b.stats.Elapsed = b.elapsed()
	if part.To < 1 {
		return s.Current()
	}
	return s.Best()
}
