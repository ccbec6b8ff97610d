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
	Arcs     []Arc        // in driving order; empty when both ends are one node
	Nodes    []Node       // one more than Arcs
	Line     []geo.LatLon // the place of each node; nil when the map has none
	Cost     Cost         // in map units, see [Graph.Split]
	Seconds  float64      // not rounded
	Meters   float64      // not rounded
	FromNode Node
	ToNode   Node
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
	if _, err := NewTable(d.g, []Location{from}, []Location{to}, TableOptions{TimeFactor: opts.TimeFactor}); err != nil {
		return Route{}, err
	}
	s := newSearch(d.g, true)
	found := false
	err := s.run(ctx, from.Node, func(v Node) bool {
		found = v == to.Node
		return found
	})
	if err != nil {
		return Route{}, err
	}
	if !found {
		return Route{}, fmt.Errorf("%w: from %v to %v", ErrNoRoute, from.Place, to.Place)
	}
	var arcs []Arc
	tails := tailFinder{d.g}
	for v := to.Node; v != from.Node; {
		a := s.via[v]
		arcs = append(arcs, a)
		v = tails.of(a)
	}
	slices.Reverse(arcs)
	return NewRoute(d.g, from.Node, arcs, opts), nil
}

// NewRoute describes the path that starts at a node and follows the arcs, each
// of which must leave where the one before arrives. O(len(arcs)).
func NewRoute(g *Graph, from Node, arcs []Arc, opts RouteOptions) Route {
	r := Route{Arcs: arcs, Nodes: make([]Node, 1, len(arcs)+1), FromNode: from, ToNode: from}
	r.Nodes[0] = from
	for _, a := range arcs {
		r.ToNode = g.Head[a]
		r.Nodes = append(r.Nodes, r.ToNode)
		r.Cost += g.ArcCost(a)
	}
	if g.HasPlaces() {
		r.Line = make([]geo.LatLon, len(r.Nodes))
		for i, v := range r.Nodes {
			r.Line[i] = g.Place(v)
		}
	}
	duration, distance := g.Split(r.Cost)
	r.Seconds = float64(duration) * NewRounder(g, opts.TimeFactor).seconds
	r.Meters = float64(distance) * g.Units.MetersPerUnit
	return r
}

// tailFinder tells where an arc starts.
type tailFinder struct{ g *Graph }

// of is the node that the arc leaves. O(log nodes).
func (t tailFinder) of(a Arc) Node {
	// The tail is the last node whose arcs start at or before a.
	after, _ := slices.BinarySearchFunc(t.g.FirstOut, uint32(a), func(first, arc uint32) int {
		if first <= arc {
			return -1
		}
		return 1
	})
	return Node(after - 1)
}
