package cch

// separatorFlow finds a smallest set of nodes that separates two sets of nodes
// of one part of the network. It is working memory, reused from part to part.
//
// By Menger's theorem the size of that set is the largest number of paths from
// sources to sinks that share no node. Paths are found by blocking flows (Dinitz
// 1970; Even & Tarjan 1975, doi:10.1137/0204043) on the graph with every node
// split into an in side and an out side joined by an arc of capacity one. The
// split graph is never written down: a node's flow is the node before and the
// node after it on its path.
type separatorFlow struct {
	part   *part
	side   []int8  // of each node, set by the caller before run
	starts []int32 // sources with a neighbor that is not a source

	prev  []int32 // the node before on the path through a node; noFlow, or fromSource
	next  []int32 // the node after it; noFlow, or toSink
	level []int32 // of each state in the current phase; 0: not reached
	ptr   []uint32
	queue []int32
	path  []int32
	value int
}

const (
	noFlow     = -1
	fromSource = -2
	toSink     = -3
)

const (
	sideFree int8 = iota
	sideSource
	sideSink
)

// States of the split graph: node v is entered at 2v and left at 2v+1. From an
// out side the residual graph leads to the in side of every neighbor and, where
// the node carries flow, back to its own in side; from an in side it leads to
// the own out side or, where the node carries flow, back to the node before.
func inSide(v int32) int32  { return 2 * v }
func outSide(v int32) int32 { return 2*v + 1 }

func leaves(state int32) bool { return state&1 == 1 }

// run computes a largest flow between the sides; it gives up with ok false as
// soon as the value reaches the limit.
func (f *separatorFlow) run(p *part, limit int) (value int, ok bool) {
	n := p.size()
	f.part, f.value = p, 0
	f.prev, f.next, f.level, f.ptr = sized(f.prev, n), sized(f.next, n), sized(f.level, 2*n), sized(f.ptr, n)
	f.starts = f.starts[:0]
	for v := range int32(n) {
		f.prev[v], f.next[v] = noFlow, noFlow
		if f.side[v] == sideSource && f.onBorder(v) {
			f.starts = append(f.starts, v)
		}
	}
	for f.phase() {
		copy(f.ptr, p.first[:n])
		f.blocking(limit)
		if f.value >= limit {
			return f.value, false
		}
	}
	return f.value, true
}

// sized is a slice of the given length, with whatever contents.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n+n/4)[:n]
	}
	return s[:n]
}

// onBorder says whether a source has a neighbor outside the sources; no shortest
// path starts elsewhere.
func (f *separatorFlow) onBorder(v int32) bool {
	for _, w := range f.part.neighbors(v) {
		if f.side[w] != sideSource {
			return true
		}
	}
	return false
}

// phase numbers the states by their distance from the sources in the residual
// graph, as far as the nearest free sink; it says whether there is one. When
// there is none, exactly the states that sources still reach have a level.
func (f *separatorFlow) phase() bool {
	clear(f.level)
	f.queue = f.queue[:0]
	for _, v := range f.starts {
		f.level[inSide(v)] = 1
		if f.prev[v] == noFlow {
			f.reach(outSide(v), 1)
		}
	}
	found := int32(0)
	for at := 0; at < len(f.queue); at++ {
		s := f.queue[at]
		if found != 0 && f.level[s] >= found {
			break
		}
		if f.scan(s) {
			found = f.level[s] + 1
		}
	}
	return found != 0
}

// scan reaches the states after one; it says whether one of them ends a path.
func (f *separatorFlow) scan(s int32) bool {
	v, l := s/2, f.level[s]+1
	if !leaves(s) {
		if t := f.afterIn(v); t >= 0 {
			f.reach(t, l)
		}
		return false
	}
	if f.prev[v] != noFlow {
		f.reach(inSide(v), l)
	}
	found := false
	for _, w := range f.part.neighbors(v) {
		if f.side[w] == sideSource || f.level[inSide(int32(w))] != 0 {
			continue // a shortest path leaves the sources once
		}
		f.reach(inSide(int32(w)), l)
		found = found || f.side[w] == sideSink && f.prev[w] == noFlow
	}
	return found
}

// afterIn is the only state that follows the in side of a node, or -1.
func (f *separatorFlow) afterIn(v int32) int32 {
	switch u := f.prev[v]; {
	case u == noFlow:
		return outSide(v)
	case u >= 0:
		return outSide(u)
	}
	return -1 // flow that comes from outside cannot be pushed back
}

