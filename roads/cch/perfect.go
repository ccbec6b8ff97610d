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
	m.keep(best)
}

// keep makes the search graphs of the edges whose cost is the best.
func (m *Metric) keep(best []pair) {
	var ups, downs int
	for e, c := range m.cost {
		if c.up == best[e].up && c.up < roads.Unreached {
			ups++
		}
		if c.down == best[e].down && c.down < roads.Unreached {
			downs++
		}
	}
	h := m.h
	m.up, m.down = newSearchGraph(len(h.rank), ups), newSearchGraph(len(h.rank), downs)
	ups, downs = 0, 0
	for v := range h.rank {
		for e := h.first[v]; e < h.first[v+1]; e++ {
			c, b := m.cost[e], best[e]
			if c.up == b.up && c.up < roads.Unreached {
				m.up.head[ups], m.up.cost[ups], m.up.edge[ups] = h.head[e], c.up, e
				ups++
			}
			if c.down == b.down && c.down < roads.Unreached {
				m.down.head[downs], m.down.cost[downs], m.down.edge[downs] = h.head[e], c.down, e
				downs++
			}
		}
		m.up.first[v+1], m.down.first[v+1] = uint32(ups), uint32(downs)
	}
}

func newSearchGraph(ranks, edges int) searchGraph {
	return searchGraph{
		first: make([]uint32, ranks+1), head: make([]uint32, edges),
		cost: make([]roads.Cost, edges), edge: make([]uint32, edges),
	}
}
