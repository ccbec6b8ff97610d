package gbdt

// binSet is a set of bins, one bit each.
type binSet [4]uint64

func (s *binSet) has(bin uint8) bool { return s[bin>>6]>>(bin&63)&1 == 1 }
func (s *binSet) add(bin uint8)      { s[bin>>6] |= 1 << (bin & 63) }

// split is one decision. A numeric split sends bins up to bin to the left, a categorical one the bins in
// its set. A child is the index of a split where it is 0 or more, else the complement of the
// index of a leaf. Children have higher indices than their parent; the root is split 0.
type split struct {
	feature     uint16
	bin         uint8
	missingLeft bool  // numeric only; a categorical set holds the missing bin like any other
	set         int32 // index into tree.sets, or -1
	left, right int32
	gain        float64
}

// tree is a regression tree on binned rows. A tree without splits has one leaf.
type tree struct {
	splits []split
	sets   []binSet
	leaves []float64 // raw units, learning rate included
	cover  []uint32  // training rows of each leaf
}

// goesLeft is the side of a bin.
func (t *tree) goesLeft(s *split, bin uint8) bool {
	if s.set >= 0 {
		return t.sets[s.set].has(bin)
	}
	if bin == missingBin {
		return s.missingLeft
	}
	return bin <= s.bin
}

// sides spells a split out: 1 for the bins that go left, 0 for the others.
func (t *tree) sides(s *split) (left [histBins]uint8) {
	for b := range left {
		if t.goesLeft(s, uint8(b)) {
			left[b] = 1
		}
	}
	return left
}

// leafOf is the leaf that row i of the columns falls into, in O(depth).
func (t *tree) leafOf(columns [][]uint8, i int) int {
	if len(t.splits) == 0 {
		return 0
	}
	at := int32(0)
	for at >= 0 {
		s := &t.splits[at]
		if t.goesLeft(s, columns[s.feature][i]) {
			at = s.left
		} else {
			at = s.right
		}
	}
	return int(^at)
}

// add adds the tree's values for all rows of the columns to scores.
func (t *tree) add(scores []float64, columns [][]uint8, team crew) {
	team.chunks(len(scores), func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			scores[i] += t.leaves[t.leafOf(columns, i)]
		}
	})
}
