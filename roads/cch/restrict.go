package cch

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/roads"
)

// restricted is the part of a search graph that is reachable from some ranks,
// renumbered so that higher ranks come first: every edge leads to a smaller
// number, and a sweep in ascending order meets the head of an edge before its
// tail.
type restricted struct {
	rank  []uint32 // of each number, descending
	first []uint32
	head  []uint32
	cost  []roads.Cost
	at    []uint32 // the number of each rank that the caller named
}

// restrict collects what is reachable from the ranks. O(reached ranks and their
// edges, plus sorting the ranks).
func (s *searchGraph) restrict(ranks []uint32) *restricted {
	number := make([]uint32, len(s.first)-1) // plus one; 0: not reached
	var reached []uint32
	visit := func(v uint32) {
		if number[v] == 0 {
			number[v] = 1
			reached = append(reached, v)
		}
	}
	for _, v := range ranks {
		visit(v)
	}
	edges := 0
	for at := 0; at < len(reached); at++ {
		v := reached[at]
		edges += int(s.first[v+1] - s.first[v])
		for _, head := range s.head[s.first[v]:s.first[v+1]] {
			visit(head)
		}
	}
	slices.Sort(reached)
	slices.Reverse(reached)
	for i, v := range reached {
		number[v] = uint32(i) + 1
	}
	return s.renumber(ranks, reached, number, edges)
}

func (s *searchGraph) renumber(ranks, reached, number []uint32, edges int) *restricted {
	r := &restricted{
		rank: reached, first: make([]uint32, len(reached)+1), at: make([]uint32, len(ranks)),
		head: make([]uint32, 0, edges), cost: make([]roads.Cost, 0, edges),
	}
	for i, v := range reached {
		for k := s.first[v]; k < s.first[v+1]; k++ {
			r.head = append(r.head, number[s.head[k]]-1)
			r.cost = append(r.cost, s.cost[k])
		}
		r.first[i+1] = uint32(len(r.head))
	}
	for i, v := range ranks {
		r.at[i] = number[v] - 1
	}
	return r
}
