package roads

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/logistica-inteligente/rumbo/geo"
)

// Build makes a graph of the given number of nodes from arcs in any order; arcs
// that leave the same node are sorted by head, then duration, then distance, so
// that the result does not depend on the order given. Loops and parallel arcs
// are kept. Places may be nil. It returns an error that wraps [ErrGraph] for a
// node or name out of range, a bad place, or numbers too large to add up.
// O(nodes + arcs log degree).
func Build(nodes int, arcs []ArcSpec, places []geo.LatLon, units Units) (*Graph, error) {
	return BuildNamed(nodes, arcs, places, units, Names{})
}

// BuildNamed is [Build] with the street names that the arcs refer to.
func BuildNamed(nodes int, arcs []ArcSpec, places []geo.LatLon, units Units, names Names) (*Graph, error) {
	b, err := NewBuilder(nodes, len(arcs))
	if err != nil {
		return nil, err
	}
	start := make([]uint32, nodes+1)
	for i, a := range arcs {
		if int64(a.Tail) >= int64(nodes) {
			return nil, fmt.Errorf("%w: arc %d leaves node %d of %d", ErrGraph, i, a.Tail, nodes)
		}
		start[a.Tail+1]++
	}
	for v := range nodes {
		start[v+1] += start[v]
	}
	byTail := make([]ArcSpec, len(arcs))
	for _, a := range arcs {
		byTail[start[a.Tail]] = a
		start[a.Tail]++
	}
	for _, a := range byTail {
		if err := b.Add(a); err != nil {
			return nil, err
		}
	}
	return b.Graph(places, units, names)
}

// Builder makes a graph from arcs that come by ascending tail, without holding
// them twice: for networks so large that [Build] would need too much memory.
type Builder struct {
	g     *Graph
	nodes int
	group []ArcSpec // the arcs of the tail at hand
}

// NewBuilder starts a graph of so many nodes; arcs is how many to make room for.
// It errs on numbers that no graph can have.
func NewBuilder(nodes, arcs int) (*Builder, error) {
	if nodes < 0 || nodes > maxCount || arcs < 0 || arcs > maxCount {
		return nil, fmt.Errorf("%w: %d nodes and %d arcs, at most %d of each", ErrGraph, nodes, arcs, maxCount)
	}
	return &Builder{nodes: nodes, g: &Graph{
		FirstOut: make([]uint32, 1, nodes+1), Head: make([]Node, 0, arcs),
		Duration: make([]uint32, 0, arcs), Distance: make([]uint32, 0, arcs),
	}}, nil
}

// Add takes the next arc. Its tail must not be below that of the one before.
func (b *Builder) Add(a ArcSpec) error {
	if int64(a.Tail) >= int64(b.nodes) || int64(a.Head) >= int64(b.nodes) {
		return fmt.Errorf("%w: an arc goes from node %d to %d of %d", ErrGraph, a.Tail, a.Head, b.nodes)
	}
	if len(b.group) > 0 && a.Tail != b.group[0].Tail {
		if a.Tail < b.group[0].Tail {
			return fmt.Errorf("%w: an arc of node %d comes after one of node %d", ErrGraph, a.Tail, b.group[0].Tail)
		}
		b.flush()
	}
	if len(b.g.Head)+len(b.group) >= maxCount {
		return fmt.Errorf("%w: more than %d arcs", ErrGraph, maxCount)
	}
	b.group = append(b.group, a)
	return nil
}

// flush writes the arcs of one tail in order.
func (b *Builder) flush() {
	if len(b.group) == 0 {
		return
	}
	b.open(int(b.group[0].Tail))
	slices.SortFunc(b.group, compareArcs)
	for _, a := range b.group {
		b.g.Head = append(b.g.Head, a.Head)
		b.g.Duration = append(b.g.Duration, a.Duration)
		b.g.Distance = append(b.g.Distance, a.Distance)
		b.describe(a)
	}
	b.group = b.group[:0]
}

func compareArcs(a, b ArcSpec) int {
	return cmp.Or(cmp.Compare(a.Head, b.Head), cmp.Compare(a.Duration, b.Duration), cmp.Compare(a.Distance, b.Distance),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
}

// describe notes name and kind of the last arc; the arrays appear with the first
// arc that has one.
func (b *Builder) describe(a ArcSpec) {
	g := b.g
	if a.Name != 0 && g.ArcName == nil {
		g.ArcName = make([]uint32, len(g.Head)-1, cap(g.Head))
	}
	if a.Kind != 0 && g.ArcKind == nil {
		g.ArcKind = make([]Kind, len(g.Head)-1, cap(g.Head))
	}
	if g.ArcName != nil {
		g.ArcName = append(g.ArcName, a.Name)
	}
	if g.ArcKind != nil {
		g.ArcKind = append(g.ArcKind, a.Kind)
	}
}

// open closes the ranges of all nodes before v.
func (b *Builder) open(v int) {
	for len(b.g.FirstOut) <= v {
		b.g.FirstOut = append(b.g.FirstOut, uint32(len(b.g.Head)))
	}
}

// Graph finishes the graph; the builder must not be used afterward. Errors are
// those of [Build].
func (b *Builder) Graph(places []geo.LatLon, units Units, names Names) (*Graph, error) {
	if places != nil && len(places) != b.nodes {
		return nil, fmt.Errorf("%w: %d places for %d nodes", ErrGraph, len(places), b.nodes)
	}
	b.flush()
	b.open(b.nodes)
	b.g.Units, b.g.Names = units, names
	if err := b.g.setPlaces(places); err != nil {
		return nil, err
	}
	return b.g, b.g.Check()
}
