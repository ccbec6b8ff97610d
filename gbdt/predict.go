package gbdt

// The number of rows scored together: few enough that their codes stay in the second-level cache beside a group's
// tables, enough to pay for bringing those there. Tables that come from main memory want more.
const (
	batchRows    = 2048
	bigBatchRows = 8192
	manyGroups   = 500 // about 20 MiB
)

// Tables pay for themselves from a batch of manyAtOnce rows on, or once manyInAll rows were asked for.
const (
	manyAtOnce = 64
	manyInAll  = 1000
)

// Prepare builds the tables that PredictBatch and Predict are fast with: about 10 KiB a tree of
// up to 64 leaves, 256 MiB at most, some milliseconds for 300 trees. Servers call it when they load a model;
// without it, the first batch of 64 rows or the 1000th row does. It may be called at any time and any
// number of times.
func (m *Model) Prepare() {
	m.tablesOnce.Do(func() { m.tables.Store(newTables(m)) })
}

// tablesFor is the tables for a batch of n rows, or nil where they do not pay yet.
func (m *Model) tablesFor(n int) *tables {
	if t := m.tables.Load(); t != nil {
		return t
	}
	if n < manyAtOnce && m.asked.Add(int64(n)) < manyInAll {
		return nil
	}
	m.Prepare()
	return m.tables.Load()
}

// Predict is the prediction for one row, in target units. It panics unless row has one value a
// feature. O(trees x used features) once prepared, O(trees x depth) before; no allocation.
func (m *Model) Predict(row []float64) float64 {
	mustHold(len(row), len(m.features))
	var dst [1]float64
	scratch := m.codes()
	m.score(m.tablesFor(1), dst[:], row, *scratch)
	m.scratch.Put(scratch)
	return dst[0]
}

// PredictBatch writes the prediction of every row of rows (row-major) to dst. It panics unless rows
// has len(dst) x features values. The results equal those of Predict to the bit, whatever the
// size of the batch. After Prepare it allocates nothing.
func (m *Model) PredictBatch(dst, rows []float64) {
	f := len(m.features)
	mustHold(len(rows), len(dst)*f)
	t, scratch := m.tablesFor(len(dst)), m.codes()
	for len(dst) > 0 {
		n := min(len(dst), rowsAtOnce(t, len(*scratch)/codeWidth(f)))
		m.score(t, dst[:n], rows[:n*f], *scratch)
		dst, rows = dst[n:], rows[n*f:]
	}
	m.scratch.Put(scratch)
}

// rowsAtOnce is the size of a batch, at most room.
func rowsAtOnce(t *tables, room int) int {
	if t != nil && len(t.groups) > manyGroups {
		return room
	}
	return min(room, batchRows)
}

// codes takes scratch for the codes of a batch.
func (m *Model) codes() *[]codeBlock {
	if s, ok := m.scratch.Get().(*[]codeBlock); ok {
		return s
	}
	width := codeWidth(len(m.features))
	s := make([]codeBlock, min(bigBatchRows, 1<<16/width)*width)
	return &s
}

// score predicts as many rows as codes has room for. t may be nil.
func (m *Model) score(t *tables, dst, rows []float64, codes []codeBlock) {
	for i := range dst {
		dst[i] = m.base
	}
	if t == nil {
		m.encode(nil, codeWidth(len(m.features)), len(dst), rows, codes)
		for _, tree := range m.trees {
			tree.addCoded(dst, codes, codeWidth(len(m.features)), nil)
		}
	} else {
		m.encode(t.features, t.width, len(dst), rows, codes)
		for k := range t.groups {
			t.groups[k].add(dst, codes)
		}
		for _, tree := range m.trees[t.covered:] {
			tree.addCoded(dst, codes, t.width, t.slots)
		}
	}
	for i, raw := range dst {
		dst[i] = m.unlink(raw)
	}
}

// codeWidth is the number of blocks that hold a row's codes.
func codeWidth(features int) int { return (features + blockSlots - 1) / blockSlots }

// encode writes the bins of the listed features of n rows to codes, width blocks a row; nil lists all.
// The rest of the last block keeps what it held: no mask depends on it.
func (m *Model) encode(features []int, width, n int, rows []float64, codes []codeBlock) {
	step := len(m.features)
	if features == nil {
		for j := range m.features {
			m.binners[j].encode(codes, j, width, rows[j:], step, n)
		}
		return
	}
	for slot, j := range features {
		if j != gap {
			m.binners[j].encode(codes, slot, width, rows[j:], step, n)
		}
	}
}

// addCoded adds the tree's value to every row by walking. Rows are width blocks each; feature j is at
// slots[j], or at j where slots is nil.
func (t *tree) addCoded(dst []float64, codes []codeBlock, width int, slots []int) {
	for i := range dst {
		row, at := codes[i*width:(i+1)*width], int32(-1)
		if len(t.splits) > 0 {
			at = 0
		}
		for at >= 0 {
			s := &t.splits[at]
			slot := int(s.feature)
			if slots != nil {
				slot = slots[slot]
			}
			if t.goesLeft(s, row[slot/blockSlots][slot%blockSlots]) {
				at = s.left
			} else {
				at = s.right
			}
		}
		dst[i] += t.leaves[^at]
	}
}
