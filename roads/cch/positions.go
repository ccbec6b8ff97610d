package cch

import (
	"math"

	"github.com/logistica-inteligente/rumbo/roads"
)

// positions puts the nodes on a flat map, east as x and north as y, in units
// that are the same in both directions.
func positions(g *roads.Graph, first, head []uint32) (x, y []int32) {
	if !g.HasPlaces() {
		return hopPositions(first, head)
	}
	x, y = make([]int32, g.NodeCount()), make([]int32, g.NodeCount())
	squeeze := math.Cos(g.Box().Center().Lat * math.Pi / 180)
	for v := range x {
		x[v], y[v] = int32(float64(g.Lon[v])*squeeze), g.Lat[v]
	}
	return x, y
}

// hopPositions makes up positions for a network without places: each coordinate
// is how much nearer a node is to one end of the network than to the other, in
// edges. The ends of the first axis are far apart; those of the second are far
// from both and from each other.
func hopPositions(first, head []uint32) (x, y []int32) {
	n := len(first) - 1
	fromAny := hops(first, head, 0)
	west := farthest(fromAny, nil)
	fromWest := hops(first, head, west)
	east := farthest(fromWest, nil)
	fromEast := hops(first, head, east)
	north := farthest(fromWest, fromEast)
	fromNorth := hops(first, head, north)
	south := farthest(fromNorth, nil)
	fromSouth := hops(first, head, south)
	x, y = make([]int32, n), make([]int32, n)
	for v := range n {
		x[v], y[v] = fromWest[v]-fromEast[v], fromSouth[v]-fromNorth[v]
	}
	return x, y
}

// farthest is the node with the largest distance, or the largest lesser of two;
// the lowest of several.
func farthest(a, b []int32) uint32 {
	best, most := uint32(0), int32(-1)
	for v := range a {
		d := a[v]
		if b != nil {
			d = min(d, b[v])
		}
		if d > most {
			best, most = uint32(v), d
		}
	}
	return best
}

// hops is the number of edges from one node to each; those that it does not
// reach are at 0, like itself.
func hops(first, head []uint32, from uint32) []int32 {
	distance := make([]int32, len(first)-1)
	seen := make([]bool, len(distance))
	seen[from] = true
	queue := []uint32{from}
	for at := 0; at < len(queue); at++ {
		v := queue[at]
		for _, w := range head[first[v]:first[v+1]] {
			if !seen[w] {
				seen[w] = true
				distance[w] = distance[v] + 1
				queue = append(queue, w)
			}
		}
	}
	return distance
}
