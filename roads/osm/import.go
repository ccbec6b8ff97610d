package osm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/roads"
)

// ErrNoRoads is wrapped by the error for an extract in which the profile finds
// nothing to drive on.
var ErrNoRoads = errors.New("no roads for this profile")

// Options tunes [Import]; the zero value is ready for use.
type Options struct {
	// Progress is told how many bytes of how many are read; the file is read
	// twice, so total is twice its length. It may be nil.
	Progress func(done, total int)
}

// Report counts what an import read, used and left out.
type Report struct {
	Ways     int // with a highway or ferry tag
	WaysUsed int // open to the profile
	Nodes    int // places of the used ways
	Missing  int // nodes of used ways that the extract does not hold
	Barred   int // nodes closed by a barrier

	Restrictions int // restriction relations that could apply to the profile
	Applied      int // of those: that forbid some turn of the network
	Conditional  int // left out, as they hold at some hours only
	Broken       int // left out, as their members do not fit together
	Moot         int // left out, as a way they name is not driven anyway
	Copies       int // nodes added for them

	Cut roads.CutReport // the largest strongly connected part
}

// Import makes the road network of one profile from an extract. Durations are
// free-flow times at the profile's speeds, in units as fine as the size of the
// map allows, at best a millisecond; Units.Calibrated is false. Only the largest
// strongly connected part is kept. SourceID holds OpenStreetMap's node numbers.
//
// Errors wrap [ErrFormat] for bytes that are not an extract, [ErrNoRoads], or
// [roads.ErrGraph] for a network too large; or are the context's cause.
// O(len(data)), twice; memory about 60 bytes for each node of a used way.
func Import(ctx context.Context, data []byte, p Profile, opts Options) (*roads.Graph, Report, error) {
	n := newNetwork(p)
	total := 2 * len(data)
	progress := func(offset int) func(int, int) {
		return func(done, _ int) {
			if opts.Progress != nil {
				opts.Progress(offset+done, total)
			}
		}
	}
	if err := Scan(ctx, data, Visitor{Way: n.addWay, Relation: n.addRelation, Progress: progress(0)}); err != nil {
		return nil, n.report, err
	}
	n.listNodes()
	if err := Scan(ctx, data, Visitor{Node: n.addNode, Progress: progress(len(data))}); err != nil {
		return nil, n.report, err
	}
	n.makeArcs()
	if len(n.arcs) == 0 {
		return nil, n.report, fmt.Errorf("%w: %q, among %d ways", ErrNoRoads, p.Name, n.report.Ways)
	}
	turns := n.restrict()
	n.refs = nil // on a large map every list counts once it has served
	g, err := n.build(turns)
	if err != nil {
		return nil, n.report, err
	}
	n.arcs, n.first, n.ids = nil, nil, nil
	g, n.report.Cut, err = roads.Cut(g, nil)
	return g, n.report, err
}

// network is an extract on its way to a graph.
type network struct {
	profile   *Profile
	report    Report
	ways      []way
	refs      []int64 // the nodes of all used ways
	names     *roads.NameList
	relations []restriction

	ids    []int64 // the nodes used, ascending; their places in this list are their numbers
	lat    []int64 // 1e-9 degrees; unknown where the extract does not hold the node
	lon    []int64
	barred []bool

	arcs  []arc    // by tail, then head, then way
	first []uint32 // the arcs of each node
}

func newNetwork(p Profile) *network {
	return &network{profile: &p, names: roads.NewNameList()}
}

// way is a used way: its nodes are refs[first:end].
type way struct {
	id         int64
	first, end int
	use        use
	name       uint32
	kind       roads.Kind
}

// arc is a piece of a way between two neighboring nodes. There are many of them,
// so they are small.
type arc struct {
	tail, head uint32
	way        uint32 // its number, plus against for the direction against its nodes
	cm         uint32 // length in centimeters
}

// against is added to the number of a way driven against the order of its nodes.
const against = 1 << 31

func (a arc) wayNumber() uint32 { return a.way &^ against }

// unknown marks a node without a place.
const unknown = math.MaxInt64

func (n *network) addWay(w *Way) error {
	if w.Tags.Value("highway") == "" && w.Tags.Value("route") != "ferry" {
		return nil
	}
	n.report.Ways++
	u := n.profile.wayUse(w.Tags)
	if u.closed() || len(w.Nodes) < 2 {
		return nil
	}
	n.report.WaysUsed++
	first := len(n.refs)
	n.refs = append(n.refs, w.Nodes...)
	name := w.Tags.Value("name")
	if name == "" {
		name = w.Tags.Value("ref")
	}
	n.ways = append(n.ways, way{w.ID, first, len(n.refs), u, n.names.Add(name), kindOf(w.Tags)})
	return nil
}

// listNodes numbers the nodes of the used ways.
func (n *network) listNodes() {
	n.ids = slices.Clone(n.refs)
	slices.Sort(n.ids)
	n.ids = slices.Clip(slices.Compact(n.ids))
	n.lat, n.lon, n.barred = make([]int64, len(n.ids)), make([]int64, len(n.ids)), make([]bool, len(n.ids))
	for i := range n.lat {
		n.lat[i] = unknown
	}
}

