package vrp

import "slices"

// Sparse is a table that holds only the pairs of places that matter, such as each place
// and its nearest few dozen by road. It stands for a full table where that would be too
// large: 100,000 places with 60 entries each take 70 MB. A pair that is not in it goes by
// the profile's Metric, whose factors should say how much longer than the straight line
// ways are and how fast they are driven.
//
// Row a is the entries First[a] to First[a+1]-1: to the places To, ascending, take
// Distance and Duration, each Unreachable where there is no way. A to b may be in it and b
// to a not.
type Sparse struct {
	First    []int32 // one more than there are places
	To       []int32
	Distance []int32
	Duration []int32
}

// Entry is the index of the pair from place a to place b; false if it is not in the table.
// O(log entries of the row).
func (s *Sparse) Entry(a, b int32) (int, bool) {
	from := s.First[a]
	k, ok := slices.BinarySearch(s.To[from:s.First[a+1]], b)
	return int(from) + k, ok
}

// sparse checks the sparse rows of profile i.
func (v *validator) sparse(i int) {
	f := &v.p.Profiles[i]
	s := f.Sparse
	switch n := len(v.p.Places); {
	case f.Distance != nil || f.Duration != nil || f.Toll != nil || len(f.Slices) > 0:
		v.fail("goes with no tables, tolls or slices", "Profiles[%d].Sparse", i)
	case len(s.First) != n+1 || s.First[0] != 0 || int(s.First[n]) != len(s.To):
		v.fail("must lead from 0 to the number of entries, with one more than there are places", "Profiles[%d].Sparse.First", i)
	case len(s.Distance) != len(s.To) || len(s.Duration) != len(s.To):
		v.fail("distances and durations must be as many as entries", "Profiles[%d].Sparse", i)
	default:
		v.sparseRows(i, s)
	}
}

func (v *validator) sparseRows(i int, s *Sparse) {
	n := len(v.p.Places)
	for a := range n {
		if s.First[a] > s.First[a+1] || s.First[a] < 0 || int(s.First[a+1]) > len(s.To) {
			v.fail("must not descend", "Profiles[%d].Sparse.First", i)
			return
		}
		last := int32(-1)
		for k := s.First[a]; k < s.First[a+1]; k++ {
			b := s.To[k]
			if b <= last || int(b) >= n {
				v.fail("must be places, ascending in each row", "Profiles[%d].Sparse.To[%d]", i, k)
				return
			}
			if s.Distance[k] < 0 || s.Duration[k] < 0 {
				v.fail("must not be negative", "Profiles[%d].Sparse, entry %d", i, k)
				return
			}
			last = b
		}
	}
}
