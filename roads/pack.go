package roads

import (
	"context"
	"fmt"
	"math"
	"math/bits"
)

// costBits is how many bits duration and distance of a path may need together, so
// that every cost is below [Unreached].
const costBits = 61

// packCosts chooses how many bits of a [Cost] hold the distance.
//
// A cost is duration<<shift + distance, so adding costs adds both parts, and the
// least sum is the fastest path, then the shortest, as long as the distance of
// every fastest path fits the shift bits and the whole stays below [Unreached].
// Two more of the longest arcs stand for the pieces of road before the first node
// and after the last.
func (g *Graph) packCosts() error {
	var slowest, longest uint32
	for a := range g.Head {
		slowest, longest = max(slowest, g.Duration[a]), max(longest, g.Distance[a])
	}
	extra := bound{2 * uint64(slowest), 2 * uint64(longest)}
	easy := g.easyBound().plus(extra)
	if easy.bits() <= costBits {
		g.costShift = easy.shift()
		return nil
	}
	if tight, ok := g.tightBound(); ok && tight.plus(extra).bits() <= costBits {
		g.costShift = tight.plus(extra).shift()
		return nil
	}
	return fmt.Errorf("%w: durations up to %d and distances up to %d units on one path need %d bits, %d are there; import with coarser units",
		ErrGraph, easy.duration, easy.distance, easy.bits(), costBits)
}

// bound is at least the duration and at least the distance of every fastest path.
type bound struct{ duration, distance uint64 }

func (b bound) plus(c bound) bound { return bound{b.duration + c.duration, b.distance + c.distance} }
func (b bound) shift() uint        { return uint(bits.Len64(b.distance)) }
func (b bound) bits() int          { return bits.Len64(b.duration) + bits.Len64(b.distance) }

// easyBound uses that a fastest path visits no node twice: the sum over all nodes
// of the longest arc that leaves each. O(arcs).
func (g *Graph) easyBound() (b bound) {
	for v := range g.NodeCount() {
		var slow, long uint32
		for a := g.FirstOut[v]; a < g.FirstOut[v+1]; a++ {
			slow, long = max(slow, g.Duration[a]), max(long, g.Distance[a])
		}
		b = b.plus(bound{uint64(slow), uint64(long)})
	}
	return b
}

// tightBound measures a strongly connected map: no fastest path takes longer than
// the way over node 0, and none is longer than its duration at the greatest speed
// of any arc. ok is false for maps of which this says nothing. It costs two
// searches over the whole map, so it is only for those that the easy bound does
// not fit.
func (g *Graph) tightBound() (b bound, ok bool) {
	if g.NodeCount() == 0 || g.NodeCount() > 1<<28 {
		return b, false
	}
	speed := 0.0
	for a, distance := range g.Distance {
		if distance == 0 {
			continue
		}
		if g.Duration[a] == 0 {
			return b, false
		}
		speed = max(speed, float64(distance)/float64(g.Duration[a]))
	}
	from, reachesAll := g.eccentricity()
	to, reachedByAll := g.reversed().eccentricity()
	if !reachesAll || !reachedByAll {
		return b, false
	}
	b.duration = from + to
	far := math.Ceil(float64(b.duration) * speed * (1 + 1e-9))
	if far >= 1<<62 {
		return b, false
	}
	b.distance = uint64(far)
	return b, true
}

// eccentricity is the duration from node 0 to the node that takes longest; ok is
// false when it does not reach them all.
func (g *Graph) eccentricity() (duration uint64, ok bool) {
	timeOnly := &Graph{FirstOut: g.FirstOut, Head: g.Head, Duration: g.Duration, Distance: make([]uint32, len(g.Head))}
	s := newSearch(timeOnly, false)
	settled := 0
	last := Node(0)
	// The context never ends, so there is no error.
	_ = s.run(context.Background(), []Seed{{Node: 0}}, func(v Node) bool {
		settled++
		last = v
		return false
	})
	return uint64(s.cost[last]), settled == g.NodeCount()
}

// reversed has every arc turned around; only what eccentricity needs.
func (g *Graph) reversed() *Graph {
	r := &Graph{FirstOut: make([]uint32, len(g.FirstOut)), Head: make([]Node, len(g.Head)), Duration: make([]uint32, len(g.Head))}
	for _, head := range g.Head {
		r.FirstOut[head+1]++
	}
	for v := range g.NodeCount() {
		r.FirstOut[v+1] += r.FirstOut[v]
	}
	next := append([]uint32(nil), r.FirstOut...)
	for v := range Node(g.NodeCount()) {
		for a, end := g.Out(v); a < end; a++ {
			k := next[g.Head[a]]
			next[g.Head[a]]++
			r.Head[k], r.Duration[k] = v, g.Duration[a]
		}
	}
	return r
}
