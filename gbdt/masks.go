package gbdt

import "slices"

const (
	maskRows   = 1024
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
	features []int // the features that splits use; a row is coded as their bins, in this order, with gaps
	width    int   // blocks of codes of a row
	fixed    int   // how many of them come before those of the features that vary
	slots    []int // where in that order a feature stands
	groups   []maskGroup
	covered  int // trees in groups; the others, if any, are walked
}

// gap is a slot without a feature.
const gap = -1

// maskGroup is maskTrees pieces in the order of the model; the last group is filled up with pieces of
// value 0. A group's splits know few thresholds of a feature, so that most codes share their masks:
// some 40 KiB of a group are ever read, which stay near the processor.
type maskGroup struct {
	rows   *[maskRows]maskRow             // the different masks
	index  [][blockSlots][histBins]uint16 // which of them a code has, by block, slot and code
	leaves [maskTrees][maskLeaves]float64 // by slotOf their bit
}

// piece is the leaves from to to-1 of a tree.
type piece struct {
	tree     *tree
	from, to int
	need     int // at most as many different masks, all features together, besides the full one
}

// columns is scratch for building: the masks of every code, by slot, of the slots in use.
type columns struct {
	masks [][histBins]maskRow
	used  []bool
}

// maxMaskBlocks bounds the tables to 256 MiB: a group takes 68 KiB and 4 KiB a block.
const maxMaskBlocks = 3600

// newTables builds the masks, in O(trees x splits x bins).
func newTables(m *Model) *tables { return newTablesOf(m, func(int) bool { return false }) }

// newTablesOf is newTables with features that vary in blocks of their own, behind the others.
func newTablesOf(m *Model, varies func(feature int) bool) *tables {
	t := &tables{slots: make([]int, len(m.features))}
	used := make([]bool, len(m.features))
	m.eachSplit(func(s *split) { used[s.feature] = true })
	place := func(late bool) {
		for j, u := range used {
			if u && varies(j) == late {
				t.slots[j] = len(t.features)
				t.features = append(t.features, j)
			}
		}
	}
	place(false)
	n := len(t.features)
	t.fixed = codeWidth(n)
	for len(t.features) < t.fixed*blockSlots {
		t.features = append(t.features, gap)
	}
	if place(true); len(t.features) == t.fixed*blockSlots {
		t.features = t.features[:n] // nothing varies
	}
	t.width = codeWidth(len(t.features))
	if t.width > 0 {
		t.build(m.trees, &columns{masks: make([][histBins]maskRow, len(t.features)), used: make([]bool, len(t.features))})
	}
	return t
}

// build makes groups of the trees' pieces, as long as tables have room.
func (t *tables) build(trees []*tree, c *columns) {
	var open []piece
	need := 0
	for _, tree := range trees {
		pieces := t.cut(tree, c)
		if (len(t.groups)+1+len(pieces))*t.width > maxMaskBlocks || !fits(slices.MaxFunc(pieces, byNeed).need) {
			break
		}
		for _, p := range pieces {
			if len(open) == maskTrees || !fits(need+p.need) {
				t.groups = append(t.groups, t.newGroup(open, c))
				open, need = open[:0], 0
			}
			open, need = append(open, p), need+p.need
		}
		t.covered++
	}
	if len(open) > 0 {
		t.groups = append(t.groups, t.newGroup(open, c))
	}
}

// fits says that pieces of that need in all do not have more different masks than a group holds.
func fits(need int) bool { return 1+need <= maskRows }

func byNeed(a, b piece) int { return a.need - b.need }

// cut cuts a tree into pieces that fit a mask each.
func (t *tables) cut(tree *tree, c *columns) []piece {
	n, step := len(tree.leaves), maskLeaves
	if n > maskLeaves {
		step = maskLeaves - 1 // see piece.bit
	}
	var pieces []piece
	for from := 0; from < n; from += step {
		p := piece{tree: tree, from: from, to: min(n, from+step)}
		clear(c.used)
		t.narrow(&p, 0, c, maskRow{p.full()})
		for slot, used := range c.used {
			if !used {
				continue
			}
			column := &c.masks[slot]
			for code := 1; code < histBins; code++ {
				p.need += b2i(column[code] != column[code-1])
			}
			p.need++ // the first may differ from the full mask too
		}
		pieces = append(pieces, p)
	}
	return pieces
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// full is the mask of all leaves of the piece.
func (p *piece) full() (mask uint64) {
	for leaf := p.from; leaf < p.to; leaf++ {
		mask |= p.bit(leaf)
	}
	return mask
}

// newGroup builds the tables of at most maskTrees pieces that fit together.
func (t *tables) newGroup(pieces []piece, c *columns) maskGroup {
	g := maskGroup{index: make([][blockSlots][histBins]uint16, t.width)}
	var full maskRow // the leaves of each piece
	for k, p := range pieces {
		full[k] = p.full()
		for leaf := p.from; leaf < p.to; leaf++ {
			g.leaves[k][slotOf(p.bit(leaf))] = p.tree.leaves[leaf]
		}
	}
	g.rows = new([maskRows]maskRow)
	g.rows[0] = full // of codes that decide nothing
	n := 1
	clear(c.used)
	for k := range pieces {
		t.narrow(&pieces[k], k, c, full)
	}
	at := map[maskRow]uint16{full: 0}
	for slot, used := range c.used {
		if !used {
			continue
		}
		index := &g.index[slot/blockSlots][slot%blockSlots]
		for code, row := range &c.masks[slot] {
			if code > 0 && row == c.masks[slot][code-1] {
				index[code] = index[code-1]
				continue
			}
			if _, ok := at[row]; !ok {
				at[row] = uint16(n)
				g.rows[n] = row
				n++
			}
			index[code] = at[row]
		}
	}
	return g
}

// narrow takes from the masks of every feature and code the leaves of the piece that the tree's splits rule
// out, k being the piece's place in its group.
func (t *tables) narrow(p *piece, k int, c *columns, full maskRow) {
	reach := p.reach()
	for i := range p.tree.splits {
		s := &p.tree.splits[i]
		left, right := p.reachOf(reach, s.left), p.reachOf(reach, s.right)
		if left|right == 0 {
			continue
		}
		slot := t.slots[s.feature]
		column := &c.masks[slot]
		if !c.used[slot] {
			c.used[slot] = true
			for b := range column {
				column[b] = full
			}
		}
		for b := range column {
			if p.tree.goesLeft(s, uint8(b)) {
				column[b][k] &^= right
			} else {
				column[b][k] &^= left
			}
		}
	}
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

// add adds the group's values to every row: codes holds len(g.index) blocks a row. O(rows x slots).
func (g *maskGroup) add(dst []float64, codes []codeBlock) {
	width := len(g.index)
	for i := range dst {
		dst[i] = g.addRow(dst[i], codes[i*width:(i+1)*width])
	}
}

// addRow adds the group's values for one row to raw, in the order of the trees.
func (g *maskGroup) addRow(raw float64, codes []codeBlock) float64 {
	rows, index := g.rows, g.index
	codes = codes[:len(index)]
	all := ^uint64(0)
	a, b, c, d, e, f, h, k := all, all, all, all, all, all, all, all
	for j := range index {
		at, code := &index[j], &codes[j]
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[0][code[0]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[1][code[1]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[2][code[2]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[3][code[3]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[4][code[4]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[5][code[5]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[6][code[6]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[7][code[7]]&(maskRows-1)])
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
