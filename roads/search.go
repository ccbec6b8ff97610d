package roads

import "context"

// search is the working memory of one Dijkstra search over one graph, reused
// from search to search: what a search wrote is told from older values by its
// round number, so nothing needs clearing.
type search struct {
	g     *Graph
	cost  []Cost   // of each node, where round[v] == now
	round []uint32 // the search in which cost[v] was written
	now   uint32
	heap  costHeap
	via   []Arc // the arc that reached each node; nil when paths are not asked for
}

func newSearch(g *Graph, paths bool) *search {
	n := g.NodeCount()
	s := &search{g: g, cost: make([]Cost, n), round: make([]uint32, n)}
	if paths {
		s.via = make([]Arc, n)
	}
	return s
}

// start forgets the last search and puts the sources in the queue.
func (s *search) start(sources []Seed) {
	s.now++
	if s.now == 0 { // the counter went around: old rounds could look new
		clear(s.round)
		s.now = 1
	}
	s.heap = s.heap[:0]
	for _, seed := range sources {
		s.reach(seed.Node, seed.Cost, noArc)
	}
}

// noArc marks a node that a search starts from.
const noArc = ^Arc(0)

// reach notes a way to a node if it is better than those known.
func (s *search) reach(v Node, c Cost, by Arc) {
	if s.round[v] == s.now && s.cost[v] <= c {
		return
	}
	s.cost[v], s.round[v] = c, s.now
	if s.via != nil {
		s.via[v] = by
	}
	s.heap.push(costItem{c, v})
}

// settle takes the nearest unsettled node out of the queue and relaxes its arcs;
// ok is false when every reachable node is settled.
func (s *search) settle() (v Node, ok bool) {
	for len(s.heap) > 0 {
		top := s.heap.pop()
		if top.cost > s.cost[top.node] {
			continue // a shorter way was found after this entry was queued
		}
		s.relax(top)
		return top.node, true
	}
	return 0, false
}

// relax improves the neighbors of a node that has just been settled.
func (s *search) relax(from costItem) {
	g := s.g
	first, end := g.Out(from.node)
	for a := first; a < end; a++ {
		s.reach(g.Head[a], from.cost+g.ArcCost(a), a)
	}
}

// settlesBetweenChecks is how many nodes a search settles between two looks at
// its context: about a millisecond of work.
const settlesBetweenChecks = 4096

// run settles nodes until done says that the last one was enough, or all
// reachable nodes are settled, or the context ends.
func (s *search) run(ctx context.Context, sources []Seed, done func(Node) bool) error {
	s.start(sources)
	for count := 1; ; count++ {
		v, ok := s.settle()
		if !ok || done(v) {
			return nil
		}
		if count%settlesBetweenChecks == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// costItem is a queued node with the cost it was queued at.
type costItem struct {
	cost Cost
	node Node
}

// costHeap is a four-ary heap, the least cost first; among equal costs the order
// does not matter, because costs never change once settled.
type costHeap []costItem

func (h *costHeap) push(item costItem) {
	*h = append(*h, item)
	q := *h
	i := len(q) - 1
	for i > 0 {
		up := (i - 1) / 4
		if q[up].cost <= item.cost {
			break
		}
		q[i] = q[up]
		i = up
	}
	q[i] = item
}

func (h *costHeap) pop() costItem {
	q := *h
	top, last := q[0], q[len(q)-1]
	q = q[:len(q)-1]
	*h = q
	if len(q) == 0 {
		return top
	}
	i := 0
	for {
		least := 4*i + 1
		if least >= len(q) {
			break
		}
		for k := least + 1; k < min(4*i+5, len(q)); k++ {
			if q[k].cost < q[least].cost {
				least = k
			}
		}
		if q[least].cost >= last.cost {
			break
		}
		q[i] = q[least]
		i = least
	}
	q[i] = last
	return top
}