func (n *network) addNode(v *Node) error {
	i, ok := slices.BinarySearch(n.ids, v.ID)
	if !ok {
		return nil
	}
	n.lat[i], n.lon[i] = v.Lat, v.Lon
	if n.barred[i] = n.profile.barred(v.Tags); n.barred[i] {
		n.report.Barred++
	}
	return nil
}

// number is the number of a node of a used way.
func (n *network) number(id int64) uint32 {
	i, _ := slices.BinarySearch(n.ids, id)
	return uint32(i)
}

func (n *network) place(v uint32) geo.LatLon {
	return geo.LatLon{Lat: float64(n.lat[v]) / 1e9, Lon: float64(n.lon[v]) / 1e9}
}

// makeArcs cuts the ways into arcs.
func (n *network) makeArcs() {
	for _, lat := range n.lat {
		if lat == unknown {
			n.report.Missing++
		} else {
			n.report.Nodes++
		}
	}
	for i, w := range n.ways {
		previous := n.number(n.refs[w.first])
		for _, id := range n.refs[w.first+1 : w.end] {
			v := n.number(id)
			n.join(previous, v, uint32(i), w.use)
			previous = v
		}
	}
	slices.SortFunc(n.arcs, compareArcs)
	n.first = make([]uint32, len(n.ids)+1)
	for _, a := range n.arcs {
		n.first[a.tail+1]++
	}
	for v := range n.ids {
		n.first[v+1] += n.first[v]
	}
}

// join adds the arcs between two neighboring nodes of a way.
func (n *network) join(a, b, way uint32, u use) {
	if a == b || n.lat[a] == unknown || n.lat[b] == unknown || n.barred[a] || n.barred[b] {
		return
	}
	cm := uint32(math.Round(100 * geo.Meters(n.place(a), n.place(b)))) // half the Earth fits
	if u.forward > 0 {
		n.arcs = append(n.arcs, arc{a, b, way, cm})
	}
	if u.back > 0 {
		n.arcs = append(n.arcs, arc{b, a, way | against, cm})
	}
}

func (n *network) out(v uint32) []arc { return n.arcs[n.first[v]:n.first[v+1]] }

// units from fine to coarse; a larger map takes coarser ones.
var units = [...]roads.Units{
	{SecondsPerUnit: 0.001, MetersPerUnit: 0.1}, {SecondsPerUnit: 0.01, MetersPerUnit: 0.1},
	{SecondsPerUnit: 0.05, MetersPerUnit: 0.5}, {SecondsPerUnit: 0.1, MetersPerUnit: 1},
}

// build makes the graph of the arcs and the copies, in the finest units that it
// fits.
func (n *network) build(t *turns) (*roads.Graph, error) {
	nodes := len(n.ids) + t.copies()
	places := make([]geo.LatLon, nodes)
	twin := make([]roads.Node, nodes)
	source := make([]int64, nodes)
	for v := range nodes {
		at := t.junction(uint32(v))
		twin[v], source[v] = roads.Node(at), n.ids[at]
		if n.lat[at] != unknown {
			places[v] = n.place(at)
		}
	}
	n.lat, n.lon, n.barred = nil, nil, nil
	n.report.Copies = t.copies()
	var err error
	for _, u := range units {
		var g *roads.Graph
		if g, err = n.buildIn(t, nodes, places, u); err != nil {
			continue
		}
		g.SourceID = source
		if t.copies() > 0 {
			g.Twin = twin
		}
		return g, g.Check()
	}
	return nil, err
}

// buildIn makes the graph in given units; it errs when they are too fine.
func (n *network) buildIn(t *turns, nodes int, places []geo.LatLon, u roads.Units) (*roads.Graph, error) {
	b, err := roads.NewBuilder(nodes, len(n.arcs)+4*t.copies())
	if err != nil {
		return nil, err
	}
	if err := t.eachArc(func(a arc) error { return b.Add(n.spec(a, u)) }); err != nil {
		return nil, err
	}
	return b.Graph(places, u, n.names.Names())
}

// spec turns an arc into map units: at least one of duration and one of distance.
func (n *network) spec(a arc, u roads.Units) roads.ArcSpec {
	w := n.ways[a.wayNumber()]
	speed := w.use.forward
	if a.way&against != 0 {
		speed = w.use.back
	}
	meters := float64(a.cm) / 100
	whole := func(x, unit float64) uint32 { return uint32(max(1, min(math.Round(x/unit), math.MaxInt32))) }
	return roads.ArcSpec{
		Tail: roads.Node(a.tail), Head: roads.Node(a.head),
		Duration: whole(meters/speed*3.6, u.SecondsPerUnit), Distance: whole(meters, u.MetersPerUnit),
		Name: w.name, Kind: w.kind,
	}
}
