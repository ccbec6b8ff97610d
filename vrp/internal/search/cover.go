package search

import (
	"math"
	"slices"
)

// covering is a set partitioning problem: choose columns so that each row is in one of
// them or pays its price, at the least cost.
//
// Method: multipliers for the rows by subgradients give a lower bound and reduced costs
// (Held & Karp 1971, doi:10.1007/BF01584070; for covering Caprara, Fischetti & Toth 1999,
// doi:10.1287/opre.47.5.730). Any solution costs the bound plus what is wrong with each column
// by its reduced cost, so columns that exceed the distance to the best known
// solution leave, and a depth-first search over the rest ends where the sum does. Given effort enough it is exact.
type covering struct {
	cost  []int64 // by column
	class []int32 // by column
	first []int32 // by column, into rows; one more at the end
	rows  []int32
	price []int64 // by row: what it costs uncovered
	limit []int32 // by class: columns at most

	effort int64 // elementary steps that may be spent
	upper  int64 // cost to beat
	chosen []int32

	dual   []float64 // by row
	fleet  []float64 // by class: what a column of it costs beyond, at least 0
	excess []float64 // by column: reduced cost
	bound  float64

	of      [][]int32 // by row: columns left
	open    []int32   // by row: columns left that can still be chosen; -1 once the row is retired
	blocked []int32   // by column: chosen columns that share a row with it
	used    []int32   // by class
	path    []int32
	keep    []int32 // columns left
}

func (c *covering) column(j int32) []int32 { return c.rows[c.first[j]:c.first[j+1]] }

// solve looks for columns that cost less than upper. It reports whether it found some, then in
// chosen. O(effort).
func (c *covering) solve() bool {
	c.multipliers()
	if c.bound > float64(c.upper)-0.5 {
		return false
	}
	c.fix()
	before := c.upper
	c.search(c.bound)
	return c.upper < before
}

// multipliers improves the lower bound by subgradient steps, with three quarters of the effort.
func (c *covering) multipliers() {
	n, columns := len(c.price), len(c.cost)
	c.begin()
	best, bestDual, bestFleet := math.Inf(-1), slices.Clone(c.dual), slices.Clone(c.fleet)
	cover, count := make([]float64, n), make([]float64, len(c.limit))
	rest := c.effort / 4
	length, stale := 1.0, 0
	for round := 0; c.effort > rest && length > 0.001; round++ {
		c.effort -= int64(len(c.rows) + n)
		for i := range cover {
			cover[i] = 1
		}
		for k := range count {
			count[k] = -float64(c.limit[k])
		}
		bound := 0.0
		for i, y := range c.dual {
			bound += y
			if y >= float64(c.price[i]) {
				cover[i]-- // left uncovered
			}
		}
		for k, y := range c.fleet {
			bound -= y * float64(c.limit[k])
		}
		for j := range int32(columns) {
			x := float64(c.cost[j]) + c.fleet[c.class[j]]
			for _, i := range c.column(j) {
				x -= c.dual[i]
			}
			c.excess[j] = x
			if x < 0 {
				bound += x
				count[c.class[j]]++
				for _, i := range c.column(j) {
					cover[i]--
				}
			}
		}
		if bound > best {
			if bound > best+1e-4*math.Abs(best) {
				stale = 0
			}
			best = bound
			copy(bestDual, c.dual)
			copy(bestFleet, c.fleet)
		}
		if stale++; stale > 12 {
			length, stale = length/2, 0
			copy(c.dual, bestDual)
			copy(c.fleet, bestFleet)
			continue
		}
		c.step(cover, count, length*(float64(c.upper)*1.0005-bound))
	}
	copy(c.dual, bestDual)
	copy(c.fleet, bestFleet)
	c.reduce()
}

// begin makes the scratch. Multipliers that the caller set are where to start.
func (c *covering) begin() {
	c.fleet = make([]float64, len(c.limit))
	c.excess = make([]float64, len(c.cost))
	if c.dual == nil {
		c.dual = make([]float64, len(c.price))
	}
}

// step moves the multipliers along what rows lack and classes have too much of.
func (c *covering) step(cover, count []float64, length float64) {
	norm := 0.0
	for _, x := range cover {
		norm += x * x
	}
	for k, x := range count {
		if x > 0 || c.fleet[k] > 0 {
			norm += x * x
		}
	}
	if norm == 0 {
		return
	}
	for i, x := range cover {
		c.dual[i] = min(float64(c.price[i]), c.dual[i]+length/norm*x)
	}
	for k, x := range count {
		c.fleet[k] = max(0, c.fleet[k]+length/norm*x)
	}
}

