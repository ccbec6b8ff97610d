package gbdt

// partition moves the rows whose bin goes left before the others, keeping the order on both sides,
// and returns how many went left. spare is as long as rows. O(len(rows)).
func (g *grower) partition(rows, spare []int32, column []uint8, left *[histBins]uint8) int {
	pieces := min(g.team.threads, len(rows)/forkPartitionRows)
	if pieces <= 1 {
		n := partitionPiece(rows, spare, column, left)
		copy(rows[n:], spare[:len(rows)-n])
		return n
	}
	lefts := make([]int, pieces)
	bound := func(i int) int { return len(rows) * i / pieces }
	g.team.each(pieces, func(i int) {
		lo, hi := bound(i), bound(i+1)
		lefts[i] = partitionPiece(rows[lo:hi], spare[lo:hi], column, left)
	})
	n := 0
	for i, k := range lefts {
		copy(rows[n:], rows[bound(i):bound(i)+k]) // downwards, in order: nothing is overwritten unread
		n += k
	}
	at := n
	for i, k := range lefts {
		at += copy(rows[at:], spare[bound(i):bound(i+1)-k])
	}
	return n
}

// partitionPiece packs the left rows at the start of rows and the right rows at the start of spare.
// It writes every row to both and advances one, so that there is no branch to mispredict.
func partitionPiece(rows, spare []int32, column []uint8, left *[histBins]uint8) int {
	spare = spare[:len(rows)]
	a, z := 0, 0
	for _, r := range rows {
		rows[a], spare[z] = r, r
		side := int(left[column[r]])
		a += side
		z += 1 - side
	}
	return a
}
