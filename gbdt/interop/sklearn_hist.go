package interop

import "math"

// histNode is a node of scikit-learn's histogram boosting. left is 0 at a leaf.
type histNode struct {
	threshold   float64
	value       float64
	left, right int32
	feature     int32
	set         int32 // index of the set of categories that go left; -1 where numeric
	missingLeft bool
}

// byteSet is a set of categories from 0 to 255.
type byteSet [8]uint32

func (s *byteSet) has(c int) bool { return s[c/32]>>(c%32)&1 == 1 }

type histTree struct {
	nodes []histNode
	sets  []byteSet
}

// histBoosting is a baseline plus trees, through the inverse of the loss's link.
type histBoosting struct {
	baseline float64
	trees    []histTree
	known    []byteSet // categories seen in fitting, by feature
	exp      bool
}

func (b *builder) histBoosting(a *dict, width int) predictor {
	require(a.at("_preprocessor") == nil, "histogram boosting with encoded categories")
	h := &histBoosting{baseline: number(a.at("_baseline_prediction"), "_baseline_prediction")}
	loss, ok := a.at("_loss").(*object)
	require(ok, "histogram boosting without a loss")
	switch loss.class.name {
	case "HalfSquaredError", "AbsoluteError", "PinballLoss", "LeastSquares", "LeastAbsoluteDeviation":
	case "HalfPoissonLoss", "HalfGammaLoss", "Poisson":
		h.exp = true
	default:
		refuse("histogram boosting with %v", loss.class)
	}
	h.known = b.knownCategories(a, width)
	stages := sequence(a.at("_predictors"), "_predictors")
	b.budget.spend(64 * len(stages))
	for _, stage := range stages {
		group := sequence(stage, "stage of _predictors")
		require(len(group) == 1, "stage of %d trees", len(group))
		h.trees = append(h.trees, b.histTree(group[0], width))
	}
	return h
}

// knownCategories reads the categories that the bin mapper met: any other is treated as missing.
func (b *builder) knownCategories(a *dict, width int) []byteSet {
	if a.at("is_categorical_") == nil {
		return nil
	}
	categorical := numbers(a.at("is_categorical_"), "is_categorical_", b.budget)
	values := sequence(attributes(a.at("_bin_mapper")).at("bin_thresholds_"), "bin_thresholds_")
	require(len(categorical) == width && len(values) == width, "categories of %d features, want %d", len(values), width)
	b.budget.spend(32 * width)
	known := make([]byteSet, width)
	for j := range known {
		if categorical[j] == 0 {
			continue
		}
		for _, c := range numbers(values[j], "category", b.budget) {
			require(c >= 0 && c < 256 && c == math.Trunc(c), "category %v", c)
			known[j][int(c)/32] |= 1 << (int(c) % 32)
		}
	}
	return known
}

func (b *builder) histTree(v any, width int) histTree {
	a := attributes(v)
	nodes, ok := a.at("nodes").(*array)
	require(ok && nodes.size() > 0, "tree without nodes")
	column := func(name string) []float64 { return nodes.column(name, b.budget) }
	left, right, feature := column("left"), column("right"), column("feature_idx")
	threshold, value, leaf := column("num_threshold"), column("value"), column("is_leaf")
	missing, categorical, set := column("missing_go_to_left"), column("is_categorical"), column("bitset_idx")
	t := histTree{sets: b.byteSets(a.at("raw_left_cat_bitsets"))}
	b.budget.spend(40 * len(left))
	t.nodes = make([]histNode, len(left))
	for i := range t.nodes {
		n := &t.nodes[i]
		n.value, n.set = value[i], -1
		if leaf[i] != 0 {
			continue
		}
		n.left, n.right = childOf(left[i], i, len(left)), childOf(right[i], i, len(left))
		n.feature, n.threshold = featureOf(feature[i], width), threshold[i]
		n.missingLeft = missing[i] != 0
		if categorical[i] != 0 {
			require(set[i] < float64(len(t.sets)), "set %v of %d", set[i], len(t.sets))
			n.set = int32(set[i])
		}
	}
	return t
}

func (b *builder) byteSets(v any) []byteSet {
	a, ok := v.(*array)
	if !ok {
		return nil
	}
	words := a.floats(b.budget)
	require(len(words)%8 == 0, "sets of categories")
	b.budget.spend(4 * len(words))
	sets := make([]byteSet, len(words)/8)
	for i, w := range words {
		sets[i/8][i%8] = uint32(w)
	}
	return sets
}

func (h *histBoosting) predict(x []float64, _ *scratch) float64 {
	y := h.baseline
	for i := range h.trees {
		y += h.trees[i].value(x, h.known)
	}
	if h.exp {
		return math.Exp(y)
	}
	return y
}

func (t *histTree) value(x []float64, known []byteSet) float64 {
	at := &t.nodes[0]
	for at.left != 0 {
		v := x[at.feature]
		left := v <= at.threshold
		switch {
		case v != v:
			left = at.missingLeft
		case at.set >= 0:
			left = at.missingLeft
			if v >= 0 && v < 256 {
				if c := int(v); t.sets[at.set].has(c) {
					left = true
				} else if known == nil || known[at.feature].has(c) {
					left = false
				}
			}
		}
		if left {
			at = &t.nodes[at.left]
		} else {
			at = &t.nodes[at.right]
		}
	}
	return at.value
}
