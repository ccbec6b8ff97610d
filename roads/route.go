package roads

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/logistica-inteligente/rumbo/geo"
)

// ErrNoRoute is wrapped by the error for two places that no road connects.
var ErrNoRoute = errors.New("no road leads there")

// Route is the fastest way from one location to another; among equally fast
// ways, the shortest.
type Route struct {
	From, To Location
	Arcs     []Arc        // driven from end to end, in order; may be empty
	Nodes    []Node       // passed, in order; empty for a route within one street
	Line     []geo.LatLon // from From.Point over the nodes to To.Point; nil when the map has no places
	Cost     Cost         // in map units, see [Graph.Split]
	Seconds  float64      // not rounded
	Meters   float64      // not rounded
}

// RouteOptions tunes a route; the zero value is ready for use.
type RouteOptions struct {
	TimeFactor float64 // as in [TableOptions]
}

// Router finds routes. Errors: [ErrNoRoute] where no road leads, [ErrLocation]
// for a location outside the map, and the context's cause when it ends first.
type Router interface {
	Route(ctx context.Context, from, to Location, opts RouteOptions) (Route, error)
}

// Route finds the fastest route by one search that stops at the target:
// O(arcs log nodes) and 20 bytes of memory a node.
func (d *Dijkstra) Route(ctx context.Context, from, to Location, opts RouteOptions) (Route, error) {
	ends := to.Ends(d.g)
	if err := CheckRoute(d.g, from, to, opts); err != nil {
		return Route{}, err
	}
	s := newSearch(d.g, true)
	best, last, left := Unreached, Node(0), len(ends)
	err := s.run(ctx, from.Starts(d.g), func(v Node) bool {
		for _, end := range ends {
			if end.Node == v {
				left--
				if c := s.cost[v] + end.Cost; c < best {
					best, last = c, v
				}
			}
		}
		return left == 0
	})
	if err != nil {
		return Route{}, err
	}
	if best >= Unreached {
		return NewRoute(d.g, from, to, Unreached, 0, nil, opts)
	}
	first, arcs := s.walkBack(last)
	return NewRoute(d.g, from, to, best, first, arcs, opts)
}

// walkBack lists the arcs of the path that reached a node, and where it starts.
func (s *search) walkBack(last Node) (first Node, arcs []Arc) {
	first = last
	for s.via[first] != noArc {
		arcs = append(arcs, s.via[first])
		first = s.g.tail(s.via[first])
	}
	slices.Reverse(arcs)
	return first, arcs
}

// tail is the node that an arc leaves. O(log nodes).
func (g *Graph) tail(a Arc) Node {
	// The last node whose arcs start at or before a.
	after, _ := slices.BinarySearch(g.FirstOut, uint32(a)+1)
	return Node(after - 1)
}

// CheckRoute is the error that a [Router] over g gives for locations or options
// that cannot be used.
func CheckRoute(g *Graph, from, to Location, opts RouteOptions) error {
	if f := opts.TimeFactor; f != 0 && !positive(f) {
		return fmt.Errorf("roads: time factor %v is not a positive number", f)
	}
	return checkLocations(g, []Location{from, to})
}

// NewRoute describes a way for a [Router]: the best one over nodes, which costs
// what is given, from the node first along the arcs; or, where that is less, the
// way that does not leave the street of both locations. A cost of [Unreached]
// means that there is none over nodes. O(len(arcs)).
func NewRoute(g *Graph, from, to Location, cost Cost, first Node, arcs []Arc, opts RouteOptions) (Route, error) {
	r := Route{From: from, To: to, Cost: cost}
	direct := false
	NewStreetIndex(g, []Location{to}).Each(from, func(_ int, c Cost) {
		if c <= r.Cost {
			r.Cost, direct = c, true
		}
	})
	if r.Cost >= Unreached {
		return Route{}, fmt.Errorf("%w: from %v to %v", ErrNoRoute, from.Place, to.Place)
	}
	if !direct {
		r.Arcs, r.Nodes = arcs, make([]Node, 1, len(arcs)+1)
		r.Nodes[0] = first
		for _, a := range arcs {
			r.Nodes = append(r.Nodes, g.Head[a])
		}
	}
	if g.HasPlaces() {
		r.Line = r.line(g)
	}
	duration, distance := g.Split(r.Cost)
	r.Seconds = float64(duration) * NewRounder(g, opts.TimeFactor).seconds
	r.Meters = float64(distance) * g.Units.MetersPerUnit
	return r, nil
}

// line is the geometry of the route; a place is not repeated where the route
// starts or ends at a node.
func (r Route) line(g *Graph) []geo.LatLon {
	line := make([]geo.LatLon, 0, len(r.Nodes)+2)
	add := func(p geo.LatLon) {
		if len(line) == 0 || line[len(line)-1] != p {
			line = append(line, p)
		}
	}
	add(r.From.Point)
	for _, v := range r.Nodes {
		add(g.Place(v))
	}
	add(r.To.Point)
	return line
}
