package interop

import "math"

// maxTerms bounds the columns of PolynomialFeatures.
const maxTerms = 20_000

// polynomial is all products of columns up to a degree. Every term is an earlier term times a column.
type polynomial struct{ terms [][]int32 }

func (b *builder) polynomial(a *dict, width int) transformer {
	low, high := 0, 0
	if t, ok := a.at("degree").(tuple); ok {
		require(len(t) == 2, "degree of polynomial features")
		low, high = whole(t[0], "degree", 0, 16), whole(t[1], "degree", 0, 16)
	} else {
		high = whole(a.at("degree"), "degree", 0, 16)
	}
	apart := a.at("interaction_only") == true
	p := &polynomial{}
	if a.at("include_bias") == true {
		p.add(b, nil)
	}
	for degree := max(1, low); degree <= high; degree++ {
		p.grow(b, nil, 0, degree, width, apart)
	}
	return p
}

// grow adds the terms that begin with prefix and take degree more columns from index from on.
func (p *polynomial) grow(b *builder, prefix []int32, from, degree, width int, apart bool) {
	if degree == 0 {
		p.add(b, prefix)
		return
	}
	for j := from; j < width; j++ {
		next := j
		if apart {
			next = j + 1
		}
		p.grow(b, append(prefix[:len(prefix):len(prefix)], int32(j)), next, degree-1, width, apart)
	}
}

func (p *polynomial) add(b *builder, term []int32) {
	require(len(p.terms) < maxTerms, "more than %d polynomial features", maxTerms)
	b.budget.spend(96)
	p.terms = append(p.terms, term)
}

func (p *polynomial) width() int { return len(p.terms) }
func (p *polynomial) apply(x []float64, s *scratch) []float64 {
	out := s.take(len(p.terms))
	for i, term := range p.terms {
		out[i] = 1
		for k := len(term) - 1; k >= 0; k-- {
			out[i] *= x[term[k]]
		}
	}
	return out
}

// oneHot is one column for each known value of each column.
type oneHot struct {
	values  [][]float64
	dropped []int // by column; -1 where none is
	ignore  bool  // an unknown value gives zeros instead of NaN
	n       int
}

func (b *builder) oneHot(a *dict, width int) transformer {
	require(a.at("_infrequent_enabled") != true, "one-hot encoder that groups infrequent categories")
	o := &oneHot{ignore: a.at("handle_unknown") == "ignore"}
	categories := sequence(a.at("categories_"), "categories_")
	require(len(categories) == width, "categories for %d columns of %d", len(categories), width)
	var dropped []any
	switch d := a.at("drop_idx_").(type) {
	case nil:
	case *array:
		require(d.size() == width, "drop_idx_")
		for i := range width {
			if d.objects != nil {
				dropped = append(dropped, d.objects[i])
			} else {
				dropped = append(dropped, d.float(i))
			}
		}
	default:
		refuse("drop_idx_ is a %s", typeName(d))
	}
	for j, c := range categories {
		v := numbers(c, "category", b.budget)
		o.values = append(o.values, v)
		o.n += len(v)
		o.dropped = append(o.dropped, -1)
		if dropped != nil && dropped[j] != nil {
			o.dropped[j] = whole(dropped[j], "drop_idx_", 0, len(v)-1)
			o.n--
		}
	}
	require(o.n <= maxWidth, "one-hot encoder with %d columns", o.n)
	return o
}

func (o *oneHot) width() int { return o.n }
func (o *oneHot) apply(x []float64, s *scratch) []float64 {
	out := s.take(o.n)[:0]
	for j, values := range o.values {
		known := o.ignore
		begin := len(out)
		for i, v := range values {
			same := v == x[j] || v != v && x[j] != x[j]
			known = known || same
			if i == o.dropped[j] {
				continue
			}
			out = append(out, 0)
			if same {
				out[len(out)-1] = 1
			}
		}
		if !known {
			for i := begin; i < len(out); i++ {
				out[i] = math.NaN()
			}
		}
	}
	return out
}

// columns gives groups of columns to transformers and joins the results.
type columns struct {
	parts []columnPart
	n     int
}

type columnPart struct {
	from []int32
	step transformer // nil passes through
}

func (b *builder) columns(a *dict, width int) transformer {
	c := &columns{}
	names := make(map[string]int)
	if v := a.at("feature_names_in_"); v != nil {
		for i, name := range texts(sequence(v, "feature_names_in_"), "feature name") {
			names[name] = i
		}
	}
	for _, item := range sequence(a.at("transformers_"), "transformers_") {
		t, ok := item.(tuple)
		require(ok && len(t) == 3, "transformer of a column transformer")
		if t[1] == "drop" {
			continue
		}
		part := columnPart{from: b.columnList(t[2], width, names)}
		if len(part.from) == 0 {
			continue
		}
		added := len(part.from)
		if t[1] != "passthrough" {
			part.step = b.transformer(t[1], len(part.from))
			added = part.step.width()
		}
		c.n += added
		require(c.n <= maxWidth, "column transformer with %d columns", c.n)
		c.parts = append(c.parts, part)
	}
	return c
}

// columnList reads which columns a transformer takes: indices, a mask, names or a slice.
func (b *builder) columnList(v any, width int, names map[string]int) []int32 {
	var out []int32
	if o, ok := v.(*object); ok && o.class.name == "slice" {
		require(len(o.args) == 3, "slice of columns")
		from, to, step := 0, width, 1
		for i, at := range []*int{&from, &to, &step} {
			if o.args[i] != nil {
				*at = whole(o.args[i], "slice of columns", 0, width)
			}
		}
		require(step > 0, "slice of columns with step %d", step)
		for j := from; j < to; j += step {
			out = append(out, int32(j))
		}
		return out
	}
	if a, ok := v.(*array); ok && a.objects == nil {
		require(a.size() <= width, "%d columns of %d", a.size(), width)
		for i := range a.size() {
			if a.dtype.kind == 'b' {
				if a.float(i) != 0 {
					out = append(out, int32(i))
				}
				continue
			}
			out = append(out, int32(whole(a.float(i), "column", 0, width-1)))
		}
		return out
	}
	items := []any{v}
	switch v.(type) {
	case *list, tuple, *array:
		items = sequence(v, "columns")
	}
	require(len(items) <= maxWidth, "%d columns", len(items))
	b.budget.spend(4 * len(items))
	for i, item := range items {
		switch x := item.(type) {
		case string:
			at, ok := names[x]
			require(ok && at < width, "column %.40q is not among the features", x)
			out = append(out, int32(at))
		case bool:
			require(i < width, "mask of columns")
			if x {
				out = append(out, int32(i))
			}
		default:
			out = append(out, int32(whole(item, "column", 0, width-1)))
		}
	}
	return out
}

func (c *columns) width() int { return c.n }
func (c *columns) apply(x []float64, s *scratch) []float64 {
	out := s.take(c.n)
	at := 0
	for i := range c.parts {
		p := &c.parts[i]
		given := s.take(len(p.from))
		for k, j := range p.from {
			given[k] = x[j]
		}
		if p.step != nil {
			given = p.step.apply(given, s)
		}
		at += copy(out[at:], given)
	}
	return out
}
