package roads

import "fmt"

// A junction with forbidden turns is several nodes at one place: the node itself,
// and a copy for every way of arriving after which some turn is forbidden. Arcs
// into the junction lead to the copy that knows what is forbidden next. So turns
// need no attention from searches; only places must know that the copies are one.

// Same is the junction that a node belongs to: the node itself unless it is a
// copy.
func (g *Graph) Same(v Node) Node {
	if g.Twin == nil {
		return v
	}
	return g.Twin[v]
}

// junction lists the nodes of a junction, itself first.
func (g *Graph) junction(v Node) []Node {
	return append([]Node{v}, g.copies[v]...)
}

// indexTwins checks the copies and lists them by junction. A junction is a twin
// of itself and the first of its nodes.
func (g *Graph) indexTwins() error {
	g.copies = nil
	if g.Twin == nil {
		return nil
	}
	if len(g.Twin) != g.NodeCount() {
		return fmt.Errorf("%w: %d twins for %d nodes", ErrGraph, len(g.Twin), g.NodeCount())
	}
	g.copies = make(map[Node][]Node)
	for v, t := range g.Twin {
		if t > Node(v) || g.Twin[t] != t {
			return fmt.Errorf("%w: node %d is a copy of node %d, which is none of its own", ErrGraph, v, t)
		}
		if t != Node(v) {
			g.copies[t] = append(g.copies[t], Node(v))
		}
	}
	return nil
}
