package search

import "testing"

// Every stop is drawn about as often as any other, however many there are at a time.
func TestWalkGoesEverywhere(t *testing.T) {
	r := newRandom(1)
	var w walk
	for _, n := range []int{2 * walkFrom, walkFrom, 7} {
		drawn := make([]int, n)
		const each = 200
		for range each * n {
			drawn[w.next(&r, n)]++
		}
		for v, count := range drawn {
			if count < each/10 || count > 4*each {
				t.Fatalf("of %d stops, %d was drawn %d times, %d expected", n, v, count, each)
			}
		}
	}
}
