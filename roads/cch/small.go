package cch

import "math/bits"

// smallPart is the size up to which a part is ordered by smallOrder.
const smallPart = 8

// smallOrder orders small parts by minimum degree: always eliminate the node
// with the fewest neighbors left, joining them to each other (Tinney & Walker
// 1967, doi:10.1109/PROC.1967.6011). Neighborhoods are bit sets.
type smallOrder struct {
	adjacent [smallPart]uint64
}

// order writes the nodes of a part of at most smallPart nodes to out.
func (s *smallOrder) order(p *part, out []uint32) {
	n := p.size()
	for v := range n {
		s.adjacent[v] = 0
		for _, w := range p.neighbors(int32(v)) {
			s.adjacent[v] |= 1 << w
		}
	}
	left := uint64(1)<<n - 1
	for i := range n {
		v := s.least(left)
		out[i] = p.id[v]
		left &^= 1 << v
		around := s.adjacent[v] & left
		for rest := around; rest != 0; rest &= rest - 1 {
			w := bits.TrailingZeros64(rest)
			s.adjacent[w] |= around &^ (1 << w)
		}
	}
}

// least is the node with the fewest neighbors left; the lowest of several.
func (s *smallOrder) least(left uint64) int {
	best, degree := 0, smallPart+1
	for rest := left; rest != 0; rest &= rest - 1 {
		v := bits.TrailingZeros64(rest)
		if d := bits.OnesCount64(s.adjacent[v] & left); d < degree {
			best, degree = v, d
		}
	}
	return best
}
