package interop

import "math"

// cartNode is a node of a scikit-learn tree. left is 0 at a leaf, since no child is the root.
type cartNode struct {
	threshold   float64
	value       float64
	left, right int32
	feature     int32
	missingLeft bool
}

// cart is a decision tree. It compares values rounded to single precision with thresholds of double
// precision, as scikit-learn does.
type cart struct {
	nodes   []cartNode
	missing bool // knows what to do with NaN
}

func (b *builder) cart(v any, width int) *cart {
	o, ok := v.(*object)
	require(ok && o.class.name == "Tree", "a %s where a tree is due", typeName(v))
	a := attributes(o)
	nodes, ok1 := a.at("nodes").(*array)
	values, ok2 := a.at("values").(*array)
	require(ok1 && ok2, "tree without nodes and values")
	require(values.size() == nodes.size() && nodes.size() > 0, "tree of %d nodes and %d values", nodes.size(), values.size())
	left, right := nodes.column("left_child", b.budget), nodes.column("right_child", b.budget)
	feature, threshold := nodes.column("feature", b.budget), nodes.column("threshold", b.budget)
	b.budget.spend(40 * len(left))
	t := &cart{nodes: make([]cartNode, len(left))}
	var missing []float64
	if _, ok := nodes.dtype.fields["missing_go_to_left"]; ok {
		missing, t.missing = nodes.column("missing_go_to_left", b.budget), true
	}
	for i := range t.nodes {
		n := &t.nodes[i]
		n.value = values.float(i)
		if left[i] == -1 {
			require(right[i] == -1, "tree node %d with one child", i)
			continue
		}
		n.left, n.right = childOf(left[i], i, len(left)), childOf(right[i], i, len(left))
		n.feature, n.threshold = featureOf(feature[i], width), threshold[i]
		n.missingLeft = missing != nil && missing[i] != 0
	}
	return t
}

// childOf checks that a child follows its parent, which rules out cycles.
func childOf(v float64, parent, n int) int32 {
	require(v > float64(parent) && v < float64(n), "tree node %d with child %v of %d", parent, v, n)
	return int32(v)
}

func featureOf(v float64, width int) int32 {
	require(v >= 0 && v < float64(width), "split by feature %v of %d", v, width)
	return int32(v)
}

func (t *cart) predict(x []float64, _ *scratch) float64 {
	if !t.missing && anyNaN(x) {
		return math.NaN()
	}
	at := &t.nodes[0]
	for at.left != 0 {
		v := x[at.feature]
		left := float64(float32(v)) <= at.threshold
		if v != v {
			left = at.missingLeft
		}
		if left {
			at = &t.nodes[at.left]
		} else {
			at = &t.nodes[at.right]
		}
	}
	return at.value
}

// forest is the mean of trees.
type forest struct{ trees []*cart }

func (b *builder) trees(items []any, width int) []*cart {
	require(len(items) > 0, "ensemble without trees")
	b.budget.spend(16 * len(items))
	out := make([]*cart, len(items))
	for i, e := range items {
		out[i] = b.cart(attributes(e).at("tree_"), width)
	}
	return out
}

func (b *builder) forest(a *dict, width int) predictor {
	return &forest{b.trees(sequence(a.at("estimators_"), "estimators_"), width)}
}

func (f *forest) predict(x []float64, s *scratch) float64 {
	sum := 0.0
	for _, t := range f.trees {
		sum += t.predict(x, s)
	}
	return sum / float64(len(f.trees))
}

// gradientBoosting is an initial estimate plus the learning rate times every tree.
type gradientBoosting struct {
	start predictor
	rate  float64
	trees []*cart
}

func (b *builder) gradientBoosting(a *dict, width int) predictor {
	g := &gradientBoosting{rate: number(a.at("learning_rate"), "learning_rate")}
	switch start := a.at("init_").(type) {
	case string:
		require(start == "zero", "init_ %.20q", start)
		g.start = constant(0)
	default:
		g.start = b.regressor(start, width)
	}
	stages, ok := a.at("estimators_").(*array)
	require(ok && len(stages.shape) == 2 && stages.shape[1] == 1, "estimators_ of gradient boosting")
	g.trees = b.trees(stages.objects, width)
	return g
}

func (g *gradientBoosting) predict(x []float64, s *scratch) float64 {
	y := g.start.predict(x, s)
	for _, t := range g.trees {
		y += g.rate * t.predict(x, s)
	}
	return y
}
