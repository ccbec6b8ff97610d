package search

import (
	"math"
	"math/bits"
)

// random is a small generator with 64 bits of state (wyrand): fast, seeded, the same on
// every machine. Not for secrets.
type random struct{ state uint64 }

func newRandom(seed uint64) random {
	r := random{state: seed ^ 0x9e3779b97f4a7c15}
	r.next()
	return r
}

func (r *random) next() uint64 {
	r.state += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(r.state, r.state^0xe7037ed1a0b428db)
	return hi ^ lo
}

// below is uniform in 0 to n-1, for n > 0 (Lemire's multiplication, its bias below 2^-32).
func (r *random) below(n int) int {
	return int(uint64(uint32(r.next()>>32)) * uint64(n) >> 32)
}

// unit is uniform in (0, 1].
func (r *random) unit() float64 {
	return (float64(r.next()>>11) + 1) / (1 << 53)
}

// geometric is how many tries pass until one succeeds, each with the chance whose
// 1/log(1-chance) is given. At least 1.
func (r *random) geometric(scale float64) int {
	return int(math.Log(r.unit())*scale) + 1
}
