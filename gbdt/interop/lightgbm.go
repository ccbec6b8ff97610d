package interop

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// The bits of a LightGBM split's decision_type.
const (
	lgbCategorical = 1
	lgbDefaultLeft = 2
	lgbMissingZero = 1 << 2 // zero is missing
	lgbMissingNaN  = 2 << 2
	lgbMissing     = 3 << 2
	lgbZero        = 1e-35 // magnitudes up to this are zero
)

// lgbNode is a split; a child below 0 is the complement of a leaf.
type lgbNode struct {
	threshold   float64
	left, right int32
	feature     int32
	decision    uint8
	set         []uint32 // categories that go left
}

type lgbTree struct {
	nodes  []lgbNode
	leaves []float64
}

// lgbModel is a LightGBM ensemble, summed in double precision.
type lgbModel struct {
	trees   []lgbTree
	average bool // the mean of the trees and not their sum
	link    func(float64) float64
}

func (m *lgbModel) predict(x []float64, _ *scratch) float64 {
	sum := 0.0
	for i := range m.trees {
		sum += m.trees[i].value(x)
	}
	if m.average && len(m.trees) > 0 {
		sum /= float64(len(m.trees))
	}
	return m.link(sum)
}

func (t *lgbTree) value(x []float64) float64 {
	if len(t.nodes) == 0 {
		return t.leaves[0]
	}
	at := int32(0)
	for at >= 0 {
		n := &t.nodes[at]
		if n.goesLeft(x[n.feature]) {
			at = n.left
		} else {
			at = n.right
		}
	}
	return t.leaves[^at]
}

func (n *lgbNode) goesLeft(v float64) bool {
	if n.decision&lgbCategorical != 0 {
		if v != v || v < 0 || v >= float64(32*len(n.set)) {
			return false
		}
		c := int(v)
		return n.set[c/32]>>(c%32)&1 == 1
	}
	missing := n.decision & lgbMissing
	if v != v && missing != lgbMissingNaN {
		v = 0
	}
	if missing == lgbMissingZero && math.Abs(v) <= lgbZero || missing == lgbMissingNaN && v != v {
		return n.decision&lgbDefaultLeft != 0
	}
	return v <= n.threshold
}

// lightGBMPickle is the text of the model inside a pickled regressor or booster, and the number of trees to
// use, 0 for all.
func lightGBMPickle(o *object) (text []byte, best int) {
	if o.class.name == "LGBMRegressor" {
		inner, ok := attributes(o).at("_Booster").(*object)
		require(ok && inner.class.name == "Booster", "LGBMRegressor that is not fitted")
		o = inner
		if v := attributes(o).at("best_iteration"); v != nil {
			best = max(0, whole(v, "best_iteration", -1, math.MaxInt32))
		}
	}
	s, ok := attributes(o).at("handle").(string)
	require(ok, "%v without its model text", o.class)
	return []byte(s), best
}

// lightGBM builds a model from its text; best is the number of iterations to use, 0 for all.
func (b *builder) lightGBM(in []byte, best int) *Model {
	head, rest := section(in)
	version := head["version"]
	require(version == "v3" || version == "v4", "LightGBM model of version %.20q", version)
	require(head["num_class"] == "1" && head["num_tree_per_iteration"] == "1", "LightGBM model of several outputs")
	last, err := strconv.Atoi(head["max_feature_idx"])
	require(err == nil && last >= 0 && last < maxWidth, "LightGBM max_feature_idx %.20q", head["max_feature_idx"])
	m := &lgbModel{link: lgbLink(head["objective"])}
	_, m.average = head["average_output"]
	for {
		var t map[string]string
		t, rest = section(rest)
		if _, ok := t["Tree"]; !ok {
			require(hasLine(t, "end of trees"), "LightGBM model without an end of trees")
			break
		}
		m.trees = append(m.trees, b.lgbTree(t, last+1))
	}
	if best > 0 {
		m.trees = m.trees[:min(best, len(m.trees))]
	}
	names := strings.Fields(head["feature_names"])
	require(len(names) == last+1, "%d feature names for %d features", len(names), last+1)
	b.budget.spend(len(in))
	return &Model{kind: "lightgbm " + head["objective"], width: last + 1, names: names, root: m}
}

func hasLine(m map[string]string, key string) bool {
	_, ok := m[key]
	return ok
}

