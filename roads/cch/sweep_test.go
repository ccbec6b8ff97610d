package cch

import (
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/roads"
)

// compareKernels runs the kernel of this processor and the plain one on the same
// input and holds that every lane is equal. On a processor without a kernel of
// its own both are the plain one.
func compareKernels(t interface{ Fatalf(string, ...any) }, to *restricted, slot []uint32, up []batch) {
	n := len(to.rank)
	plain, fast := make([]batch, n), make([]batch, n)
	half := n / 3 // a sweep in steps is the sweep
	k := kernels()
	k.sweep(to, slot, up, fast, 0, half)
	k.sweep(to, slot, up, fast, half, n)
	sweepPlain(to, slot, up, plain, 0, n)
	if !slices.Equal(plain, fast) {
		t.Fatalf("the kernels differ:\nplain %v\nfast  %v", plain, fast)
	}
	for i := range up {
		for j := range up {
			a, b := up[i], up[i]
			a.improve(&up[j], roads.Cost(i*j))
			k.improve(&b, &up[j], roads.Cost(i*j))
			if a != b {
				t.Fatalf("improve differs: %v, %v", a, b)
			}
		}
	}
}

func TestKernelEqualsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "nodes")
		cost := rapid.OneOf(rapid.Just(roads.Unreached), rapid.Map(rapid.Uint64Range(0, 1<<61), func(c uint64) roads.Cost { return roads.Cost(c) }))
		to := &restricted{rank: make([]uint32, n), first: []uint32{0}}
		up := make([]batch, rapid.IntRange(1, 4).Draw(t, "up"))
		for i := range up {
			for l := range up[i] {
				up[i][l] = cost.Draw(t, "lane")
			}
		}
		slot := make([]uint32, n)
		for v := range n {
			slot[v] = uint32(rapid.IntRange(0, len(up)-1).Draw(t, "slot"))
			for range rapid.IntRange(0, min(v, 5)).Draw(t, "edges") {
				to.head = append(to.head, uint32(rapid.IntRange(0, v-1).Draw(t, "head")))
				to.cost = append(to.cost, cost.Draw(t, "cost"))
			}
			to.first = append(to.first, uint32(len(to.head)))
		}
		compareKernels(t, to, slot, up)
	})
}

// FuzzKernel builds a restricted graph from bytes: for each node one byte of
// edges and slot, then a byte of head and eight of cost for each edge.
func FuzzKernel(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Add([]byte{0, 0x12, 1, 255, 255, 255, 255, 255, 255, 255, 255, 0, 9, 9, 9, 9, 9, 9, 9, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		next := func(n int) []byte {
			out := make([]byte, n)
			copy(out, data)
			data = data[min(n, len(data)):]
			return out
		}
		to := &restricted{first: []uint32{0}}
		var slot []uint32
		up := make([]batch, 3)
		up[0].clear()
		for l := range lanes {
			up[1][l], up[2][l] = roads.Cost(l)<<40, roads.Unreached-roads.Cost(l)
		}
		for v := 0; len(data) > 0 && v < 300; v++ {
			b := next(1)[0]
			slot = append(slot, uint32(b>>4)%3)
			for range min(int(b&15), v) {
				e := next(9)
				to.head = append(to.head, uint32(e[0])%uint32(v))
				to.cost = append(to.cost, roads.Cost(binary.LittleEndian.Uint64(e[1:])%uint64(roads.Unreached+1)))
			}
			to.rank = append(to.rank, 0)
			to.first = append(to.first, uint32(len(to.head)))
		}
		compareKernels(t, to, slot, up)
	})
}
