package gbdt

import (
	"cmp"
	"slices"
)

// categorySmoothing is added to the mass of a category when categories are ordered, so that a rare one
// does not stand at an end by luck.
const categorySmoothing = 10

// categorical orders the categories of the leaf by mean gradient and weighs every cut of that order,
// which holds the best partition into two sets for a convex loss (Fisher 1958). Missing, rare and
// unseen values are one more category; categories without rows here go with the greater number of rows.
func (s *scanner) categorical(best *candidate) {
	var order [histBins]uint8
	var key [histBins]float64
	n := 0
	for b := range histBins {
		sum := s.at(b)
		if sum.word == 0 {
			continue
		}
		key[b] = float64(s.ints.gradient(sum)) / (s.ints.mass(sum) + categorySmoothing)
		order[n] = uint8(b)
		n++
	}
	slices.SortStableFunc(order[:n], func(a, b uint8) int { return cmp.Compare(key[a], key[b]) })
	var left stats
	for k := range max(0, n-1) {
		left = left.plus(s.at(int(order[k])))
		if gain := s.gain(left); gain > best.gain {
			*best = candidate{gain: gain, feature: s.feature, categorical: true, left: left,
				set: s.leftSet(order[:n], k, left)}
		}
	}
}

// leftSet is the set of the first k+1 categories in order, with the absent ones where left is larger.
func (s *scanner) leftSet(order []uint8, k int, left stats) (set binSet) {
	if 2*s.ints.count(left) >= s.rows {
		set = binSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
		for _, b := range order[k+1:] {
			set[b>>6] &^= 1 << (b & 63)
		}
		return set
	}
	for _, b := range order[:k+1] {
		set.add(b)
	}
	return set
}
