package roads

import "fmt"

// Cost is the length of a path, duration first: it orders paths by duration and,
// where that is equal, by distance. Costs of consecutive paths add up with +.
// [Graph.Split] takes one apart.
type Cost uint64

// Unreached is the cost of a path that does not exist. It leaves room to add two
// of them without overflow of a signed 64-bit integer.
const Unreached Cost = 1 << 61

// ArcCost is the cost of one arc.
func (g *Graph) ArcCost(a Arc) Cost {
	return Cost(g.Duration[a])<<g.costShift + Cost(g.Distance[a])
}

// Split takes a cost apart into duration and distance, both in map units. The
// cost must be of a fastest path (its distance fits the bits it has), not
// [Unreached].
func (g *Graph) Split(c Cost) (duration, distance uint64) {
	return uint64(c >> g.costShift), uint64(c) & (1<<g.costShift - 1)
}

// Check holds everything that a graph promises, whatever it was made from, and
// prepares the packing of costs and the list of copies. Every function that makes
// a graph calls it; a caller that fills in a field afterward calls it again,
// before anything else uses the graph. The error wraps [ErrGraph].
// O(nodes + arcs).
func (g *Graph) Check() error {
	if err := g.checkShape(); err != nil {
		return err
	}
	for v := range g.NodeCount() {
		if g.FirstOut[v] > g.FirstOut[v+1] {
			return fmt.Errorf("%w: arcs of node %d end before they start", ErrGraph, v)
		}
	}
	nodes := Node(g.NodeCount())
	for a, head := range g.Head {
		if head >= nodes {
			return fmt.Errorf("%w: arc %d leads to node %d of %d nodes", ErrGraph, a, head, nodes)
		}
	}
	for v := range g.Lat {
		if g.Lat[v] < -90*placeScale || g.Lat[v] > 90*placeScale || g.Lon[v] < -180*placeScale || g.Lon[v] > 180*placeScale {
			return fmt.Errorf("%w: node %d lies outside the Earth's coordinates", ErrGraph, v)
		}
	}
	if err := g.checkOrder(); err != nil {
		return err
	}
	if err := g.checkNames(); err != nil {
		return err
	}
	if err := g.indexTwins(); err != nil {
		return err
	}
	return g.packCosts()
}

// checkShape compares the lengths of the arrays and the units.
func (g *Graph) checkShape() error {
	if len(g.FirstOut) == 0 || g.FirstOut[0] != 0 || int64(g.FirstOut[len(g.FirstOut)-1]) != int64(len(g.Head)) {
		return fmt.Errorf("%w: the arc ranges do not cover the %d arcs", ErrGraph, len(g.Head))
	}
	n, m := g.NodeCount(), len(g.Head)
	if n > maxCount || m > maxCount {
		return fmt.Errorf("%w: %d nodes and %d arcs, at most %d of each", ErrGraph, n, m, maxCount)
	}
	if len(g.Duration) != m || len(g.Distance) != m {
		return fmt.Errorf("%w: %d durations and %d distances for %d arcs", ErrGraph, len(g.Duration), len(g.Distance), m)
	}
	if len(g.Lat) != len(g.Lon) || (g.Lat != nil && len(g.Lat) != n) {
		return fmt.Errorf("%w: %d latitudes and %d longitudes for %d nodes", ErrGraph, len(g.Lat), len(g.Lon), n)
	}
	if g.SourceID != nil && len(g.SourceID) != n {
		return fmt.Errorf("%w: %d source numbers for %d nodes", ErrGraph, len(g.SourceID), n)
	}
	if !positive(g.Units.SecondsPerUnit) || !positive(g.Units.MetersPerUnit) {
		return fmt.Errorf("%w: units of %v s and %v m", ErrGraph, g.Units.SecondsPerUnit, g.Units.MetersPerUnit)
	}
	return nil
}

// positive says whether a unit is usable: above zero and not beyond reason.
func positive(x float64) bool { return x >= 1e-9 && x <= 1e9 }

// checkOrder holds that an order names every node once.
func (g *Graph) checkOrder() error {
	if g.Order == nil {
		return nil
	}
	n := g.NodeCount()
	if len(g.Order) != n {
		return fmt.Errorf("%w: the order lists %d of %d nodes", ErrGraph, len(g.Order), n)
	}
	seen := make([]bool, n)
	for _, v := range g.Order {
		if int(v) >= n || seen[v] {
			return fmt.Errorf("%w: the order is not a permutation at node %d", ErrGraph, v)
		}
		seen[v] = true
	}
	return nil
}

// wholeUnits turns map units into whole seconds or meters: rounded to the
// nearest, but at least the given number where the units are not 0, and below
// [Unreachable].
func wholeUnits(units uint64, scale float64, least int32) int32 {
	if units == 0 {
		return 0
	}
	// The conversion keeps the product from being fused with the sum, which would
	// round differently on other processors.
	x := float64(float64(units)*scale) + 0.5
	if x >= float64(Unreachable-1) {
		return Unreachable - 1
	}
	return max(least, int32(x)) // x is positive, so cutting the fraction off rounds down
}
