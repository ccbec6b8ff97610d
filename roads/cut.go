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
	sub := &Graph{FirstOut: []uint32{0}, Units: g.Units, Names: g.Names}
	var old []Node
	twin := make(map[Node]Node) // of each old junction: its first node that is kept
	for v, k := range keep {
		number[v] = none
		if k {
			number[v] = uint32(len(old))
			old = append(old, Node(v))
			if g.Twin != nil {
				junction := g.Twin[v]
				if _, ok := twin[junction]; !ok {
					twin[junction] = Node(number[v])
				}
				sub.Twin = append(sub.Twin, twin[junction])
			}
		}
	}
	for _, v := range old {
		first, end := g.Out(v)
		for a := first; a < end; a++ {
			if head := number[g.Head[a]]; head != none {
				sub.Head = append(sub.Head, Node(head))
				sub.Duration = append(sub.Duration, g.Duration[a])
				sub.Distance = append(sub.Distance, g.Distance[a])
				if g.ArcName != nil {
					sub.ArcName = append(sub.ArcName, g.ArcName[a])
				}
				if g.ArcKind != nil {
					sub.ArcKind = append(sub.ArcKind, g.ArcKind[a])
				}
			}
		}
		sub.FirstOut = append(sub.FirstOut, uint32(len(sub.Head)))
		sub.SourceID = append(sub.SourceID, g.NodeID(v))
		if g.HasPlaces() {
			sub.Lat, sub.Lon = append(sub.Lat, g.Lat[v]), append(sub.Lon, g.Lon[v])
		}
	}
	return sub
}
