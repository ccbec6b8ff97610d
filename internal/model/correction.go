package model

import (
	"slices"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Groups of the conformal offsets: parts of the day x straight-line distance.
const (
	hourGroups     = 5
	distanceGroups = 5
	groups         = hourGroups * distanceGroups
)

// groupShrink is how many trips a group needs before its own offset weighs as much
// as that of all trips together.
const groupShrink = 100

// ratioShrink is how many trips the ratio needs before its own value weighs as much
// as 1.
const ratioShrink = 20

// Correction adjusts the trees' answers without growing trees. It may be computed
// anew from recent trips at any time.
type Correction struct {
	// Ratio is the sum of real over the sum of predicted seconds.
	Ratio float64
	// Offsets are added to the log quantiles P10, P50 and P90, by group.
	Offsets [groups][3]float64
	// Rows is how many trips it rests on; From and Until are their first and last
	// departure.
	Rows        int64
	From, Until time.Time
	// Correlation is the share of the variance of log errors that drives of the
	// same hour have in common; see predict.Arrivals.
	Correlation float64
}

// NoCorrection leaves the trees' answers as they are.
func NoCorrection() Correction { return Correction{Ratio: 1} }

// group is the group of a drive: the part of its day (night, morning, midday,
// evening, late) and its straight-line kilometers (up to 1, 2, 4, 8, more).
func group(f *feature.Facts) int {
	return groupOf(float64(f.At.Hour()), 6, 10, 16, 20)*distanceGroups + groupOf(f.LineM(), 1000, 2000, 4000, 8000)
}

// groupOf is how many of the bounds x has reached.
func groupOf(x float64, bounds ...float64) int {
	n := 0
	for n < len(bounds) && x >= bounds[n] {
		n++
	}
	return n
}

func (c *Correction) offsets(f *feature.Facts) [3]float64 { return c.Offsets[group(f)] }

// Residual is one trip that the trees had not seen.
type Residual struct {
	Facts *feature.Facts
	// Seconds is the real duration, Mean the trees' uncorrected answer.
	Seconds, Mean float64
	// Log is log1p(seconds) less the trees' uncorrected log quantiles.
	Log [3]float64
}

// levels of the quantiles.
var levels = [3]float64{0.1, 0.5, 0.9}

// FitCorrection fits a correction to the residuals of trips that the trees had not
// seen, in order of departure. O(n log n).
func FitCorrection(residuals []Residual) Correction {
	c := Correction{Ratio: 1, Rows: int64(len(residuals))}
	if len(residuals) == 0 {
		return c
	}
	c.From, c.Until = residuals[0].Facts.At, residuals[len(residuals)-1].Facts.At
	var real, predicted float64
	byGroup := make([][]Residual, groups)
	for _, r := range residuals {
		real += r.Seconds
		predicted += r.Mean
		g := group(r.Facts)
		byGroup[g] = append(byGroup[g], r)
	}
	// A few trips must not move much: the ratio is drawn to 1 as by ratioShrink
	// more that met their prediction.
	prior := ratioShrink * real / float64(len(residuals))
	c.Ratio = (real + prior) / (predicted + prior)
	all := logQuantiles(residuals)
	for g, of := range byGroup {
		c.Offsets[g] = all
		if len(of) == 0 {
			continue
		}
		own, weight := logQuantiles(of), float64(len(of))/float64(len(of)+groupShrink)
		for k := range own {
			c.Offsets[g][k] += weight * (own[k] - all[k])
		}
	}
	c.Correlation = sharedVariance(residuals)
	return c
}

// logQuantiles is, for each quantile model, the offset after which the wanted share
// of the residuals lies at or below it. The rank is that of split conformal
// prediction: level x (n+1), rounded away from the middle.
func logQuantiles(of []Residual) (out [3]float64) {
	values := make([]float64, len(of))
	for k, level := range levels {
		for i := range of {
			values[i] = of[i].Log[k]
		}
		slices.Sort(values)
		out[k] = values[rank(level, len(values))]
	}
	return out
}

// rank is the index of the order statistic that a fresh value stays at or below
// with a probability of the level.
func rank(level float64, n int) int {
	at := level * float64(n+1)
	i := int(at) - 1
	if level > 0.5 && at > float64(int(at)) {
		i++
	}
	return max(0, min(n-1, i))
}

// GroupNames names the part of the day and the straight-line distance by which
// corrections and evaluations group drives, as "06-10" and "1-2 km".
func GroupNames(f *feature.Facts) (hours, distance string) {
	hourNames := [hourGroups]string{"00-06", "06-10", "10-16", "16-20", "20-24"}
	distanceNames := [distanceGroups]string{"0-1 km", "1-2 km", "2-4 km", "4-8 km", "8+ km"}
	g := group(f)
	return hourNames[g/distanceGroups], distanceNames[g%distanceGroups]
}
