package roads

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo/geo"
)

// ErrTooFar is wrapped by the error for a place beyond the limit from any road;
// a [TooFarError] names the distance.
var ErrTooFar = errors.New("no road near the place")

// DefaultSnapMeters is the limit when a caller names none.
const DefaultSnapMeters = 1000

// endMeters is how near to the end of a street a point is taken as the node
// there: less than the precision of any map.
const endMeters = 0.5

// TooFarError tells how far the nearest road is. It wraps [ErrTooFar].
type TooFarError struct {
	Place  geo.LatLon
	Meters float64 // to the nearest road of the map
	Limit  float64 // meters
}

func (e *TooFarError) Error() string {
	return fmt.Sprintf("%v %v: the nearest road is %.0f m away, the limit is %.0f m", ErrTooFar, e.Place, e.Meters, e.Limit)
}

func (e *TooFarError) Unwrap() error { return ErrTooFar }

// Snapper finds the road nearest to a place: a point on the straight line
// between two nodes that an arc joins, or a node without arcs. It is safe for
// concurrent use.
//
// Longitude is taken as a line, so a place just across the 180th meridian from
// its road is reported as too far.
type Snapper struct {
	g       *Graph
	streets [][2]Node // each with the lower node first; a node without arcs twice
	grid    grid
	first   []uint32 // of each cell: where its entries start
	entries []uint32 // the streets that touch each cell, cell by cell
}

// streetsPerCell is the average that the grid aims at: few enough to scan, many
// enough that the grid stays small.
const streetsPerCell = 3

// NewSnapper indexes the roads of a map. It errs on a map without nodes or
// coordinates. O(arcs) plus the cells that long streets cross; memory about 30
// bytes a node.
func NewSnapper(g *Graph) (*Snapper, error) {
	if !g.HasPlaces() || g.NodeCount() == 0 {
		return nil, fmt.Errorf("%w: cannot look for places on a map without coordinates", ErrGraph)
	}
	s := &Snapper{g: g, streets: listStreets(g)}
	s.grid = newGrid(g.Box(), len(s.streets)/streetsPerCell+1)
	s.first = make([]uint32, s.grid.cells()+1)
	for _, street := range s.streets {
		s.grid.cross(g.Place(street[0]), g.Place(street[1]), func(cell int) { s.first[cell+1]++ })
	}
	for c := range s.grid.cells() {
		s.first[c+1] += s.first[c]
	}
	next := append([]uint32(nil), s.first...)
	s.entries = make([]uint32, s.first[s.grid.cells()])
	for i, street := range s.streets {
		s.grid.cross(g.Place(street[0]), g.Place(street[1]), func(cell int) {
			s.entries[next[cell]] = uint32(i)
			next[cell]++
		})
	}
	return s, nil
}

// listStreets lists the pairs of junctions that an arc joins, and junctions on
// their own.
func listStreets(g *Graph) [][2]Node {
	streets := make([][2]Node, 0, g.ArcCount()/2+1)
	joined := make([]bool, g.NodeCount())
	for v := range Node(g.NodeCount()) {
		first, end := g.Out(v)
		for a := first; a < end; a++ {
			from, to := g.Same(v), g.Same(g.Head[a])
			if from != to {
				joined[from], joined[to] = true, true
				streets = append(streets, [2]Node{min(from, to), max(from, to)})
			}
		}
	}
	slices.SortFunc(streets, func(a, b [2]Node) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	streets = slices.Clip(slices.Compact(streets))
	for v, j := range joined {
		if !j && g.Same(Node(v)) == Node(v) {
			streets = append(streets, [2]Node{Node(v), Node(v)})
		}
	}
	return streets
}

// Snap ties a place to the nearest road within limitMeters (0 means
// [DefaultSnapMeters]); of equally near ones, to that of the lowest nodes. The
// error for a place farther away is a [TooFarError]; a place that is not
// [geo.LatLon.Valid] is an error too. O(streets near the place).
func (s *Snapper) Snap(p geo.LatLon, limitMeters float64) (Location, error) {
	if !p.Valid() {
		return Location{}, fmt.Errorf("%w: latitude %v, longitude %v", ErrLocation, p.Lat, p.Lon)
	}
	if limitMeters <= 0 {
		limitMeters = DefaultSnapMeters
	}
	near := s.nearest(p)
	if near.meters > limitMeters {
		return Location{}, &TooFarError{Place: p, Meters: near.meters, Limit: limitMeters}
	}
	a, b := near.street[0], near.street[1]
	at, point := near.at, near.point
	if a, b := s.g.Place(a), s.g.Place(b); geo.Meters(point, a) < endMeters {
		at, point = 0, a
	} else if geo.Meters(point, b) < endMeters {
		at, point = 1, b
	}
	return s.g.onStreet(p, point, a, b, at), nil
}

// candidate is a point on a street and its distance from the place.
type candidate struct {
	street [2]Node
	point  geo.LatLon
	at     float64
	meters float64
}

// nearest looks at the cells around the place ring by ring until no cell of the
// next ring can hold a nearer road.
func (s *Snapper) nearest(p geo.LatLon) candidate {
	best := candidate{meters: math.Inf(1)}
	row, col := s.grid.rowCol(p)
	for ring := 0; ; ring++ {
		r0, r1, c0, c1 := row-ring, row+ring, col-ring, col+ring
		for r := max(0, r0); r <= min(s.grid.rows-1, r1); r++ {
			step := 1
			if r != r0 && r != r1 {
				step = max(1, c1-c0) // between the top and bottom rows only the two ends are new
			}
			for c := c0; c <= c1; c += step {
				if c >= 0 && c < s.grid.cols {
					s.scan(r*s.grid.cols+c, p, &best)
				}
			}
		}
		if s.grid.beyond(p, r0, r1, c0, c1) > best.meters || s.grid.covered(r0, r1, c0, c1) {
			return best
		}
	}
}

// scan compares the streets of one cell with the best so far.
func (s *Snapper) scan(cell int, p geo.LatLon, best *candidate) {
	for _, i := range s.entries[s.first[cell]:s.first[cell+1]] {
		if c := s.distance(p, s.streets[i]); c.before(*best) {
			*best = c
		}
	}
}

// distance is the point of a street that is nearest to the place.
func (s *Snapper) distance(p geo.LatLon, street [2]Node) candidate {
	point, at := geo.NearestOnSegment(p, s.g.Place(street[0]), s.g.Place(street[1]))
	return candidate{street: street, point: point, at: at, meters: geo.Meters(p, point)}
}

// before orders candidates by distance, then by the numbers of their nodes.
func (c candidate) before(d candidate) bool {
	switch {
	case c.meters != d.meters:
		return c.meters < d.meters
	case c.street[0] != d.street[0]:
		return c.street[0] < d.street[0]
	}
	return c.street[1] < d.street[1]
}
