package speeds

import (
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo/roads"
)

// Groups assigns every arc of a map to a group.
type Groups struct {
	Of    []uint16 // of each arc
	Count int
}

// ByKind makes a group of every class of road, ramps with their class. On a map
// that does not know classes, arcs are grouped by their speed instead, which in
// the DIMACS road files is the same thing: there are only a few speeds. O(arcs).
func ByKind(g *roads.Graph) Groups {
	if g.ArcKind != nil {
		return compact(g, func(a roads.Arc) int { return int(g.KindOf(a).Class()) })
	}
	return compact(g, func(a roads.Arc) int { return speedClass(g, a) })
}

// speedClasses is how many groups speeds make at most.
const speedClasses = 24

// speedClass puts the speed of an arc on a scale of equal ratios, a factor of
// about 1.2 each, around 10 m/s.
func speedClass(g *roads.Graph, a roads.Arc) int {
	if g.Distance[a] == 0 || g.Duration[a] == 0 {
		return 0
	}
	speed := float64(g.Distance[a]) * g.Units.MetersPerUnit / (float64(g.Duration[a]) * g.Units.SecondsPerUnit)
	return max(0, min(speedClasses-1, speedClasses/2+int(math.Round(math.Log(speed/10)/math.Log(1.2)))))
}

// ByZone splits every group by a grid of rows x cols over the map, where its arcs
// start. O(arcs).
func (x Groups) ByZone(g *roads.Graph, rows, cols int) Groups {
	box := g.Box()
	cell := func(v, low, high float64, n int) int {
		return max(0, min(n-1, int((v-low)/max(high-low, 1e-9)*float64(n))))
	}
	zone := make([]int, g.NodeCount())
	for v := range zone {
		p := g.Place(roads.Node(v))
		zone[v] = cell(p.Lat, box.MinLat, box.MaxLat, rows)*cols + cell(p.Lon, box.MinLon, box.MaxLon, cols)
	}
	tail := make([]int, g.ArcCount())
	for v := range zone {
		for a, end := g.Out(roads.Node(v)); a < end; a++ {
			tail[a] = zone[v]
		}
	}
	return compact(g, func(a roads.Arc) int { return int(x.Of[a])*rows*cols + tail[a] })
}

// compact numbers the labels that occur, in ascending order.
func compact(g *roads.Graph, label func(roads.Arc) int) Groups {
	labels := make([]int, g.ArcCount())
	for a := range labels {
		labels[a] = label(roads.Arc(a))
	}
	list := slices.Compact(slices.Sorted(slices.Values(labels)))
	x := Groups{Of: make([]uint16, len(labels)), Count: len(list)}
	for a, l := range labels {
		i, _ := slices.BinarySearch(list, l)
		x.Of[a] = uint16(i)
	}
	return x
}
