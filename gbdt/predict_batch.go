package gbdt

import "math/bits"

// batchRows is the number of rows scored together: enough to pay for bringing a tree's tables into the
// cache, few enough that the rows' codes and masks stay there.
const batchRows = 1024

// maskLeaves is the number of leaves that fit a mask.
const maskLeaves = 64

// maskColumn maps the bin of one feature to the leaves of one tree that this value leaves in reach.
type maskColumn = [histBins]uint64

// tables are the trees as bit masks (after QuickScorer, Lucchese et al. 2015,
// doi:10.1145/2766462.2767733, turned inside out): a row's leaf is the one bit left when the masks of
// all its features are met. There is no branch and no chain of dependent loads.
type tables struct {
	trees []maskTree
}

// maskTree is one tree. Its features are padded to a multiple of 4 by repeating the first.
type maskTree struct {
	features []uint16
	masks    []maskColumn // one a feature
	leaves   [maskLeaves]float64
	walk     bool // no masks: too many leaves, or too many tables
}

// batch is the scratch of one call: rows coded column by column, and their masks.
type batch struct {
	codes [][batchRows]uint8
	masks [batchRows]uint64
	row   []uint8
}

func newBatch(features int) *batch {
	return &batch{codes: make([][batchRows]uint8, features), row: make([]uint8, 2*features)}
}

// PredictBatch writes the prediction of every row of rows (row-major) to dst. It panics unless rows
// has len(dst) x features values. The results equal those of Predict to the bit. The first
// call builds tables of about 2 KiB a tree and feature; after it there is no allocation.
func (m *Model) PredictBatch(dst, rows []float64) {
	f := len(m.features)
	mustHold(len(rows), len(dst)*f)
	m.tablesOnce.Do(func() { m.tables = newTables(m) })
	b := m.scratch.Get().(*batch)
	for len(dst) > 0 {
		n := min(len(dst), batchRows)
		m.score(b, dst[:n], rows[:n*f])
		dst, rows = dst[n:], rows[n*f:]
	}
	m.scratch.Put(b)
}

// score predicts at most batchRows rows.
func (m *Model) score(b *batch, dst, rows []float64) {
	f := len(m.features)
	for j := range m.binners {
		bins, column := &m.binners[j], &b.codes[j]
		for i := range dst {
			column[i] = bins.bin(rows[i*f+j])
		}
	}
	for i := range dst {
		dst[i] = m.base
	}
	for k := range m.tables.trees {
		t := &m.tables.trees[k]
		if t.walk {
			m.walkBatch(b, k, dst)
		} else {
			t.add(b, dst)
		}
	}
	for i, raw := range dst {
		dst[i] = m.unlink(raw)
	}
}

// add adds the tree's value to every row of the batch.
func (t *maskTree) add(b *batch, dst []float64) {
	masks := b.masks[:len(dst)]
	for k := 0; k < len(t.features); k += 4 {
		f, m := (*[4]uint16)(t.features[k:]), (*[4]maskColumn)(t.masks[k:])
		c0, c1 := b.codes[f[0]][:len(masks)], b.codes[f[1]][:len(masks)]
		c2, c3 := b.codes[f[2]][:len(masks)], b.codes[f[3]][:len(masks)]
		if k == 0 {
			for i := range masks {
				masks[i] = m[0][c0[i]] & m[1][c1[i]] & m[2][c2[i]] & m[3][c3[i]]
			}
		} else {
			for i := range masks {
				masks[i] &= m[0][c0[i]] & m[1][c1[i]] & m[2][c2[i]] & m[3][c3[i]]
			}
		}
	}
	for i, mask := range masks {
		dst[i] += t.leaves[bits.TrailingZeros64(mask)&(maskLeaves-1)]
	}
}

// walkBatch adds the value of a tree without tables.
func (m *Model) walkBatch(b *batch, tree int, dst []float64) {
	t := m.trees[tree]
	for i := range dst {
		at := int32(-1)
		if len(t.splits) > 0 {
			at = 0
		}
		for at >= 0 {
			s := &t.splits[at]
			if t.goesLeft(s, b.codes[s.feature][i]) {
				at = s.left
			} else {
				at = s.right
			}
		}
		dst[i] += t.leaves[^at]
	}
}

// maxMaskColumns bounds the tables to 256 MiB; trees beyond are walked.
const maxMaskColumns = 1 << 17

// newTables builds the masks of the trees, in O(trees x splits x bins).
func newTables(m *Model) tables {
	t := tables{trees: make([]maskTree, len(m.trees))}
	columns := 0
	for k, tree := range m.trees {
		if len(tree.leaves) > maskLeaves || columns > maxMaskColumns {
			t.trees[k].walk = true
			continue
		}
		t.trees[k] = newMaskTree(tree)
		columns += len(t.trees[k].masks)
	}
	return t
}

func newMaskTree(t *tree) maskTree {
	var out maskTree
	copy(out.leaves[:], t.leaves)
	slot := make(map[uint16]int)
	for i := range t.splits {
		f := t.splits[i].feature
		if _, ok := slot[f]; !ok {
			slot[f] = len(out.features)
			out.features = append(out.features, f)
		}
	}
	for len(out.features)%4 != 0 || len(out.features) == 0 {
		out.features = append(out.features, t.firstFeature())
	}
	out.masks = make([]maskColumn, len(out.features))
	for j := range out.masks {
		for b := range out.masks[j] {
			out.masks[j][b] = ^uint64(0)
		}
	}
	if len(t.splits) == 0 {
		return out // every mask is full: the first leaf
	}
	reach := t.reach()
	for i := range t.splits {
		s := &t.splits[i]
		left, right := t.reachOf(reach, s.left), t.reachOf(reach, s.right)
		column := &out.masks[slot[s.feature]]
		for b := range column {
			if t.goesLeft(s, uint8(b)) {
				column[b] &^= right
			} else {
				column[b] &^= left
			}
		}
	}
	return out
}

func (t *tree) firstFeature() uint16 {
	if len(t.splits) == 0 {
		return 0
	}
	return t.splits[0].feature
}

// reach is, for every split, the set of leaves below it. Children follow their parents.
func (t *tree) reach() []uint64 {
	reach := make([]uint64, len(t.splits))
	for i := len(t.splits) - 1; i >= 0; i-- {
		reach[i] = t.reachOf(reach, t.splits[i].left) | t.reachOf(reach, t.splits[i].right)
	}
	return reach
}

func (t *tree) reachOf(reach []uint64, child int32) uint64 {
	if child < 0 {
		return 1 << uint(^child)
	}
	return reach[child]
}
