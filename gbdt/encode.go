package gbdt

import "math"

// searchKeys are the cuts of a numeric feature as integers in the same order, padded to a full 255 with
// the greatest integer. A search of fixed length among integers needs neither branches nor bounds.
type searchKeys [histBins]int64

// keyOf maps numbers to integers of the same order; NaN has no place in it.
func keyOf(x float64) int64 {
	bits := int64(math.Float64bits(x + 0)) // -0 and 0 are equal
	return bits ^ int64(uint64(bits>>63)>>1)
}

func newSearchKeys(cuts []float64) *searchKeys {
	var k searchKeys
	for i := range k {
		k[i] = math.MaxInt64
		if i < len(cuts) {
			k[i] = keyOf(cuts[i])
		}
	}
	return &k
}

// find is the number of cuts below the number with the given key: eight halvings.
func (k *searchKeys) find(key int64) uint8 {
	b := k.step(0, 7, key)
	b = k.step(b, 6, key)
	b = k.step(b, 5, key)
	b = k.step(b, 4, key)
	b = k.step(b, 3, key)
	b = k.step(b, 2, key)
	b = k.step(b, 1, key)
	return k.step(b, 0, key)
}

// step sets the given bit of b where the cut there is below key. Comparing to a number instead of a branch
// matters: the outcome is a coin toss.
func (k *searchKeys) step(b uint8, bit uint8, key int64) uint8 {
	below := uint8(0)
	if k[b+1<<bit-1] < key {
		below = 1
	}
	return b + below<<bit
}

// encode writes the bins of n values, every step-th of values, to the given slot of the rows of codes,
// width blocks each.
func (b *binner) encode(codes []codeBlock, slot, width int, values []float64, step, n int) {
	at, from := slot/blockSlots, 0
	for range n {
		codes[at][slot%blockSlots] = b.bin(values[from])
		at += width
		from += step
	}
}
