package interop

import (
	"math"
	"strconv"
	"strings"
)

// boostedNode is a node of an XGBoost tree. left is -1 at a leaf, and value is the threshold or the leaf's.
type boostedNode struct {
	left, right int32
	feature     int32
	value       float32
	missingLeft bool
}

// boosted is an XGBoost tree ensemble, summed in single precision as XGBoost does.
type boosted struct {
	base    float32 // margin of the base score
	trees   [][]boostedNode
	weights []float32 // of dart; nil otherwise
	exp     bool
}

func (m *boosted) predict(x []float64, _ *scratch) float64 {
	sum := m.base
	for k, nodes := range m.trees {
		at := &nodes[0]
		for at.left >= 0 {
			v := float32(x[at.feature])
			left := v < at.value
			if v != v {
				left = at.missingLeft
			}
			if left {
				at = &nodes[at.left]
			} else {
				at = &nodes[at.right]
			}
		}
		if m.weights != nil {
			sum += at.value * m.weights[k]
		} else {
			sum += at.value
		}
	}
	if m.exp {
		return float64(float32(math.Exp(float64(sum))))
	}
	return float64(sum)
}

// boostedLinear is gblinear: bias and weights in single precision; missing values count nothing.
type boostedLinear struct {
	base    float32
	weights []float32 // the bias last
	exp     bool
}

func (m *boostedLinear) predict(x []float64, _ *scratch) float64 {
	sum := m.base + m.weights[len(m.weights)-1]
	for i, v := range x {
		if v == v {
			sum += float32(v) * m.weights[i]
		}
	}
	if m.exp {
		return float64(float32(math.Exp(float64(sum))))
	}
	return float64(sum)
}

// xgboostPickle builds a pickled Booster or XGBRegressor.
func (b *builder) xgboostPickle(o *object) *Model {
	defer b.budget.enter()()
	a := attributes(o)
	if o.class.name == "XGBRegressor" {
		missing := a.at("missing")
		require(missing == nil || math.IsNaN(number(missing, "missing")), "XGBRegressor whose missing value is not NaN")
		booster, ok := a.at("_Booster").(*object)
		require(ok && booster.class.name == "Booster", "XGBRegressor that is not fitted")
		raw, ok := attributes(booster).at("handle").([]byte)
		require(ok, "booster without a handle")
		return b.xgboostBytes(raw, true)
	}
	raw, ok := a.at("handle").([]byte)
	require(ok, "%v without a handle", o.class)
	return b.xgboostBytes(raw, false)
}

func (b *builder) xgboostBytes(raw []byte, best bool) *Model {
	switch {
	case looksLikeJSON(raw):
		return b.xgboostFile(parseJSON(raw, b.budget), best)
	case len(raw) > 0 && raw[0] == '{':
		return b.xgboostFile(parseUBJ(raw, b.budget), best)
	case looksLikeXGBoostBinary(raw):
		return b.xgboostBinary(raw)
	}
	refuse("XGBoost model in an unknown form")
	return nil
}

// child is a field of a document's object.
func child(v any, path ...string) any {
	for _, key := range path {
		m, ok := v.(map[string]any)
		require(ok, "XGBoost document without %q", key)
		v = m[key]
	}
	return v
}

func childText(v any, path ...string) string {
	s, ok := child(v, path...).(string)
	require(ok, "XGBoost document without %q", strings.Join(path, "."))
	return s
}

// childNumber reads a number that XGBoost writes as text.
func childNumber(v any, path ...string) float64 {
	x, err := strconv.ParseFloat(strings.Trim(childText(v, path...), "[]"), 64)
	require(err == nil, "XGBoost document with a bad %q", strings.Join(path, "."))
	return x
}

// childNumbers reads an array of numbers or booleans.
func childNumbers(v any, key string, b *budget) []float64 {
	switch x := child(v, key).(type) {
	case []float64:
		return x
	case []any:
		b.spend(8 * len(x))
		out := make([]float64, len(x))
		for i, e := range x {
			out[i] = number(e, key)
		}
		return out
	}
	refuse("XGBoost document without %q", key)
	return nil
}

// xgboostFile builds a model from a JSON or UBJSON document. best stops at the best iteration of early
// stopping, as XGBRegressor.predict does and Booster.predict does not.
func (b *builder) xgboostFile(doc any, best bool) *Model {
	if m, ok := doc.(map[string]any); ok && m["Model"] != nil {
		doc = m["Model"]
	}
	learner := child(doc, "learner")
	params := child(learner, "learner_model_param")
	width := whole(childNumber(params, "num_feature"), "num_feature", 1, maxWidth)
	require(childNumber(params, "num_class") <= 1, "XGBoost model of several classes")
	if p := params.(map[string]any); p["num_target"] != nil {
		require(childNumber(params, "num_target") == 1, "XGBoost model of several targets")
	}
	objective := childText(learner, "objective", "name")
	base, exp := xgboostBase(objective, childNumber(params, "base_score"))
	m := &Model{width: width, names: documentNames(learner, width)}
	booster := child(learner, "gradient_booster")
	name := childText(booster, "name")
	m.kind = "xgboost." + name + " " + objective
	switch name {
	case "gblinear":
		m.root = b.boostedLinear(booster, base, exp, width)
	case "gbtree":
		m.root = b.boosted(learner, child(booster, "model"), nil, base, exp, width, best)
	case "dart":
		weights := childNumbers(booster, "weight_drop", b.budget)
		m.root = b.boosted(learner, child(booster, "gbtree", "model"), weights, base, exp, width, best)
	default:
		refuse("XGBoost booster %.20q", name)
	}
	return m
}

