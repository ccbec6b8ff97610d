package gbdt

// Explain writes what each feature adds to the raw score of row to dst, and returns the mean raw
// score of the training rows; their sum is the raw score of the row, that is log seconds where
// the target is Log1p. The parts are Shapley values in which an unknown feature follows the training rows down a tree
// (Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9, algorithm 2). It panics unless dst and row have one
// value a feature. O(trees x leaves x depth²).
func (m *Model) Explain(dst, row []float64) (base float64) {
	mustHold(len(row), len(m.features))
	mustHold(len(dst), len(m.features))
	clear(dst)
	e := explainer{sums: dst, codes: make([]uint8, len(row))}
	for j, x := range row {
		e.codes[j] = m.binners[j].bin(x)
	}
	base = m.base
	for _, t := range m.trees {
		base += e.tree(t)
	}
	return base
}

// explainer adds up the contributions of one row.
type explainer struct {
	sums  []float64
	codes []uint8
	t     *tree
	cover []float64 // rows below each split
}

// step is a feature met on the way from the root: the share of paths that go on where the feature is
// unknown (zero) and known (one), and the weight of sets of that many known features.
type step struct {
	feature           int
	zero, one, weight float64
}

// tree adds the contributions to t's value and returns its mean.
func (e *explainer) tree(t *tree) float64 {
	e.t = t
	e.cover = append(e.cover[:0], make([]float64, len(t.splits))...)
	for i := len(t.splits) - 1; i >= 0; i-- {
		e.cover[i] = e.rows(t.splits[i].left) + e.rows(t.splits[i].right)
	}
	if len(t.splits) == 0 {
		return t.leaves[0]
	}
	total, mean := e.cover[0], 0.0
	for i, v := range t.leaves {
		mean += v * e.rows(^int32(i)) / total
	}
	e.walk(0, nil, step{feature: -1, zero: 1, one: 1})
	return mean
}

// rows is the number of training rows below a child, at least 1.
func (e *explainer) rows(child int32) float64 {
	if child >= 0 {
		return e.cover[child]
	}
	return max(1, float64(e.t.cover[^child]))
}

// walk goes below a child by way of one more step.
func (e *explainer) walk(child int32, path []step, next step) {
	path = extend(path, next)
	if child < 0 {
		for i := 1; i < len(path); i++ {
			s := &path[i]
			e.sums[s.feature] += unwoundWeight(path, i) * (s.one - s.zero) * e.t.leaves[^child]
		}
		return
	}
	s := &e.t.splits[child]
	feature := int(s.feature)
	zero, one := 1.0, 1.0
	for i := 1; i < len(path); i++ {
		if path[i].feature == feature {
			zero, one = path[i].zero, path[i].one
			path = unwind(path, i)
			break
		}
	}
	leftShare := e.rows(s.left) / e.cover[child]
	leftOne, rightOne := one, 0.0
	if !e.t.goesLeft(s, e.codes[feature]) {
		leftOne, rightOne = 0, one
	}
	e.walk(s.left, path, step{feature: feature, zero: zero * leftShare, one: leftOne})
	e.walk(s.right, path, step{feature: feature, zero: zero * (1 - leftShare), one: rightOne})
}

// extend returns a copy of path with one more step, and the weights that follow.
func extend(path []step, next step) []step {
	n := len(path)
	out := make([]step, n+1)
	copy(out, path)
	if n == 0 {
		next.weight = 1
	}
	out[n] = next
	for i := n - 1; i >= 0; i-- {
		out[i+1].weight += next.one * out[i].weight * float64(i+1) / float64(n+1)
		out[i].weight *= next.zero * float64(n-i) / float64(n+1)
	}
	return out
}

// unwind returns a copy of path without step i, as if it had never been taken.
func unwind(path []step, i int) []step {
	n := len(path) - 1
	out := append([]step(nil), path...)
	gone, next := path[i], path[n].weight
	for j := n - 1; j >= 0; j-- {
		if gone.one != 0 {
			was := out[j].weight
			out[j].weight = next * float64(n+1) / (float64(j+1) * gone.one)
			next = was - out[j].weight*gone.zero*float64(n-j)/float64(n+1)
		} else {
			out[j].weight *= float64(n+1) / (gone.zero * float64(n-j))
		}
	}
	for j := i; j < n; j++ {
		out[j].feature, out[j].zero, out[j].one = out[j+1].feature, out[j+1].zero, out[j+1].one
	}
	return out[:n]
}

// unwoundWeight is the sum of the weights of path without step i.
func unwoundWeight(path []step, i int) float64 {
	sum := 0.0
	for _, s := range unwind(path, i) {
		sum += s.weight
	}
	return sum
}
