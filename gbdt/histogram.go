package gbdt

// A histogram holds, for each feature and bin, one word: the sum of integer gradients shifted left
// above the number of rows. Features are padded to the stride of the row bins, bins to 256, so that an
// index of type uint8 needs no check. Where curvature varies a second half holds its integer sums.
const histBins = 256

// columnHist is one feature's part of a histogram.
type columnHist = [histBins]int64

// rowBins are the bins of all rows for reading row by row: blocks of 16 features, then one of 8 and
// one of 4 where the rest asks for it. A block's row is within one cache line, and the words of 16
// features (32 KiB) stay in the first-level cache.
type rowBins struct {
	by16 [][][16]uint8
	by8  [][8]uint8
	by4  [][4]uint8
}

func newRowBins(rows, stride int) rowBins {
	var b rowBins
	for range stride / 16 {
		b.by16 = append(b.by16, make([][16]uint8, rows))
	}
	if stride&8 != 0 {
		b.by8 = make([][8]uint8, rows)
	}
	if stride&4 != 0 {
		b.by4 = make([][4]uint8, rows)
	}
	return b
}

// set sets the bin of feature j in a row.
func (b *rowBins) set(row, j int, bin uint8) {
	switch block := j / 16; {
	case block < len(b.by16):
		b.by16[block][row][j%16] = bin
	case j&8 == 0 && b.by8 != nil:
		b.by8[row][j%8] = bin
	default:
		b.by4[row][j%4] = bin
	}
}

// addRows adds the given rows: (values[row] << shift) + one to the bin of every feature. O(rows x features).
func (b *rowBins) addRows(hist []columnHist, rows, values []int32, shift uint, one int64) {
	for _, block := range b.by16 {
		addRows16((*[16]columnHist)(hist), block, rows, values, shift, one)
		hist = hist[16:]
	}
	if b.by8 != nil {
		addRows8((*[8]columnHist)(hist), b.by8, rows, values, shift, one)
		hist = hist[8:]
	}
	if b.by4 != nil {
		addRows4((*[4]columnHist)(hist), b.by4, rows, values, shift, one)
	}
}

func addRows16(h *[16]columnHist, bins [][16]uint8, rows, values []int32, shift uint, one int64) {
	for _, r := range rows {
		x := int64(values[r])<<(shift&63) + one
		b := &bins[r]
		h[0][b[0]] += x
		h[1][b[1]] += x
		h[2][b[2]] += x
		h[3][b[3]] += x
		h[4][b[4]] += x
		h[5][b[5]] += x
		h[6][b[6]] += x
		h[7][b[7]] += x
		h[8][b[8]] += x
		h[9][b[9]] += x
		h[10][b[10]] += x
		h[11][b[11]] += x
		h[12][b[12]] += x
		h[13][b[13]] += x
		h[14][b[14]] += x
		h[15][b[15]] += x
	}
}

func addRows8(h *[8]columnHist, bins [][8]uint8, rows, values []int32, shift uint, one int64) {
	for _, r := range rows {
		x := int64(values[r])<<(shift&63) + one
		b := &bins[r]
		h[0][b[0]] += x
		h[1][b[1]] += x
		h[2][b[2]] += x
		h[3][b[3]] += x
		h[4][b[4]] += x
		h[5][b[5]] += x
		h[6][b[6]] += x
		h[7][b[7]] += x
	}
}

func addRows4(h *[4]columnHist, bins [][4]uint8, rows, values []int32, shift uint, one int64) {
	for _, r := range rows {
		x := int64(values[r])<<(shift&63) + one
		b := &bins[r]
		h[0][b[0]] += x
		h[1][b[1]] += x
		h[2][b[2]] += x
		h[3][b[3]] += x
	}
}

// subtract takes the words of b from a.
func subtract(a, b *columnHist) {
	for k := range a {
		a[k] -= b[k]
	}
}

// add adds the words of b to a, in O(len(a) x bins).
func add(a, b []columnHist) {
	for j := range a {
		x, y := &a[j], &b[j]
		for k := range x {
			x[k] += y[k]
		}
	}
}

// sumHistogram is the sum over all rows of a histogram of the given number of columns a half.
func sumHistogram(hist []columnHist, columns int) (s stats) {
	for _, w := range hist[0] {
		s.word += w
	}
	if len(hist) > columns {
		for _, c := range hist[columns] {
			s.curve += c
		}
	}
	return s
}
