package search

import (
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Sizes of the neighbor lists. Fewer places for insertion lose more than their time gains,
// more gain nothing, measured on the X set; windows call for more, measured on
// Gehring-Homberger. A ruin needs a longer list, since it skips routes it has already visited.
const (
	nearWanted      = 32
	nearWantedTimed = 48
	adjWanted       = 100
)

// candidate is a stop with a key to sort by.
type candidate struct {
	key  int64
	node int32
}

// compileNeighbors fills near and adj. With coordinates and many stops only stops in the
// nearby cells of a grid are considered, O(n k log n); otherwise all, O(n^2).
func (m *Model) compileNeighbors() {
	const scan = 12000
	m.nearK = min(nearWanted, max(0, m.Stops-1))
	if m.timed && !m.pairs {
		m.nearK = min(nearWantedTimed, max(0, m.Stops-1))
	}
	m.adjK = min(adjWanted, max(0, m.Stops-1))
	if m.Stops == 0 || len(m.classes) == 0 {
		m.nearK, m.adjK = 0, 0
	}
	m.near = make([]int32, m.Stops*m.nearK)
	m.adj = make([]int32, m.Stops*m.adjK)
	if m.adjK == 0 {
		return
	}
	var g *grid
	if m.Stops > scan && m.hasCoordinates() {
		g = newGrid(m)
	}
	t := &m.travels[m.classes[0].travel]
	near := make([]candidate, 0, m.nearK)
	adj := make([]candidate, 0, m.adjK)
	pool := make([]int32, 0, m.Stops)
	for i := range int32(m.Stops) {
		if g != nil {
			pool = g.around(i, 2*m.adjK, pool[:0])
		} else if len(pool) == 0 {
			for j := range int32(m.Stops) {
				pool = append(pool, j)
			}
		}
		near, adj = near[:0], adj[:0]
		for _, j := range pool {
			if j == i {
				continue
			}
			d := m.apart(t, i, j)
			adj = keepLeast(adj, candidate{d, j}, m.adjK)
			if m.timed {
				d = m.proximity(t, i, j)
			}
			near = keepLeast(near, candidate{d, j}, m.nearK)
		}
		writeRow(m.near[int(i)*m.nearK:][:m.nearK], near, i)
		writeRow(m.adj[int(i)*m.adjK:][:m.adjK], adj, i)
	}
}

func (m *Model) hasCoordinates() bool {
	return slices.ContainsFunc(m.Problem.Places, func(c vrp.Place) bool { return c != vrp.Place{} })
}

// keepLeast inserts c into a list of at most k candidates sorted by key. O(k) when it
// belongs there, else O(1).
func keepLeast(list []candidate, c candidate, k int) []candidate {
	if len(list) == k {
		if c.key >= list[k-1].key {
			return list
		}
		list = list[:k-1]
	}
	i := len(list)
	list = append(list, c)
	for i > 0 && list[i-1].key > c.key {
		list[i] = list[i-1]
		i--
	}
	list[i] = c
	return list
}

// writeRow fills a row, padding a short list with the node itself, which callers skip.
func writeRow(row []int32, list []candidate, self int32) {
	for k := range row {
		row[k] = self
		if k < len(list) {
			row[k] = list[k].node
		}
	}
}

// apart is how far two stops are from each other, the shorter way.
func (m *Model) apart(t *travel, i, j int32) int64 {
	a, b := m.site[i].place, m.site[j].place
	return min(m.way(t, a, b), m.way(t, b, a))
}

// way is what the leg from place a to place b costs a vehicle of the first class, its time
// included; the time alone where nothing has a price.
func (m *Model) way(t *travel, a, b int32) int64 {
	rate := m.classes[0].perDuration
	if rate == 0 {
		if t.distFactor != 0 || t.durFactor != 0 {
			return t.cost(a, b)
		}
		rate = 1
	}
	return t.cost(a, b) + rate*t.time(a, b)
}

// proximity is apart plus what the windows add when one stop directly follows the other: a
// fifth of the waiting and all of the lateness (Vidal, Crainic, Gendreau & Prins 2013,
// doi:10.1016/j.cor.2012.07.018).
func (m *Model) proximity(t *travel, i, j int32) int64 {
	return min(m.follow(t, i, j), m.follow(t, j, i))
}

func (m *Model) follow(t *travel, i, j int32) int64 {
	x, y := &m.site[i], &m.site[j]
	c := m.way(t, x.place, y.place)
	s := t.time(x.place, y.place)
	// Prices may be far from 1: waiting and lateness count at the leg's own rate.
	rate := 1.0
	if s > 0 {
		rate = float64(c) / float64(s)
	}
	wait, late := int64(0), int64(0)
	if y.open != always && x.close != never {
		wait = max(0, y.open-x.service-s-x.close)
	}
	if x.open != always && y.close != never {
		late = max(0, x.open+x.service+s-y.close)
	}
	return c + int64(rate*math.Min(float64(wait)/5+float64(late), 1e15))
}

// grid is a bucket grid over the coordinates of the stops.
type grid struct {
	m      *Model
	cell   float64
	x0, y0 float64
	nx, ny int
	first  []int32 // by cell, into list; one more at the end
	list   []int32
}

// newGrid puts about two stops into each cell. O(n).
func newGrid(m *Model) *grid {
	lo, hi := m.coord(0), m.coord(0)
	for i := range int32(m.Stops) {
		c := m.coord(i)
		lo.X, hi.X = min(lo.X, c.X), max(hi.X, c.X)
		lo.Y, hi.Y = min(lo.Y, c.Y), max(hi.Y, c.Y)
	}
	w, h := hi.X-lo.X, hi.Y-lo.Y
	cell := math.Sqrt(math.Max(w*h, (w+h)*(w+h)/1e6) * 2 / float64(m.Stops))
	if !(cell > 0) {
		cell = 1
	}
	g := &grid{m: m, cell: cell, x0: lo.X, y0: lo.Y, nx: int(w/cell) + 1, ny: int(h/cell) + 1}
	g.first = make([]int32, g.nx*g.ny+1)
	for i := range int32(m.Stops) {
		g.first[g.cellOf(i)+1]++
	}
	for k := 1; k < len(g.first); k++ {
		g.first[k] += g.first[k-1]
	}
	g.list = make([]int32, m.Stops)
	fill := slices.Clone(g.first)
	for i := range int32(m.Stops) {
		c := g.cellOf(i)
		g.list[fill[c]] = i
		fill[c]++
	}
	return g
}

func (m *Model) coord(i int32) vrp.Place { return m.places[m.site[i].place] }

func (g *grid) cellOf(i int32) int {
	c := g.m.coord(i)
	return int((c.Y-g.y0)/g.cell)*g.nx + int((c.X-g.x0)/g.cell)
}

// around appends the stops of square rings of cells around i until there are enough.
func (g *grid) around(i int32, enough int, out []int32) []int32 {
	c := g.m.coord(i)
	cx, cy := int((c.X-g.x0)/g.cell), int((c.Y-g.y0)/g.cell)
	for ring := 0; ring <= max(g.nx, g.ny); ring++ {
		for y := cy - ring; y <= cy+ring; y++ {
			if y < 0 || y >= g.ny {
				continue
			}
			step := 1
			if y != cy-ring && y != cy+ring && ring > 0 {
				step = 2 * ring
			}
			for x := cx - ring; x <= cx+ring; x += step {
				if x >= 0 && x < g.nx {
					k := y*g.nx + x
					out = append(out, g.list[g.first[k]:g.first[k+1]]...)
				}
			}
		}
		if len(out) > enough {
			break
		}
	}
	return out
}
