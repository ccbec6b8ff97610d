package cch

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/roads"
)

// lanes is how many sources are worked on together: as many costs as fit two
// cache lines.
const lanes = 16

// batch holds one cost for each source of a batch.
type batch [lanes]roads.Cost

// kernel holds the two inner loops of a table: sweep as sweepPlain, improve as
// [batch.improve]. The plain ones serve any processor and are what the others are
// tested against.
type kernel struct {
	sweep   func(to *restricted, slot []uint32, up, cost []batch, first, end int)
	improve func(b, other *batch, c roads.Cost)
}

func plainKernel() kernel {
	return kernel{sweep: sweepPlain, improve: (*batch).improve}
}

// sweeper is the memory of one worker.
type sweeper struct {
	kernel kernel

	up    []batch  // costs from the sources, by number of the upward graph, from 1; 0 is all Unreached
	order []uint32 // the numbers that the current batch reaches, those of low rank first
	seen  []bool

	cost []batch  // costs from the sources, by number of the downward graph
	slot []uint32 // of each number of the downward graph: where its cost on the way up is, 0 for none
}

func newSweeper(from, to *restricted, k kernel) *sweeper {
	s := &sweeper{
		kernel: k,
		up:     make([]batch, len(from.rank)+1), seen: make([]bool, len(from.rank)),
		cost: make([]batch, len(to.rank)), slot: make([]uint32, len(to.rank)),
	}
	for i := range s.up {
		s.up[i].clear()
	}
	return s
}

func (b *batch) clear() {
	for l := range b {
		b[l] = roads.Unreached
	}
}

// climb computes the costs from the sources of the rows up to every node that
// one of them reaches.
func (s *sweeper) climb(from *restricted, starts seedList, rows []uint32) {
	for _, v := range s.order { // of the batch before
		s.up[v+1].clear()
		s.seen[v] = false
	}
	s.order = s.order[:0]
	for lane, row := range rows {
		for k := starts.first[row]; k < starts.first[row+1]; k++ {
			v := from.at[k]
			s.up[v+1][lane] = min(s.up[v+1][lane], starts.cost[k])
			s.visit(v)
		}
	}
	for at := 0; at < len(s.order); at++ {
		v := s.order[at]
		for _, head := range from.head[from.first[v]:from.first[v+1]] {
			s.visit(head)
		}
	}
	slices.Sort(s.order)
	slices.Reverse(s.order) // large numbers are low ranks
	for _, v := range s.order {
		costs := &s.up[v+1]
		for k := from.first[v]; k < from.first[v+1]; k++ {
			s.kernel.improve(&s.up[from.head[k]+1], costs, from.cost[k])
		}
	}
}

func (s *sweeper) visit(v uint32) {
	if !s.seen[v] {
		s.seen[v] = true
		s.order = append(s.order, v)
	}
}

// improve lowers every lane to the other's plus a cost where that is less.
func (b *batch) improve(other *batch, c roads.Cost) {
	for l := range b {
		b[l] = min(b[l], other[l]+c)
	}
}

// sweepStep bounds how long the kernel runs at a time, some tens of
// microseconds: the Go scheduler cannot interrupt assembly.
const sweepStep = 2048

// descend computes the costs from the sources down to every node that leads to a
// target, after climb.
func (s *sweeper) descend(to *restricted, meets []uint32) {
	for _, v := range s.order {
		if k := meets[v]; k != none {
			s.slot[k] = v + 1
		}
	}
	for first := 0; first < len(to.rank); first += sweepStep {
		s.kernel.sweep(to, s.slot, s.up, s.cost, first, min(first+sweepStep, len(to.rank)))
	}
	for _, v := range s.order {
		if k := meets[v]; k != none {
			s.slot[k] = 0
		}
	}
}

// sweepPlain finishes the costs of the numbers from first up to end, in
// ascending order: the least of the cost on the way up and that of every higher
// neighbor plus the edge down from it.
func sweepPlain(to *restricted, slot []uint32, up, cost []batch, first, end int) {
	for v := first; v < end; v++ {
		heads := to.head[to.first[v]:to.first[v+1]]
		costs := to.cost[to.first[v]:to.first[v+1]][:len(heads)]
		start, out := &up[slot[v]], &cost[v]
		for l := 0; l < lanes; l += 4 {
			a, b, c, d := start[l], start[l+1], start[l+2], start[l+3]
			for k, head := range heads {
				x, w := &cost[head], costs[k]
				a, b, c, d = min(a, x[l]+w), min(b, x[l+1]+w), min(c, x[l+2]+w), min(d, x[l+3]+w)
			}
			out[l], out[l+1], out[l+2], out[l+3] = a, b, c, d
		}
	}
}
