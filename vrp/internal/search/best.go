package search

// record keeps the best solution seen. Saving copies only the routes that changed since
// the last save.
type record struct {
	cost    int64
	missing int // required units not served
	next    []int32
	kind    []int32 // reload kinds
	dirty   []int32
	isDirty []bool
}

func newRecord(s *State) record {
	b := record{cost: s.cost, next: make([]int32, len(s.nodes)), kind: make([]int32, len(s.nodes)),
		dirty: make([]int32, 0, s.m.Routes), isDirty: make([]bool, s.m.Routes)}
	for r := range int32(s.m.Routes) {
		b.next[s.first(r)] = s.last(r)
		b.next[s.last(r)] = none
	}
	return b
}

// changed notes the routes touched by an accepted iteration.
func (b *record) changed(s *State) {
	for _, t := range s.touched {
		b.markDirty(t.route)
	}
}

func (b *record) markDirty(r int32) {
	if !b.isDirty[r] {
		b.isDirty[r] = true
		b.dirty = append(b.dirty, r)
	}
}

// save makes the current solution the best one. O(stops of the changed routes).
func (b *record) save(s *State) {
	b.cost = s.cost
	for _, r := range b.dirty {
		b.isDirty[r] = false
		for v := s.first(r); v != none; v = s.nodes[v].next {
			b.next[v] = s.nodes[v].next
			b.kind[v] = s.reloadKind[v]
		}
	}
	b.dirty = b.dirty[:0]
}

// restore makes the best solution the current one. O(stops).
func (b *record) restore(s *State) {
	s.begin()
	for _, r := range b.dirty {
		for v := s.nodes[s.first(r)].next; v != s.last(r); {
			w := s.nodes[v].next
			s.unlink(v)
			v = w
		}
	}
	for _, r := range b.dirty {
		b.isDirty[r] = false
		last := s.first(r)
		for v := b.next[last]; v != s.last(r); v = b.next[v] {
			x := v
			if s.isReload(v) {
				x = s.reloadFree[len(s.reloadFree)-1]
				s.shapeReload(x, b.kind[v])
			}
			s.link(x, last)
			last = x
		}
		s.renew(r)
	}
	b.dirty = b.dirty[:0]
	// Reload nodes may have been exchanged for others of the same kind.
	if s.m.reloads {
		for r := range int32(s.m.Routes) {
			for v := s.first(r); v != none; v = s.nodes[v].next {
				b.next[v], b.kind[v] = s.nodes[v].next, s.reloadKind[v]
			}
		}
	}
	s.begin()
}
