package cch

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/logistica-inteligente/rumbo/roads"
)

// OrderOptions tunes [Order]; the zero value is ready for use.
type OrderOptions struct {
	// Threads is how many pieces are worked on at the same time; 0 means one for
	// each processor that Go may use. It never changes the result.
	Threads int

	// Progress is told how many nodes of how many have their place, from one
	// goroutine at a time. It may be nil.
	Progress func(done, total int)
}

// Order computes an elimination order of the nodes of a road network: the least
// important first, every node once. It depends on arcs and places alone, never
// on times, so one order serves all profiles. The same graph gives the same
// order for any number of threads.
//
// Method: nested dissection by inertial flow (Schild & Sommer 2015,
// doi:10.1007/978-3-319-20086-6_22). Nodes with at most two neighbors go first
// (see thinner). What is left is cut in two by a small set of nodes, the
// separator, which becomes the most important part of the order; each side is
// then treated alike. To find a separator the nodes are sorted along several
// directions of the compass; the quarter at either end are sources and sinks of
// a flow. Unlike the paper we cut nodes, not edges, and take the direction with
// the best ratio of separator to smaller side. A graph without places gets
// positions from distances to far-apart nodes.
//
// It returns the context's cause when that ends first, or [roads.ErrGraph] for a
// graph without nodes. About O(nodes x log nodes x separator size); measured
// figures are in bench/roads.
func Order(ctx context.Context, g *roads.Graph, opts OrderOptions) ([]roads.Node, error) {
	n := g.NodeCount()
	if n == 0 {
		return nil, fmt.Errorf("%w: no node to order", roads.ErrGraph)
	}
	first, head := undirected(n, g.FirstOut, g.Head)
	x, y := positions(g, first, head)
	rest := thin(first, head)
	order := make([]uint32, 0, n)
	order = append(order, rest.order...)
	d := &dissection{ctx: ctx, total: n, progress: opts.Progress}
	d.placed(len(order))
	whole := rest.rest(x, y)
	d.seats(opts.Threads)
	pieces := whole.extract(make([]int8, whole.size()), sideFree, make([]int32, whole.size()))
	d.all(pieces, order[len(order):n:n], newCutter())
	d.running.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	nodes := make([]roads.Node, n)
	for i, v := range order[:n] {
		nodes[i] = roads.Node(v)
	}
	return nodes, nil
}

// dissection shares the work of one order among goroutines.
type dissection struct {
	ctx      context.Context
	free     chan struct{} // a token for each goroutine that may be started
	running  sync.WaitGroup
	progress func(done, total int)

	mu    sync.Mutex // guards done and calls of progress
	done  int
	total int
}

func (d *dissection) seats(threads int) {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	d.free = make(chan struct{}, threads-1)
	for range threads - 1 {
		d.free <- struct{}{}
	}
}

func (d *dissection) placed(nodes int) {
	if d.progress == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done += nodes
	d.progress(d.done, d.total)
}

// worthSharing is the size of a part below which a goroutine costs more than it
// saves.
const worthSharing = 2000

// all orders parts one after the other into out, which has exactly the number of
// places that they need. The last is not handed on: somebody must work here.
func (d *dissection) all(parts []*part, out []uint32, c *cutter) {
	for i, p := range parts {
		own := out[:p.size():p.size()]
		if i == len(parts)-1 {
			d.dissect(p, own, c)
			return
		}
		d.share(p.size(), c, func(c *cutter) { d.dissect(p, own, c) })
		out = out[p.size():]
	}
}

// share does the work in a goroutine of its own if one is free, else here.
func (d *dissection) share(size int, c *cutter, work func(*cutter)) {
	if size >= worthSharing {
		select {
		case <-d.free:
			d.running.Go(func() {
				work(newCutter())
				d.free <- struct{}{}
			})
			return
		default:
		}
	}
	work(c)
}

// dissect orders a connected part into out: first the two sides, then the
// separator.
func (d *dissection) dissect(p *part, out []uint32, c *cutter) {
	if d.ctx.Err() != nil {
		return
	}
	if p.size() <= smallPart {
		c.small.order(p, out)
		d.placed(p.size())
		return
	}
	mark := c.cut(p)
	var count [3]int
	for _, m := range mark {
		count[m]++
	}
	end := len(out) - count[sideFree]
	separator := out[end:end]
	for v, m := range mark {
		if m == sideFree {
			separator = append(separator, p.id[v])
		}
	}
	d.placed(count[sideFree])
	c.number = sized(c.number, p.size())
	sides := append(p.extract(mark, sideSource, c.number), p.extract(mark, sideSink, c.number)...)
	d.all(sides, out[:end:end], c)
}