// xgboostBase takes the base score, which is in target units, to the margin.
func xgboostBase(objective string, score float64) (base float32, exp bool) {
	switch objective {
	case "reg:squarederror", "reg:linear", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror", "reg:quantileerror":
		return float32(score), false
	case "count:poisson", "reg:gamma", "reg:tweedie":
		return float32(math.Log(float64(float32(score)))), true
	}
	refuse("XGBoost objective %.40q", objective)
	return 0, false
}

func documentNames(learner any, width int) []string {
	names, ok := child(learner, "feature_names").([]any)
	if !ok || len(names) == 0 {
		return nil
	}
	require(len(names) == width, "%d feature names for %d features", len(names), width)
	return texts(names, "feature name")
}

func (b *builder) boostedLinear(booster any, base float32, exp bool, width int) predictor {
	w := childNumbers(child(booster, "model"), "weights", b.budget)
	require(len(w) == width+1, "%d weights for %d features", len(w), width)
	m := &boostedLinear{base: base, exp: exp}
	for _, x := range w {
		m.weights = append(m.weights, float32(x))
	}
	return m
}

func (b *builder) boosted(learner, model any, weights []float64, base float32, exp bool, width int, best bool) predictor {
	trees, ok := child(model, "trees").([]any)
	if !ok {
		empty, none := child(model, "trees").([]float64)
		require(none && len(empty) == 0, "XGBoost document without %q", "trees")
	}
	for _, group := range childNumbers(model, "tree_info", b.budget) {
		require(group == 0, "XGBoost tree of output %v", group)
	}
	if best {
		trees = trees[:b.bestTrees(learner, model, len(trees))]
	}
	require(weights == nil || len(weights) >= len(trees), "%d weights for %d trees", len(weights), len(trees))
	m := &boosted{base: base, exp: exp}
	for _, w := range weights {
		m.weights = append(m.weights, float32(w))
	}
	for _, t := range trees {
		m.trees = append(m.trees, b.boostedTree(t, width))
	}
	return m
}

// bestTrees is the number of trees up to the best iteration, or n.
func (b *builder) bestTrees(learner, model any, n int) int {
	attributes, _ := child(learner, "attributes").(map[string]any)
	if attributes["best_iteration"] == nil {
		return n
	}
	rounds := whole(childNumber(attributes, "best_iteration"), "best_iteration", 0, n) + 1
	parallel := 1
	if p, ok := child(model, "gbtree_model_param").(map[string]any); ok && p["num_parallel_tree"] != nil {
		parallel = whole(childNumber(p, "num_parallel_tree"), "num_parallel_tree", 0, n)
	}
	return min(n, rounds*max(1, parallel))
}

func (b *builder) boostedTree(t any, width int) []boostedNode {
	column := func(key string) []float64 { return childNumbers(t, key, b.budget) }
	left, right := column("left_children"), column("right_children")
	feature, value, missing := column("split_indices"), column("split_conditions"), column("default_left")
	n := len(left)
	require(n > 0 && len(right) == n && len(feature) == n && len(value) == n && len(missing) == n, "XGBoost tree with columns of different lengths")
	if m := t.(map[string]any); m["split_type"] != nil {
		for _, kind := range column("split_type") {
			require(kind == 0, "XGBoost tree with categorical splits")
		}
	}
	b.budget.spend(24 * n)
	nodes := make([]boostedNode, n)
	for i := range nodes {
		nodes[i] = boostedNode{value: float32(value[i]), missingLeft: missing[i] != 0, left: -1}
		if left[i] < 0 {
			continue
		}
		nodes[i].left, nodes[i].right = int32(whole(left[i], "child", 1, n-1)), int32(whole(right[i], "child", 1, n-1))
		nodes[i].feature = featureOf(feature[i], width)
	}
	b.requireTree(nodes)
	return nodes
}

// requireTree refuses nodes that are met twice on the way from the root, as in a cycle.
func (b *builder) requireTree(nodes []boostedNode) {
	b.budget.spend(5 * len(nodes))
	met := make([]bool, len(nodes))
	open := []int32{0}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		require(!met[at], "XGBoost tree whose node %d hangs twice", at)
		met[at] = true
		if nodes[at].left >= 0 {
			open = append(open, nodes[at].left, nodes[at].right)
		}
	}
}
