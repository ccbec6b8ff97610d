package gbdt

// walkNode is a split laid out for descent: eight bytes, all that a step reads besides the row.
type walkNode struct {
	code        uint16 // index into the coded row
	bin         uint8  // left where the code is at most bin
	categorical bool   // left where the node's set has the code
	left, right int16  // node of the same tree, or the complement of a leaf
}

// walker holds all trees' nodes for predicting single rows. A row is coded as two bytes a
// feature: its bin with missing as 255, which is above every threshold, and its bin with missing
// as 0, which is below; a split reads the one that sends missing values its way.
type walker struct {
	nodes  []walkNode
	sets   []binSet // by node; nil without categorical splits
	leaves []float64
	roots  []walkRoot // by tree
}

// walkRoot says where a tree's nodes and leaves begin. lone is set where the tree has no split.
type walkRoot struct {
	node, leaf int32
	lone       bool
}

func newWalker(m *Model) walker {
	var w walker
	splits := 0
	m.eachSplit(func(*split) { splits++ })
	w.nodes = make([]walkNode, 0, splits)
	for _, t := range m.trees {
		w.roots = append(w.roots, walkRoot{int32(len(w.nodes)), int32(len(w.leaves)), len(t.splits) == 0})
		for i := range t.splits {
			s := &t.splits[i]
			node := walkNode{code: s.feature, bin: s.bin, left: int16(s.left), right: int16(s.right)}
			switch {
			case s.set >= 0:
				if w.sets == nil {
					w.sets = make([]binSet, splits)
				}
				node.categorical = true
				w.sets[len(w.nodes)] = t.sets[s.set]
			case s.missingLeft:
				node.code += uint16(len(m.features))
			}
			w.nodes = append(w.nodes, node)
		}
		w.leaves = append(w.leaves, t.leaves...)
	}
	return w
}

// Predict is the prediction for one row, in target units. It panics unless row has one value a
// feature. O(trees x depth); no allocation.
func (m *Model) Predict(row []float64) float64 {
	mustHold(len(row), len(m.features))
	scratch := m.rowScratch.Get().(*[]uint8)
	raw := m.base
	codes := *scratch
	m.encode(row, codes)
	for i := range m.walk.roots {
		raw += m.walk.value(i, codes)
	}
	m.rowScratch.Put(scratch)
	return m.unlink(raw)
}

// encode writes the two codes of every value.
func (m *Model) encode(row []float64, codes []uint8) {
	n := len(row)
	for j, x := range row {
		code := m.binners[j].bin(x)
		codes[j] = code
		if code == missingBin {
			code = 0
		}
		codes[n+j] = code
	}
}

// value is the leaf value of tree i for a coded row.
func (w *walker) value(i int, codes []uint8) float64 {
	root := w.roots[i]
	if root.lone {
		return w.leaves[root.leaf]
	}
	nodes := w.nodes[root.node:]
	at := int16(0)
	for at >= 0 {
		n := &nodes[at]
		left := codes[n.code] <= n.bin
		if n.categorical {
			left = w.sets[int(root.node)+int(at)].has(codes[n.code])
		}
		if left {
			at = n.left
		} else {
			at = n.right
		}
	}
	return w.leaves[int(root.leaf)+int(^at)]
}
