package gbdt

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// missingBin is the bin of missing numeric values and of rare, unseen or missing categories.
const missingBin = 255

// binSample is how many rows are looked at to place the cuts of a numeric feature. More rows move
// the cuts by less than the noise and cost a sort.
const binSample = 1_000_000

// binner turns the values of one feature into bins.
type binner struct {
	kind Kind
	// values: numeric, the ascending cuts (bin b holds cuts[b-1] < x <= cuts[b]); categorical,
	// the ascending category values (bin b is values[b]).
	values []float64
	keys   *searchKeys // of the cuts; nil where categorical
}

func numericBinner(cuts []float64) binner {
	return binner{kind: Numeric, values: cuts, keys: newSearchKeys(cuts)}
}

// bins is the number of bins without the missing bin.
func (b *binner) bins() int {
	if b.kind == Categorical {
		return len(b.values)
	}
	return len(b.values) + 1
}

// bin is the bin of x, in eight steps.
func (b *binner) bin(x float64) uint8 {
	if b.kind == Categorical {
		k := sort.SearchFloat64s(b.values, x)
		if k < len(b.values) && b.values[k] == x {
			return uint8(k)
		}
		return missingBin
	}
	if x != x {
		return missingBin
	}
	return b.keys.find(keyOf(x))
}

// newBinner places the bins of one feature. values is scratch and is reordered. O(n log n) in the
// sample.
func newBinner(f Feature, values []float64, maxBins int) (binner, error) {
	if f.Kind == Categorical {
		return categoryBinner(f, values, maxBins)
	}
	sample := values[:0]
	step := max(1, len(values)/binSample)
	for i := 0; i < len(values); i += step {
		if x := values[i]; x == x {
			sample = append(sample, x)
		}
	}
	slices.Sort(sample)
	return numericBinner(placeCuts(sample, maxBins)), nil
}

// placeCuts returns the ascending cuts that part a sorted sample into at most maxBins bins: one a
// distinct value where there are few, else bins of nearly equal counts in which a value
// heavier than its fair share has a bin of its own.
func placeCuts(sorted []float64, maxBins int) []float64 {
	var distinct []float64
	var count []int
	for i, x := range sorted {
		if i == 0 || x != sorted[i-1] {
			distinct, count = append(distinct, x), append(count, 0)
		}
		count[len(count)-1]++
	}
	cuts := make([]float64, 0, min(len(distinct), maxBins))
	if len(distinct) <= maxBins {
		for k := 0; k+1 < len(distinct); k++ {
			cuts = append(cuts, between(distinct[k], distinct[k+1]))
		}
		return cuts
	}
	rest, inBin := len(sorted), 0
	for k := 0; k+1 < len(distinct) && len(cuts) < maxBins-1; k++ {
		inBin += count[k]
		fair := float64(rest) / float64(maxBins-len(cuts))
		full := float64(inBin) >= fair
		nextIsHeavy := float64(count[k+1]) >= fair && float64(inBin) >= fair/2
		if full || nextIsHeavy {
			cuts = append(cuts, between(distinct[k], distinct[k+1]))
			rest -= inBin
			inBin = 0
		}
	}
	return cuts
}

// between is a number c with a <= c < b: the middle where it can be had.
func between(a, b float64) float64 {
	if m := a/2 + b/2; m >= a && m < b {
		return m
	}
	return a
}

// categoryBinner gives the most frequent categories a bin each; ties go to the smaller value.
func categoryBinner(f Feature, values []float64, maxBins int) (binner, error) {
	count := make(map[float64]int)
	for _, x := range values {
		if x != x {
			continue
		}
		if !validCategory(x) {
			return binner{}, fmt.Errorf("%w: category %v of feature %q is no whole number from 0 to 2^31-1", ErrData, x, f.Name)
		}
		count[x]++
	}
	kept := make([]float64, 0, len(count))
	for x := range count {
		kept = append(kept, x)
	}
	sort.Slice(kept, func(a, b int) bool {
		if count[kept[a]] != count[kept[b]] {
			return count[kept[a]] > count[kept[b]]
		}
		return kept[a] < kept[b]
	})
	kept = kept[:min(len(kept), maxBins)]
	slices.Sort(kept)
	return binner{kind: Categorical, values: kept}, nil
}

func validCategory(x float64) bool {
	return x >= 0 && x <= math.MaxInt32 && x == math.Trunc(x)
}
