package gbdt

import (
	"math"
	"math/bits"
)

// integers holds one tree's gradients (and curvatures, where they vary) as integers, and how to
// read sums of them. Sums of integers are exact and do not depend on order, which makes a parent's
// histogram exactly the sum of its children's and the model independent of the number of threads.
type integers struct {
	slope     []int32 // gradients
	curve     []int32 // curvatures; nil when every row's is 1
	shift     uint    // gradients sit above this many bits of row count
	slopeUnit float64 // gradient of integer 1
	curveUnit float64 // curvature of integer 1
}

// maxInteger is the largest magnitude of a row's integer.
const maxInteger = 1<<30 - 1

// stats is a sum over rows: a packed word of gradient and count, and curvature.
type stats struct{ word, curve int64 }

func (s stats) plus(o stats) stats  { return stats{s.word + o.word, s.curve + o.curve} }
func (s stats) minus(o stats) stats { return stats{s.word - o.word, s.curve - o.curve} }

func newIntegers(rows int, curved bool) *integers {
	q := &integers{slope: make([]int32, rows), shift: uint(bits.Len(uint(rows)))}
	if curved {
		q.curve = make([]int32, rows)
	}
	return q
}

// count is the number of rows in s.
func (q *integers) count(s stats) int { return int(s.word & (1<<q.shift - 1)) }

// gradient is the sum of gradients in s, as an integer.
func (q *integers) gradient(s stats) int64 { return s.word >> q.shift }

// mass is the sum of curvatures in s.
func (q *integers) mass(s stats) float64 {
	if q.curve == nil {
		return float64(q.count(s))
	}
	return float64(s.curve) * q.curveUnit
}

// set rounds the gradients g and the curvatures h. The unit is chosen so that the sum of all
// magnitudes fits above the count, which leaves about 2^(62-2 shift) steps for the mean magnitude.
func (q *integers) set(g, h []float64, team crew) {
	room := math.Ldexp(1, 62-int(q.shift))
	largest, sum := magnitudes(g, team)
	q.slopeUnit = math.Max(sum/room, largest/maxInteger)
	round(q.slope, g, q.slopeUnit, team)
	if q.curve != nil {
		largest, _ := magnitudes(h, team)
		q.curveUnit = largest / maxInteger
		round(q.curve, h, q.curveUnit, team)
	}
}

// magnitudes are the largest and the sum of absolute values.
func magnitudes(v []float64, team crew) (largest, sum float64) {
	peaks := make([]float64, chunkCount(len(v)))
	sum = team.sum(len(v), func(lo, hi int) float64 {
		peak, s := 0.0, 0.0
		for _, x := range v[lo:hi] {
			a := math.Abs(x)
			s += a
			if a > peak {
				peak = a
			}
		}
		peaks[lo/chunkRows] = peak
		return s
	})
	for _, p := range peaks {
		largest = math.Max(largest, p)
	}
	return largest, sum
}

// round writes v/unit to the nearest integer.
func round(out []int32, v []float64, unit float64, team crew) {
	if unit < 1e-290 { // all zero, or too small to divide by
		clear(out)
		return
	}
	scale := 1 / unit
	team.chunks(len(v), func(_, lo, hi int) {
		to := out[lo:hi]
		for i, x := range v[lo:hi] {
			// Adding 2^31 first makes truncation round down, without a branch on the sign.
			to[i] = int32(int64(x*scale+(1<<31+0.5)) - 1<<31)
		}
	})
}
