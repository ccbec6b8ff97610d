package roads

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Dijkstra answers routes and tables by plain Dijkstra searches: no preparation
// beyond the graph, and the reference for every faster method. It is safe for
// concurrent use.
type Dijkstra struct {
	g *Graph
}

// NewDijkstra returns a [Tabler] and [Router] over the graph. O(1).
func NewDijkstra(g *Graph) *Dijkstra { return &Dijkstra{g: g} }

// Graph is the network that the answers are about.
func (d *Dijkstra) Graph() *Graph { return d.g }

// Table computes a table as [Tabler] promises. Each source costs one search,
// O(arcs log nodes), that stops when the last target is settled; memory is the
// table plus 16 bytes a node and thread.
func (d *Dijkstra) Table(ctx context.Context, sources, targets []Location, opts TableOptions) (Table, error) {
	t, err := NewTable(d.g, sources, targets, opts)
	if err != nil || len(t.Duration) == 0 {
		return t, err
	}
	job := &rowJob{
		g: d.g, table: t, sources: sources, opts: opts,
		targets: newTargetSet(d.g, targets), streets: NewStreetIndex(d.g, targets),
		rounder: NewRounder(d.g, opts.TimeFactor),
	}
	if err := job.run(ctx, d.g); err != nil {
		return Table{}, err
	}
	return t, nil
}

// rowJob fills the rows of one table, several at a time.
type rowJob struct {
	g       *Graph
	table   Table
	sources []Location
	targets targetSet
	streets StreetIndex
	rounder Rounder
	opts    TableOptions

	next atomic.Int64 // the next row that nobody works on

	mu   sync.Mutex // guards done and calls of opts.Progress
	done int
}

func (j *rowJob) run(ctx context.Context, g *Graph) error {
	threads := j.opts.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var workers sync.WaitGroup
	for range min(threads, len(j.sources)) {
		workers.Go(func() { j.work(ctx, newSearch(g, false)) })
	}
	workers.Wait()
	if j.done < len(j.sources) { // a worker stopped early, so the context ended
		return context.Cause(ctx)
	}
	return nil
}

// work fills rows until none is left or the context ends.
func (j *rowJob) work(ctx context.Context, s *search) {
	seen := newNodeSet(j.targets.nodes)
	costs := make([]Cost, j.table.Cols)
	for {
		row := int(j.next.Add(1)) - 1
		if row >= len(j.sources) || ctx.Err() != nil {
			return
		}
		if err := j.fill(ctx, s, seen, row, costs); err != nil {
			return
		}
		j.mu.Lock()
		j.done++
		if j.opts.Progress != nil {
			j.opts.Progress(j.done, len(j.sources))
		}
		j.mu.Unlock()
	}
}

// fill computes one row: it searches from the source until every node that ends
// a route is settled, then rounds the costs.
func (j *rowJob) fill(ctx context.Context, s *search, seen nodeSet, row int, costs []Cost) error {
	left := j.targets.nodes
	seen.reset()
	err := s.run(ctx, j.sources[row].Starts(j.g), func(v Node) bool {
		if k := j.targets.index[v]; k != 0 && seen.add(k-1) {
			left--
		}
		return left == 0
	})
	if err != nil {
		return err
	}
	for col, ends := range j.targets.ends {
		costs[col] = Unreached
		for _, end := range ends {
			if seen.has(j.targets.index[end.Node] - 1) {
				costs[col] = min(costs[col], s.cost[end.Node]+end.Cost)
			}
		}
	}
	j.streets.Each(j.sources[row], func(col int, c Cost) { costs[col] = min(costs[col], c) })
	base := row * j.table.Cols
	for col, c := range costs {
		j.table.Duration[base+col], j.table.Distance[base+col] = j.rounder.Round(c)
	}
	return nil
}

// targetSet numbers the distinct nodes at which routes to the targets of a table
// end.
type targetSet struct {
	ends  [][]Seed // of each target
	index []uint32 // of each node of the graph: its number plus one, 0 for no end
	nodes int      // how many distinct
}

func newTargetSet(g *Graph, targets []Location) targetSet {
	set := targetSet{ends: make([][]Seed, len(targets)), index: make([]uint32, g.NodeCount())}
	for i, l := range targets {
		set.ends[i] = l.Ends(g)
		for _, end := range set.ends[i] {
			if set.index[end.Node] == 0 {
				set.nodes++
				set.index[end.Node] = uint32(set.nodes)
			}
		}
	}
	return set
}

// nodeSet is a set of small numbers.
type nodeSet []bool

func newNodeSet(size int) nodeSet { return make(nodeSet, size) }

func (s nodeSet) reset() { clear(s) }

func (s nodeSet) has(k uint32) bool { return s[k] }

// add puts k in the set and says whether it was new.
func (s nodeSet) add(k uint32) bool {
	fresh := !s[k]
	s[k] = true
	return fresh
}
