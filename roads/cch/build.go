package cch

import (
	"fmt"
	"slices"

	"github.com/logistica-inteligente/rumbo/roads"
)

// none marks an arc without edge and a node without parent.
const none = ^uint32(0)

// Hierarchy is a road network with its shortcuts, for any costs. Nodes are
// called by rank in all arrays but rank itself.
type Hierarchy struct {
	g     *roads.Graph
	rank  []uint32 // of each node of the graph
	node  []uint32 // of each rank
	first []uint32 // edges of each rank to higher ranks, one more than nodes
	head  []uint32 // the higher end of each edge, ascending for each lower end

	parent []uint32 // the lowest higher neighbor; none at a root

	// The lower neighbors of each rank: for rank x those from lowFirst[x] up to
	// lowFirst[x+1], ascending, each with the edge that joins them.
	lowFirst []uint32
	lowEdge  []uint32
	lowNode  []uint32

	edgeOf []uint32 // of each arc of the graph; none for a loop
	goesUp []bool   // whether that arc leads up
}

// Build makes the hierarchy of a network for an elimination order, as [Order]
// gives it. It returns an error that wraps [roads.ErrGraph] for an order that
// does not name every node once.
//
// Cost: time and memory are those of the shortcuts, some 20 bytes an edge; for
// road networks about O(nodes log nodes).
func Build(g *roads.Graph, order []roads.Node) (*Hierarchy, error) {
	n := g.NodeCount()
	if len(order) != n {
		return nil, fmt.Errorf("%w: the order lists %d of %d nodes", roads.ErrGraph, len(order), n)
	}
	h := &Hierarchy{g: g, rank: make([]uint32, n), node: make([]uint32, n)}
	for v := range h.rank {
		h.rank[v] = none
	}
	for r, v := range order {
		if int(v) >= n || h.rank[v] != none {
			return nil, fmt.Errorf("%w: the order is not a permutation at node %d", roads.ErrGraph, v)
		}
		h.rank[v], h.node[r] = uint32(r), uint32(v)
	}
	h.eliminate()
	h.findLower()
	h.mapArcs()
	return h, nil
}

// upward lists the distinct higher neighbors of every rank in the graph itself.
func (h *Hierarchy) upward() (first, head []uint32) {
	firstAll, all := undirected(len(h.rank), h.g.FirstOut, h.g.Head)
	first = make([]uint32, len(h.rank)+1)
	for r, v := range h.node {
		start := len(head)
		for _, w := range all[firstAll[v]:firstAll[v+1]] {
			if h.rank[w] > uint32(r) {
				head = append(head, h.rank[w])
			}
		}
		slices.Sort(head[start:])
		first[r+1] = uint32(len(head))
	}
	return first, head
}

// eliminate adds the shortcuts. When a node goes, its higher neighbors are
// joined to each other; it is enough to hand them all to the lowest of them, its
// parent, which hands them on in turn.
func (h *Hierarchy) eliminate() {
	n := len(h.rank)
	ownFirst, own := h.upward()
	h.first = make([]uint32, n+1)
	h.parent = make([]uint32, n)
	children := make([]uint32, n) // the last child of each rank; none
	sibling := make([]uint32, n)  // the child before it of the same parent
	for r := range children {
		children[r] = none
	}
	var list, spare []uint32
	for r := range uint32(n) {
		list = append(list[:0], own[ownFirst[r]:ownFirst[r+1]]...)
		for c := children[r]; c != none; c = sibling[c] {
			handed := h.head[h.first[c]+1 : h.first[c+1]] // the first is r itself
			spare = mergeSorted(spare[:0], list, handed)
			list, spare = spare, list
		}
		h.head = append(h.head, list...)
		h.first[r+1] = uint32(len(h.head))
		h.parent[r] = none
		if len(list) > 0 {
			p := list[0]
			h.parent[r], sibling[r], children[p] = p, children[p], r
		}
	}
}

// mergeSorted appends the union of two ascending lists, each without repeats.
func mergeSorted(out, a, b []uint32) []uint32 {
	for len(a) > 0 && len(b) > 0 {
		x, y := a[0], b[0]
		if x <= y {
			out, a = append(out, x), a[1:]
			if x == y {
				b = b[1:]
			}
		} else {
			out, b = append(out, y), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// findLower turns the edges around.
func (h *Hierarchy) findLower() {
	n := len(h.rank)
	h.lowFirst = make([]uint32, n+1)
	for _, x := range h.head {
		h.lowFirst[x+1]++
	}
	for x := range n {
		h.lowFirst[x+1] += h.lowFirst[x]
	}
	h.lowEdge, h.lowNode = make([]uint32, len(h.head)), make([]uint32, len(h.head))
	next := slices.Clone(h.lowFirst[:n])
	for v := range uint32(n) {
		for e := h.first[v]; e < h.first[v+1]; e++ {
			x := h.head[e]
			h.lowEdge[next[x]], h.lowNode[next[x]] = e, v
			next[x]++
		}
	}
}

// mapArcs finds the edge of every arc of the graph.
func (h *Hierarchy) mapArcs() {
	h.edgeOf, h.goesUp = make([]uint32, h.g.ArcCount()), make([]bool, h.g.ArcCount())
	for v := range h.g.NodeCount() {
		first, end := h.g.Out(roads.Node(v))
		for a := first; a < end; a++ {
			from, to := h.rank[v], h.rank[h.g.Head[a]]
			h.edgeOf[a], h.goesUp[a] = none, from < to
			if from != to {
				h.edgeOf[a] = h.edge(min(from, to), max(from, to))
			}
		}
	}
}

// edge is the edge between two joined ranks. O(log edges of the lower).
func (h *Hierarchy) edge(lower, higher uint32) uint32 {
	k, _ := slices.BinarySearch(h.head[h.first[lower]:h.first[lower+1]], higher)
	return h.first[lower] + uint32(k)
}

// Stats describes the size of a hierarchy.
type Stats struct {
	Nodes     int
	Edges     int // shortcuts included
	Triangles int // lower triangles; customization looks at each once
	Depth     int // most nodes on a way from a node to its root, both included
	Ancestors float64
}

// Stats counts a hierarchy. O(edges).
func (h *Hierarchy) Stats() Stats {
	s := Stats{Nodes: len(h.rank), Edges: len(h.head)}
	depth := make([]int, len(h.rank))
	for r := len(h.rank) - 1; r >= 0; r-- {
		d := int(h.first[r+1] - h.first[r])
		s.Triangles += d * (d - 1) / 2
		depth[r] = 1
		if p := h.parent[r]; p != none {
			depth[r] += depth[p]
		}
		s.Depth = max(s.Depth, depth[r])
		s.Ancestors += float64(depth[r]) / float64(len(h.rank))
	}
	return s
}
