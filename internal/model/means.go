package model

import (
	"math"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Means are the expected seconds of every drive at every departure (local times),
// out[departure*len(facts)+drive]: the answer of [Bundle.Estimate] without its
// quantiles, for tables of many drives. The departures in the facts are passed over.
// What does not depend on the departure is asked of the trees once a drive.
// O(drives x (features + departures) x trees).
func (b *Bundle) Means(facts []feature.Facts, departures []time.Time, out []float64) {
	width := b.rows.Width()
	rows := make([]float64, min(len(facts), tableRows)*width)
	scores := make([]float64, min(len(facts), tableRows)*len(departures))
	clocks := make([][]float64, len(departures))
	for k, at := range departures {
		clocks[k] = b.rows.Clock(at)
	}
	for lo := 0; lo < len(facts); lo += tableRows {
		part := facts[lo:min(lo+tableRows, len(facts))]
		for i := range part {
			b.rows.Fill(rows[i*width:], &part[i])
		}
		n := len(part)
		b.cross().Predict(scores[:n*len(departures)], rows[:n*width], clocks)
		for i := range part {
			start := b.start(&part[i])
			for k, at := range departures {
				out[k*len(facts)+lo+i] = b.mean(&part[i], at, start+scores[k*n+i])
			}
		}
	}
}

// tableRows is how many drives share the filling of their rows.
const tableRows = 1024

// mean is the expected seconds for a raw score, or the floor's where the trees
// cannot answer.
func (b *Bundle) mean(f *feature.Facts, at time.Time, score float64) float64 {
	if level := b.level(f); level == LevelZones || level == LevelDistance {
		dated := *f
		dated.At = at
		return b.Floors.Estimate(level, &dated).Mean
	}
	return max(0, math.Expm1(score)*b.Correction.Ratio[kind(f)])
}
