package model

import (
	"math"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Level says what an answer rests on, from the best to the last resort.
type Level string

// The levels.
const (
	LevelModel    Level = "model"              // the trees, with all that their features ask for
	LevelNoRoad   Level = "model_without_road" // the trees, over the straight line
	LevelZones    Level = "zone_pair_hour"     // what drives between the same zones took
	LevelDistance Level = "global_speed"       // distance over the usual speed
)

// Estimate is the answer for one drive, in seconds.
type Estimate struct {
	Mean          float64
	P10, P50, P90 float64
	Level         Level
}

// ordered repairs crossed quantiles by sorting them, and keeps them from 0 up.
func (e Estimate) ordered() Estimate {
	a, b, c := max(0, e.P10), max(0, e.P50), max(0, e.P90)
	a, b = min(a, b), max(a, b)
	b, c = min(b, c), max(b, c)
	a, b = min(a, b), max(a, b)
	e.P10, e.P50, e.P90, e.Mean = a, b, c, max(0, e.Mean)
	return e
}

// chunkRows is how many rows are computed at once: enough to keep the trees in the
// cache for a while, little enough for the rows to stay there too.
const chunkRows = 512

// Estimate answers a batch of drives into out, which is at least as long. Cost:
// O(drives x trees x depth); it allocates a few slabs of fixed size a call.
func (b *Bundle) Estimate(facts []feature.Facts, out []Estimate) {
	s := b.newScratch(len(facts))
	for lo := 0; lo < len(facts); lo += chunkRows {
		hi := min(lo+chunkRows, len(facts))
		s.estimate(facts[lo:hi], out[lo:hi])
	}
}

// scratch is the working memory of one goroutine.
type scratch struct {
	b     *Bundle
	rows  []float64
	raw   [4][]float64 // mean, P10, P50, P90
	start []float64
}

// newScratch is enough for a batch of n drives.
func (b *Bundle) newScratch(n int) *scratch {
	n = min(n, chunkRows)
	s := &scratch{b: b, rows: make([]float64, n*b.rows.Width()), start: make([]float64, n)}
	for i := range s.raw {
		s.raw[i] = make([]float64, n)
	}
	return s
}

// score fills in the starts and raw scores of at most chunkRows drives.
func (s *scratch) score(facts []feature.Facts) {
	b, n, width := s.b, len(facts), s.b.rows.Width()
	for i := range facts {
		b.rows.Fill(s.rows[i*width:], &facts[i])
		s.start[i] = b.start(&facts[i])
	}
	for k, trees := range b.trees() {
		trees.PredictBatch(s.raw[k][:n], s.rows[:n*width])
	}
}

func (s *scratch) estimate(facts []feature.Facts, out []Estimate) {
	b := s.b
	s.score(facts)
	for i := range facts {
		f := &facts[i]
		level := b.level(f)
		if level == LevelZones || level == LevelDistance {
			out[i] = b.Floors.Estimate(level, f)
			continue
		}
		offsets := b.Correction.offsets(f)
		out[i] = Estimate{
			Mean:  math.Expm1(s.start[i]+s.raw[0][i]) * b.Correction.Ratio[kind(f)],
			P10:   math.Expm1(s.start[i] + s.raw[1][i] + offsets[0]),
			P50:   math.Expm1(s.start[i] + s.raw[2][i] + offsets[1]),
			P90:   math.Expm1(s.start[i] + s.raw[3][i] + offsets[2]),
			Level: level,
		}.ordered()
	}
}

// Residuals are the errors of the trees, before any correction, on drives whose
// durations are known in seconds; what [FitCorrection] takes. Drives that the trees
// cannot answer are left out.
func (b *Bundle) Residuals(facts []feature.Facts, seconds []float64) []Residual {
	s, out := b.newScratch(len(facts)), make([]Residual, 0, len(facts))
	for lo := 0; lo < len(facts); lo += chunkRows {
		part := facts[lo:min(lo+chunkRows, len(facts))]
		s.score(part)
		for i := range part {
			if level := b.level(&part[i]); level == LevelZones || level == LevelDistance {
				continue
			}
			r := Residual{Facts: &part[i], Seconds: seconds[lo+i], Mean: math.Expm1(s.start[i] + s.raw[0][i])}
			for k := range r.Log {
				r.Log[k] = math.Log1p(r.Seconds) - s.start[i] - s.raw[k+1][i]
			}
			out = append(out, r)
		}
	}
	return out
}

// level is what the trees can answer with these facts: without the meter that set
// B asks for they cannot, without a road they can.
func (b *Bundle) level(f *feature.Facts) Level {
	switch {
	case b.Set == feature.B && !(f.MeteredM >= 0):
		if b.Floors.Zones.Knows(f.FromZone, f.ToZone) {
			return LevelZones
		}
		return LevelDistance
	case b.Set.NeedsRoad() && !(f.RoadS >= 0) && !f.Blurred:
		return LevelNoRoad
	}
	return LevelModel
}
