package roads

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Sparse holds, for each source, only its nearest targets: those of source i are
// the entries from First[i] up to First[i+1], the nearest first and equally near
// ones by number.
type Sparse struct {
	First    []int64
	Target   []int32 // number of the target
	Duration []int32 // seconds, rounded as in a [Table]
	Distance []int32 // meters
}

// Nearest finds for every source the k targets that are reached first, for sets
// of places too large for a full table. A source that reaches fewer has fewer
// entries. A target at the very location of the source counts, so ask for one
// more to look at neighbors of a set among itself.
//
// Each source costs one Dijkstra search that ends as soon as nothing nearer can
// come, about nodes x k / targets settled nodes when targets lie evenly. Errors
// are those of a [Tabler]; MaxCells bounds sources times k.
func Nearest(ctx context.Context, g *Graph, sources, targets []Location, k int, opts TableOptions) (Sparse, error) {
	if k < 0 {
		return Sparse{}, fmt.Errorf("roads: %d nearest targets", k)
	}
	k = min(k, len(targets))
	if err := checkTable(g, sources, targets, len(sources), k, opts); err != nil {
		return Sparse{}, err
	}
	job := &nearestJob{
		k: k, sources: sources, ends: indexEnds(g, targets), streets: NewStreetIndex(g, targets),
		found: make([][]nearTarget, len(sources)), opts: opts,
	}
	if !job.run(ctx, g) {
		return Sparse{}, context.Cause(ctx)
	}
	return job.sparse(NewRounder(g, opts.TimeFactor)), nil
}

// nearTarget is a target with the cost of reaching it.
type nearTarget struct {
	cost   Cost
	target int32
}

func compareNear(a, b nearTarget) int {
	return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.target, b.target))
}

// endIndex lists the targets whose routes end at each node.
type endIndex struct {
	first []uint32
	list  []nearTarget // with the cost from the node to the target
}

func indexEnds(g *Graph, targets []Location) endIndex {
	x := endIndex{first: make([]uint32, g.NodeCount()+1)}
	for _, l := range targets {
		for _, end := range l.Ends(g) {
			x.first[end.Node+1]++
		}
	}
	for v := range g.NodeCount() {
		x.first[v+1] += x.first[v]
	}
	x.list = make([]nearTarget, x.first[g.NodeCount()])
	next := slices.Clone(x.first)
	for i, l := range targets {
		for _, end := range l.Ends(g) {
			x.list[next[end.Node]] = nearTarget{end.Cost, int32(i)}
			next[end.Node]++
		}
	}
	return x
}

func (x *endIndex) at(v Node) []nearTarget { return x.list[x.first[v]:x.first[v+1]] }

// nearestJob fills the rows of one sparse table.
type nearestJob struct {
	k       int
	sources []Location
	ends    endIndex
	streets StreetIndex
	found   [][]nearTarget // of each source
	opts    TableOptions

	next atomic.Int64
	mu   sync.Mutex // guards done and calls of opts.Progress
	done int
}

// run works on all sources; it says whether they all got done.
func (j *nearestJob) run(ctx context.Context, g *Graph) bool {
	threads := j.opts.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var workers sync.WaitGroup
	for range min(threads, len(j.sources)) {
		workers.Go(func() { j.work(ctx, newSearch(g, false)) })
	}
	workers.Wait()
	return j.done == len(j.sources)
}

func (j *nearestJob) work(ctx context.Context, s *search) {
	near := nearestList{best: make(map[int32]Cost), k: j.k}
	for {
		i := int(j.next.Add(1)) - 1
		if i >= len(j.sources) || ctx.Err() != nil || j.row(ctx, s, &near, i) != nil {
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

// row searches from one source until the next node is farther than the k-th
// target found.
func (j *nearestJob) row(ctx context.Context, s *search, near *nearestList, i int) error {
	near.reset()
	if j.k > 0 {
		j.streets.Each(j.sources[i], func(t int, c Cost) { near.add(int32(t), c) })
		err := s.run(ctx, j.sources[i].Starts(s.g), func(v Node) bool {
			if s.cost[v] > near.limit() {
				return true
			}
			for _, end := range j.ends.at(v) {
				near.add(end.target, s.cost[v]+end.cost)
			}
			return false
		})
		if err != nil {
			return err
		}
	}
	j.found[i] = near.take()
	return nil
}

// sparse puts the rows together.
func (j *nearestJob) sparse(r Rounder) Sparse {
	out := Sparse{First: make([]int64, 1, len(j.found)+1)}
	for _, row := range j.found {
		for _, near := range row {
			seconds, meters := r.Round(near.cost)
			out.Target = append(out.Target, near.target)
			out.Duration = append(out.Duration, seconds)
			out.Distance = append(out.Distance, meters)
		}
		out.First = append(out.First, int64(len(out.Target)))
	}
	return out
}

// nearestList collects targets with their best costs, and knows the k-th of them.
type nearestList struct {
	k     int
	best  map[int32]Cost
	bound Cost // no target above it is among the k nearest
	since int  // targets added or improved since the bound was computed
}

func (l *nearestList) reset() {
	clear(l.best)
	l.bound, l.since = math.MaxUint64, 0
}

func (l *nearestList) add(target int32, c Cost) {
	if c > l.bound {
		return
	}
	if old, ok := l.best[target]; !ok || c < old {
		l.best[target] = c
		l.since++
	}
}

// limit is a cost above which nothing need be looked at. It is brought up to date
// from time to time, when the list has grown by half.
func (l *nearestList) limit() Cost {
	if len(l.best) >= l.k && l.since > l.k/2 {
		all := l.sorted()
		l.bound, l.since = all[l.k-1].cost, 0
		for _, far := range all[l.k:] {
			if far.cost > l.bound {
				delete(l.best, far.target)
			}
		}
	}
	return l.bound
}

func (l *nearestList) sorted() []nearTarget {
	all := make([]nearTarget, 0, len(l.best))
	for target, cost := range l.best {
		all = append(all, nearTarget{cost, target})
	}
	slices.SortFunc(all, compareNear)
	return all
}

// take is the result: the k nearest in order.
func (l *nearestList) take() []nearTarget {
	all := l.sorted()
	return slices.Clip(all[:min(l.k, len(all))])
}
