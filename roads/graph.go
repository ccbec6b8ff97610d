package roads

import (
	"errors"
	"fmt"
	"math"

	"github.com/logistica-inteligente/rumbo/geo"
)

// ErrGraph is wrapped by every error about a network that is not well formed.
var ErrGraph = errors.New("bad road graph")

// Node is the index of a node of a [Graph], from 0.
type Node uint32

// Arc is the index of an arc of a [Graph], from 0; arcs are numbered by tail.
type Arc uint32

// maxCount bounds the number of nodes and of arcs, so that an index also fits a
// signed 32-bit integer.
const maxCount = math.MaxInt32 - 1

// placeScale is how many steps of a stored coordinate make a degree.
const placeScale = 1e7

// Graph is a road network in flat arrays: the arcs that leave node v are those
// from FirstOut[v] to FirstOut[v+1]. The slices may be backed by a read-only
// memory map: treat them as constants. Make one with [Build], [ReadDIMACS],
// [Load] or [Cut].
type Graph struct {
	FirstOut []uint32 // one more than there are nodes
	Head     []Node   // of each arc
	Duration []uint32 // of each arc, in units of Units.SecondsPerUnit
	Distance []uint32 // of each arc, in units of Units.MetersPerUnit
	Lat, Lon []int32  // of each node, 1e-7 degrees; both nil when the source had none

	// ArcName is the number of each arc's street name in Names, ArcKind the kind of
	// road of each arc; nil when the source did not say.
	ArcName []uint32
	ArcKind []Kind
	Names   Names

	// SourceID is the number of each node in the file the map came from; nil
	// when that is simply the index plus one.
	SourceID []int64

	// Twin is, for each node, the junction it is a copy of (see [Graph.Same]), or
	// itself; nil when there are no copies.
	Twin []Node

	// Order lists the nodes from the least to the most important, as a
	// contraction hierarchy needs them; nil when it has not been computed.
	Order []Node

	Units Units

	costShift uint            // bits of a Cost that hold the distance
	copies    map[Node][]Node // of each junction that has any
}

// Units says what the whole numbers of a map mean.
type Units struct {
	SecondsPerUnit float64 // of a duration
	MetersPerUnit  float64 // of a distance
	Calibrated     bool    // SecondsPerUnit was fitted to observed drives
}

// DefaultUnits are those of the DIMACS road files: distances in tenths of a
// meter, durations as distance over a speed class between 0.4 (local streets)
// and 1.0 (highways). Taking 90 km/h for the best class, and so 36 km/h for
// local streets, a duration unit is 0.004 s. That is a guess, not a
// measurement: Calibrated is false.
func DefaultUnits() Units {
	return Units{SecondsPerUnit: 0.004, MetersPerUnit: 0.1}
}

// ArcSpec describes one arc for [Build] and [Builder], in map units.
type ArcSpec struct {
	Tail, Head         Node
	Duration, Distance uint32
	Name               uint32 // its number, 0 for none
	Kind               Kind
}

func (g *Graph) setPlaces(places []geo.LatLon) error {
	if places == nil {
		return nil
	}
	g.Lat, g.Lon = make([]int32, len(places)), make([]int32, len(places))
	for v, p := range places {
		if !p.Valid() {
			return fmt.Errorf("%w: node %d is at latitude %v, longitude %v", ErrGraph, v, p.Lat, p.Lon)
		}
		g.Lat[v], g.Lon[v] = int32(math.Round(p.Lat*placeScale)), int32(math.Round(p.Lon*placeScale))
	}
	return nil
}

// NodeCount is the number of nodes.
func (g *Graph) NodeCount() int { return len(g.FirstOut) - 1 }

// ArcCount is the number of arcs.
func (g *Graph) ArcCount() int { return len(g.Head) }

// Out is the range of arcs that leave a node: from first up to, but not
// including, end.
func (g *Graph) Out(v Node) (first, end Arc) {
	return Arc(g.FirstOut[v]), Arc(g.FirstOut[v+1])
}

// HasPlaces says whether the nodes have coordinates.
func (g *Graph) HasPlaces() bool { return g.Lat != nil }

// Place is where a node lies; the zero place when the map has no coordinates.
func (g *Graph) Place(v Node) geo.LatLon {
	if g.Lat == nil {
		return geo.LatLon{}
	}
	return geo.LatLon{Lat: float64(g.Lat[v]) / placeScale, Lon: float64(g.Lon[v]) / placeScale}
}

// Box is the smallest box around all nodes; empty without coordinates. O(nodes).
func (g *Graph) Box() geo.Box {
	box := geo.EmptyBox()
	if g.HasPlaces() {
		for v := range g.NodeCount() {
			box = box.Extend(g.Place(Node(v)))
		}
	}
	return box
}

// NodeID is the number that the node had in the file the map came from.
func (g *Graph) NodeID(v Node) int64 {
	if g.SourceID == nil {
		return int64(v) + 1
	}
	return g.SourceID[v]
}

// WithUnits is the same network with other units, sharing the arrays.
func (g *Graph) WithUnits(units Units) (*Graph, error) {
	other := *g
	other.Units = units
	return &other, other.Check()
}

// WithDurations is the same network with other durations, one for each arc in map
// units, as for another time of day; the other arrays are shared. A hierarchy
// built for one can be customized for the other.
func (g *Graph) WithDurations(durations []uint32) (*Graph, error) {
	other := *g
	other.Duration = durations
	return &other, other.Check()
}
