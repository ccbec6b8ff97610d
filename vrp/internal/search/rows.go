package search

import (
	"math/bits"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// rows are the sparse rows of a profile in the numbering of the search: for each place a
// small hash table, so that a look-up reads one cache line, near the lines of near places.
type rows struct {
	first []int32 // by place, into slots; one more at the end; each size a power of two or 0
	slots []way
	far   plane // for the pairs that are not in a row, without points where the metric has no fast form
}

// way is an entry of a row; to is none where the slot is free.
type way struct{ to, distance, duration int32 }

// newRows takes over the sparse rows of a profile. O(entries).
func (m *Model) newRows(f *vrp.Profile, pad bool) *rows {
	s := f.Sparse
	n := len(m.places)
	x := &rows{first: make([]int32, n+1)}
	if !pad {
		x.far = newPlane(f.Metric, m.places)
	}
	total := int32(0)
	for a := range int32(n) {
		x.first[a] = total
		o := m.there(a)
		if count := s.First[o+1] - s.First[o]; count > 0 {
			// A third of the slots or more stays free.
			total += 1 << bits.Len32(uint32(count+count/2))
		}
	}
	x.first[n] = total
	x.slots = make([]way, total)
	for i := range x.slots {
		x.slots[i].to = none
	}
	for a := range int32(n) {
		o := m.there(a)
		for k := s.First[o]; k < s.First[o+1]; k++ {
			b := m.here(s.To[k])
			*x.slot(a, b) = way{b, s.Distance[k], s.Duration[k]}
		}
	}
	return x
}

// slot is where the way from a to b is, or would be; nil for an empty row. O(1) on average.
func (x *rows) slot(a, b int32) *way {
	row := x.slots[x.first[a]:x.first[a+1]]
	if len(row) == 0 {
		return nil
	}
	mask := uint32(len(row) - 1)
	for i := uint32(b) * 0x9e3779b1 >> 7 & mask; ; i = (i + 1) & mask {
		if y := &row[i]; y.to == b || y.to == none {
			return y
		}
	}
}

// blocked reports whether some way is closed.
func (x *rows) blocked() bool {
	for i := range x.slots {
		if y := &x.slots[i]; y.to != none && (y.distance == vrp.Unreachable || y.duration == vrp.Unreachable) {
			return true
		}
	}
	return false
}

// longest is the largest distance and duration of the open ways.
func (x *rows) longest() (distance, duration int64) {
	for i := range x.slots {
		if y := &x.slots[i]; y.to != none && y.distance != vrp.Unreachable && y.duration != vrp.Unreachable {
			distance, duration = max(distance, int64(y.distance)), max(duration, int64(y.duration))
		}
	}
	return distance, duration
}
