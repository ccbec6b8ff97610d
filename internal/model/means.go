package model

import (
	"math"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Means are the expected seconds of every drive at every departure (local times),
// out[departure*len(facts)+drive]: the answer of [Bundle.Estimate] without its
// quantiles, for tables of many drives. The departures in the facts are passed over.
// O(drives x departures x trees x depth).
func (b *Bundle) Means(facts []feature.Facts, departures []time.Time, out []float64) {
	width := b.rows.Width()
	rows := make([]float64, min(len(facts), tableRows)*width)
	start := make([]float64, min(len(facts), tableRows))
	clocks := make([]feature.Departure, len(departures))
	for k, at := range departures {
		clocks[k] = b.rows.Departure(&feature.Facts{At: at})
	}
	for lo := 0; lo < len(facts); lo += tableRows {
		part := facts[lo:min(lo+tableRows, len(facts))]
		for i := range part {
			b.rows.Fill(rows[i*width:], &part[i])
			start[i] = b.start(&part[i])
		}
		for k, at := range departures {
			dst := out[k*len(facts)+lo:][:len(part)]
			for i := range part {
				clocks[k].Set(rows[i*width : (i+1)*width])
			}
			b.Mean.PredictBatch(dst, rows[:len(part)*width])
			for i := range part {
				dst[i] = b.mean(&part[i], at, start[i]+dst[i])
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
