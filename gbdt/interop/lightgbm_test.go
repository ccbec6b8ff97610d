package interop

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// lgbText is written by hand after LightGBM's documented layout: a numeric split with missing NaN to
// the left, one where zero is missing, a categorical split on {1, 33}, and a tree of one leaf.
const lgbText = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=2
objective=regression
feature_names=km hour zone
feature_infos=[0:10] [0:23] none
tree_sizes=1 1

Tree=0
num_leaves=4
num_cat=1
split_feature=0 1 2
split_gain=9 5 3
threshold=2.5 8 0
decision_type=10 4 1
left_child=1 -1 -2
right_child=2 -3 -4
leaf_value=100 200 300 400
leaf_weight=1 1 1 1
leaf_count=1 1 1 1
internal_value=0 0 0
internal_weight=0 0 0
internal_count=4 2 2
cat_boundaries=0 2
cat_threshold=2 2
is_linear=0
shrinkage=1


Tree=1
num_leaves=1
num_cat=0
leaf_value=0.5
is_linear=0
shrinkage=1


end of trees

feature_importances:
km=1
`

func TestLightGBMText(t *testing.T) {
	nan := math.NaN()
	m, err := Read(strings.NewReader(lgbText), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		row  [3]float64
		want float64
	}{
		{[3]float64{2.5, 8, 0}, 100.5}, {[3]float64{2, 9, 0}, 300.5}, {[3]float64{nan, 5, 0}, 100.5},
		{[3]float64{2, 0, 0}, 300.5},   // zero is missing and goes right
		{[3]float64{2, nan, 0}, 300.5}, // and so does NaN, which counts as zero
		{[3]float64{3, 0, 1}, 200.5}, {[3]float64{3, 0, 33}, 200.5}, {[3]float64{3, 0, 2}, 400.5},
		{[3]float64{3, 0, nan}, 400.5}, {[3]float64{3, 0, -1}, 400.5}, {[3]float64{3, 0, 1e9}, 400.5},
	} {
		if got := m.Predict(c.row[:]); got != c.want {
			t.Errorf("%v gives %v, want %v", c.row, got, c.want)
		}
	}
	if names := m.FeatureNames(); len(names) != 3 || names[2] != "zone" {
		t.Errorf("features %v", names)
	}
}

func TestLightGBMPickle(t *testing.T) {
	text := strings.ReplaceAll(lgbText, "regression", "poisson")
	booster := "clightgbm.basic\nBooster\n)\x81}(X\x06\x00\x00\x00handleX" + size(text) + text + "X\x0e\x00\x00\x00best_iterationK\x01ub"
	pickle := "\x80\x02clightgbm.sklearn\nLGBMRegressor\n)\x81}X\x08\x00\x00\x00_Booster" + booster + "sb."
	m, err := Read(strings.NewReader(pickle), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Predict([]float64{1, 1, 1}), math.Exp(100); got != want { // one iteration, log link
		t.Errorf("got %v, want %v", got, want)
	}
}

func size(s string) string {
	n := len(s)
	return string([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
}

func TestLightGBMRefusals(t *testing.T) {
	for _, c := range [][2]string{
		{"version=v4", "version=v1"}, {"num_class=1", "num_class=3"}, {"objective=regression", "objective=binary"},
		{"left_child=1 -1 -2", "left_child=1 -1 -1"}, {"left_child=1 -1 -2", "left_child=0 -1 -2"},
		{"right_child=2 -3 -4", "right_child=2 -3 -9"}, {"split_feature=0 1 2", "split_feature=0 1 3"},
		{"cat_boundaries=0 2", "cat_boundaries=0 3"}, {"decision_type=10 4 1", "decision_type=12 4 1"},
		{"threshold=2.5 8 0", "threshold=2.5 8 1"}, {"threshold=2.5 8 0", "threshold=2.5 8"},
		{"is_linear=0", "is_linear=1"}, {"end of trees", "the end"}, {"num_leaves=4", "num_leaves=99999999"},
	} {
		bad := strings.Replace(lgbText, c[0], c[1], 1)
		if _, err := Read(strings.NewReader(bad), Limits{}); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", c[1], err)
		}
	}
	for n := range len(lgbText) - 40 {
		if _, err := Read(strings.NewReader(lgbText[:n]), Limits{}); err != nil && !errors.Is(err, ErrRefused) {
			t.Fatal(fmt.Sprint("first bytes ", n), err)
		}
	}
}
