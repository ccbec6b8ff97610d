package roads

import (
	"errors"
	"fmt"
	"io"

	"github.com/logistica-inteligente/rumbo/geo"
)

// ErrDIMACS is wrapped by every error about the contents of a DIMACS file; a
// [SyntaxError] says which file and line.
var ErrDIMACS = errors.New("bad DIMACS road file")

// DIMACS names the readers of one road network in the text form of the 9th
// DIMACS Implementation Challenge (Demetrescu, Goldberg & Johnson 2009,
// doi:10.1090/dimacs/074): "c" comment lines, one "p" line with the sizes, then
// "a TAIL HEAD WEIGHT" lines in .gr files and "v NODE LON LAT" lines, in
// millionths of a degree, in .co files. Nodes count from 1.
type DIMACS struct {
	Time        io.Reader // .gr file whose weights are durations
	Distance    io.Reader // .gr file of the same arcs in the same order; nil: all distances are 0
	Coordinates io.Reader // .co file; nil: the graph has no places

	// Units of the weights. The zero value means [DefaultUnits], except that
	// without coordinates a duration unit is taken as one second, so that tables
	// show the numbers of the file.
	Units Units
}

// ReadDIMACS reads a road network. It returns an error that wraps [ErrDIMACS]
// with file, line and reason for contents that are not well formed, [ErrGraph]
// for numbers too large to add up, or the reader's own error.
// O(file length); memory about 40 bytes an arc.
func ReadDIMACS(in DIMACS) (*Graph, error) {
	if in.Time == nil {
		return nil, fmt.Errorf("%w: no file of durations", ErrDIMACS)
	}
	times := &arcReader{file: "time"}
	if err := readLines(in.Time, times); err != nil {
		return nil, err
	}
	arcs := times.arcs
	if in.Distance != nil {
		distances := &arcReader{file: "distance", twin: arcs, nodes: times.nodes}
		if err := readLines(in.Distance, distances); err != nil {
			return nil, err
		}
	}
	var places []geo.LatLon
	if in.Coordinates != nil {
		coordinates := &placeReader{nodes: times.nodes}
		if err := readLines(in.Coordinates, coordinates); err != nil {
			return nil, err
		}
		places = coordinates.places
	}
	units := in.Units
	if units == (Units{}) {
		units = DefaultUnits()
		if in.Coordinates == nil {
			units.SecondsPerUnit = 1
		}
	}
	return Build(times.nodes, arcs, places, units)
}

// SyntaxError tells where a DIMACS file is wrong. It wraps [ErrDIMACS].
type SyntaxError struct {
	File   string // "time", "distance" or "coordinates"
	Line   int    // from 1; 0 when the whole file is meant
	Reason string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%v: %s file: %s", ErrDIMACS, e.File, e.Reason)
	}
	return fmt.Sprintf("%v: %s file, line %d: %s", ErrDIMACS, e.File, e.Line, e.Reason)
}

func (e *SyntaxError) Unwrap() error { return ErrDIMACS }

// arcReader collects the arcs of a .gr file; with a twin it checks them against
// the arcs already read and fills in their distances.
type arcReader struct {
	file     string
	nodes    int
	declared int // arcs that the problem line promises; -1 before it was seen
	arcs     []ArcSpec
	twin     []ArcSpec
	count    int
	sized    bool
}

func (r *arcReader) name() string { return r.file }

func (r *arcReader) line(f *fields) string {
	switch kind := f.word(); kind {
	case "p":
		return r.problem(f)
	case "a":
		return r.arc(f)
	default:
		return fmt.Sprintf("starts with %q, want c, p or a", clip(kind))
	}
}

func (r *arcReader) problem(f *fields) string {
	if r.sized {
		return "a second problem line"
	}
	if word := f.word(); word != "sp" {
		return fmt.Sprintf("problem %q, want sp", clip(word))
	}
	nodes, nodesOK := f.number(0, maxCount)
	arcs, arcsOK := f.number(0, maxCount)
	switch {
	case !nodesOK || !arcsOK || !f.end():
		return fmt.Sprintf("want p sp NODES ARCS, each at most %d", maxCount)
	case r.twin != nil && (int(nodes) != r.nodes || int(arcs) != len(r.twin)):
		return fmt.Sprintf("%d nodes and %d arcs, but the time file has %d and %d", nodes, arcs, r.nodes, len(r.twin))
	}
	r.sized, r.nodes, r.declared = true, int(nodes), int(arcs)
	return ""
}