func (f *separatorFlow) reach(s, level int32) {
	if f.level[s] == 0 {
		f.level[s] = level
		f.queue = append(f.queue, s)
	}
}

// blocking adds paths along increasing levels until none is left or the flow
// has reached the limit.
func (f *separatorFlow) blocking(limit int) {
	for _, v := range f.starts {
		if f.value >= limit {
			return
		}
		if f.prev[v] == noFlow && f.level[outSide(v)] == 1 && f.walk(v) {
			f.augment()
			f.value++
		}
	}
}

// walk looks for a path from a source, depth first, and leaves its states in
// f.path: from the out side of the source to the in side of a free sink.
func (f *separatorFlow) walk(source int32) bool {
	f.path = append(f.path[:0], outSide(source))
	for len(f.path) > 0 {
		s := f.path[len(f.path)-1]
		if v := s / 2; !leaves(s) && f.side[v] == sideSink && f.prev[v] == noFlow {
			return true
		}
		if t := f.step(s); t >= 0 {
			f.path = append(f.path, t)
			continue
		}
		f.level[s] = 0 // a dead end for the rest of this phase
		f.path = f.path[:len(f.path)-1]
	}
	return false
}

// step is the next state to try after one, or -1 when all have been tried.
func (f *separatorFlow) step(s int32) int32 {
	v, l := s/2, f.level[s]+1
	if !leaves(s) {
		if t := f.afterIn(v); t >= 0 && f.level[t] == l {
			return t
		}
		return -1
	}
	if f.prev[v] != noFlow && f.level[inSide(v)] == l {
		return inSide(v)
	}
	for ; f.ptr[v] < f.part.first[v+1]; f.ptr[v]++ {
		w := int32(f.part.head[f.ptr[v]])
		if f.side[w] != sideSource && f.level[inSide(w)] == l {
			return inSide(w)
		}
	}
	return -1
}

// augment sends one unit along f.path. Every state carries at most one unit a
// phase, so those of the path are closed for the rest of it.
func (f *separatorFlow) augment() {
	f.prev[f.path[0]/2] = fromSource
	f.level[f.path[0]] = 0
	for i := 1; i < len(f.path); i++ {
		from, to := f.path[i-1], f.path[i]
		v, w := from/2, to/2
		if leaves(from) && v != w { // a new step of a path, from v to w
			f.prev[w], f.next[v] = v, w
		} else if leaves(from) { // the path through v gives way
			f.prev[v], f.next[v] = noFlow, noFlow
		}
		f.level[to] = 0
	}
	f.next[f.path[len(f.path)-1]/2] = toSink
}

// nearSources marks the separator that lies nearest to the sources, after run:
// nodes that the residual graph enters and cannot leave. mark gets sideSource
// for the nodes before it, sideSink for those behind it and sideFree for the
// separator.
func (f *separatorFlow) nearSources(mark []int8) {
	for v := range int32(f.part.size()) {
		switch {
		case f.level[outSide(v)] != 0 || f.side[v] == sideSource && f.level[inSide(v)] == 0:
			mark[v] = sideSource
		case f.level[inSide(v)] != 0:
			mark[v] = sideFree
		default:
			mark[v] = sideSink
		}
	}
}

// nearSinks marks the separator that lies nearest to the sinks in the same way,
// by a search backward from the sinks.
func (f *separatorFlow) nearSinks(mark []int8) {
	f.searchBack()
	for v := range int32(f.part.size()) {
		switch {
		case f.level[inSide(v)] != 0:
			mark[v] = sideSink
		case f.level[outSide(v)] != 0:
			mark[v] = sideFree
		default:
			mark[v] = sideSource
		}
	}
}

// searchBack gives a level to exactly the states from which a sink can be
// reached in the residual graph.
func (f *separatorFlow) searchBack() {
	clear(f.level)
	f.queue = f.queue[:0]
	for v, side := range f.side[:f.part.size()] {
		if side == sideSink {
			f.reach(outSide(int32(v)), 1)
		}
	}
	for at := 0; at < len(f.queue); at++ {
		s := f.queue[at]
		v := s / 2
		if leaves(s) { // reached from the own in side or from the node after
			if f.prev[v] == noFlow {
				f.reach(inSide(v), 1)
			} else if w := f.next[v]; w >= 0 {
				f.reach(inSide(w), 1)
			}
			continue
		}
		if f.prev[v] != noFlow {
			f.reach(outSide(v), 1)
		}
		for _, w := range f.part.neighbors(v) {
			f.reach(outSide(int32(w)), 1)
		}
	}
}
