package roads

import (
	"errors"
	"fmt"
	"math"

	"github.com/logistica-inteligente/rumbo/geo"
)

// ErrTooFar is wrapped by the error for a place beyond the limit from any road;
// a [TooFarError] names the distance.
var ErrTooFar = errors.New("no road near the place")

// DefaultSnapMeters is the limit when a caller names none.
const DefaultSnapMeters = 1000

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

// Snapper finds the road nearest to a place. It knows the nodes of the map in a
// grid of cells; it is safe for concurrent use.
//
// Longitude is taken as a line, so a place just across the 180th meridian from
// its road is reported as too far.
type Snapper struct {
	g       *Graph
	box     geo.Box
	cell    float64 // side of a cell in degrees of latitude
	cellLon float64 // and of longitude
	rows    int
	cols    int
	first   []uint32 // of each cell, row by row: where its nodes start
	nodes   []Node   // grouped by cell, ascending within a cell
	squeeze float64  // least cosine of a latitude of the map
}

// nodesPerCell is the average that the grid aims at: few enough to scan, many
// enough that the grid stays small.
const nodesPerCell = 4

// NewSnapper indexes the nodes of a map. It errs on a map without nodes or
// coordinates. O(nodes); memory about 5 bytes a node.
func NewSnapper(g *Graph) (*Snapper, error) {
	if !g.HasPlaces() || g.NodeCount() == 0 {
		return nil, fmt.Errorf("%w: cannot look for places on a map without coordinates", ErrGraph)
	}
	s := &Snapper{g: g, box: g.Box()}
	s.squeeze = math.Cos(max(math.Abs(s.box.MinLat), math.Abs(s.box.MaxLat)) * math.Pi / 180)
	height := max(s.box.MaxLat-s.box.MinLat, 1e-6)
	width := max(s.box.MaxLon-s.box.MinLon, 1e-6)
	cells := float64(g.NodeCount()/nodesPerCell + 1)
	middle := max(0.01, math.Cos(s.box.Center().Lat*math.Pi/180))
	s.cell = math.Sqrt(height * width * middle / cells)
	s.rows = max(1, min(int(height/s.cell)+1, int(cells)))
	s.cols = max(1, min(int(width*middle/s.cell)+1, int(cells)/s.rows+1))
	s.cell, s.cellLon = height/float64(s.rows), width/float64(s.cols)
	s.fill()
	return s, nil
}

// fill sorts the nodes into the cells by counting.
func (s *Snapper) fill() {
	s.first = make([]uint32, s.rows*s.cols+1)
	for v := range s.g.NodeCount() {
		s.first[s.cellOf(s.g.Place(Node(v)))+1]++
	}
	for c := range s.rows * s.cols {
		s.first[c+1] += s.first[c]
	}
	next := append([]uint32(nil), s.first...)
	s.nodes = make([]Node, s.g.NodeCount())
	for v := range s.g.NodeCount() {
		c := s.cellOf(s.g.Place(Node(v)))
		s.nodes[next[c]] = Node(v)
		next[c]++
	}
}

func (s *Snapper) cellOf(p geo.LatLon) int {
	row, col := s.rowCol(p)
	return row*s.cols + col
}

// rowCol is the cell of a place, or the border cell nearest to it.
func (s *Snapper) rowCol(p geo.LatLon) (row, col int) {
	row = int(max(0, min((p.Lat-s.box.MinLat)/s.cell, float64(s.rows-1))))
	col = int(max(0, min((p.Lon-s.box.MinLon)/s.cellLon, float64(s.cols-1))))
	return row, col
}

// Snap ties a place to the nearest node within limitMeters (0 means
// [DefaultSnapMeters]); among equally near ones, to the lowest. The error for a
// place farther away is a [TooFarError]; a place that is not [geo.LatLon.Valid]
// is an error too. O(nodes near the place).
func (s *Snapper) Snap(p geo.LatLon, limitMeters float64) (Location, error) {
	if !p.Valid() {
		return Location{}, fmt.Errorf("%w: latitude %v, longitude %v", ErrLocation, p.Lat, p.Lon)
	}
	if limitMeters <= 0 {
		limitMeters = DefaultSnapMeters
	}
	best, meters := s.nearest(p)
	if meters > limitMeters {
		return Location{}, &TooFarError{Place: p, Meters: meters, Limit: limitMeters}
	}
	return Location{Place: p, Point: s.g.Place(best), Meters: meters, Node: best}, nil
}

// nearest looks at the cells around the place ring by ring until no cell of the
// next ring can hold a nearer node.
func (s *Snapper) nearest(p geo.LatLon) (best Node, meters float64) {
	row, col := s.rowCol(p)
	meters = math.Inf(1)
	for ring := 0; ; ring++ {
		r0, r1, c0, c1 := row-ring, row+ring, col-ring, col+ring
		for r := max(0, r0); r <= min(s.rows-1, r1); r++ {
			step := 1
			if r != r0 && r != r1 {
				step = max(1, c1-c0) // between the top and bottom rows only the two ends are new
			}
			for c := c0; c <= c1; c += step {
				if c >= 0 && c < s.cols {
					best, meters = s.scan(r*s.cols+c, p, best, meters)
				}
			}
		}
		if s.beyond(p, r0, r1, c0, c1) > meters || r0 <= 0 && c0 <= 0 && r1 >= s.rows-1 && c1 >= s.cols-1 {
			return best, meters
		}
	}
}

// scan compares the nodes of one cell with the best so far.
func (s *Snapper) scan(cell int, p geo.LatLon, best Node, meters float64) (Node, float64) {
	for _, v := range s.nodes[s.first[cell]:s.first[cell+1]] {
		if m := geo.Meters(p, s.g.Place(v)); m < meters || m == meters && v < best {
			best, meters = v, m
		}
	}
	return best, meters
}

// beyond is a lower bound in meters on the distance from the place to any node
// outside the given rows and columns of cells.
func (s *Snapper) beyond(p geo.LatLon, r0, r1, c0, c1 int) float64 {
	bound := math.Inf(1)
	if r0 > 0 {
		bound = min(bound, s.latMeters(p.Lat-(s.box.MinLat+float64(r0)*s.cell)))
	}
	if r1 < s.rows-1 {
		bound = min(bound, s.latMeters(s.box.MinLat+float64(r1+1)*s.cell-p.Lat))
	}
	if c0 > 0 {
		bound = min(bound, s.lonMeters(p, p.Lon-(s.box.MinLon+float64(c0)*s.cellLon)))
	}
	if c1 < s.cols-1 {
		bound = min(bound, s.lonMeters(p, s.box.MinLon+float64(c1+1)*s.cellLon-p.Lon))
	}
	return bound * (1 - 1e-9) // rounding of the cell borders
}

func (s *Snapper) latMeters(degrees float64) float64 {
	return max(0, degrees) * geo.MetersPerDegree
}

// lonMeters is the least distance to a node of the map whose longitude differs
// by at least the given degrees. From the haversine formula: the sine of half
// the angle is at least the root of both cosines times that of half the
// difference in longitude.
func (s *Snapper) lonMeters(p geo.LatLon, degrees float64) float64 {
	half := min(max(0, degrees), 180) / 2 * math.Pi / 180
	cosines := max(0, s.squeeze) * math.Max(0, math.Cos(p.Lat*math.Pi/180))
	return 2 * geo.EarthRadius * math.Asin(math.Sqrt(cosines)*math.Sin(half))
}
