package cch

// thinner eliminates the nodes that cost nothing: those with at most two
// neighbors. Dangling trees go from the leaves inward; a node on a chain is
// replaced by an edge between its two neighbors. No neighbor ever gains a
// degree, so the order found for the rest is as good as one for the whole, at
// half the work: in road networks about half of the nodes go this way.
type thinner struct {
	first  []uint32
	head   []uint32 // the neighbors of v start at first[v]; the list shrinks in place
	degree []uint32
	gone   []bool
	order  []uint32 // the eliminated nodes, in order

	rounds uint32
	wait   []uint32 // the last round in which a neighbor of each node went
}

// thin takes the edges of an undirected graph apart, in place.
func thin(first, head []uint32) *thinner {
	n := len(first) - 1
	t := &thinner{first: first, head: head, degree: make([]uint32, n), gone: make([]bool, n), wait: make([]uint32, n)}
	for v := range uint32(n) {
		t.degree[v] = first[v+1] - first[v]
	}
	t.leaves()
	var small []uint32 // nodes to look at in a round
	for v := range uint32(n) {
		if !t.gone[v] && t.degree[v] <= 2 {
			small = append(small, v)
		}
	}
	for len(small) > 0 {
		small = t.round(small)
	}
	return t
}

func (t *thinner) neighbors(v uint32) []uint32 {
	return t.head[t.first[v] : t.first[v]+t.degree[v]]
}

// leaves eliminates trees that dangle from the rest, from the outside in.
func (t *thinner) leaves() {
	for v := range uint32(len(t.gone)) {
		for !t.gone[v] && t.degree[v] <= 1 {
			up := t.eliminate(v)
			if up == v {
				break
			}
			v = up
		}
	}
}

// round eliminates nodes of small degree of which no two are neighbors, so that
// a long chain becomes a shallow tree and not a deep one; it returns the nodes
// to look at next.
func (t *thinner) round(small []uint32) (again []uint32) {
	t.rounds++
	for _, v := range small {
		if t.gone[v] || t.degree[v] > 2 {
			continue
		}
		if t.wait[v] == t.rounds {
			again = append(again, v)
			continue
		}
		for _, w := range t.neighbors(v) {
			t.wait[w] = t.rounds
			again = append(again, w)
		}
		t.eliminate(v)
	}
	return again
}

// eliminate takes a node of degree at most two out and joins its neighbors. It
// returns one of them, or the node itself when it had none.
func (t *thinner) eliminate(v uint32) uint32 {
	t.gone[v] = true
	t.order = append(t.order, v)
	list := t.neighbors(v)
	switch len(list) {
	case 0:
		return v
	case 1:
		t.remove(list[0], v)
		return list[0]
	}
	a, b := list[0], list[1]
	if t.has(a, b) {
		t.remove(a, v)
		t.remove(b, v)
	} else {
		t.replace(a, v, b)
		t.replace(b, v, a)
	}
	return a
}

func (t *thinner) has(v, w uint32) bool {
	for _, x := range t.neighbors(v) {
		if x == w {
			return true
		}
	}
	return false
}

func (t *thinner) replace(v, old, new uint32) {
	for i, x := range t.neighbors(v) {
		if x == old {
			t.head[t.first[v]+uint32(i)] = new
		}
	}
}

func (t *thinner) remove(v, old uint32) {
	list := t.neighbors(v)
	t.replace(v, old, list[len(list)-1])
	t.degree[v]--
}

// rest is what is left, as a part with the positions given. O(nodes + edges).
func (t *thinner) rest(x, y []int32) *part {
	p := &part{first: []uint32{0}}
	number := make([]uint32, len(t.gone))
	for v := range uint32(len(t.gone)) {
		if !t.gone[v] {
			number[v] = uint32(len(p.id))
			p.id = append(p.id, v)
		}
	}
	for _, v := range p.id {
		p.x, p.y = append(p.x, x[v]), append(p.y, y[v])
		for _, w := range t.neighbors(v) {
			p.head = append(p.head, number[w])
		}
		p.first = append(p.first, uint32(len(p.head)))
	}
	return p
}