// reduce computes bound and reduced costs for the multipliers.
func (c *covering) reduce() {
	c.bound = 0
	for _, y := range c.dual {
		c.bound += y
	}
	for k, y := range c.fleet {
		c.bound -= y * float64(c.limit[k])
	}
	for j := range int32(len(c.cost)) {
		x := float64(c.cost[j]) + c.fleet[c.class[j]]
		for _, i := range c.column(j) {
			x -= c.dual[i]
		}
		c.excess[j] = x
		c.bound += min(0, x)
	}
}

// fix keeps the columns that a better solution can hold, cheapest by reduced cost first.
func (c *covering) fix() {
	gap := float64(c.upper) - 0.5 - c.bound
	for j := range int32(len(c.cost)) {
		if c.excess[j] <= gap {
			c.keep = append(c.keep, j)
		}
	}
	slices.SortStableFunc(c.keep, func(a, b int32) int {
		switch {
		case c.excess[a] < c.excess[b]:
			return -1
		case c.excess[a] > c.excess[b]:
			return 1
		}
		return int(a - b)
	})
	c.of = make([][]int32, len(c.price))
	c.open = make([]int32, len(c.price))
	c.blocked = make([]int32, len(c.cost))
	c.used = make([]int32, len(c.limit))
	for _, j := range c.keep {
		for _, i := range c.column(j) {
			c.of[i] = append(c.of[i], j)
			c.open[i]++
		}
	}
}

// search settles the row with the fewest columns left, one way after the other. Sum is what the
// choices made so far cost at least.
func (c *covering) search(sum float64) {
	if sum > float64(c.upper)-0.5 || c.effort < 0 {
		return
	}
	row := none
	for i, x := range c.open {
		if x >= 0 && (row == none || x < c.open[row]) {
			row = int32(i)
		}
	}
	c.effort -= int64(len(c.open))
	if row == none {
		c.finish()
		return
	}
	for _, j := range c.of[row] {
		if c.blocked[j] > 0 || c.used[c.class[j]] == c.limit[c.class[j]] {
			continue
		}
		if x := sum + max(0, c.excess[j]); x <= float64(c.upper)-0.5 {
			x += c.choose(j)
			c.search(x)
			c.release(j)
		}
	}
	// The row pays its price: all its columns are out of reach.
	x := sum + float64(c.price[row]) - c.dual[row]
	if x > float64(c.upper)-0.5 {
		return
	}
	x += c.block(row)
	c.search(x)
	c.unblock(row)
}

// choose takes column j and returns what the columns that it shuts out cost: those that the bound
// counted on.
func (c *covering) choose(j int32) float64 {
	c.path = append(c.path, j)
	c.used[c.class[j]]++
	lost := min(0, c.excess[j]) // its own part of the bound is not lost
	for _, i := range c.column(j) {
		lost += c.block(i)
	}
	return lost
}

func (c *covering) release(j int32) {
	list := c.column(j)
	for k := len(list) - 1; k >= 0; k-- {
		c.unblock(list[k])
	}
	c.used[c.class[j]]--
	c.path = c.path[:len(c.path)-1]
}

// block settles a row.
func (c *covering) block(i int32) float64 {
	lost := 0.0
	for _, j := range c.of[i] {
		if c.blocked[j]++; c.blocked[j] > 1 {
			continue
		}
		lost -= min(0, c.excess[j])
		for _, k := range c.column(j) {
			c.open[k]--
		}
		c.effort -= int64(c.first[j+1] - c.first[j])
	}
	c.open[i] -= retired
	return lost
}

func (c *covering) unblock(i int32) {
	c.open[i] += retired
	for k := len(c.of[i]) - 1; k >= 0; k-- {
		j := c.of[i][k]
		if c.blocked[j]--; c.blocked[j] > 0 {
			continue
		}
		for _, k := range c.column(j) {
			c.open[k]++
		}
	}
}

// retired is subtracted from open of a row that is covered or has paid.
const retired = int32(1) << 30

// finish takes the path as the best solution if it is: costs are counted anew, in integers.
func (c *covering) finish() {
	sum := int64(0)
	covered := make([]bool, len(c.price))
	for _, j := range c.path {
		sum += c.cost[j]
		for _, i := range c.column(j) {
			covered[i] = true
		}
	}
	for i, p := range c.price {
		if !covered[i] {
			sum += p
		}
	}
	if sum < c.upper {
		c.upper = sum
		c.chosen = append(c.chosen[:0], c.path...)
	}
}
