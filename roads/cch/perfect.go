package cch

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/roads"
)

// searchGraph holds the edges worth following in one direction: those whose cost
// is the true distance between their ends. The others, about half, are longer
// than a way over higher ranks and can be left out of every search.
type searchGraph struct {
	first []uint32 // of each rank, one more than ranks
	head  []uint32
	cost  []roads.Cost
	edge  []uint32
}

// perfect finds the true distance between the ends of every edge and keeps those
// edges that have it.
//
// Ranks are finished from the highest down. When x is reached, the edges of x
// are true distances, and every lower neighbor v of x compares its edges to x
// and to a common neighbor y with the way over the edge between x and y.
func (m *Metric) perfect() {
	h := m.h
	best := slices.Clone(m.cost)
	position := make([]uint32, len(h.rank))
	for x := len(h.rank) - 1; x >= 0; x-- {
		for e := h.first[x]; e < h.first[x+1]; e++ {
			position[h.head[e]] = e
		}
		for k := h.lowFirst[x]; k < h.lowFirst[x+1]; k++ {
			e := h.lowEdge[k]
			last := h.first[h.lowNode[k]+1]
			toX := best[e]
			heads, costs := h.head[e+1:last], best[e+1:last]
			for i, y := range heads {
				xy, toY := best[position[y]], &costs[i]
				toX.up = min(toX.up, toY.up+xy.down)
				toX.down = min(toX.down, xy.up+toY.down)
				toY.up = min(toY.up, toX.up+xy.up)
				toY.down = min(toY.down, xy.down+toX.down)
			}
			best[e] = toX
		}
	}
	m.up = m.keep(best, func(p pair) roads.Cost { return p.up })
	m.down = m.keep(best, func(p pair) roads.Cost { return p.down })
}

// keep makes the search graph of one direction.
func (m *Metric) keep(best []pair, side func(pair) roads.Cost) searchGraph {
	s := searchGraph{first: make([]uint32, len(m.h.first))}
	for v := range m.h.rank {
		for e := m.h.first[v]; e < m.h.first[v+1]; e++ {
			if c := side(m.cost[e]); c < roads.Unreached && c == side(best[e]) {
				s.head = append(s.head, m.h.head[e])
				s.cost = append(s.cost, c)
				s.edge = append(s.edge, e)
			}
		}
		s.first[v+1] = uint32(len(s.head))
	}
	return s
}
