package cch

import (
	"context"
	"fmt"
	"sync"

	"github.com/logistica-inteligente/rumbo/roads"
)

// pair holds the costs of one edge: from its lower end up to its higher end, and
// down again. They lie together because customization always needs both.
type pair struct{ up, down roads.Cost }

// Metric is a hierarchy with the costs of one set of durations and distances. It
// implements [roads.Tabler] and [roads.Router] and is safe for concurrent use.
type Metric struct {
	h *Hierarchy
	g *roads.Graph // the network with these costs

	cost []pair   // of each edge: the best way over lower ranks only
	via  []middle // of each edge: where that way goes

	up, down searchGraph // the edges that tables and queries need

	spare sync.Pool // of *workspace
}

// middle names the lower rank over which each direction of an edge goes, or,
// from isArc on, the arc of the network that it is; none where there is no way.
type middle struct{ up, down uint32 }

// isArc is added to the number of an arc to tell it from a rank; both are below.
const isArc = 1 << 31

// Customize computes the costs of all edges for the durations and distances of
// g, which must be the network of the hierarchy or one with the same nodes and
// arcs (as [roads.Graph.WithUnits] and the like make them); if it is not, the
// error wraps [roads.ErrGraph]. It returns the context's cause when that ends
// first. O(triangles) time, some 50 bytes of memory an edge.
func (h *Hierarchy) Customize(ctx context.Context, g *roads.Graph) (*Metric, error) {
	if !sameNetwork(g, h.g) {
		return nil, fmt.Errorf("%w: the hierarchy was built for another network", roads.ErrGraph)
	}
	m := &Metric{h: h, g: g}
	m.respect()
	m.customize()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	m.perfect()
	return m, nil
}

// sameNetwork says whether two graphs have the same nodes and arcs. Graphs made
// from one another share the arrays, which makes this quick.
func sameNetwork(a, b *roads.Graph) bool {
	return sameArray(a.FirstOut, b.FirstOut) && sameArray(a.Head, b.Head)
}

func sameArray[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) == 0 || &a[0] == &b[0] {
		return true
	}
	for i, x := range a {
		if x != b[i] {
			return false
		}
	}
	return true
}

// respect gives every edge the cost of the arcs it stands for.
func (m *Metric) respect() {
	m.cost = make([]pair, len(m.h.head))
	m.via = make([]middle, len(m.h.head))
	for e := range m.cost {
		m.cost[e] = pair{roads.Unreached, roads.Unreached}
		m.via[e] = middle{none, none}
	}
	for a, e := range m.h.edgeOf {
		if e == none {
			continue
		}
		c, edge, via := m.g.ArcCost(roads.Arc(a)), &m.cost[e], &m.via[e]
		if m.h.goesUp[a] {
			if c < edge.up {
				edge.up, via.up = c, isArc+uint32(a)
			}
		} else if c < edge.down {
			edge.down, via.down = c, isArc+uint32(a)
		}
	}
}

// customize replaces the cost of every edge by that of the best way over lower
// ranks. Rank by rank, each x collects from its lower neighbors v the ways
// x -> v -> y to the higher neighbors y that v shares with x; all edges of v are
// finished by then.
func (m *Metric) customize() {
	h, cost := m.h, m.cost
	position := make([]uint32, len(h.rank)) // of a higher neighbor of x: its edge
	for x := range uint32(len(h.rank)) {
		for e := h.first[x]; e < h.first[x+1]; e++ {
			position[h.head[e]] = e
		}
		for k := h.lowFirst[x]; k < h.lowFirst[x+1]; k++ {
			e := h.lowEdge[k]
			v := h.lowNode[k]
			toX := cost[e] // up: v -> x, down: x -> v
			last := h.first[v+1]
			heads, costs := h.head[e+1:last], cost[e+1:last]
			for i, y := range heads {
				c := &cost[position[y]]
				if up := toX.down + costs[i].up; up < c.up {
					c.up = up
					m.via[position[y]].up = v
				}
				if down := costs[i].down + toX.up; down < c.down {
					c.down = down
					m.via[position[y]].down = v
				}
			}
		}
	}
}
