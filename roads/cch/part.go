package cch

import "slices"

// part is a piece of the network on the way to an order: an undirected graph
// without loops or parallel edges, each node with a position on a flat map and
// its number in the whole network.
type part struct {
	first []uint32 // one more than nodes
	head  []uint32
	x, y  []int32
	id    []uint32
}

func (p *part) size() int { return len(p.id) }

func (p *part) neighbors(v int32) []uint32 { return p.head[p.first[v]:p.first[v+1]] }

// extract makes parts of the nodes of p that carry the given mark, one for each
// connected component, in the order in which a breadth-first search from the
// lowest node meets them; number is working memory of the size of p. The new
// order keeps neighbors close together in memory. O(p).
func (p *part) extract(mark []int8, want int8, number []int32) []*part {
	for v := range number {
		number[v] = -1
	}
	var parts []*part
	var queue []int32
	for root := range int32(p.size()) {
		if mark[root] != want || number[root] >= 0 {
			continue
		}
		queue = append(queue[:0], root)
		number[root] = 0
		arcs := 0
		for at := 0; at < len(queue); at++ {
			for _, w := range p.neighbors(queue[at]) {
				if mark[w] != want {
					continue
				}
				arcs++
				if number[w] < 0 {
					number[w] = int32(len(queue))
					queue = append(queue, int32(w))
				}
			}
		}
		parts = append(parts, p.renumbered(queue, arcs, mark, want, number))
	}
	return parts
}

// renumbered is the component whose nodes are listed, with the numbers given.
func (p *part) renumbered(nodes []int32, arcs int, mark []int8, want int8, number []int32) *part {
	n := len(nodes)
	block := make([]uint32, 0, 2*n+1+arcs)
	sub := &part{id: block[0:n:n], first: block[n : n+1 : 2*n+1], head: block[2*n+1 : 2*n+1 : 2*n+1+arcs]}
	position := make([]int32, 2*n)
	sub.x, sub.y = position[:n:n], position[n:]
	sub.first[0] = 0
	for i, v := range nodes {
		sub.id[i], sub.x[i], sub.y[i] = p.id[v], p.x[v], p.y[v]
		for _, w := range p.neighbors(v) {
			if mark[w] == want {
				sub.head = append(sub.head, uint32(number[w]))
			}
		}
		sub.first = append(sub.first, uint32(len(sub.head)))
	}
	return sub
}

// undirected lists, for each node of a directed graph, its distinct neighbors in
// either direction, without itself. O(arcs log degree).
func undirected[N ~uint32](n int, firstOut []uint32, heads []N) (first []uint32, head []uint32) {
	count := make([]uint32, n+1)
	each := func(visit func(v, w uint32)) {
		for v := range uint32(n) {
			for _, h := range heads[firstOut[v]:firstOut[v+1]] {
				if w := uint32(h); w != v {
					visit(v, w)
					visit(w, v)
				}
			}
		}
	}
	each(func(v, _ uint32) { count[v+1]++ })
	for v := range n {
		count[v+1] += count[v]
	}
	all := make([]uint32, count[n])
	next := slices.Clone(count[:n])
	each(func(v, w uint32) { all[next[v]] = w; next[v]++ })
	first = make([]uint32, n+1)
	head = all[:0] // compacting never overtakes reading
	for v := range n {
		list := all[count[v]:count[v+1]]
		slices.Sort(list)
		head = append(head, slices.Compact(list)...)
		first[v+1] = uint32(len(head))
	}
	return first, head
}
