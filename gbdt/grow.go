package gbdt

import "context"

// grower grows one tree after another and keeps the memory between them.
type grower struct {
	ds     *Dataset
	params *Params
	team   crew
	ints   *integers
	rows   []int32 // the tree's rows; each leaf owns a range of it, ascending
	spare  []int32
	free   [][]columnHist // histograms to use again
	drawn  []bool         // features drawn for this tree
	groups interactions
	bests  []candidate // scratch of findBest: two leaves a feature
}

// growing is a leaf that may still be split.
type growing struct {
	lo, hi  int // its range of grower.rows
	sum     stats
	depth   int
	hist    []columnHist // nil where it cannot be split
	best    candidate
	parent  int32 // split it hangs from, -1 for the root
	isLeft  bool
	allowed groupSet // feature groups still open on its path
}

// grow builds one tree on g.rows, leaf by leaf, the best gain first (Ke et al. 2017, algorithm 1;
// leaf-wise). It returns the tree without leaf values, and the rows of each leaf.
func (g *grower) grow(ctx context.Context) (*tree, []*growing, error) {
	t := &tree{}
	root := &growing{hi: len(g.rows), parent: -1, allowed: g.groups.all()}
	g.buildHistogram(root)
	root.sum = sumHistogram(root.hist, g.ds.stride)
	if g.splittable(root) {
		g.findBest([]*growing{root}, nil)
	}
	leaves := append(make([]*growing, 0, g.params.Leaves), root)
	for len(leaves) < g.params.Leaves {
		at := bestLeaf(leaves)
		if at < 0 {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		left, right := g.split(t, leaves[at])
		if len(leaves)+1 < g.params.Leaves {
			g.prepare(leaves[at], left, right)
		}
		g.release(leaves[at])
		leaves[at] = left
		leaves = append(leaves, right)
	}
	g.hang(t, leaves)
	return t, leaves, nil
}

// bestLeaf is the leaf with the greatest gain, the first of equals, or -1 where none gains.
func bestLeaf(leaves []*growing) int {
	at, gain := -1, 0.0
	for i, l := range leaves {
		if l.best.gain > gain {
			at, gain = i, l.best.gain
		}
	}
	return at
}

func (l *growing) count() int { return l.hi - l.lo }

func (g *grower) splittable(l *growing) bool {
	p := g.params
	return l.count() >= 2*p.MinLeafRows && (p.MaxDepth == 0 || l.depth < p.MaxDepth)
}

// split turns leaf l into a split of t and returns its children.
func (g *grower) split(t *tree, l *growing) (left, right *growing) {
	at := int32(len(t.splits))
	s := l.best.split(t)
	t.splits = append(t.splits, s)
	g.link(t, l, at)
	sides := t.sides(&s)
	mid := l.lo + g.partition(g.rows[l.lo:l.hi], g.spare[l.lo:l.hi], g.ds.columns[s.feature], &sides)
	allowed := g.groups.after(l.allowed, int(s.feature))
	left = &growing{lo: l.lo, hi: mid, sum: l.best.left, depth: l.depth + 1, parent: at, isLeft: true, allowed: allowed}
	right = &growing{lo: mid, hi: l.hi, sum: l.sum.minus(l.best.left), depth: l.depth + 1, parent: at, allowed: allowed}
	return left, right
}

// link sets the child of l's parent.
func (g *grower) link(t *tree, l *growing, child int32) {
	switch {
	case l.parent < 0:
	case l.isLeft:
		t.splits[l.parent].left = child
	default:
		t.splits[l.parent].right = child
	}
}

// hang links the leaves to their splits and counts their rows.
func (g *grower) hang(t *tree, leaves []*growing) {
	t.leaves = make([]float64, len(leaves))
	t.cover = make([]uint32, len(leaves))
	for i, l := range leaves {
		g.link(t, l, ^int32(i))
		t.cover[i] = uint32(l.count())
		g.release(l)
	}
}

// prepare gives two new leaves their histograms, by a scan of the smaller and subtraction from the
// parent for the larger, and finds their best splits.
func (g *grower) prepare(parent, left, right *growing) {
	small, large := left, right
	if large.count() < small.count() {
		small, large = large, small
	}
	if !g.splittable(large) {
		return
	}
	g.buildHistogram(small)
	large.hist, parent.hist = parent.hist, nil
	if g.splittable(small) {
		g.findBest([]*growing{large, small}, small.hist)
	} else {
		g.findBest([]*growing{large}, small.hist)
		g.release(small)
	}
}

// subtractColumn takes feature j of histogram b from a.
func (g *grower) subtractColumn(a, b []columnHist, j int) {
	subtract(&a[j], &b[j])
	if g.ints.curve != nil {
		subtract(&a[g.ds.stride+j], &b[g.ds.stride+j])
	}
}

// buildHistogram sums the rows of l.
func (g *grower) buildHistogram(l *growing) {
	l.hist = g.take()
	g.fill(l.hist, g.rows[l.lo:l.hi])
}

// fill adds rows to a cleared histogram, on several threads where there is enough to do.
func (g *grower) fill(hist []columnHist, rows []int32) {
	pieces := min(g.team.threads, len(rows)/forkRows)
	if pieces <= 1 {
		g.addRows(hist, rows)
		return
	}
	parts := make([][]columnHist, pieces)
	parts[0] = hist
	for i := range parts[1:] {
		parts[i+1] = g.take()
	}
	g.team.each(pieces, func(i int) {
		g.addRows(parts[i], rows[len(rows)*i/pieces:len(rows)*(i+1)/pieces])
	})
	for _, p := range parts[1:] {
		add(hist, p)
		g.free = append(g.free, p)
	}
}

// The numbers of rows below which another thread costs more than it saves.
const (
	forkRows          = 1024 // of a histogram
	forkPartitionRows = 3072
)

func (g *grower) addRows(hist []columnHist, rows []int32) {
	ds, q := g.ds, g.ints
	ds.rows.addRows(hist[:ds.stride], rows, q.slope, q.shift, 1)
	if q.curve != nil {
		ds.rows.addRows(hist[ds.stride:], rows, q.curve, 0, 0)
	}
}

// take returns a cleared histogram.
func (g *grower) take() []columnHist {
	if n := len(g.free); n > 0 {
		h := g.free[n-1]
		g.free = g.free[:n-1]
		clear(h)
		return h
	}
	halves := 1
	if g.ints.curve != nil {
		halves = 2
	}
	return make([]columnHist, halves*g.ds.stride)
}

func (g *grower) release(l *growing) {
	if l.hist != nil {
		g.free = append(g.free, l.hist)
		l.hist = nil
	}
}
