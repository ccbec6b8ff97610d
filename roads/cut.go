package roads

import (
	"fmt"

	"github.com/logistica-inteligente/rumbo/geo"
)

// CutReport counts what [Cut] kept and left out.
type CutReport struct {
	NodesBefore, ArcsBefore int // of the graph that was cut
	NodesInside, ArcsInside int // nodes in the region, arcs with both ends there
	Components              int // strongly connected parts of what is inside
	NodesKept, ArcsKept     int // the largest part
}

// Cut makes a graph of the nodes for which inside is true and the arcs between
// them, then keeps only its largest strongly connected component, so that every
// place reaches every other; the first of several equally large ones. Nodes keep
// their order, their place and, as SourceID, their number in the source file. An
// elimination order is not kept. A nil inside keeps every node, which leaves the
// largest component of the whole graph.
//
// It errs on a graph without places when inside is given, and when nothing is
// left. O(nodes + arcs) plus the calls of inside.
func Cut(g *Graph, inside func(geo.LatLon) bool) (*Graph, CutReport, error) {
	report := CutReport{NodesBefore: g.NodeCount(), ArcsBefore: g.ArcCount()}
	region := g
	if inside != nil {
		if !g.HasPlaces() {
			return nil, report, fmt.Errorf("%w: cannot cut a map without coordinates", ErrGraph)
		}
		keep := make([]bool, g.NodeCount())
		for v := range keep {
			keep[v] = inside(g.Place(Node(v)))
		}
		region = subgraph(g, keep)
	}
	report.NodesInside, report.ArcsInside = region.NodeCount(), region.ArcCount()
	if report.NodesInside == 0 {
		return nil, report, fmt.Errorf("%w: no node of %d lies in the region", ErrGraph, report.NodesBefore)
	}
	component, count := Components(region)
	kept := subgraph(region, largest(component, count))
	report.Components, report.NodesKept, report.ArcsKept = count, kept.NodeCount(), kept.ArcCount()
	return kept, report, kept.Check()
}

// largest marks the nodes of the component with the most nodes.
func largest(component []uint32, count int) []bool {
	size := make([]int, count)
	for _, c := range component {
		size[c]++
	}
	best := 0
	for c, s := range size {
		if s > size[best] {
			best = c
		}
	}
	keep := make([]bool, len(component))
	for v, c := range component {
		keep[v] = int(c) == best
	}
	return keep
}

// subgraph keeps the marked nodes and the arcs between them.
func subgraph(g *Graph, keep []bool) *Graph {
	number := make([]uint32, len(keep))
	nodes, arcs := uint32(0), 0
	for v, k := range keep {
		number[v] = none
		if k {
			number[v] = nodes
			nodes++
		}
	}
	for v, k := range keep {
		for _, head := range g.Head[g.FirstOut[v]:g.FirstOut[v+1]] {
			if k && keep[head] {
				arcs++
			}
		}
	}
	sub := &Graph{Units: g.Units, Names: g.Names}
	sub.copyNodes(g, number, int(nodes))
	sub.copyArcs(g, number, arcs)
	return sub
}

// copyNodes takes over the nodes that have a number.
func (g *Graph) copyNodes(from *Graph, number []uint32, nodes int) {
	g.SourceID = make([]int64, nodes)
	if from.HasPlaces() {
		g.Lat, g.Lon = make([]int32, nodes), make([]int32, nodes)
	}
	first := make(map[Node]Node) // of each old junction: the first of its nodes that is kept
	if from.Twin != nil {
		g.Twin = make([]Node, nodes)
	}
	for v, n := range number {
		if n == none {
			continue
		}
		g.SourceID[n] = from.NodeID(Node(v))
		if from.HasPlaces() {
			g.Lat[n], g.Lon[n] = from.Lat[v], from.Lon[v]
		}
		if from.Twin == nil {
			continue
		}
		g.Twin[n] = Node(n)
		if len(from.copies[from.Twin[v]]) > 0 {
			if _, ok := first[from.Twin[v]]; !ok {
				first[from.Twin[v]] = Node(n)
			}
			g.Twin[n] = first[from.Twin[v]]
		}
	}
}

// copyArcs takes over the arcs between nodes that have a number.
func (g *Graph) copyArcs(from *Graph, number []uint32, arcs int) {
	g.FirstOut = make([]uint32, 1, len(g.SourceID)+1)
	g.Head = make([]Node, 0, arcs)
	g.Duration, g.Distance = make([]uint32, 0, arcs), make([]uint32, 0, arcs)
	if from.ArcName != nil {
		g.ArcName = make([]uint32, 0, arcs)
	}
	if from.ArcKind != nil {
		g.ArcKind = make([]Kind, 0, arcs)
	}
	for v, n := range number {
		if n == none {
			continue
		}
		for a := from.FirstOut[v]; a < from.FirstOut[v+1]; a++ {
			head := number[from.Head[a]]
			if head == none {
				continue
			}
			g.Head = append(g.Head, Node(head))
			g.Duration, g.Distance = append(g.Duration, from.Duration[a]), append(g.Distance, from.Distance[a])
			if from.ArcName != nil {
				g.ArcName = append(g.ArcName, from.ArcName[a])
			}
			if from.ArcKind != nil {
				g.ArcKind = append(g.ArcKind, from.ArcKind[a])
			}
		}
		g.FirstOut = append(g.FirstOut, uint32(len(g.Head)))
	}
}
