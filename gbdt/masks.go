package gbdt

import "math/bits"

const (
	maskLeaves = 64 // leaves that fit a mask
	blockSlots = 8  // features of a block of codes
	maskTrees  = 8  // trees of a group: their masks for one code are one cache line
)

// codeBlock is the codes of blockSlots features of a row.
type codeBlock = [blockSlots]uint8

// maskRow holds, for one value of one feature, the leaves that it leaves in reach, by tree of a group.
type maskRow = [maskTrees]uint64

// tables are the trees as bit masks (after QuickScorer, Lucchese et al. 2015,
// doi:10.1145/2766462.2767733, turned inside out): a row's leaf is the lowest bit left when the masks of
// all its features are met. There is no branch and no chain of dependent loads, and one look at a
// code serves eight trees.
type tables struct {
	features []int // the features that splits use; a row is coded as their bins, in this order
	width    int   // blocks of codes of a row
	slots    []int // where in that order a feature stands
	groups   []maskGroup
}

// maskGroup is maskTrees trees in the order of the model; the last group is filled up with trees of
// value 0.
type maskGroup struct {
	masks  [][blockSlots][histBins]maskRow // one a block; nil where a tree has too many leaves or tables grow too large
	leaves [maskTrees][maskLeaves]float64
}

// maxMaskBlocks bounds the tables to 256 MiB, at 128 KiB for a group and block.
const maxMaskBlocks = 1 << 11

// newTables builds the masks, in O(trees x splits x bins).
func newTables(m *Model) *tables {
	t := &tables{slots: make([]int, len(m.features)), groups: make([]maskGroup, (len(m.trees)+maskTrees-1)/maskTrees)}
	used := make([]bool, len(m.features))
	m.eachSplit(func(s *split) { used[s.feature] = true })
	for j, u := range used {
		if u {
			t.slots[j] = len(t.features)
			t.features = append(t.features, j)
		}
	}
	t.width = (len(t.features) + blockSlots - 1) / blockSlots
	room := maxMaskBlocks
	for k := range t.groups {
		trees := m.trees[k*maskTrees : min(len(m.trees), (k+1)*maskTrees)]
		if room >= t.width && fitMasks(trees) {
			room -= t.width
			t.groups[k] = t.newGroup(trees)
		}
	}
	return t
}

func fitMasks(trees []*tree) bool {
	for _, t := range trees {
		if len(t.leaves) > maskLeaves {
			return false
		}
	}
	return true
}

func (t *tables) newGroup(trees []*tree) maskGroup {
	g := maskGroup{masks: make([][blockSlots][histBins]maskRow, t.width)}
	for q := range g.masks {
		for j := range g.masks[q] {
			for b := range g.masks[q][j] {
				for k := range maskTrees {
					g.masks[q][j][b][k] = ^uint64(0)
				}
			}
		}
	}
	for k, tree := range trees {
		copy(g.leaves[k][:], tree.leaves)
		reach := tree.reach()
		for i := range tree.splits {
			s := &tree.splits[i]
			left, right := reachOf(reach, s.left), reachOf(reach, s.right)
			slot := t.slots[s.feature]
			column := &g.masks[slot/blockSlots][slot%blockSlots]
			for b := range column {
				if tree.goesLeft(s, uint8(b)) {
					column[b][k] &^= right
				} else {
					column[b][k] &^= left
				}
			}
		}
	}
	return g
}

// reach is, for every split, the set of leaves below it. Children follow their parents.
func (t *tree) reach() []uint64 {
	reach := make([]uint64, len(t.splits))
	for i := len(t.splits) - 1; i >= 0; i-- {
		reach[i] = reachOf(reach, t.splits[i].left) | reachOf(reach, t.splits[i].right)
	}
	return reach
}

func reachOf(reach []uint64, child int32) uint64 {
	if child < 0 {
		return 1 << uint(^child)
	}
	return reach[child]
}

// lowest is the number of the lowest bit set. Setting the last one spares the check for none.
func lowest(mask uint64) int { return bits.TrailingZeros64(mask|1<<(maskLeaves-1)) & (maskLeaves - 1) }

// add adds the group's values to every row: codes holds len(g.masks) blocks a row. O(rows x slots).
func (g *maskGroup) add(dst []float64, codes []codeBlock) {
	width := len(g.masks)
	for i := range dst {
		dst[i] = g.addRow(dst[i], codes[i*width:(i+1)*width])
	}
}

// addRow adds the group's values for one row to raw, in the order of the trees.
func (g *maskGroup) addRow(raw float64, codes []codeBlock) float64 {
	masks := g.masks
	codes = codes[:len(masks)]
	all := ^uint64(0)
	a, b, c, d, e, f, h, k := all, all, all, all, all, all, all, all
	for j := range masks {
		block, code := &masks[j], &codes[j]
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &block[0][code[0]])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &block[1][code[1]])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &block[2][code[2]])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &block[3][code[3]])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &block[4][code[4]])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &block[5][code[5]])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &block[6][code[6]])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &block[7][code[7]])
	}
	raw += g.leaves[0][lowest(a)]
	raw += g.leaves[1][lowest(b)]
	raw += g.leaves[2][lowest(c)]
	raw += g.leaves[3][lowest(d)]
	raw += g.leaves[4][lowest(e)]
	raw += g.leaves[5][lowest(f)]
	raw += g.leaves[6][lowest(h)]
	raw += g.leaves[7][lowest(k)]
	return raw
}

// meet keeps of the leaves in reach those that one more feature leaves.
func meet(a, b, c, d, e, f, h, k uint64, m *maskRow) (uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64) {
	return a & m[0], b & m[1], c & m[2], d & m[3], e & m[4], f & m[5], h & m[6], k & m[7]
}
