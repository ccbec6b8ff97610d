package search

// tradeBehind puts v, or v and the stop behind it, in the place of the stop behind u, and
// that stop, or one more, in the place of v: never two for two. O(1).
func (s *Search) tradeBehind(v, u int32, link int64) bool {
	t := &s.m.travels[0]
	x := &s.nodes[v]
	w := s.nodes[u].next
	if !s.isStop(w) {
		return false
	}
	// Two new legs begin both strings whatever their length.
	saved := x.in + s.nodes[w].in - link - t.cost(s.nodes[x.prev].place, s.nodes[w].place)
	v2, w2 := x.next, s.nodes[w].next
	return s.trade(v, v, w, w, saved) ||
		s.isStop(v2) && s.trade(v, v2, w, w, saved) ||
		s.isStop(w2) && s.trade(v, v, w, w2, saved)
}

// tradeBefore is tradeBehind with v, or v and the stop before it, put before u.
func (s *Search) tradeBefore(v, u int32, link int64) bool {
	t := &s.m.travels[0]
	x := &s.nodes[v]
	w := s.nodes[u].prev
	if !s.isStop(w) {
		return false
	}
	nv := x.next
	saved := s.nodes[nv].in + s.nodes[u].in - link - t.cost(s.nodes[w].place, s.nodes[nv].place)
	v2, w2 := x.prev, s.nodes[w].prev
	return s.tradeBack(v, v, w, w, saved) ||
		s.isStop(v2) && s.tradeBack(v2, v, w, w, saved) ||
		s.isStop(w2) && s.tradeBack(v, v, w2, w, saved)
}

// trade exchanges the strings a to b and c to d of two routes, if what the legs before them
// save pays for those behind.
func (s *Search) trade(a, b, c, d int32, saved int64) bool {
	t := &s.m.travels[0]
	nb, nd := s.nodes[b].next, s.nodes[d].next
	saved += s.nodes[nb].in + s.nodes[nd].in - t.cost(s.nodes[b].place, s.nodes[nd].place) - t.cost(s.nodes[d].place, s.nodes[nb].place)
	return saved > 0 && s.exchangeStrings(a, b, c, d)
}

// tradeBack is trade where it is the legs behind the strings that are counted already.
func (s *Search) tradeBack(a, b, c, d int32, saved int64) bool {
	t := &s.m.travels[0]
	pa, pc := s.nodes[a].prev, s.nodes[c].prev
	saved += s.nodes[a].in + s.nodes[c].in - t.cost(s.nodes[pc].place, s.nodes[a].place) - t.cost(s.nodes[pa].place, s.nodes[c].place)
	return saved > 0 && s.exchangeStrings(a, b, c, d)
}

// exchangeStrings exchanges the strings a to b and c to d of two routes, if loads and times
// allow.
func (s *Search) exchangeStrings(a, b, c, d int32) bool {
	t := &s.m.travels[0]
	r, q := s.nodes[a].route, s.nodes[c].route
	more := s.weight(a) - s.weight(c)
	if a != b {
		more += s.weight(b)
	}
	if c != d {
		more -= s.weight(d)
	}
	if more > s.room(q) || -more > s.room(r) {
		return false
	}
	pa, pc := s.nodes[a].prev, s.nodes[c].prev
	if !s.inTime(t, pc, a, b, s.nodes[d].next) || !s.inTime(t, pa, c, d, s.nodes[b].next) {
		return false
	}
	l := &s.local
	l.made = MoveTrade
	l.tail = s.stretch(a, b, l.tail[:0])
	l.tail2 = s.stretch(c, d, l.tail2[:0])
	s.takeOut(l.tail)
	s.takeOut(l.tail2)
	s.append(pa, l.tail2)
	s.append(pc, l.tail)
	s.renew(r)
	s.renew(q)
	return true
}
