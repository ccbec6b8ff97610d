package roads

import (
	"fmt"
	"math"

	"github.com/logistica-inteligente/rumbo/geo"
)

// Location is a place tied to the road network: to a node, or to a point on the
// way between two. Make it with [Snapper.Snap] or [Graph.At], on the map that it
// is used with.
type Location struct {
	Place  geo.LatLon // the place asked for
	Point  geo.LatLon // where it meets the network
	Meters float64    // great-circle meters from Place to Point; no table counts them
	Node   Node       // the node itself, or the nearer end of the street

	on     street
	starts []Seed
	ends   []Seed
}

// Seed is a node with what it costs to get to it from a location, or from it to
// a location.
type Seed struct {
	Node Node
	Cost Cost
}

// street is a piece of road between two neighboring nodes, in either or both
// directions, and a point on it.
type street struct {
	inside  bool // whether the point is neither end
	a, b    Node
	at      float64 // share of the way from a to b, in (0, 1)
	forward Cost    // of the whole arc a -> b; Unreached without one
	back    Cost    // of the whole arc b -> a; Unreached without one
}

// At is the location of a node itself.
func (g *Graph) At(v Node) Location {
	p := g.Place(v)
	return Location{Place: p, Point: p, Node: v}
}

// Starts are the nodes through which every route leaves the location, unless it
// ends on the same street (see [StreetIndex]).
func (l Location) Starts() []Seed {
	if l.starts == nil {
		return []Seed{{Node: l.Node}}
	}
	return l.starts
}

// Ends are the nodes through which every route arrives at the location.
func (l Location) Ends() []Seed {
	if l.ends == nil {
		return []Seed{{Node: l.Node}}
	}
	return l.ends
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

// onStreet is the location of the point at a share of the way from a to b, which
// an arc joins in at least one direction. A share of 0 or 1 is the node there.
func (g *Graph) onStreet(place, point geo.LatLon, a, b Node, at float64) Location {
	l := Location{Place: place, Point: point, Meters: geo.Meters(place, point), Node: a}
	if at > 0.5 {
		l.Node = b
	}
	if at <= 0 || at >= 1 {
		return l
	}
	on := street{inside: true, a: a, b: b, at: at, forward: g.leastCost(a, b), back: g.leastCost(b, a)}
	l.on = on
	l.starts, l.ends = make([]Seed, 0, 2), make([]Seed, 0, 2)
	if on.forward < Unreached {
		l.starts = append(l.starts, Seed{b, g.share(on.forward, 1-at)})
		l.ends = append(l.ends, Seed{a, g.share(on.forward, at)})
	}
	if on.back < Unreached {
		l.starts = append(l.starts, Seed{a, g.share(on.back, at)})
		l.ends = append(l.ends, Seed{b, g.share(on.back, 1-at)})
	}
	return l
}

// leastCost is that of the best arc between two nodes; Unreached without one.
func (g *Graph) leastCost(from, to Node) Cost {
	best := Unreached
	first, end := g.Out(from)
	for a := first; a < end; a++ {
		if g.Head[a] == to {
			best = min(best, g.ArcCost(a))
		}
	}
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
			cost = x.g.share(s.forward, at-s.at)
		}
		if at <= s.at {
			cost = min(cost, x.g.share(s.back, s.at-at))
		}
		if cost < Unreached {
			visit(i, cost)
		}
	}
}
