#include "textflag.h"

// A batch is sixteen 64-bit costs, 128 bytes: four vectors of four lanes. AVX2
// has no least of two 64-bit numbers, so it is a comparison and a choice; costs
// stay below 2^63, so the signed comparison serves.

// LEAST leaves in acc the lesser, lane by lane, of acc and new; mask is lost.
#define LEAST(new, acc, mask) \
	VPCMPGTQ new, acc, mask      \ // where acc > new
	VBLENDVPD mask, new, acc, acc  // take new

// func sweepAVX2(firsts, heads *uint32, costs *roads.Cost, slot *uint32, up, cost *batch, first, end int)
TEXT ·sweepAVX2(SB), NOSPLIT, $0-64
	MOVQ firsts+0(FP), SI
	MOVQ heads+8(FP), DI
	MOVQ costs+16(FP), R8
	MOVQ slot+24(FP), R9
	MOVQ up+32(FP), R10
	MOVQ cost+40(FP), R11
	MOVQ first+48(FP), R12 // the number at hand
	MOVQ end+56(FP), R13

	CMPQ R12, R13
	JGE  done
	MOVL (SI)(R12*4), CX // its first edge, then the next edge

node:
	// Start with the cost on the way up.
	MOVL    (R9)(R12*4), AX
	SHLQ    $7, AX
	ADDQ    R10, AX
	VMOVDQU (AX), Y0
	VMOVDQU 32(AX), Y1
	VMOVDQU 64(AX), Y2
	VMOVDQU 96(AX), Y3

	MOVL 4(SI)(R12*4), DX // the end of its edges
	CMPQ CX, DX
	JGE  store

edge:
	MOVL         (DI)(CX*4), AX
	SHLQ         $7, AX
	ADDQ         R11, AX
	VPBROADCASTQ (R8)(CX*8), Y8
	VPADDQ       (AX), Y8, Y4
	VPADDQ       32(AX), Y8, Y5
	VPADDQ       64(AX), Y8, Y6
	VPADDQ       96(AX), Y8, Y7
	LEAST(Y4, Y0, Y9)
	LEAST(Y5, Y1, Y10)
	LEAST(Y6, Y2, Y11)
	LEAST(Y7, Y3, Y12)
	INCQ         CX
	CMPQ         CX, DX
	JL           edge

store:
	MOVQ    R12, AX
	SHLQ    $7, AX
	ADDQ    R11, AX
	VMOVDQU Y0, (AX)
	VMOVDQU Y1, 32(AX)
	VMOVDQU Y2, 64(AX)
	VMOVDQU Y3, 96(AX)
	INCQ    R12
	CMPQ    R12, R13
	JL      node

done:
	VZEROUPPER
	RET

// func improveAVX2(b, other *batch, c roads.Cost)
TEXT ·improveAVX2(SB), NOSPLIT, $0-24
	MOVQ         b+0(FP), DI
	MOVQ         other+8(FP), SI
	VPBROADCASTQ c+16(FP), Y8
	VMOVDQU      (DI), Y0
	VMOVDQU      32(DI), Y1
	VMOVDQU      64(DI), Y2
	VMOVDQU      96(DI), Y3
	VPADDQ       (SI), Y8, Y4
	VPADDQ       32(SI), Y8, Y5
	VPADDQ       64(SI), Y8, Y6
	VPADDQ       96(SI), Y8, Y7
	LEAST(Y4, Y0, Y9)
	LEAST(Y5, Y1, Y10)
	LEAST(Y6, Y2, Y11)
	LEAST(Y7, Y3, Y12)
	VMOVDQU      Y0, (DI)
	VMOVDQU      Y1, 32(DI)
	VMOVDQU      Y2, 64(DI)
	VMOVDQU      Y3, 96(DI)
	VZEROUPPER
	RET

// func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL subleaf+4(FP), CX
	CPUID
	MOVL AX, eax+8(FP)
	MOVL BX, ebx+12(FP)
	MOVL CX, ecx+16(FP)
	MOVL DX, edx+20(FP)
	RET

// func xgetbv() (eax, edx uint32)
TEXT ·xgetbv(SB), NOSPLIT, $0-8
	XORL CX, CX
	XGETBV
	MOVL AX, eax+0(FP)
	MOVL DX, edx+4(FP)
	RET
