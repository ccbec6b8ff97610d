package search

import (
	"math"
	"math/rand/v2"
	"testing"
)

// randomCovering is a small problem with its classes, some rows dear and some cheap to leave.
func randomCovering(r *rand.Rand) *covering {
	rows, columns, classes := 1+r.IntN(9), r.IntN(18), 1+r.IntN(3)
	c := &covering{effort: 1 << 40}
	for range rows {
		price := int64(r.IntN(40))
		if r.IntN(2) == 0 {
			price = 100000
		}
		c.price = append(c.price, price)
	}
	for range classes {
		c.limit = append(c.limit, int32(r.IntN(5)))
	}
	for range columns {
		c.first = append(c.first, int32(len(c.rows)))
		for i := range rows {
			if r.IntN(3) == 0 {
				c.rows = append(c.rows, int32(i))
			}
		}
		if int(c.first[len(c.first)-1]) == len(c.rows) {
			c.rows = append(c.rows, int32(r.IntN(rows)))
		}
		c.cost = append(c.cost, int64(r.IntN(60)))
		c.class = append(c.class, int32(r.IntN(classes)))
	}
	c.first = append(c.first, int32(len(c.rows)))
	return c
}

// bruteCovering is the optimum by trying all choices.
func bruteCovering(c *covering) int64 {
	best := int64(math.MaxInt64)
	covered := make([]bool, len(c.price))
	used := make([]int32, len(c.limit))
	var try func(j int32, sum int64)
	try = func(j int32, sum int64) {
		if int(j) == len(c.cost) {
			for i, p := range c.price {
				if !covered[i] {
					sum += p
				}
			}
			best = min(best, sum)
			return
		}
		try(j+1, sum)
		if used[c.class[j]] == c.limit[c.class[j]] {
			return
		}
		for _, i := range c.column(j) {
			if covered[i] {
				return
			}
		}
		used[c.class[j]]++
		for _, i := range c.column(j) {
			covered[i] = true
		}
		try(j+1, sum+c.cost[j])
		for _, i := range c.column(j) {
			covered[i] = false
		}
		used[c.class[j]]--
	}
	try(0, 0)
	return best
}

// With effort enough set partitioning is exact.
func TestCoveringIsExact(t *testing.T) {
	for seed := range uint64(2000) {
		c := randomCovering(rand.New(rand.NewPCG(seed, 1)))
		c.effort = 1 << 20
		want := bruteCovering(c)
		nothing := int64(0)
		for _, p := range c.price {
			nothing += p
		}
		c.upper = nothing
		found := c.solve()
		if c.upper != want || found != (want < nothing) {
			t.Fatalf("seed %d: got %d (%v), want %d, nothing costs %d, bound %f", seed, c.upper, found, want, nothing, c.bound)
		}
		if c.bound > float64(want)+1e-3 {
			t.Fatalf("seed %d: bound %f above the optimum %d", seed, c.bound, want)
		}
	}
}
