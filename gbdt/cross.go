package gbdt

// Cross predicts many rows once for each of some variants that put other values into the same few
// features: every drive at every hour. What the other features leave in reach of the trees is looked up once
// a row, what the variant's do once a variant, so that a prediction costs little more than its leaves. It may
// be used by several goroutines at once.
type Cross struct {
	m       *Model
	columns []int // the features that variants set
	t       *tables
	fixed   int // blocks of codes before those of the columns
}

// NewCross prepares the predictions of a model for variants of the given features, in the time and
// memory of [Model.Prepare].
func NewCross(m *Model, columns []int) *Cross {
	c := &Cross{m: m, columns: columns}
	varies := make([]bool, len(m.features))
	for _, j := range columns {
		varies[j] = true
	}
	c.t = newTablesOf(m, func(j int) bool { return varies[j] })
	c.fixed = c.t.fixed
	return c
}

// Predict writes the prediction of every row with every variant, dst[variant*rows+row]. rows is row-major
// with one value a feature, variants have one value a column; what rows hold in the columns does
// not matter. The results are those of [Model.PredictBatch], to the bit. It panics where sizes do not fit.
// O(rows x (slots + variants x trees)).
func (c *Cross) Predict(dst, rows []float64, variants [][]float64) {
	f := len(c.m.features)
	n := len(rows) / f
	mustHold(len(rows), n*f)
	mustHold(len(dst), n*len(variants))
	if c.t.covered < len(c.m.trees) || c.t.width == 0 {
		c.oneByOne(dst, rows, variants, n)
		return
	}
	given := c.variantCodes(variants)
	for i := range dst {
		dst[i] = c.m.base
	}
	codes := make([]codeBlock, 0, c.t.width*min(n, batchRows))
	for at := 0; at < n; at += batchRows {
		batch := min(batchRows, n-at)
		codes = codes[:batch*c.t.width]
		c.m.encode(c.t.features, c.t.width, batch, rows[at*f:], codes)
		for k := range c.t.groups {
			c.t.groups[k].cross(dst[at:], n, codes, batch, c.fixed, given, len(variants))
		}
	}
	for i, raw := range dst {
		dst[i] = c.m.unlink(raw)
	}
}

// oneByOne is Predict where tables do not hold all trees.
func (c *Cross) oneByOne(dst, rows []float64, variants [][]float64, n int) {
	f := len(c.m.features)
	own := append([]float64(nil), rows...)
	for k, values := range variants {
		for i := range n {
			for j, column := range c.columns {
				own[i*f+column] = values[j]
			}
		}
		c.m.PredictBatch(dst[k*n:(k+1)*n], own)
	}
}

// variantCodes are the last blocks of codes of each variant.
func (c *Cross) variantCodes(variants [][]float64) []codeBlock {
	f, width := len(c.m.features), c.t.width
	row, codes := make([]float64, f), make([]codeBlock, width)
	given := make([]codeBlock, 0, len(variants)*(width-c.fixed))
	for _, values := range variants {
		mustHold(len(values), len(c.columns))
		for j, column := range c.columns {
			row[column] = values[j]
		}
		c.m.encode(c.t.features, width, 1, row, codes)
		given = append(given, codes[c.fixed:]...)
	}
	return given
}

var everyLeaf = maskRow{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

// cross adds the group's values for n rows with each variant to dst[variant*step+row].
func (g *maskGroup) cross(dst []float64, step int, codes []codeBlock, n, fixed int, given []codeBlock, variants int) {
	width := len(g.index)
	const most = 64 // variants at a time
	var masks [most]maskRow
	for from := 0; from < variants; from += most {
		now := masks[:min(most, variants-from)]
		for q := range now {
			now[q] = g.met(everyLeaf, given[(from+q)*(width-fixed):(from+q+1)*(width-fixed)], fixed)
		}
		for i := range n {
			row := g.met(everyLeaf, codes[i*width:i*width+fixed], 0)
			for q := range now {
				m := &now[q]
				raw := &dst[(from+q)*step+i]
				x := *raw
				x += g.leaves[0][slotOf(row[0]&m[0])]
				x += g.leaves[1][slotOf(row[1]&m[1])]
				x += g.leaves[2][slotOf(row[2]&m[2])]
				x += g.leaves[3][slotOf(row[3]&m[3])]
				x += g.leaves[4][slotOf(row[4]&m[4])]
				x += g.leaves[5][slotOf(row[5]&m[5])]
				x += g.leaves[6][slotOf(row[6]&m[6])]
				x += g.leaves[7][slotOf(row[7]&m[7])]
				*raw = x
			}
		}
	}
}

// met keeps of the leaves in reach those that the codes of blocks from first on leave.
func (g *maskGroup) met(reach maskRow, codes []codeBlock, first int) maskRow {
	rows := g.rows
	a, b, c, d, e, f, h, k := reach[0], reach[1], reach[2], reach[3], reach[4], reach[5], reach[6], reach[7]
	for j := range codes {
		at, code := &g.index[first+j], &codes[j]
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[0][code[0]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[1][code[1]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[2][code[2]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[3][code[3]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[4][code[4]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[5][code[5]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[6][code[6]]&(maskRows-1)])
		a, b, c, d, e, f, h, k = meet(a, b, c, d, e, f, h, k, &rows[at[7][code[7]]&(maskRows-1)])
	}
	return maskRow{a, b, c, d, e, f, h, k}
}
