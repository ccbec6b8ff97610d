package solver

import "github.com/logistica-inteligente/rumbo/vrp/internal/search"

// How long routes are emptied: at least shrinkShare of the budget, and while it succeeds
// longer, but never beyond shrinkMost. The temperature hardly matters there, measured on
// Gehring-Homberger and Li & Lim instances; a hot one does worse.
const (
	shrinkMore = 0.5 // after a success, of the time spent so far
	shrinkMost = 0.6
	shrinkHeat = 0.05
)

// shrink saves vehicles, as long as that goes well and more can be saved at all.
func (b *budget) shrink(s *search.Search, scale float64) {
	begun := b.share(s)
	until := min(begun+shrinkShare, shrinkMost)
	s.BeginShrink()
	for share := begun; share < until && !s.Shrunk(); share = b.share(s) {
		saved := false
		for range b.chunk {
			saved = s.ShrinkStep(scale*shrinkHeat) || saved
		}
		if saved {
			until = min(max(until, share+shrinkMore*(share-begun)+shrinkShare/2), shrinkMost)
		}
		b.report(s)
	}
	s.EndShrink()
}

// squeezeShare is how much of the budget is spent on work that is left over for want of
// vehicles, at most.
const squeezeShare = 0.25

// squeeze looks for a solution that serves all required work.
func (b *budget) squeeze(s *search.Search, scale float64) {
	s.BeginSqueeze()
	until := b.share(s) + squeezeShare
	done := false
	for share := b.share(s); share < min(until, 1) && !done; share = b.share(s) {
		for range b.chunk {
			if done = s.SqueezeStep(scale * shrinkHeat); done {
				break
			}
		}
		b.report(s)
	}
	s.EndSqueeze()
}
