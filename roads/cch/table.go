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
	from, to := m.ranks(sources), m.ranks(targets)
	job := &tableJob{
		kernel: kernels(),
		table:  t, rounder: roads.NewRounder(m.g, opts.TimeFactor), progress: opts.Progress,
		from: m.up.restrict(from), to: m.down.restrict(to), rows: make([]uint32, len(from)),
	}
	for i := range job.rows {
		job.rows[i] = uint32(i)
	}
	slices.SortStableFunc(job.rows, func(a, b uint32) int { return cmp.Compare(from[a], from[b]) })
	job.join()
	if !job.run(ctx, opts.Threads) {
		return roads.Table{}, context.Cause(ctx)
	}
	return t, nil
}

func (m *Metric) ranks(locations []roads.Location) []uint32 {
	ranks := make([]uint32, len(locations))
	for i, l := range locations {
		ranks[i] = m.h.rank[l.Node]
	}
	return ranks
}

// tableJob fills one table, a batch of rows at a time.
type tableJob struct {
	table    roads.Table
	rounder  roads.Rounder
	kernel   kernel
	progress func(done, total int)

	from, to *restricted
	rows     []uint32 // the rows, by rank of their source
	meets    []uint32 // of each number of from: the same node's number in to, or none

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
	for {
		b := int(j.next.Add(1)) - 1
		if b >= batches || ctx.Err() != nil {
			return
		}
		rows := j.rows[b*lanes : min((b+1)*lanes, len(j.rows))]
		s.climb(j.from, rows)
		s.descend(j.to, j.meets)
		j.write(s, rows)
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

// write rounds the costs of a batch into its rows.
func (j *tableJob) write(s *sweeper, rows []uint32) {
	for lane, row := range rows {
		base := int(row) * j.table.Cols
		durations := j.table.Duration[base : base+j.table.Cols]
		distances := j.table.Distance[base : base+j.table.Cols]
		for col, at := range j.to.at {
			durations[col], distances[col] = j.rounder.Round(s.cost[at][lane])
		}
	}
}
