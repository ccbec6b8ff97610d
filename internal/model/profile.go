package model

import (
	"math"
	"slices"
)

// Profile is how the values of one feature were spread over the training trips: what
// later trips are compared with.
type Profile struct {
	// Edges part the values into bins; an edge belongs to the bin below it.
	Edges []float64
	// Shares are those of the bins, one more than edges, and of unknown values, last.
	Shares []float64
}

// profileBins is the number of bins where there are enough different values.
const profileBins = 10

// NewProfile describes the values; NaN is unknown. O(n log n).
func NewProfile(values []float64) Profile {
	sorted := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	slices.Sort(sorted)
	var p Profile
	for k := 1; k < profileBins && len(sorted) > 0; k++ {
		edge := sorted[k*len(sorted)/profileBins]
		if edge < sorted[len(sorted)-1] && (len(p.Edges) == 0 || edge > p.Edges[len(p.Edges)-1]) {
			p.Edges = append(p.Edges, edge)
		}
	}
	p.Shares = p.share(values)
	return p
}

// share is the share of the values in each bin.
func (p Profile) share(values []float64) []float64 {
	out := make([]float64, len(p.Edges)+2)
	for _, x := range values {
		bin := len(p.Edges) + 1
		if !math.IsNaN(x) {
			bin, _ = slices.BinarySearch(p.Edges, x)
		}
		out[bin] += 1 / float64(len(values))
	}
	return out
}

// leastShare stands in for a bin that is empty on one side.
const leastShare = 1e-4

// Shift is the population stability index of other values against the profile: the
// sum over bins of (theirs - ours) x ln(theirs/ours), 0 for the same spread. Up to 0.1
// is usually called the same population, above 0.25 another one (Siddiqi 2006, Credit
// Risk Scorecards, ISBN 978-0-471-75451-0). O(n log bins).
func (p Profile) Shift(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	var sum float64
	for bin, theirs := range p.share(values) {
		theirs, ours := max(theirs, leastShare), max(p.Shares[bin], leastShare)
		sum += (theirs - ours) * math.Log(theirs/ours)
	}
	return sum
}

// valid says whether a profile from a file is in order.
func (p Profile) valid() bool {
	if len(p.Shares) != len(p.Edges)+2 || !slices.IsSorted(p.Edges) {
		return false
	}
	for _, x := range slices.Concat(p.Edges, p.Shares) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
