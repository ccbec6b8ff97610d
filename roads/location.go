package roads

import (
	"fmt"
	"math"

	"github.com/logistica-inteligente/rumbo/geo"
)

// Location is a place tied to the road network: to a junction, or to a point on
// the street between two. Make it with [Snapper.Snap] or [Graph.At]. It serves
// every graph with the same nodes and arcs, whatever their durations.
type Location struct {
	Place  geo.LatLon // the place asked for
	Point  geo.LatLon // where it meets the network
	Meters float64    // great-circle meters from Place to Point; no table counts them
	Node   Node       // the junction itself, or the nearer end of the street

	on street
}

// Seed is a node with what it costs to get to it from a location, or from it to
// a location.
type Seed struct {
	Node Node
	Cost Cost
}

// street is a point on the way between two neighboring junctions.
type street struct {
	inside bool // whether the point is neither end
	a, b   Node
	at     float64 // share of the way from a to b, in (0, 1)
}

// At is the location of a node itself; of all nodes of its junction, if there are
// several.
func (g *Graph) At(v Node) Location {
	p := g.Place(v)
	return Location{Place: p, Point: p, Node: v}
}

// Starts are the nodes through which every route leaves the location, with the
// costs that g has for the piece of street, unless the route ends on the same
// street (see [StreetIndex]). O(degree).
func (l Location) Starts(g *Graph) []Seed {
	if !l.on.inside {
		return g.atJunction(l.Node)
	}
	list := make([]Seed, 0, 2)
	each := func(a, b Node, at float64) {
		g.eachArc(a, b, func(arc Arc) {
			list = addSeed(list, Seed{g.Head[arc], g.share(g.ArcCost(arc), 1-at)})
		})
	}
	each(l.on.a, l.on.b, l.on.at)
	each(l.on.b, l.on.a, 1-l.on.at)
	return list
}

// Ends are the nodes through which every route arrives at the location. O(degree).
func (l Location) Ends(g *Graph) []Seed {
	if !l.on.inside {
		return g.atJunction(l.Node)
	}
	list := make([]Seed, 0, 2)
	each := func(a, b Node, at float64) {
		g.eachArc(a, b, func(arc Arc) {
			list = addSeed(list, Seed{g.tail(arc), g.share(g.ArcCost(arc), at)})
		})
	}
	each(l.on.a, l.on.b, l.on.at)
	each(l.on.b, l.on.a, 1-l.on.at)
	return list
}

// atJunction lists the nodes of a junction.
func (g *Graph) atJunction(v Node) []Seed {
	list := []Seed{{Node: v}}
	if len(g.copies) > 0 {
		list = list[:0]
		for _, w := range g.junction(g.Same(v)) {
			list = append(list, Seed{Node: w})
		}
	}
	return list
}

// eachArc calls visit for every arc from one junction to another.
func (g *Graph) eachArc(a, b Node, visit func(Arc)) {
	for _, from := range g.junction(a) {
		first, end := g.Out(from)
		for arc := first; arc < end; arc++ {
			if g.Same(g.Head[arc]) == b {
				visit(arc)
			}
		}
	}
}

// addSeed keeps the best cost of each node.
func addSeed(list []Seed, s Seed) []Seed {
	for i := range list {
		if list[i].Node == s.Node {
			list[i].Cost = min(list[i].Cost, s.Cost)
			return list
		}
	}
	return append(list, s)
}

// belongs says whether all nodes of the location are of the graph.
func (l Location) belongs(g *Graph) bool {
	n := Node(g.NodeCount())
	return l.Node < n && (!l.on.inside || l.on.a < n && l.on.b < n)
}

// checkLocations is an error that wraps [ErrLocation] for a location that is not
// of the graph.
func checkLocations(g *Graph, list []Location) error {
	for i, l := range list {
		if !l.belongs(g) {
			return fmt.Errorf("%w: number %d is at node %d of %d", ErrLocation, i, l.Node, g.NodeCount())
		}
	}
	return nil
}

// onStreet is the location of the point at a share of the way from a to b, two
// junctions that an arc joins in at least one direction. A share of 0 or 1 is the
// junction there.
func (g *Graph) onStreet(place, point geo.LatLon, a, b Node, at float64) Location {
	l := Location{Place: place, Point: point, Meters: geo.Meters(place, point), Node: a}
	if at > 0.5 {
		l.Node = b
	}
	if at > 0 && at < 1 && a != b {
		l.on = street{inside: true, a: a, b: b, at: at}
	}
	return l
}

// wholeCost is that of the best arc from one junction to another; Unreached
// without one.
func (g *Graph) wholeCost(a, b Node) Cost {
	best := Unreached
	g.eachArc(a, b, func(arc Arc) { best = min(best, g.ArcCost(arc)) })
	return best
}

// share is a part of a cost, duration and distance each rounded to map units;
// Unreached stays so.
func (g *Graph) share(c Cost, part float64) Cost {
	if c >= Unreached {
		return Unreached
	}
	duration, distance := g.Split(c)
	return Cost(math.Round(float64(duration)*part))<<g.costShift + Cost(math.Round(float64(distance)*part))
}

// StreetIndex finds the targets that lie on the same street as a source: the way
// to them need not pass a node, which [Location.Starts] and [Location.Ends]
// alone would miss. Every [Tabler] and [Router] takes the lesser of both.
type StreetIndex struct {
	g  *Graph
	on map[[2]Node][]int
	to []Location
}

// NewStreetIndex indexes the targets of a table. O(targets).
func NewStreetIndex(g *Graph, targets []Location) StreetIndex {
	x := StreetIndex{g: g, to: targets, on: make(map[[2]Node][]int)}
	for i, l := range targets {
		if l.on.inside {
			key := [2]Node{min(l.on.a, l.on.b), max(l.on.a, l.on.b)}
			x.on[key] = append(x.on[key], i)
		}
	}
	return x
}

// Each calls visit with the number and the direct cost of every target that can
// be reached from the source without leaving its street. O(such targets).
func (x StreetIndex) Each(source Location, visit func(target int, c Cost)) {
	if !source.on.inside {
		return
	}
	s := source.on
	for _, i := range x.on[[2]Node{min(s.a, s.b), max(s.a, s.b)}] {
		t := x.to[i].on
		at := t.at
		if t.a != s.a { // named from the other end
			at = 1 - at
		}
		cost := Unreached
		if at >= s.at {
			cost = x.g.share(x.g.wholeCost(s.a, s.b), at-s.at)
		}
		if at <= s.at {
			cost = min(cost, x.g.share(x.g.wholeCost(s.b, s.a), s.at-at))
		}
		if cost < Unreached {
			visit(i, cost)
		}
	}
}