// section reads lines key=value, or key alone, up to an empty line that follows one.
func section(in []byte) (fields map[string]string, rest []byte) {
	fields = make(map[string]string)
	for len(in) > 0 {
		line, after, _ := bytes.Cut(in, []byte("\n"))
		in = after
		text := strings.TrimRight(string(line), "\r")
		if text == "" {
			if len(fields) > 0 {
				break
			}
			continue
		}
		require(len(fields) < 100, "LightGBM section of more than 100 lines")
		key, value, _ := strings.Cut(text, "=")
		fields[key] = value
	}
	return fields, in
}

func lgbLink(objective string) func(float64) float64 {
	name, options, _ := strings.Cut(objective, " ")
	switch name {
	case "regression", "regression_l1", "huber", "fair", "quantile", "mape":
		if strings.Contains(options, "sqrt") {
			return func(x float64) float64 { return math.Copysign(x*x, x) }
		}
		return func(x float64) float64 { return x }
	case "poisson", "gamma", "tweedie":
		return math.Exp
	}
	refuse("LightGBM objective %.40q", objective)
	return nil
}

func (b *builder) lgbTree(t map[string]string, width int) lgbTree {
	require(t["is_linear"] == "" || t["is_linear"] == "0", "LightGBM tree with linear leaves")
	n, err := strconv.Atoi(t["num_leaves"])
	require(err == nil && n >= 1 && n <= 1<<20, "LightGBM tree of %.20q leaves", t["num_leaves"])
	column := func(key string, n int) []float64 { return b.lgbNumbers(t, key, n) }
	out := lgbTree{leaves: column("leaf_value", n)}
	if n == 1 {
		return out
	}
	feature, threshold, decision := column("split_feature", n-1), column("threshold", n-1), column("decision_type", n-1)
	left, right := column("left_child", n-1), column("right_child", n-1)
	sets := b.lgbSets(t)
	b.budget.spend(64 * n)
	out.nodes = make([]lgbNode, n-1)
	seen := make([]bool, 2*n)
	for i := range out.nodes {
		var d lgbNode
		d.feature, d.threshold = featureOf(feature[i], width), threshold[i]
		d.decision = uint8(whole(decision[i], "decision_type", 0, 15))
		require(d.decision&lgbMissing != lgbMissing, "LightGBM decision_type %d", d.decision)
		if d.decision&lgbCategorical != 0 {
			d.set = sets[whole(threshold[i], "index of a set of categories", 0, len(sets)-1)]
		}
		d.left, d.right = lgbChild(left[i], n, seen), lgbChild(right[i], n, seen)
		out.nodes[i] = d
	}
	return out
}

// lgbChild checks a child: a split other than the root or a leaf, that hangs nowhere else.
func lgbChild(v float64, leaves int, seen []bool) int32 {
	at := whole(v, "child", -leaves, leaves-2)
	require(at != 0, "LightGBM tree whose root is a child")
	slot := at
	if at < 0 {
		slot = leaves + ^at
	}
	require(!seen[slot], "LightGBM tree whose child %d hangs twice", at)
	seen[slot] = true
	return int32(at)
}

// lgbSets reads the sets of categories: boundaries into words of 32 bits.
func (b *builder) lgbSets(t map[string]string) [][]uint32 {
	if t["num_cat"] == "" || t["num_cat"] == "0" {
		return nil
	}
	count, err := strconv.Atoi(t["num_cat"])
	require(err == nil && count > 0 && count <= 1<<20, "LightGBM tree with num_cat %.20q", t["num_cat"])
	bounds := b.lgbNumbers(t, "cat_boundaries", count+1)
	words := b.lgbNumbers(t, "cat_threshold", -1)
	b.budget.spend(24*count + 4*len(words))
	all := make([]uint32, len(words))
	for i, w := range words {
		all[i] = uint32(whole(w, "cat_threshold", 0, math.MaxUint32))
	}
	sets := make([][]uint32, count)
	for i := range sets {
		from, to := whole(bounds[i], "cat_boundaries", 0, len(all)), whole(bounds[i+1], "cat_boundaries", 0, len(all))
		require(from <= to, "LightGBM tree with cat_boundaries that fall")
		sets[i] = all[from:to]
	}
	return sets
}

// lgbNumbers reads n numbers, or as many as there are where n is below 0.
func (b *builder) lgbNumbers(t map[string]string, key string, n int) []float64 {
	b.budget.spend(16 * len(t[key]))
	texts := strings.Fields(t[key])
	require(n < 0 || len(texts) == n, "LightGBM tree with %d values of %s, want %d", len(texts), key, n)
	out := make([]float64, len(texts))
	for i, s := range texts {
		v, err := strconv.ParseFloat(s, 64)
		require(err == nil && v == v, "LightGBM tree with %s %.40q", key, s)
		out[i] = v
	}
	return out
}
