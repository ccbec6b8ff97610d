package cch

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/logistica-inteligente/rumbo/roads"
)

// Table computes a table as [roads.Tabler] promises.
//
// Sixteen sources are worked on together, those of neighboring rank in one
// batch. A batch goes up from its sources, then sweeps once over everything that
// leads down to any target. O((targets' ancestors) x sources / 16) steps of
// sixteen lanes; memory is the table plus 128 bytes a thread for each node that
// leads to a target.
func (m *Metric) Table(ctx context.Context, sources, targets []roads.Location, opts roads.TableOptions) (roads.Table, error) {
	t, err := roads.NewTable(m.g, sources, targets, opts)
	if err != nil || len(t.Duration) == 0 {
		return t, err
	}
	starts, ends := m.seeds(sources, roads.Location.Starts), m.seeds(targets, roads.Location.Ends)
	job := &tableJob{
		table: t, sources: sources, streets: roads.NewStreetIndex(m.g, targets),
		rounder: roads.NewRounder(m.g, opts.TimeFactor), kernel: kernels(), progress: opts.Progress,
		starts: starts, ends: ends,
		from: m.up.restrict(starts.node), to: m.down.restrict(ends.node),
		rows: starts.byRank(),
	}
	job.join()
	if !job.run(ctx, opts.Threads) {
		return roads.Table{}, context.Cause(ctx)
	}
	return t, nil
}

// seedList holds the seeds of several locations one after the other.
type seedList struct {
	first []uint32 // of each location, one more than locations
	node  []uint32 // of each seed: its rank
	cost  []roads.Cost
}

// seeds lists one side of the locations; a location may have none, on a street
// that no arc leaves.
func (m *Metric) seeds(locations []roads.Location, side func(roads.Location, *roads.Graph) []roads.Seed) seedList {
	list := seedList{first: make([]uint32, 1, len(locations)+1)}
	for _, l := range locations {
		for _, seed := range side(l, m.g) {
			list.node = append(list.node, m.h.rank[seed.Node])
			list.cost = append(list.cost, seed.Cost)
		}
		list.first = append(list.first, uint32(len(list.node)))
	}
	return list
}

// byRank lists the locations in the order of their first seeds.
func (l seedList) byRank() []uint32 {
	order := make([]uint32, len(l.first)-1)
	rank := func(i uint32) uint32 {
		if l.first[i] == l.first[i+1] {
			return none
		}
		return l.node[l.first[i]]
	}
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return cmp.Compare(rank(a), rank(b)) })
	return order
}

// tableJob fills one table, a batch of rows at a time.
type tableJob struct {
	table    roads.Table
	sources  []roads.Location
	streets  roads.StreetIndex
	rounder  roads.Rounder
	kernel   kernel
	progress func(done, total int)

	starts, ends seedList
	from, to     *restricted
	rows         []uint32 // the rows, by rank of their source
	meets        []uint32 // of each number of from: the same node's number in to, or none

	next atomic.Int64 // the next batch that nobody works on

	mu   sync.Mutex // guards done and calls of progress
	done int
}

// join finds the nodes that both restricted graphs hold; both list them by
// descending rank.
func (j *tableJob) join() {
	j.meets = make([]uint32, len(j.from.rank))
	k := 0
	for i, r := range j.from.rank {
		for k < len(j.to.rank) && j.to.rank[k] > r {
			k++
		}
		j.meets[i] = none
		if k < len(j.to.rank) && j.to.rank[k] == r {
			j.meets[i] = uint32(k)
		}
	}
}

// run works on all batches; it says whether they all got done.
func (j *tableJob) run(ctx context.Context, threads int) bool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	batches := (len(j.rows) + lanes - 1) / lanes
	var workers sync.WaitGroup
	for range min(threads, batches) {
		workers.Go(func() { j.work(ctx, batches) })
	}
	workers.Wait()
	return j.done == len(j.rows)
}

func (j *tableJob) work(ctx context.Context, batches int) {
	s := newSweeper(j.from, j.to, j.kernel)
	costs := make([]roads.Cost, j.table.Cols)
	for {
		b := int(j.next.Add(1)) - 1
		if b >= batches || ctx.Err() != nil {
			return
		}
		rows := j.rows[b*lanes : min((b+1)*lanes, len(j.rows))]
		s.climb(j.from, j.starts, rows)
		s.descend(j.to, j.meets)
		for lane, row := range rows {
			j.collect(s, lane, row, costs)
			j.write(row, costs)
		}
		j.mu.Lock()
		for range rows {
			j.done++
			if j.progress != nil {
				j.progress(j.done, len(j.rows))
			}
		}
		j.mu.Unlock()
	}
}

// collect takes the costs of one row out of the sweep.
func (j *tableJob) collect(s *sweeper, lane int, row uint32, costs []roads.Cost) {
	at, extra := j.to.at, j.ends.cost
	for col := range costs {
		c := roads.Unreached
		for k := j.ends.first[col]; k < j.ends.first[col+1]; k++ {
			c = min(c, s.cost[at[k]][lane]+extra[k])
		}
		costs[col] = c
	}
	j.streets.Each(j.sources[row], func(col int, c roads.Cost) { costs[col] = min(costs[col], c) })
}

// write rounds the costs of a row into the table.
func (j *tableJob) write(row uint32, costs []roads.Cost) {
	base := int(row) * j.table.Cols
	durations := j.table.Duration[base : base+len(costs)]
	distances := j.table.Distance[base : base+len(costs)]
	for col, c := range costs {
		durations[col], distances[col] = j.rounder.Round(c)
	}
}