func (r *arcReader) arc(f *fields) string {
	if !r.sized {
		return "an arc before the problem line"
	}
	tail, tailOK := f.number(1, int64(r.nodes))
	head, headOK := f.number(1, int64(r.nodes))
	weight, weightOK := f.number(0, maxWeight)
	switch {
	case !tailOK || !headOK:
		return fmt.Sprintf("want a TAIL HEAD WEIGHT with nodes from 1 to %d", r.nodes)
	case !weightOK || !f.end():
		return fmt.Sprintf("want a TAIL HEAD WEIGHT with a whole weight from 0 to %d", maxWeight)
	case r.count == r.declared:
		return fmt.Sprintf("more than the %d arcs of the problem line", r.declared)
	}
	a := ArcSpec{Tail: Node(tail - 1), Head: Node(head - 1), Duration: uint32(weight)}
	if r.twin == nil {
		r.arcs = append(r.arcs, a)
	} else {
		twin := &r.twin[r.count]
		if twin.Tail != a.Tail || twin.Head != a.Head {
			return fmt.Sprintf("arc %d -> %d, but the time file has %d -> %d there", tail, head, twin.Tail+1, twin.Head+1)
		}
		twin.Distance = uint32(weight)
	}
	r.count++
	return ""
}

func (r *arcReader) finish() string {
	switch {
	case !r.sized:
		return "no problem line"
	case r.count < r.declared:
		return fmt.Sprintf("ends after %d of %d arcs", r.count, r.declared)
	case r.nodes > 2*r.count+1024:
		// Without this, a few bytes could claim billions of nodes.
		return fmt.Sprintf("%d nodes, but %d arcs touch at most %d", r.nodes, r.count, 2*r.count)
	}
	return ""
}

// placeReader collects the places of a .co file.
type placeReader struct {
	nodes  int
	places []geo.LatLon
	seen   []bool
	left   int
	sized  bool
}

func (r *placeReader) name() string { return "coordinates" }

func (r *placeReader) line(f *fields) string {
	switch kind := f.word(); kind {
	case "p":
		return r.problem(f)
	case "v":
		return r.place(f)
	default:
		return fmt.Sprintf("starts with %q, want c, p or v", clip(kind))
	}
}

func (r *placeReader) problem(f *fields) string {
	if r.sized {
		return "a second problem line"
	}
	aux, sp, co := f.word(), f.word(), f.word()
	nodes, ok := f.number(0, maxCount)
	if aux != "aux" || sp != "sp" || co != "co" || !ok || !f.end() {
		return "want p aux sp co NODES"
	}
	if int(nodes) != r.nodes {
		return fmt.Sprintf("%d nodes, but the time file has %d", nodes, r.nodes)
	}
	r.sized, r.left = true, r.nodes
	r.places, r.seen = make([]geo.LatLon, r.nodes), make([]bool, r.nodes)
	return ""
}

func (r *placeReader) place(f *fields) string {
	if !r.sized {
		return "a node before the problem line"
	}
	v, nodeOK := f.number(1, int64(r.nodes))
	lon, lonOK := f.number(-180_000_000, 180_000_000)
	lat, latOK := f.number(-90_000_000, 90_000_000)
	switch {
	case !nodeOK:
		return fmt.Sprintf("want v NODE LON LAT with a node from 1 to %d", r.nodes)
	case !lonOK || !latOK || !f.end():
		return "want v NODE LON LAT in whole millionths of a degree, within 180 and 90 degrees"
	}
	if r.seen[v-1] {
		return fmt.Sprintf("node %d a second time", v)
	}
	r.seen[v-1] = true
	r.left--
	r.places[v-1] = geo.LatLon{Lat: float64(lat) / 1e6, Lon: float64(lon) / 1e6}
	return ""
}

func (r *placeReader) finish() string {
	switch {
	case !r.sized:
		return "no problem line"
	case r.left > 0:
		return fmt.Sprintf("%d of %d nodes have no place", r.left, r.nodes)
	}
	return ""
}
