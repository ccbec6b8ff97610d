package roads

// Components numbers the strongly connected components of the graph: two nodes
// are in the same one when each can reach the other. It returns the number of
// each node's component and how many components there are; numbers follow the
// order in which the search completes them, which depends on the graph alone.
// O(nodes + arcs).
//
// Method: Tarjan 1972 (doi:10.1137/0201010), with an explicit stack.
func Components(g *Graph) (component []uint32, count int) {
	t := tarjan{g: g, component: make([]uint32, g.NodeCount()), index: make([]uint32, g.NodeCount()), low: make([]uint32, g.NodeCount())}
	for v := range t.component {
		t.component[v] = none
	}
	for v := range g.NodeCount() {
		if t.index[v] == 0 {
			t.search(Node(v))
		}
	}
	return t.component, int(t.count)
}

// none marks a node without component, number or place.
const none = ^uint32(0)

type tarjan struct {
	g         *Graph
	component []uint32 // of each node; none until its component is complete
	index     []uint32 // when each node was met, from 1; 0: not yet
	low       []uint32 // the earliest met node known to be reachable
	met       uint32
	count     uint32
	open      []Node      // met nodes without a component
	path      []pathFrame // from the root of the search to the current node
}

// pathFrame is a node on the search path and the next of its arcs to follow.
type pathFrame struct {
	node Node
	arc  Arc
}

func (t *tarjan) enter(v Node) {
	t.met++
	t.index[v], t.low[v] = t.met, t.met
	t.open = append(t.open, v)
	first, _ := t.g.Out(v)
	t.path = append(t.path, pathFrame{v, first})
}

func (t *tarjan) search(root Node) {
	t.enter(root)
	for len(t.path) > 0 {
		frame := &t.path[len(t.path)-1]
		v := frame.node
		if _, end := t.g.Out(v); frame.arc < end {
			head := t.g.Head[frame.arc]
			frame.arc++
			if t.index[head] == 0 {
				t.enter(head)
			} else if t.component[head] == none {
				t.low[v] = min(t.low[v], t.index[head])
			}
			continue
		}
		t.leave(v)
	}
}

// leave ends the visit of a node: its component is complete when nothing met
// earlier can be reached from it.
func (t *tarjan) leave(v Node) {
	t.path = t.path[:len(t.path)-1]
	if len(t.path) > 0 {
		up := t.path[len(t.path)-1].node
		t.low[up] = min(t.low[up], t.low[v])
	}
	if t.low[v] != t.index[v] {
		return
	}
	for {
		w := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.component[w] = t.count
		if w == v {
			break
		}
	}
	t.count++
}
