package cch

import (
	"context"
	"fmt"
	"slices"

	"github.com/logistica-inteligente/rumbo/roads"
)

// workspace is the memory of one query: costs from the source and to the target
// by rank, all Unreached between queries, and the edge that reached each rank.
type workspace struct {
	from, to         []roads.Cost
	fromEdge, toEdge []uint32
}

func newWorkspace(n int) *workspace {
	w := &workspace{
		from: make([]roads.Cost, n), to: make([]roads.Cost, n),
		fromEdge: make([]uint32, n), toEdge: make([]uint32, n),
	}
	for v := range n {
		w.from[v], w.to[v] = roads.Unreached, roads.Unreached
	}
	return w
}

func (m *Metric) borrow() *workspace {
	if w, ok := m.spare.Get().(*workspace); ok {
		return w
	}
	return newWorkspace(len(m.h.rank))
}

// search finds the cost from one rank to another and the rank at which the best
// path is highest. The workspace holds the searches until release.
//
// Both searches only go up, so they visit nothing but the ancestors of the two
// ranks in the elimination tree, which are walked in ascending order without any
// queue. O(edges of the ancestors).
func (m *Metric) search(w *workspace, s, t uint32) (best roads.Cost, top uint32) {
	parent := m.h.parent
	w.from[s], w.to[t] = 0, 0
	best, top = roads.Unreached, none
	a, b := s, t
	for a != b {
		if a < b { // a root's parent, none, is above every rank
			m.up.relax(w.from, w.fromEdge, a, best)
			a = parent[a]
		} else {
			m.down.relax(w.to, w.toEdge, b, best)
			b = parent[b]
		}
	}
	for ; a != none; a = parent[a] {
		if c := w.from[a] + w.to[a]; c < best {
			best, top = c, a
		}
		m.up.relax(w.from, w.fromEdge, a, best)
		m.down.relax(w.to, w.toEdge, a, best)
	}
	return best, top
}

// relax improves the higher neighbors of v, unless v itself is already too far
// to matter.
func (s *searchGraph) relax(cost []roads.Cost, reached []uint32, v uint32, best roads.Cost) {
	c := cost[v]
	if c >= best {
		return
	}
	first, end := s.first[v], s.first[v+1]
	heads, costs := s.head[first:end], s.cost[first:end]
	for i, head := range heads {
		if d := c + costs[i]; d < cost[head] {
			cost[head] = d
			reached[head] = first + uint32(i)
		}
	}
}

// release makes the workspace ready for the next query and gives it back.
func (m *Metric) release(w *workspace, s, t uint32) {
	for v := s; v != none; v = m.h.parent[v] {
		w.from[v] = roads.Unreached
	}
	for v := t; v != none; v = m.h.parent[v] {
		w.to[v] = roads.Unreached
	}
	m.spare.Put(w)
}

// Cost is the cost of the fastest path between two nodes, [roads.Unreached]
// where there is none. Both must be nodes of the network. It takes microseconds
// on a city and allocates nothing in the long run.
func (m *Metric) Cost(from, to roads.Node) roads.Cost {
	w := m.borrow()
	s, t := m.h.rank[from], m.h.rank[to]
	best, _ := m.search(w, s, t)
	m.release(w, s, t)
	return best
}

// Route finds the fastest route as [roads.Router] promises. O(edges of the
// ancestors + arcs of the route x log degree).
func (m *Metric) Route(ctx context.Context, from, to roads.Location, opts roads.RouteOptions) (roads.Route, error) {
	if err := ctx.Err(); err != nil {
		return roads.Route{}, context.Cause(ctx)
	}
	ends := []roads.Location{from, to}
	if _, err := roads.NewTable(m.g, ends[:1], ends[1:], roads.TableOptions{TimeFactor: opts.TimeFactor}); err != nil {
		return roads.Route{}, err
	}
	arcs, ok := m.path(from.Node, to.Node)
	if !ok {
		return roads.Route{}, fmt.Errorf("%w: from %v to %v", roads.ErrNoRoute, from.Place, to.Place)
	}
	return roads.NewRoute(m.g, from.Node, arcs, opts), nil
}

// path lists the arcs of the fastest path in driving order.
func (m *Metric) path(from, to roads.Node) (arcs []roads.Arc, ok bool) {
	w := m.borrow()
	s, t := m.h.rank[from], m.h.rank[to]
	defer m.release(w, s, t)
	best, top := m.search(w, s, t)
	if best >= roads.Unreached {
		return nil, false
	}
	up := m.climb(&m.up, w.fromEdge, s, top)
	slices.Reverse(up) // found from the top down
	for _, e := range up {
		arcs = m.unpackUp(arcs, e)
	}
	for _, e := range m.climb(&m.down, w.toEdge, t, top) {
		arcs = m.unpackDown(arcs, e)
	}
	return arcs, true
}

// climb lists the edges of the search tree between a rank and the top, starting
// at the top.
func (m *Metric) climb(s *searchGraph, reached []uint32, bottom, top uint32) []uint32 {
	var edges []uint32
	for v := top; v != bottom; {
		k := reached[v]
		edges = append(edges, s.edge[k])
		v = m.h.lowerEnd(s.edge[k])
	}
	return edges
}

// lowerEnd is the lower of the two ranks that an edge joins. O(log ranks).
func (h *Hierarchy) lowerEnd(e uint32) uint32 {
	v, _ := slices.BinarySearch(h.first, e+1) // the first rank whose edges start after e
	return uint32(v) - 1
}

// unpackUp appends the arcs that an edge stands for on the way up.
func (m *Metric) unpackUp(arcs []roads.Arc, e uint32) []roads.Arc {
	v := m.via[e].up
	if v == none {
		return append(arcs, m.arc(m.h.lowerEnd(e), m.h.head[e]))
	}
	arcs = m.unpackDown(arcs, m.h.edge(v, m.h.lowerEnd(e)))
	return m.unpackUp(arcs, m.h.edge(v, m.h.head[e]))
}

// unpackDown appends the arcs that an edge stands for on the way down.
func (m *Metric) unpackDown(arcs []roads.Arc, e uint32) []roads.Arc {
	v := m.via[e].down
	if v == none {
		return append(arcs, m.arc(m.h.head[e], m.h.lowerEnd(e)))
	}
	arcs = m.unpackDown(arcs, m.h.edge(v, m.h.head[e]))
	return m.unpackUp(arcs, m.h.edge(v, m.h.lowerEnd(e)))
}

// arc is the cheapest arc between two ranks that an arc joins, the first of
// several. O(degree).
func (m *Metric) arc(from, to uint32) roads.Arc {
	first, end := m.g.Out(roads.Node(m.h.node[from]))
	head := roads.Node(m.h.node[to])
	best, cost := first, roads.Unreached
	for a := first; a < end; a++ {
		if c := m.g.ArcCost(a); m.g.Head[a] == head && c < cost {
			best, cost = a, c
		}
	}
	return best
}
