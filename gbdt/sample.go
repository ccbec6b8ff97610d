package gbdt

// draw picks the rows and features of the next tree. The draw depends on the seed, the round and the row
// or feature only.
func (t *trainer) draw(round int) {
	t.drawRows(round)
	t.drawFeatures(round)
}

// samples says that trees see a draw and not all rows and features.
func (t *trainer) samples() bool {
	return t.params.RowFraction < 1 || t.params.FeatureFraction < 1
}

func (t *trainer) drawRows(round int) {
	if t.params.RowFraction >= 1 {
		t.team.chunks(len(t.all), func(_, lo, hi int) { copy(t.rows[lo:hi], t.all[lo:hi]) })
		return
	}
	key := mix(t.params.Seed ^ mix(uint64(round)*2+1))
	bar := uint64(t.params.RowFraction * (1 << 32))
	rows := t.rows[:0]
	for i := range t.all {
		if mix(key+uint64(i))>>32 < bar {
			rows = append(rows, int32(i))
		}
	}
	t.rows = rows
}

// drawFeatures draws a fixed number of features, at least one, without replacement.
func (t *trainer) drawFeatures(round int) {
	n := len(t.drawn)
	if t.params.FeatureFraction >= 1 {
		for j := range t.drawn {
			t.drawn[j] = true
		}
		return
	}
	clear(t.drawn)
	key := mix(t.params.Seed ^ mix(uint64(round)*2+2))
	left := max(1, int(t.params.FeatureFraction*float64(n)+0.5))
	for j := range n {
		// Selection sampling: take j with probability left/(n-j).
		if mix(key+uint64(j))%uint64(n-j) < uint64(left) {
			t.drawn[j] = true
			left--
		}
	}
}

// mix scrambles 64 bits (the finisher of splitmix64; Steele, Lea & Flood 2014,
// doi:10.1145/2660193.2660195).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
