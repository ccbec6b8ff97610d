package search

// In large problems ruins begin within walkWide stops of the numbering for walkStay times,
// then elsewhere: what an iteration reads has then been read shortly before. Measured on 30,000
// and 100,000 stops: a quarter more iterations a second; little below walkFrom stops,
// which the caches hold anyway.
const (
	walkFrom = 5000
	walkWide = 300
	walkStay = 100
)

// walk is where ruins begin for a while.
type walk struct {
	base int
	left int // ruins until it moves
}

// next draws one of n stops, each as often as any other in the long run.
func (w *walk) next(rng *random, n int) int {
	if n < walkFrom {
		return rng.below(n)
	}
	if w.left == 0 {
		w.base, w.left = rng.below(n), walkStay
	}
	w.left--
	return (w.base + rng.below(walkWide)) % n
}
