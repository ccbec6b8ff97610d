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
	return g.atJunction(p, p, v)
}

// atJunction is the location of a place at a junction: it can be left and reached
// at each of its nodes.
func (g *Graph) atJunction(place, point geo.LatLon, v Node) Location {
	l := Location{Place: place, Point: point, Meters: geo.Meters(place, point), Node: v}
	if junction := g.Same(v); len(g.copies[junction]) > 0 {
		for _, w := range g.junction(junction) {
			l.starts = append(l.starts, Seed{Node: w})
		}
		l.ends = l.starts
	}
	return l
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

// onStreet is the location of the point at a share of the way from a to b, two
// junctions that an arc joins in at least one direction. A share of 0 or 1 is the
// junction there.
func (g *Graph) onStreet(place, point geo.LatLon, a, b Node, at float64) Location {
	if at <= 0 || a == b {
		return g.atJunction(place, point, a)
	}
	if at >= 1 {
		return g.atJunction(place, point, b)
	}
	l := Location{Place: place, Point: point, Meters: geo.Meters(place, point), Node: a}
	if at > 0.5 {
		l.Node = b
	}
	l.on = street{inside: true, a: a, b: b, at: at}
	l.on.forward = g.seedStreet(&l, a, b, at)
	l.on.back = g.seedStreet(&l, b, a, 1-at)
	return l
}

// seedStreet adds the ways along one direction of a street, from junction a to b,
// to and from the point at a share of the way, and returns the least cost of the
// whole; Unreached where the street does not lead that way.
func (g *Graph) seedStreet(l *Location, a, b Node, at float64) Cost {
	best := Unreached
	for _, from := range g.junction(a) {
		whole := Unreached
		first, end := g.Out(from)
		for arc := first; arc < end; arc++ {
			if to := g.Head[arc]; g.Same(to) == b {
				c := g.ArcCost(arc)
				l.starts = addSeed(l.starts, Seed{to, g.share(c, 1-at)})
				whole = min(whole, c)
			}
		}
		if whole < Unreached {
			l.ends = addSeed(l.ends, Seed{from, g.share(whole, at)})
			best = min(best, whole)
		}
	}
	return best
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
