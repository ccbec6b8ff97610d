package cch

import (
	"math"
	"slices"
)

// cutter finds separators; it is working memory of one goroutine.
type cutter struct {
	flow   separatorFlow
	small  smallOrder
	key    []int64
	sorted []int64
	number []int32
	mark   []int8
}

func newCutter() *cutter { return &cutter{} }

// directions are the axes along which a part is cut, as multiples of x and y.
var directions = [...][2]int64{{1, 0}, {0, 1}, {1, 1}, {1, -1}, {2, 1}, {1, 2}, {2, -1}, {1, -2}}

// endShare is the share of the nodes that are sources, and of those that are
// sinks: one in endShare.
const endShare = 4

// cut marks the nodes of a connected part of more than two nodes: sideFree for
// the separator, the other two for the sides that it separates. The result is
// the caller's own.
func (c *cutter) cut(p *part) []int8 {
	n := p.size()
	best := make([]int8, n)
	score := math.Inf(1)
	for _, d := range directions {
		c.setSides(p, d)
		// A side has at most half of the nodes, so above this the score is worse.
		limit := n
		if !math.IsInf(score, 1) {
			limit = int(score*float64(n)/2) + 1
		}
		if _, ok := c.flow.run(p, limit); !ok {
			continue
		}
		c.mark = sized(c.mark, n)
		for _, near := range [2]func([]int8){c.flow.nearSources, c.flow.nearSinks} {
			near(c.mark)
			if s := scoreOf(c.mark); s < score {
				score = s
				copy(best, c.mark)
			}
		}
	}
	return best
}

// scoreOf is the size of the separator over that of the smaller side: the lower
// the better.
func scoreOf(mark []int8) float64 {
	var count [3]int
	for _, m := range mark {
		count[m]++
	}
	smaller := min(count[sideSource], count[sideSink])
	return (float64(count[sideFree]) + 0.001) / (float64(smaller) + 0.5)
}

// setSides makes the ends of the part along a direction sources and sinks; among
// nodes equally far along it, the lower numbers come first.
func (c *cutter) setSides(p *part, direction [2]int64) {
	n := p.size()
	c.key, c.sorted, c.flow.side = sized(c.key, n), sized(c.sorted, n), sized(c.flow.side, n)
	for v := range n {
		c.key[v] = direction[0]*int64(p.x[v]) + direction[1]*int64(p.y[v])
	}
	copy(c.sorted, c.key)
	k := max(1, n/endShare)
	low := selectKey(c.sorted, k-1)
	high := selectKey(c.sorted, n-k)
	sources, sinks := k, k // places left for nodes exactly at the borders
	for _, key := range c.key {
		if key < low {
			sources--
		}
		if key > high {
			sinks--
		}
	}
	for v, key := range c.key {
		c.flow.side[v] = sideFree
		switch {
		case key < low:
			c.flow.side[v] = sideSource
		case key > high:
			c.flow.side[v] = sideSink
		case key == low && sources > 0:
			c.flow.side[v] = sideSource
			sources--
		case key == high && sinks > 0:
			c.flow.side[v] = sideSink
			sinks--
		}
	}
}

// selectKey is the value that would stand at place k of the sorted keys; it
// reorders them. Expected O(len(keys)).
func selectKey(keys []int64, k int) int64 {
	low, high := 0, len(keys)-1
	for high-low > 16 {
		pivot := medianOfThree(keys[low], keys[(low+high)/2], keys[high])
		i, j := low, high
		for i <= j {
			for keys[i] < pivot {
				i++
			}
			for keys[j] > pivot {
				j--
			}
			if i <= j {
				keys[i], keys[j] = keys[j], keys[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return keys[k]
		}
	}
	slices.Sort(keys[low : high+1])
	return keys[k]
}

func medianOfThree(a, b, c int64) int64 {
	return max(min(a, b), min(max(a, b), c))
}
