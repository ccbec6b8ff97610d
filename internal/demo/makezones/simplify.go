package main

import (
	"math"
	"slices"
)

// simplify leaves out places of borders so that no border moves by more than
// the given meters, and so that what two zones shared they go on sharing:
//
//  1. a place where borders meet (its neighbors differ from ring to ring) is kept;
//  2. rings are cut there into arcs, and every arc is simplified once, whichever
//     zone and direction it is met in, by Douglas & Peucker's method (1973,
//     doi:10.3138/FM57-6770-U75U-7727);
//  3. a ring left with fewer than three places is dropped, unless it is all that
//     a zone has: then it stays as it was.
func simplify(shapes []*shape, meters float64) {
	arcs := &arcs{meets: meetings(shapes), units: meters / 111_195 * unitsPerDegree}
	for _, s := range shapes {
		var polygons [][][]place
		for _, polygon := range s.polygons {
			var kept [][]place
			for i, ring := range polygon {
				simple := arcs.ring(ring)
				if len(simple) < 3 && i == 0 {
					break // the outline vanished, and its holes with it
				}
				if len(simple) >= 3 {
					kept = append(kept, simple)
				}
			}
			if len(kept) > 0 {
				polygons = append(polygons, kept)
			}
		}
		if len(polygons) > 0 {
			s.polygons = polygons
		}
	}
}

// meetings are the places where borders meet.
func meetings(shapes []*shape) map[place]bool {
	type sides [2]place
	first, meets := map[place]sides{}, map[place]bool{}
	for _, s := range shapes {
		for _, polygon := range s.polygons {
			for _, ring := range polygon {
				n := len(ring)
				for i, p := range ring {
					at := sides{ring[(i+n-1)%n], ring[(i+1)%n]}
					if less(at[1], at[0]) {
						at[0], at[1] = at[1], at[0]
					}
					if known, ok := first[p]; !ok {
						first[p] = at
					} else if known != at {
						meets[p] = true
					}
				}
			}
		}
	}
	return meets
}

func less(a, b place) bool { return a.lon < b.lon || a.lon == b.lon && a.lat < b.lat }

// arcs simplifies pieces of borders.
type arcs struct {
	meets map[place]bool
	units float64 // how far a border may move
}

// ring simplifies a ring.
func (a *arcs) ring(ring []place) []place {
	start := slices.IndexFunc(ring, func(p place) bool { return a.meets[p] })
	if start < 0 { // nothing meets it: begin where every copy of it would
		for i, p := range ring {
			if start < 0 || less(p, ring[start]) {
				start = i
			}
		}
	}
	turned := append(slices.Clone(ring[start:]), ring[:start+1]...)
	var out []place
	from := 0
	for i := 1; i < len(turned); i++ {
		if i == len(turned)-1 || a.meets[turned[i]] {
			arc := a.arc(turned[from : i+1])
			out = append(out, arc[:len(arc)-1]...)
			from = i
		}
	}
	return out
}

// arc simplifies an arc in the direction that is its own, not the ring's.
func (a *arcs) arc(arc []place) []place {
	arc = slices.Clone(arc)
	n := len(arc)
	turn := less(arc[n-1], arc[0]) || arc[0] == arc[n-1] && n > 2 && less(arc[n-2], arc[1])
	if turn {
		slices.Reverse(arc)
	}
	keep := make([]bool, n)
	keep[0], keep[n-1] = true, true
	if arc[0] == arc[n-1] { // a closed arc has two halves, up to its farthest place
		far := 0
		for i, p := range arc {
			if math.Hypot(span(p, arc[0])) > math.Hypot(span(arc[far], arc[0])) {
				far = i
			}
		}
		keep[far] = true
		a.mark(arc, keep, 0, far)
		a.mark(arc, keep, far, n-1)
	} else {
		a.mark(arc, keep, 0, n-1)
	}
	var out []place
	for i, p := range arc {
		if keep[i] {
			out = append(out, p)
		}
	}
	if turn {
		slices.Reverse(out)
	}
	return out
}

// mark keeps the place farthest from the chord, if it is too far, and goes on in
// both halves.
func (a *arcs) mark(arc []place, keep []bool, from, to int) {
	far, most := -1, a.units
	for i := from + 1; i < to; i++ {
		if away := offChord(arc[i], arc[from], arc[to]); away > most {
			far, most = i, away
		}
	}
	if far >= 0 {
		keep[far] = true
		a.mark(arc, keep, from, far)
		a.mark(arc, keep, far, to)
	}
}

// squeeze is the length of a degree of longitude against one of latitude in New
// York.
var squeeze = math.Cos(40.7 * math.Pi / 180)

func span(p, q place) (x, y float64) {
	return float64(p.lon-q.lon) * squeeze, float64(p.lat - q.lat)
}

// offChord is the distance of p from the segment a-b, in units.
func offChord(p, a, b place) float64 {
	px, py := span(p, a)
	bx, by := span(b, a)
	if length := bx*bx + by*by; length > 0 {
		t := max(0, min(1, (px*bx+py*by)/length))
		px, py = px-t*bx, py-t*by
	}
	return math.Hypot(px, py)
}
