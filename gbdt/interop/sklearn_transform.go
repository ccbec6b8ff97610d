package interop

import (
	"math"
	"slices"
)

// transformer makes the columns of the next step.
type transformer interface {
	apply(x []float64, s *scratch) []float64
	width() int // of its result
}

// pipeline is transformers and then a regressor.
type pipeline struct {
	steps []transformer
	last  predictor
}

// steps are the estimators of a pipeline without their names.
func steps(a *dict) []any {
	var out []any
	for _, s := range sequence(a.at("steps"), "steps") {
		t, ok := s.(tuple)
		require(ok && len(t) == 2, "step of a pipeline")
		out = append(out, t[1])
	}
	return out
}

func (b *builder) pipeline(a *dict, width int) predictor {
	all := steps(a)
	require(len(all) > 0, "pipeline without steps")
	p := &pipeline{}
	for _, s := range all[:len(all)-1] {
		if s == nil || s == "passthrough" {
			continue
		}
		t := b.transformer(s, width)
		p.steps = append(p.steps, t)
		width = t.width()
	}
	p.last = b.regressor(all[len(all)-1], width)
	return p
}

func (p *pipeline) predict(x []float64, s *scratch) float64 {
	for _, t := range p.steps {
		x = t.apply(x, s)
	}
	return p.last.predict(x, s)
}

// transformer builds a transformer that takes width columns.
func (b *builder) transformer(v any, width int) transformer {
	defer b.budget.enter()()
	o, ok := v.(*object)
	require(ok, "a %s where a transformer is due", typeName(v))
	a := attributes(o)
	if n := a.at("n_features_in_"); n != nil {
		require(whole(n, "n_features_in_", 0, maxWidth) == width, "%v takes %v columns and is given %d", o.class, n, width)
	}
	switch o.class.name {
	case "StandardScaler":
		return b.standardScaler(a, width)
	case "MinMaxScaler":
		return b.minMaxScaler(a, width)
	case "PolynomialFeatures":
		return b.polynomial(a, width)
	case "OneHotEncoder":
		return b.oneHot(a, width)
	case "ColumnTransformer":
		return b.columns(a, width)
	case "FunctionTransformer":
		return &elementwise{f: function(a.at("func")), n: width}
	case "Pipeline":
		c := &chain{n: width}
		for _, s := range steps(a) {
			if s == nil || s == "passthrough" {
				continue
			}
			c.steps = append(c.steps, b.transformer(s, c.n))
			c.n = c.steps[len(c.steps)-1].width()
		}
		return c
	}
	refuse("%v is no transformer that is understood", o.class)
	return nil
}

// chain is a pipeline of transformers alone.
type chain struct {
	steps []transformer
	n     int
}

func (c *chain) width() int { return c.n }
func (c *chain) apply(x []float64, s *scratch) []float64 {
	for _, t := range c.steps {
		x = t.apply(x, s)
	}
	return x
}

// affine is (x - shift) / divisor * factor + offset, a column; parts that do nothing are nil.
type affine struct {
	shift, divisor, factor, offset []float64
	lo, hi                         float64 // clipped to
	n                              int
}

func (b *builder) standardScaler(a *dict, width int) transformer {
	f := &affine{n: width, lo: math.Inf(-1), hi: math.Inf(1)}
	if a.at("with_mean") != false && a.at("mean_") != nil {
		f.shift = b.perColumn(a, "mean_", width)
	}
	if a.at("with_std") != false && a.at("scale_") != nil {
		f.divisor = b.perColumn(a, "scale_", width)
	}
	return f
}

func (b *builder) minMaxScaler(a *dict, width int) transformer {
	f := &affine{n: width, lo: math.Inf(-1), hi: math.Inf(1)}
	f.factor, f.offset = b.perColumn(a, "scale_", width), b.perColumn(a, "min_", width)
	if a.at("clip") == true {
		r := numbers(a.at("feature_range"), "feature_range", b.budget)
		require(len(r) == 2, "feature_range")
		f.lo, f.hi = r[0], r[1]
	}
	return f
}

func (b *builder) perColumn(a *dict, name string, width int) []float64 {
	v := numbers(a.at(name), name, b.budget)
	require(len(v) == width, "%s has %d values for %d columns", name, len(v), width)
	return v
}

func (f *affine) width() int { return f.n }

func (f *affine) apply(x []float64, s *scratch) []float64 {
	out := s.take(f.n)
	copy(out, x)
	for i, v := range f.shift {
		out[i] -= v
	}
	for i, v := range f.divisor {
		out[i] /= v
	}
	for i, v := range f.factor {
		out[i] *= v
	}
	for i, v := range f.offset {
		out[i] += v
	}
	for i, v := range out {
		if v < f.lo || v > f.hi {
			out[i] = max(f.lo, min(f.hi, v))
		}
	}
	return out
}

// elementwise is one function of every column.
type elementwise struct {
	f func(float64) float64
	n int
}

func (e *elementwise) width() int { return e.n }
func (e *elementwise) apply(x []float64, s *scratch) []float64 {
	out := s.take(e.n)
	for i, v := range x {
		out[i] = e.f(v)
	}
	return out
}

// function is one of numpy's elementwise functions, by name.
func function(v any) func(float64) float64 {
	if v == nil {
		return func(x float64) float64 { return x }
	}
	g, ok := v.(global)
	require(ok, "a %s where a function is due", typeName(v))
	switch g.name {
	case "log1p":
		return math.Log1p
	case "expm1":
		return math.Expm1
	case "log":
		return math.Log
	case "exp":
		return math.Exp
	case "sqrt":
		return math.Sqrt
	case "square":
		return func(x float64) float64 { return x * x }
	}
	refuse("the function %v", g)
	return nil
}

// transformedTarget undoes a transform of the target.
type transformedTarget struct {
	inner predictor
	undo  func(float64) float64
}

func (b *builder) transformedTarget(a *dict, width int) predictor {
	t := &transformedTarget{inner: b.regressor(a.at("regressor_"), width)}
	o, ok := a.at("transformer_").(*object)
	require(ok, "target transformer is a %s", typeName(a.at("transformer_")))
	s := attributes(o)
	switch o.class.name {
	case "FunctionTransformer":
		t.undo = function(s.at("inverse_func"))
	case "StandardScaler":
		f := b.standardScaler(s, 1).(*affine)
		mean, scale := append(slices.Clone(f.shift), 0)[0], append(slices.Clone(f.divisor), 1)[0]
		t.undo = func(y float64) float64 { return y*scale + mean }
	case "MinMaxScaler":
		f := b.minMaxScaler(s, 1).(*affine)
		t.undo = func(y float64) float64 { return (y - f.offset[0]) / f.factor[0] }
	default:
		refuse("target transformer %v", o.class)
	}
	return t
}

func (t *transformedTarget) predict(x []float64, s *scratch) float64 {
	return t.undo(t.inner.predict(x, s))
}
