package model

import (
	"slices"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Groups of the conformal offsets: how well the ends are known x parts of the day x
// straight-line distance.
const (
	kinds          = 2
	hourGroups     = 5
	distanceGroups = 5
	kindGroups     = hourGroups * distanceGroups
	groups         = kinds * kindGroups
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
	// Ratio is the sum of real over the sum of predicted seconds, for drives with an
	// end known by zone only and for those between exact places.
	Ratio [kinds]float64
	// Offsets are added to the log quantiles P10, P50 and P90, by group.
	Offsets [groups][3]float64
	// Rows is how many trips it rests on; From and Until are their first and last
	// departure.
	Rows        int64
	From, Until time.Time
	// Correlation is the share of the variance of log errors that drives of the
	// same hour have in common, at least leastCorrelation; see predict.Arrivals.
	Correlation float64
}

// NoCorrection leaves the trees' answers as they are.
func NoCorrection() Correction {
	return Correction{Ratio: [kinds]float64{1, 1}, Correlation: leastCorrelation}
}

// leastCorrelation is what is assumed at least: a few weeks do not show how much one
// season differs from the next.
const leastCorrelation = 0.1

// kind is 1 for a drive between exact places, 0 where an end is known by zone only.
func kind(f *feature.Facts) int {
	if f.ExactEnds == 2 {
		return 1
	}
	return 0
}

// group is the group of a drive: its kind, the part of its day (night, morning,
// midday, evening, late) and its straight-line kilometers (up to 1, 2, 4, 8, more).
func group(f *feature.Facts) int {
	return kind(f)*kindGroups + groupOf(float64(f.At.Hour()), 6, 10, 16, 20)*distanceGroups +
		groupOf(f.LineM(), 1000, 2000, 4000, 8000)
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
	c := NoCorrection()
	c.Rows = int64(len(residuals))
	if len(residuals) == 0 {
		return c
	}
	c.From, c.Until = residuals[0].Facts.At, residuals[len(residuals)-1].Facts.At
	var byKind [kinds][]Residual
	var byGroup [groups][]Residual
	for _, r := range residuals {
		k, g := kind(r.Facts), group(r.Facts)
		byKind[k] = append(byKind[k], r)
		byGroup[g] = append(byGroup[g], r)
	}
	all := logQuantiles(residuals)
	for k, of := range byKind {
		c.Ratio[k] = ratio(of)
		whole := drawn(of, all)
		for g := range kindGroups {
			c.Offsets[k*kindGroups+g] = drawn(byGroup[k*kindGroups+g], whole)
		}
	}
	// One kind only: a trip may come in both, and would be taken for its own company.
	of := byKind[0]
	if len(byKind[1]) >= groupShrink {
		of = byKind[1]
	}
	c.Correlation = max(leastCorrelation, sharedVariance(of))
	return c
}

// ratio is real over predicted, drawn to 1 as by ratioShrink more trips that met their
// prediction: a few trips must not move much.
func ratio(of []Residual) float64 {
	var real, predicted float64
	for _, r := range of {
		real += r.Seconds
		predicted += r.Mean
	}
	if len(of) == 0 || predicted <= 0 {
		return 1
	}
	prior := ratioShrink * real / float64(len(of))
	return (real + prior) / (predicted + prior)
}

// drawn are the offsets of a group, drawn to those of a wider one.
func drawn(of []Residual, to [3]float64) [3]float64 {
	if len(of) == 0 {
		return to
	}
	own, weight := logQuantiles(of), float64(len(of))/float64(len(of)+groupShrink)
	for k := range own {
		to[k] += weight * (own[k] - to[k])
	}
	return to
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
	g := group(f) % kindGroups
	return hourNames[g/distanceGroups], distanceNames[g%distanceGroups]
}
