package gbdt

// A histogram holds, for each feature and bin, one word: the sum of integer gradients shifted left
// above the number of rows. Features are padded to the stride of the row bins, bins to 256, so that an
// index of type uint8 needs no check. Where curvature varies a second half holds its integer sums.
const histBins = 256

// columnHist is one feature's part of a histogram.
type columnHist = [histBins]int64

// addRows adds the given rows: (values[row] << shift) + one to the bin of every feature. Features are
// taken 16, 8 and 4 at a time, so that the words in use (32 KiB) stay in the first-level cache.
// O(rows x stride).
func addRows(hist []columnHist, bins []uint8, stride int, rows []int32, values []int32, shift uint, one int64) {
	at := 0
	for ; stride-at >= 16; at += 16 {
		addRows16((*[16]columnHist)(hist[at:]), bins[at:], stride, rows, values, shift, one)
	}
	if stride-at >= 8 {
		addRows8((*[8]columnHist)(hist[at:]), bins[at:], stride, rows, values, shift, one)
		at += 8
	}
	if stride-at >= 4 {
		addRows4((*[4]columnHist)(hist[at:]), bins[at:], stride, rows, values, shift, one)
	}
}

func addRows16(h *[16]columnHist, bins []uint8, stride int, rows, values []int32, shift uint, one int64) {
	for _, r := range rows {
		x := int64(values[r])<<(shift&63) + one
		b := (*[16]uint8)(bins[int(r)*stride:])
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

func addRows8(h *[8]columnHist, bins []uint8, stride int, rows, values []int32, shift uint, one int64) {
	for _, r := range rows {
		x := int64(values[r])<<(shift&63) + one
		b := (*[8]uint8)(bins[int(r)*stride:])
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

func addRows4(h *[4]columnHist, bins []uint8, stride int, rows, values []int32, shift uint, one int64) {
	for _, r := range rows {
		x := int64(values[r])<<(shift&63) + one
		b := (*[4]uint8)(bins[int(r)*stride:])
		h[0][b[0]] += x
		h[1][b[1]] += x
		h[2][b[2]] += x
		h[3][b[3]] += x
	}
}

// subtract takes the words of b from a, in O(len(a) x bins).
func subtract(a, b []columnHist) {
	for j := range a {
		x, y := &a[j], &b[j]
		for k := range x {
			x[k] -= y[k]
		}
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
