package interop

import "strings"

// builder turns unpickled states into predictors.
type builder struct{ budget *budget }

// maxWidth bounds the columns that a model takes or makes on the way.
const maxWidth = 1 << 16

// anyWidth is the width of a model that looks at no column.
const anyWidth = -1

// model builds the outermost estimator.
func (b *builder) model(v any) *Model {
	o, ok := v.(*object)
	require(ok, "a %s where a model is due", typeName(v))
	if o.class.module == "xgboost.core" || o.class.module == "xgboost.sklearn" {
		return b.xgboostPickle(o)
	}
	width := b.widthOf(o)
	m := &Model{kind: publicName(o.class), width: width, names: b.namesOf(o, width)}
	m.root = b.regressor(o, width)
	return m
}

// publicName drops the private modules: sklearn.linear_model._base.X is sklearn.linear_model.X to its users.
func publicName(g global) string {
	parts := strings.Split(g.module, ".")
	kept := parts[:0]
	for _, p := range parts {
		if !strings.HasPrefix(p, "_") {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ".") + "." + g.name
}

// widthOf is the number of columns an estimator was fitted on.
func (b *builder) widthOf(v any) int {
	defer b.budget.enter()()
	o, ok := v.(*object)
	require(ok, "a %s where an estimator is due", typeName(v))
	a := attributes(o)
	switch {
	case a.at("n_features_in_") != nil:
		return whole(a.at("n_features_in_"), "n_features_in_", 0, maxWidth)
	case o.class.name == "DummyRegressor":
		return anyWidth
	case o.class.name == "Pipeline":
		for _, step := range steps(a) {
			if step != nil && step != "passthrough" {
				return b.widthOf(step)
			}
		}
	case o.class.name == "TransformedTargetRegressor":
		return b.widthOf(a.at("regressor_"))
	}
	refuse("%v does not say how many features it takes", o.class)
	return 0
}

// namesOf are the names of the columns, where the outermost estimator has them.
func (b *builder) namesOf(o *object, width int) []string {
	names := attributes(o).at("feature_names_in_")
	if names == nil && o.class.name == "Pipeline" {
		if s := steps(attributes(o)); len(s) > 0 {
			if first, ok := s[0].(*object); ok {
				names = attributes(first).at("feature_names_in_")
			}
		}
	}
	if names == nil {
		return nil
	}
	out := texts(sequence(names, "feature_names_in_"), "feature name")
	require(len(out) == width, "%d feature names for %d features", len(out), width)
	return out
}

func texts(items []any, what string) []string {
	out := make([]string, len(items))
	for i, v := range items {
		s, ok := v.(string)
		require(ok, "%s is a %s", what, typeName(v))
		out[i] = s
	}
	return out
}

// regressor builds an estimator that takes width columns.
func (b *builder) regressor(v any, width int) predictor {
	defer b.budget.enter()()
	o, ok := v.(*object)
	require(ok, "a %s where a regressor is due", typeName(v))
	a := attributes(o)
	if n := a.at("n_features_in_"); n != nil {
		require(whole(n, "n_features_in_", 0, maxWidth) == width, "%v takes %v columns and is given %d", o.class, n, width)
	}
	if n := a.at("n_outputs_"); n != nil {
		require(number(n, "n_outputs_") == 1, "%v with several outputs", o.class)
	}
	switch o.class.name {
	case "LinearRegression", "Ridge", "Lasso", "ElasticNet":
		return b.linear(a, width)
	case "DummyRegressor":
		return constant(number(a.at("constant_"), "constant_"))
	case "DecisionTreeRegressor", "ExtraTreeRegressor":
		return b.cart(a.at("tree_"), width)
	case "RandomForestRegressor", "ExtraTreesRegressor":
		return b.forest(a, width)
	case "GradientBoostingRegressor":
		return b.gradientBoosting(a, width)
	case "HistGradientBoostingRegressor":
		return b.histBoosting(a, width)
	case "Pipeline":
		return b.pipeline(a, width)
	case "TransformedTargetRegressor":
		return b.transformedTarget(a, width)
	case "XGBRegressor", "Booster":
		m := b.xgboostPickle(o)
		require(m.width == width, "%v takes %d columns and is given %d", o.class, m.width, width)
		return m.root
	}
	refuse("%v is no regressor that is understood", o.class)
	return nil
}

type constant float64

func (c constant) predict([]float64, *scratch) float64 { return float64(c) }

// linear is intercept + coefficients x row.
type linear struct {
	weights   []float64
	intercept float64
}

func (b *builder) linear(a *dict, width int) predictor {
	w := numbers(a.at("coef_"), "coef_", b.budget)
	require(len(w) == width, "%d coefficients for %d columns", len(w), width)
	return &linear{weights: w, intercept: number(a.at("intercept_"), "intercept_")}
}

func (l *linear) predict(x []float64, _ *scratch) float64 {
	sum := 0.0
	for i, w := range l.weights {
		sum += w * x[i]
	}
	return sum + l.intercept
}
