package cch

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawPart makes a connected part: a random tree with some edges more.
func drawPart(t *rapid.T, most int) *part {
	n := rapid.IntRange(3, most).Draw(t, "nodes")
	joined := make(map[[2]uint32]bool)
	join := func(a, b uint32) {
		if a != b {
			joined[[2]uint32{min(a, b), max(a, b)}] = true
		}
	}
	for v := 1; v < n; v++ {
		join(uint32(v), uint32(rapid.IntRange(0, v-1).Draw(t, "up")))
	}
	for range rapid.IntRange(0, 2*n).Draw(t, "more") {
		join(uint32(rapid.IntRange(0, n-1).Draw(t, "a")), uint32(rapid.IntRange(0, n-1).Draw(t, "b")))
	}
	lists := make([][]uint32, n)
	for e := range joined {
		lists[e[0]], lists[e[1]] = append(lists[e[0]], e[1]), append(lists[e[1]], e[0])
	}
	p := &part{first: []uint32{0}}
	for v, list := range lists {
		slices.Sort(list)
		p.head = append(p.head, list...)
		p.first = append(p.first, uint32(len(p.head)))
		p.id = append(p.id, uint32(100+v))
		p.x = append(p.x, int32(rapid.IntRange(-50, 50).Draw(t, "x")))
		p.y = append(p.y, int32(rapid.IntRange(-50, 50).Draw(t, "y")))
	}
	return p
}

// separates says whether no path from a source to a sink avoids the nodes of the
// set. Sources and sinks may be in the set themselves.
func separates(p *part, side []int8, set uint64) bool {
	seen := set
	var queue []int32
	for v, s := range side {
		if s == sideSource && set>>v&1 == 0 {
			seen |= 1 << v
			queue = append(queue, int32(v))
		}
	}
	for at := 0; at < len(queue); at++ {
		if side[queue[at]] == sideSink {
			return false
		}
		for _, w := range p.neighbors(queue[at]) {
			if seen>>w&1 == 0 {
				seen |= 1 << w
				queue = append(queue, int32(w))
			}
		}
	}
	return true
}

// leastSeparator tries every set of nodes.
func leastSeparator(p *part, side []int8) int {
	least := p.size()
	for set := range uint64(1) << p.size() {
		size := 0
		for rest := set; rest != 0; rest &= rest - 1 {
			size++
		}
		if size < least && separates(p, side, set) {
			least = size
		}
	}
	return least
}

func drawSides(t *rapid.T, n int) []int8 {
	side := make([]int8, n)
	for v := range side {
		side[v] = int8(rapid.IntRange(0, 2).Draw(t, "side"))
	}
	return side
}

func TestFlowFindsALeastSeparator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPart(t, 10)
		f := separatorFlow{side: drawSides(t, p.size())}
		value, ok := f.run(p, p.size()+1)
		if want := leastSeparator(p, f.side); !ok || value != want {
			t.Fatalf("separator of %d nodes, want %d", value, want)
		}
		mark := make([]int8, p.size())
		f.nearSources(mark)
		checkMarks(t, p, f.side, mark, value)
		f.nearSinks(mark)
		checkMarks(t, p, f.side, mark, value)
	})
}

// checkMarks holds that marks describe a separator of the given size.
func checkMarks(t *rapid.T, p *part, side, mark []int8, value int) {
	size := 0
	for v, m := range mark {
		if m == sideFree {
			size++
		}
		if side[v] == sideSource && m == sideSink || side[v] == sideSink && m == sideSource {
			t.Fatalf("node %d is on the wrong side", v)
		}
		for _, w := range p.neighbors(int32(v)) {
			if m == sideSource && mark[w] == sideSink {
				t.Fatalf("the separator lets %d through to %d", v, w)
			}
		}
	}
	if size != value {
		t.Fatalf("%d nodes marked, want %d", size, value)
	}
}

func TestFlowGivesUpAtTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPart(t, 10)
		f := separatorFlow{side: drawSides(t, p.size())}
		want, _ := f.run(p, p.size()+1)
		limit := rapid.IntRange(1, p.size()).Draw(t, "limit")
		if value, ok := f.run(p, limit); ok != (want < limit) || value > want {
			t.Fatalf("value %d, %v with limit %d, without limit %d", value, ok, limit, want)
		}
	})
}

func TestCutSeparatesTheSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPart(t, 200)
		mark := newCutter().cut(p)
		size := 0
		for v, m := range mark {
			if m == sideFree {
				size++
			}
			for _, w := range p.neighbors(int32(v)) {
				if m == sideSource && mark[w] == sideSink {
					t.Fatalf("the cut lets %d through to %d", v, w)
				}
			}
		}
		if size == 0 {
			t.Fatal("a connected part was cut by nothing")
		}
	})
}

func TestSelectKeyIsTheSortedKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.Int64Range(-20, 20), 1, 200).Draw(t, "keys")
		k := rapid.IntRange(0, len(keys)-1).Draw(t, "k")
		want := slices.Sorted(slices.Values(keys))[k]
		if got := selectKey(keys, k); got != want {
			t.Fatalf("key %d is %d, want %d", k, got, want)
		}
	})
}

func TestThinLeavesOnlyDegreesAboveTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPart(t, 60)
		n := p.size()
		thinned := thin(slices.Clone(p.first), slices.Clone(p.head))
		rest := thinned.rest(p.x, p.y)
		if len(thinned.order)+rest.size() != n {
			t.Fatalf("%d eliminated and %d left of %d", len(thinned.order), rest.size(), n)
		}
		for v := range int32(rest.size()) {
			list := slices.Sorted(slices.Values(rest.neighbors(v)))
			if len(list) <= 2 || len(slices.Compact(list)) != len(rest.neighbors(v)) {
				t.Fatalf("node %d of the rest has neighbors %v", v, rest.neighbors(v))
			}
			for _, w := range rest.neighbors(v) {
				if !slices.Contains(rest.neighbors(int32(w)), uint32(v)) {
					t.Fatalf("%d knows %d, but not the other way around", v, w)
				}
			}
		}
	})
}
