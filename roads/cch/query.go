package cch

import (
	"context"

	"github.com/logistica-inteligente/rumbo/roads"
)

// workspace is the memory of one query: costs from the source and to the target
// by rank, all Unreached between queries, and the step that reached each rank.
type workspace struct {
	from, to     []roads.Cost
	fromBy, toBy []step
	steps        []step // of the path being listed
}

// step is an edge that a search followed, with its lower end.
type step struct{ lower, edge uint32 }

func newWorkspace(n int) *workspace {
	w := &workspace{
		from: make([]roads.Cost, n), to: make([]roads.Cost, n),
		fromBy: make([]step, n), toBy: make([]step, n),
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
			m.up.relax(w.from, w.fromBy, a, best)
			a = parent[a]
		} else {
			m.down.relax(w.to, w.toBy, b, best)
			b = parent[b]
		}
	}
	for ; a != none; a = parent[a] {
		if c := w.from[a] + w.to[a]; c < best {
			best, top = c, a
		}
		m.up.relax(w.from, w.fromBy, a, best)
		m.down.relax(w.to, w.toBy, a, best)
	}
	return best, top
}

// relax improves the higher neighbors of v, unless v itself is already too far
// to matter.
func (s *searchGraph) relax(cost []roads.Cost, by []step, v uint32, best roads.Cost) {
	c := cost[v]
	if c >= best {
		return
	}
	first, end := s.first[v], s.first[v+1]
	heads, costs, edges := s.head[first:end], s.cost[first:end], s.edge[first:end]
	for i, head := range heads {
		if d := c + costs[i]; d < cost[head] {
			cost[head] = d
			by[head] = step{v, edges[i]}
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
// ancestors + arcs of the route), for each pair of nodes through which the
// locations can be left and reached, at most four on ordinary streets.
func (m *Metric) Route(ctx context.Context, from, to roads.Location, opts roads.RouteOptions) (roads.Route, error) {
	if ctx.Err() != nil {
		return roads.Route{}, context.Cause(ctx)
	}
	if err := roads.CheckRoute(m.g, from, to, opts); err != nil {
		return roads.Route{}, err
	}
	best, first, last := roads.Unreached, roads.Node(0), roads.Node(0)
	for _, start := range from.Starts(m.g) {
		for _, end := range to.Ends(m.g) {
			if c := start.Cost + m.Cost(start.Node, end.Node) + end.Cost; c < best {
				best, first, last = c, start.Node, end.Node
			}
		}
	}
	var arcs []roads.Arc
	if best < roads.Unreached {
		arcs, _ = m.path(first, last)
	}
	return roads.NewRoute(m.g, from, to, best, first, arcs, opts)
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
	arcs = make([]roads.Arc, 0, 256)
	for v := top; v != s; v = w.fromBy[v].lower {
		w.steps = append(w.steps, w.fromBy[v])
	}
	for i := len(w.steps) - 1; i >= 0; i-- { // found from the top down
		arcs = m.unpackUp(arcs, w.steps[i].lower, w.steps[i].edge)
	}
	for v := top; v != t; v = w.toBy[v].lower {
		arcs = m.unpackDown(arcs, w.toBy[v].lower, w.toBy[v].edge)
	}
	w.steps = w.steps[:0]
	return arcs, true
}

// unpackUp appends the arcs that edge e, from rank x up to its head, stands for.
func (m *Metric) unpackUp(arcs []roads.Arc, x, e uint32) []roads.Arc {
	v, y := m.via[e].up, m.h.head[e]
	if v >= isArc {
		return append(arcs, roads.Arc(v-isArc))
	}
	toX, toY := m.h.twoEdges(v, x, y)
	return m.unpackUp(m.unpackDown(arcs, v, toX), v, toY)
}

// unpackDown appends the arcs that edge e stands for from its head down to x.
func (m *Metric) unpackDown(arcs []roads.Arc, x, e uint32) []roads.Arc {
	v, y := m.via[e].down, m.h.head[e]
	if v >= isArc {
		return append(arcs, roads.Arc(v-isArc))
	}
	toX, toY := m.h.twoEdges(v, x, y)
	return m.unpackUp(m.unpackDown(arcs, v, toY), v, toX)
}

// twoEdges finds the edges from v up to x and to y, where x is below y. A middle
// has few edges, so looking at each is fastest.
func (h *Hierarchy) twoEdges(v, x, y uint32) (toX, toY uint32) {
	e := h.first[v]
	for h.head[e] != x {
		e++
	}
	toX = e
	for h.head[e] != y {
		e++
	}
	return toX, e
}
