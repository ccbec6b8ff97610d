package gbdt

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
// doi:10.1145/2766462.2767733, turned inside out): a row's leaf is the one bit left when the masks of
// all its features are met. There is no branch and no chain of dependent loads, and one look at a
// code serves eight trees. A tree of more leaves than a mask holds is cut into pieces; all but one
// of them are left without a leaf and count 0.
type tables struct {
	features []int // the features that splits use; a row is coded as their bins, in this order
	width    int   // blocks of codes of a row
	slots    []int // where in that order a feature stands
	groups   []maskGroup
	covered  int // trees in groups; the others, if any, are walked
}

// maskGroup is maskTrees pieces in the order of the model; the last group is filled up with pieces of
// value 0.
type maskGroup struct {
	masks  [][blockSlots][histBins]maskRow // one a block
	leaves [maskTrees][maskLeaves]float64  // by slotOf their bit
}

// piece is the leaves from to to-1 of a tree.
type piece struct {
	tree     *tree
	from, to int
}

// maxMaskBlocks bounds the tables to 256 MiB, at 128 KiB for a group and block.
const maxMaskBlocks = 1 << 11

// newTables builds the masks, in O(trees x splits x bins).
func newTables(m *Model) *tables {
	t := &tables{slots: make([]int, len(m.features))}
	used := make([]bool, len(m.features))
	m.eachSplit(func(s *split) { used[s.feature] = true })
	for j, u := range used {
		if u {
			t.slots[j] = len(t.features)
			t.features = append(t.features, j)
		}
	}
	t.width = (len(t.features) + blockSlots - 1) / blockSlots
	pieces := t.cut(m.trees)
	for len(pieces) > 0 {
		n := min(maskTrees, len(pieces))
		t.groups = append(t.groups, t.newGroup(pieces[:n]))
		pieces = pieces[n:]
	}
	return t
}

// cut cuts trees into pieces as long as tables have room.
func (t *tables) cut(trees []*tree) []piece {
	if t.width == 0 {
		return nil
	}
	room := maxMaskBlocks / t.width * maskTrees
	var pieces []piece
	for _, tree := range trees {
		n, step := len(tree.leaves), maskLeaves
		if n > maskLeaves {
			step = maskLeaves - 1 // see piece.bit
		}
		if len(pieces)+(n+step-1)/step > room {
			break
		}
		for from := 0; from < n; from += step {
			pieces = append(pieces, piece{tree, from, min(n, from+step)})
		}
		t.covered++
	}
	return pieces
}

func (t *tables) newGroup(pieces []piece) maskGroup {
	g := maskGroup{masks: make([][blockSlots][histBins]maskRow, t.width)}
	var full maskRow // the leaves of each piece
	for k, p := range pieces {
		for leaf := p.from; leaf < p.to; leaf++ {
			full[k] |= p.bit(leaf)
			g.leaves[k][slotOf(p.bit(leaf))] = p.tree.leaves[leaf]
		}
	}
	for q := range g.masks {
		for j := range g.masks[q] {
			for b := range g.masks[q][j] {
				g.masks[q][j][b] = full
			}
		}
	}
	for k, p := range pieces {
		reach := p.reach()
		for i := range p.tree.splits {
			s := &p.tree.splits[i]
			left, right := p.reachOf(reach, s.left), p.reachOf(reach, s.right)
			slot := t.slots[s.feature]
			column := &g.masks[slot/blockSlots][slot%blockSlots]
			for b := range column {
				if p.tree.goesLeft(s, uint8(b)) {
					column[b][k] &^= right
				} else {
					column[b][k] &^= left
				}
			}
		}
	}
	return g
}

// reach is, for every split, the set of the piece's leaves below it. Children follow their parents.
func (p *piece) reach() []uint64 {
	splits := p.tree.splits
	reach := make([]uint64, len(splits))
	for i := len(splits) - 1; i >= 0; i-- {
		reach[i] = p.reachOf(reach, splits[i].left) | p.reachOf(reach, splits[i].right)
	}
	return reach
}

func (p *piece) reachOf(reach []uint64, child int32) uint64 {
	if child >= 0 {
		return reach[child]
	}
	if leaf := int(^child); leaf >= p.from && leaf < p.to {
		return p.bit(leaf)
	}
	return 0
}

// bit stands for a leaf of the piece. Bit 0, which slotOf cannot tell from none, is used only by
// a piece of 64 leaves, which is a whole tree and always keeps one.
func (p *piece) bit(leaf int) uint64 {
	if p.to-p.from == maskLeaves {
		return 1 << (leaf - p.from)
	}
	return 1 << (leaf - p.from + 1)
}

// slotOf is a different place for each single bit, 0 for none: a product with a de Bruijn sequence
// (Leiserson, Prokop & Randall 1998), which costs less than counting zeros on older instruction sets.
func slotOf(mask uint64) uint64 { return mask * 0x03f79d71b4ca8b09 >> 58 }

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
	raw += g.leaves[0][slotOf(a)]
	raw += g.leaves[1][slotOf(b)]
	raw += g.leaves[2][slotOf(c)]
	raw += g.leaves[3][slotOf(d)]
	raw += g.leaves[4][slotOf(e)]
	raw += g.leaves[5][slotOf(f)]
	raw += g.leaves[6][slotOf(h)]
	raw += g.leaves[7][slotOf(k)]
	return raw
}

// meet keeps of the leaves in reach those that one more feature leaves.
func meet(a, b, c, d, e, f, h, k uint64, m *maskRow) (uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64) {
	return a & m[0], b & m[1], c & m[2], d & m[3], e & m[4], f & m[5], h & m[6], k & m[7]
}
