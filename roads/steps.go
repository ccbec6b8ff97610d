package roads

import "github.com/logistica-inteligente/rumbo/geo"

// Turn is what a driver does at the start of a [Step].
type Turn uint8

// Turns, clockwise from straight on.
const (
	Depart Turn = iota
	Straight
	SlightRight
	Right
	SharpRight
	UTurn
	SharpLeft
	Left
	SlightLeft
	TakeRoundabout // and leave it at Step.Exit
	Arrive
)

// Step is one line of a driver's sheet: what to do at a place, and how far to
// follow the street then.
type Step struct {
	Turn    Turn
	Exit    int        // of a roundabout, counted from 1; 0 elsewhere
	Name    string     // of the street followed; empty without a name
	At      geo.LatLon // where the step starts
	Meters  float64    // until the next step
	Seconds float64
}

// Steps describes a route for a driver: a step for each street followed, one for
// each real turn on it, and a last one to arrive. A bend where no other street
// leaves is no turn. It needs a map with places; without them there are no steps.
// O(len(r.Arcs)).
func Steps(g *Graph, r Route, opts RouteOptions) []Step {
	if !g.HasPlaces() || len(r.Line) == 0 {
		return nil
	}
	w := stepWriter{g: g, seconds: NewRounder(g, opts.TimeFactor).seconds}
	pieces := g.pieces(r)
	for i := range pieces {
		if pieces[i].kind&Roundabout != 0 {
			w.circle(pieces, i)
		} else {
			w.drive(pieces, i)
		}
	}
	return append(w.steps, Step{Turn: Arrive, At: r.To.Point})
}

// piece is an arc of a route, or a part of one at an end.
type piece struct {
	from, to geo.LatLon
	name     string
	kind     Kind
	cost     Cost
	head     Node // where it ends; meaningless for the last piece
}

func (p piece) bearing() float64 { return geo.Bearing(p.from, p.to) }

// pieces cuts a route at its nodes.
func (g *Graph) pieces(r Route) []piece {
	if len(r.Nodes) == 0 {
		return []piece{g.endPiece(r.To.on.a, r.To.on.b, r.From.Point, r.To.Point, r.Cost)}
	}
	var list []piece
	first, last := r.Nodes[0], r.Nodes[len(r.Nodes)-1]
	for _, s := range r.From.Starts(g) {
		if s.Node == first && r.From.on.inside {
			list = append(list, g.endPiece(r.From.otherEnd(g.Same(first)), first, r.From.Point, g.Place(first), s.Cost))
		}
	}
	for i, a := range r.Arcs {
		list = append(list, piece{
			from: g.Place(r.Nodes[i]), to: g.Place(r.Nodes[i+1]), name: g.NameOf(a), kind: g.KindOf(a),
			cost: g.ArcCost(a), head: r.Nodes[i+1],
		})
	}
	for _, s := range r.To.Ends(g) {
		if s.Node == last && r.To.on.inside {
			list = append(list, g.endPiece(last, r.To.otherEnd(g.Same(last)), g.Place(last), r.To.Point, s.Cost))
		}
	}
	return list
}

// otherEnd is the junction across the street of a location.
func (l Location) otherEnd(v Node) Node {
	if l.on.a == v {
		return l.on.b
	}
	return l.on.a
}

// endPiece is a part of the street from a to b between two points, with the
// name that the street has there.
func (g *Graph) endPiece(a, b Node, from, to geo.LatLon, c Cost) piece {
	p := piece{from: from, to: to, cost: c, head: b}
	for _, ends := range [2][2]Node{{a, b}, {b, a}} {
		for _, v := range g.junction(g.Same(ends[0])) {
			first, end := g.Out(v)
			for arc := first; arc < end; arc++ {
				if g.Same(g.Head[arc]) == g.Same(ends[1]) {
					p.name, p.kind = g.NameOf(arc), g.KindOf(arc)
					return p
				}
			}
		}
	}
	return p
}

// StreetOf is the name of the street that a location is on; at a junction the
// first name of a street that leaves it. Empty where there is none.
func (g *Graph) StreetOf(l Location) string {
	if l.on.inside {
		return g.endPiece(l.on.a, l.on.b, l.Point, l.Point, 0).name
	}
	for _, v := range g.junction(g.Same(l.Node)) {
		first, end := g.Out(v)
		for a := first; a < end; a++ {
			if name := g.NameOf(a); name != "" {
				return name
			}
		}
	}
	return ""
}

// stepWriter collects the steps of one route.
type stepWriter struct {
	g       *Graph
	seconds float64
	steps   []Step
	inside  bool // in a roundabout
}

// add makes the last step longer by a piece.
func (w *stepWriter) add(p piece) {
	last := &w.steps[len(w.steps)-1]
	duration, distance := w.g.Split(p.cost)
	last.Seconds += float64(duration) * w.seconds
	last.Meters += float64(distance) * w.g.Units.MetersPerUnit
}

// circle goes on along a roundabout; the first piece of it starts a step.
func (w *stepWriter) circle(pieces []piece, i int) {
	if !w.inside {
		w.inside = true
		turn := TakeRoundabout
		if i == 0 {
			turn = Depart
		}
		w.steps = append(w.steps, Step{Turn: turn, At: pieces[i].from, Name: pieces[i].name})
	}
	w.add(pieces[i])
	if w.leaves(pieces[i].head) {
		w.steps[len(w.steps)-1].Exit++
	}
}

// leaves says whether a road other than a roundabout starts at a node.
func (w *stepWriter) leaves(v Node) bool {
	first, end := w.g.Out(v)
	for a := first; a < end; a++ {
		if w.g.KindOf(a)&Roundabout == 0 {
			return true
		}
	}
	return false
}

// drive goes on along an ordinary piece; it starts a step where the driver has
// something to do.
func (w *stepWriter) drive(pieces []piece, i int) {
	p := pieces[i]
	switch {
	case i == 0:
		w.steps = append(w.steps, Step{Turn: Depart, At: p.from, Name: p.name})
	case w.inside: // the street after a roundabout belongs to its step
		w.inside = false
		w.steps[len(w.steps)-1].Name = p.name
	default:
		before := pieces[i-1]
		turn := turnOf(before.bearing(), p.bearing())
		bend := turn != Straight && w.choices(before.head) > 1
		if p.name != before.name && w.choices(before.head) > 0 || bend && turn != SlightLeft && turn != SlightRight || turn == UTurn {
			w.steps = append(w.steps, Step{Turn: turn, At: p.from, Name: p.name})
		}
	}
	w.add(p)
}

// choices is how many other junctions can be reached from a node, less the one
// that a driver comes from.
func (w *stepWriter) choices(v Node) int {
	neighbors := make(map[Node]bool)
	for _, twin := range w.g.junction(w.g.Same(v)) {
		first, end := w.g.Out(twin)
		for a := first; a < end; a++ {
			neighbors[w.g.Same(w.g.Head[a])] = true
		}
	}
	return len(neighbors) - 1
}

// turnOf names the change between two bearings.
func turnOf(before, after float64) Turn {
	change := after - before
	for change < 0 {
		change += 360
	}
	switch {
	case change < 20 || change > 340:
		return Straight
	case change < 50:
		return SlightRight
	case change < 125:
		return Right
	case change < 165:
		return SharpRight
	case change <= 195:
		return UTurn
	case change <= 235:
		return SharpLeft
	case change <= 310:
		return Left
	}
	return SlightLeft
}
