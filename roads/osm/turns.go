package osm

import (
	"maps"
	"slices"
)

// turns is the automaton of the forbidden sequences of arcs. A state is a
// sequence of arcs with which one of them begins; the root is the empty one.
// After any drive the automaton is in the longest state that the drive ends with.
type turns struct {
	n      *network
	next   []map[uint32]uint32 // of each state: the state after one more arc
	last   []uint32            // of each state but the root: its last arc
	fail   []uint32            // the longest other state that the state ends with
	banned []bool              // whether the state ends with a forbidden sequence

	node  []uint32 // of each state: the node of the graph that stands for it
	state []uint32 // of each copy
}

func newTurns(n *network) *turns {
	t := &turns{n: n}
	t.newState(0)
	return t
}

func (t *turns) newState(last uint32) uint32 {
	t.next = append(t.next, nil)
	t.last = append(t.last, last)
	t.fail = append(t.fail, 0)
	t.banned = append(t.banned, false)
	return uint32(len(t.next) - 1)
}

// add forbids a sequence of arcs.
func (t *turns) add(arcs []uint32) {
	s := uint32(0)
	for _, a := range arcs {
		if t.next[s] == nil {
			t.next[s] = make(map[uint32]uint32)
		}
		to, ok := t.next[s][a]
		if !ok {
			to = t.newState(a)
			t.next[s][a] = to
		}
		s = to
	}
	t.banned[s] = true
}

// finish links every state to the one to fall back to, in order of length, and
// gives every state that is not forbidden a copy.
func (t *turns) finish() {
	queue := []uint32{0}
	for at := 0; at < len(queue); at++ {
		s := queue[at]
		for _, a := range slices.Sorted(maps.Keys(t.next[s])) {
			to := t.next[s][a]
			if s != 0 {
				t.fail[to] = t.after(t.fail[s], a)
			}
			t.banned[to] = t.banned[to] || t.banned[t.fail[to]]
			queue = append(queue, to)
		}
	}
	t.node = make([]uint32, len(t.next))
	for s := 1; s < len(t.next); s++ {
		if !t.banned[s] {
			t.node[s] = uint32(len(t.n.ids) + len(t.state))
			t.state = append(t.state, uint32(s))
		}
	}
}

// after is the state after one more arc.
func (t *turns) after(s, a uint32) uint32 {
	for {
		if to, ok := t.next[s][a]; ok {
			return to
		}
		if s == 0 {
			return 0
		}
		s = t.fail[s]
	}
}

func (t *turns) copies() int { return len(t.state) }

// junction is the node of the extract that a node of the graph stands for.
func (t *turns) junction(v uint32) uint32 {
	if int(v) < len(t.n.ids) {
		return v
	}
	return t.n.arcs[t.last[t.state[int(v)-len(t.n.ids)]]].head
}

// eachArc calls visit for the arcs of the graph, by ascending tail: from every
// node and every copy, without those that would complete a forbidden sequence.
func (t *turns) eachArc(visit func(arc) error) error {
	from := func(tail, at, s uint32) error {
		for k, a := range t.n.out(at) {
			to := t.after(s, t.n.first[at]+uint32(k))
			if t.banned[to] {
				continue
			}
			a.tail = tail
			if to != 0 {
				a.head = t.node[to]
			}
			if err := visit(a); err != nil {
				return err
			}
		}
		return nil
	}
	for v := range uint32(len(t.n.ids)) {
		if err := from(v, v, 0); err != nil {
			return err
		}
	}
	for i, s := range t.state {
		v := uint32(len(t.n.ids) + i)
		if err := from(v, t.junction(v), s); err != nil {
			return err
		}
	}
	return nil
}
