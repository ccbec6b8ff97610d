package cch

import "github.com/logistica-inteligente/rumbo/roads"

// sweepAVX2 does what sweepPlain does for the numbers from first up to end, four
// lanes an instruction. It needs AVX2 and trusts its input: every head is below
// the number it belongs to, every slot within up.
//
//go:noescape
func sweepAVX2(firsts, heads *uint32, costs *roads.Cost, slot *uint32, up, cost *batch, first, end int)

// improveAVX2 does what [batch.improve] does.
//
//go:noescape
func improveAVX2(b, other *batch, c roads.Cost)

// cpuid returns what the processor tells about a leaf.
func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

// xgetbv returns the register that says which vector registers the operating
// system saves.
func xgetbv() (eax, edx uint32)

// hasAVX2 says whether processor and operating system support AVX2.
func hasAVX2() bool {
	const osxsave, avx, ymmState, avx2 = 1 << 27, 1 << 28, 1<<1 | 1<<2, 1 << 5
	if most, _, _, _ := cpuid(0, 0); most < 7 {
		return false
	}
	if _, _, ecx, _ := cpuid(1, 0); ecx&osxsave == 0 || ecx&avx == 0 {
		return false
	}
	if eax, _ := xgetbv(); eax&ymmState != ymmState {
		return false
	}
	_, ebx, _, _ := cpuid(7, 0)
	return ebx&avx2 != 0
}

// kernels are the inner loops that fit this processor.
func kernels() kernel {
	if !hasAVX2() {
		return plainKernel()
	}
	return kernel{
		sweep: func(to *restricted, slot []uint32, up, cost []batch, first, end int) {
			if first < end && len(to.head) > 0 {
				sweepAVX2(&to.first[0], &to.head[0], &to.cost[0], &slot[0], &up[0], &cost[0], first, end)
				return
			}
			sweepPlain(to, slot, up, cost, first, end)
		},
		improve: improveAVX2,
	}
}
