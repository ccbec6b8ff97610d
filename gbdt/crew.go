package gbdt

import (
	"sync"
	"sync/atomic"
)

// chunkRows is the number of rows handled at once. It is fixed, so that sums of floating-point
// numbers do not depend on the number of threads.
const chunkRows = 1 << 14

// crew runs independent pieces of work on a number of threads. Which thread runs which piece is not
// determined; pieces must not share what they write.
type crew struct {
	threads int
	gang    *gang // nil where the pieces are few and long
}

func newCrew(threads int) crew { return crew{threads: threadCount(threads)} }

// hire returns a crew whose helpers stay on call until done is called.
func (c crew) hire() (hired crew, done func()) {
	if c.threads <= 1 {
		return c, func() {}
	}
	c.gang = newGang(c.threads - 1)
	return c, c.gang.stop
}

// each calls work for 0 to n-1 and returns when all are done.
func (c crew) each(n int, work func(i int)) {
	if c.threads <= 1 || n <= 1 {
		for i := range n {
			work(i)
		}
		return
	}
	if c.gang != nil {
		c.gang.each(n, work)
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	run := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			work(i)
		}
	}
	for range min(c.threads, n) - 1 {
		wg.Go(run)
	}
	run()
	wg.Wait()
}

// chunks calls work for consecutive ranges of chunkRows rows that cover 0 to n.
func (c crew) chunks(n int, work func(chunk, lo, hi int)) {
	c.each(chunkCount(n), func(i int) { work(i, i*chunkRows, min(n, (i+1)*chunkRows)) })
}

// sum adds the values of work over the chunks of n rows, in row order.
func (c crew) sum(n int, work func(lo, hi int) float64) float64 {
	parts := make([]float64, chunkCount(n))
	c.chunks(n, func(chunk, lo, hi int) { parts[chunk] = work(lo, hi) })
	total := 0.0
	for _, p := range parts {
		total += p
	}
	return total
}

func chunkCount(n int) int { return (n + chunkRows - 1) / chunkRows }
