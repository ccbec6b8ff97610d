package search

import "github.com/logistica-inteligente/rumbo/vrp"

// simulateBreaks is simulate for a class with breaks: for each number of breaks already
// taken it keeps the earliest departure, which dominates (an earlier departure with the
// same breaks behind it is never worse, travel being FIFO). It leaves the breaks of each
// leg of the best schedule, the one that ends earliest, in sim.taken: a later end with a later start
// or shorter rides is not looked for. O(len(seq) * breaks^2).
func (s *State) simulateBreaks(c *class, seq []int32, start int64) (int64, bool) {
	x := &s.sim
	n := len(c.breaks)
	x.reserve((len(seq) + 1) * (n + 1))
	for k := range x.clocks {
		x.clocks[k] = never
	}
	x.clocks[0] = start
	t := &s.m.travels[c.travel]
	a, end := s.first(c.first), s.last(c.first)
	for i := 0; i <= len(seq); i++ {
		b := end
		if i < len(seq) {
			b = seq[i]
		}
		pa, pb := s.nodes[a].place, s.nodes[b].place
		x.leg(t, pa, pb, t.time(pa, pb))
		next, from := x.leaves[i*(n+1):][:n+1], x.from[i*(n+1):][:n+1]
		for k := range next {
			next[k] = never
		}
		previous := x.clocks[:n+1]
		if i > 0 {
			previous = x.leaves[(i-1)*(n+1):][:n+1]
		}
		alive := false
		for k := range previous {
			if previous[k] != never && s.legWithBreaks(c, seq, i, pa, b, k, previous[k], next, from) {
				alive = true
			}
		}
		if !alive {
			return 0, false
		}
		a = b
	}
	done := x.leaves[len(seq)*(n+1)+n]
	if done == never {
		return 0, false
	}
	s.traceBreaks(c, seq, start)
	return done, !x.judgeRides || s.ridesKept(c, seq, start)
}

// reserve grows the slabs of the break evaluation; after the first routes it never does.
func (x *simulation) reserve(n int) {
	if len(x.leaves) < n {
		x.leaves = make([]int64, 2*n)
		x.from = make([]int32, 2*n)
		x.taken = make([]int32, 2*n)
	}
}

// legWithBreaks continues one state over the leg to b, with zero or more breaks on it.
func (s *State) legWithBreaks(c *class, seq []int32, i int, pa, b int32, taken int, clock int64, next []int64, from []int32) bool {
	t := &s.m.travels[c.travel]
	rest := t.timeAt(pa, s.nodes[b].place, clock)
	alive := false
	for k := taken; ; k++ {
		if leave, ok := s.serve(pa, b, clock+rest); ok {
			if s.m.released && s.isReload(b) {
				leave = max(leave, s.releaseIn(seq[i+1:]))
			}
			if leave < next[k] {
				next[k], from[k] = leave, int32(taken)
			}
			alive = true
		}
		if k == len(c.breaks) || !s.lightEnough(&c.breaks[k], seq, i) {
			return alive
		}
		begin, ok := pauseAt(&c.breaks[k], clock)
		if !ok {
			return alive
		}
		rest -= min(rest, begin-clock)
		clock = begin + c.breaks[k].Duration
	}
}

// traceBreaks writes the number of breaks on each leg to sim.taken and corrects the
// driving time for the hour at which each leg is driven.
func (s *State) traceBreaks(c *class, seq []int32, start int64) {
	x := &s.sim
	n := len(c.breaks)
	k := int32(n)
	for i := len(seq); i >= 0; i-- {
		before := x.from[i*(n+1)+int(k)]
		x.taken[i] = k - before
		k = before
	}
	t := &s.m.travels[c.travel]
	if len(t.slices) == 0 {
		return
	}
	x.driving = 0
	a, leave := s.first(c.first), start
	for i := 0; i <= len(seq); i++ {
		b := s.last(c.first)
		if i < len(seq) {
			b = seq[i]
		}
		x.driving += t.timeAt(s.nodes[a].place, s.nodes[b].place, leave)
		k += x.taken[i]
		leave = x.leaves[i*(n+1)+int(k)]
		a = b
	}
}

// ridesKept checks ride times in the traced schedule.
func (s *State) ridesKept(c *class, seq []int32, start int64) bool {
	x := &s.sim
	n := len(c.breaks)
	k := int32(0)
	pa := c.start
	for i, b := range seq {
		k += x.taken[i]
		leave := x.leaves[i*(n+1)+int(k)]
		if s.isStop(b) {
			x.left[b] = leave
			if ride := s.m.site[b].ride; ride != never {
				if leave-s.busy(pa, b)-x.left[s.m.mate[b]] > ride {
					return false
				}
			}
		}
		pa = s.nodes[b].place
	}
	return true
}

// pauseAt is the first moment at or after t at which the break may start.
func pauseAt(b *vrp.Break, t int64) (int64, bool) {
	for _, w := range b.Windows {
		if t <= w.Close {
			return max(t, w.Open), true
		}
	}
	return t, len(b.Windows) == 0
}

// lightEnough compares what is aboard on the leg to seq[i] with the break's limit.
func (s *State) lightEnough(b *vrp.Break, seq []int32, i int) bool {
	if b.MaxLoad == nil {
		return true
	}
	m := s.m
	first := i
	for first > 0 && s.isStop(seq[first-1]) {
		first--
	}
	for d := range m.dims {
		load := int64(0)
		for k := first; k < len(seq) && s.isStop(seq[k]); k++ {
			load += m.deliver[int(seq[k])*m.dims+d]
		}
		for _, v := range seq[first:i] {
			load += m.change[int(v)*m.dims+d]
		}
		if load > b.MaxLoad[d] {
			return false
		}
	}
	return true
}
