package search

import (
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Stops considered for a row of neighbors, where it is found by a grid.
const (
	gridFrom   = 1500 // stops from which on a grid is worth it
	ringTables = 400  // where tables decide, which know nothing of straight lines
	ringTimed  = 300  // where windows decide: the nearest that fit in time
)

// grid is a bucket grid over the coordinates of the stops.
type grid struct {
	m      *Model
	at     []point // by stop; where coordinates are degrees, east-west shrunk as in the middle
	cell   float64
	x0, y0 float64
	nx, ny int
	first  []int32 // by cell, into list; one more at the end
	list   []int32
	exact  bool // keys are straight lines

	pool []uint64 // scratch: squared length above, stop below, to be sorted in one go
}

// gridFor is the grid for the problem's neighbor lists, nil where all pairs are looked at:
// few stops, or no coordinates that tell them apart.
func (m *Model) gridFor() *grid {
	if m.Stops < gridFrom {
		return nil
	}
	g := &grid{m: m, at: make([]point, m.Stops)}
	shrink := 1.0
	metric := m.travels[m.classes[0].travel].metric
	if metric.Kind == vrp.GreatCircle {
		lo, hi := corners(m.places)
		shrink = math.Cos((lo.Y + hi.Y) / 2 * math.Pi / 180)
	}
	for i := range g.at {
		c := m.places[m.site[i].place]
		g.at[i] = point{c.X * shrink, c.Y}
	}
	g.exact = metric.Kind != vrp.NoMetric
	if !g.build() {
		return nil
	}
	return g
}

// build puts about two stops into each cell; false where all stops are at one point. O(n).
func (g *grid) build() bool {
	lo, hi := g.at[0], g.at[0]
	for _, c := range g.at {
		lo.x, hi.x = min(lo.x, c.x), max(hi.x, c.x)
		lo.y, hi.y = min(lo.y, c.y), max(hi.y, c.y)
	}
	n := len(g.at)
	w, h := hi.x-lo.x, hi.y-lo.y
	g.cell = math.Sqrt(math.Max(w*h, (w+h)*(w+h)/1e6) * 2 / float64(n))
	if !(g.cell > 0) {
		return false
	}
	g.x0, g.y0, g.nx, g.ny = lo.x, lo.y, int(w/g.cell)+1, int(h/g.cell)+1
	g.first = make([]int32, g.nx*g.ny+1)
	for i := range g.at {
		g.first[g.cellOf(i)+1]++
	}
	for k := 1; k < len(g.first); k++ {
		g.first[k] += g.first[k-1]
	}
	g.list = make([]int32, n)
	fill := slices.Clone(g.first)
	for i := range g.at {
		c := g.cellOf(i)
		g.list[fill[c]] = int32(i)
		fill[c]++
	}
	return true
}

func (g *grid) cellOf(i int) int {
	c := g.at[i]
	return int((c.y-g.y0)/g.cell)*g.nx + int((c.x-g.x0)/g.cell)
}

// neighbors fills the model's near and adj. O(n * stops considered).
func (g *grid) neighbors() {
	m := g.m
	t := &m.travels[m.classes[0].travel]
	enough := m.adjK
	switch {
	case !g.exact:
		enough = max(enough, ringTables)
	case m.timed:
		enough = max(enough, ringTimed)
	}
	for i := range m.Stops {
		g.around(i, enough)
		near, adj := m.near[i*m.nearK:][:m.nearK], m.adj[i*m.adjK:][:m.adjK]
		if !g.exact {
			g.rank(t, i, m.apart)
		}
		g.write(adj, i)
		if m.timed {
			g.rank(t, i, m.proximity)
		}
		g.write(near, i)
	}
}

// rank sorts the pool anew by a key of two stops.
func (g *grid) rank(t *travel, i int, key func(t *travel, i, j int32) int64) {
	for k, x := range g.pool {
		j := int32(uint32(x))
		g.pool[k] = packed(float64(key(t, int32(i), j)), j)
	}
	slices.Sort(g.pool)
}

// packed is a key that is not negative, to 24 bits, and a stop, in one sortable number.
func packed(key float64, stop int32) uint64 {
	return uint64(math.Float32bits(float32(key)))<<32 | uint64(uint32(stop))
}

// write fills a row from the sorted pool, padding it with the stop itself, which callers skip.
func (g *grid) write(row []int32, self int) {
	for k := range row {
		row[k] = int32(self)
		if k < len(g.pool) {
			row[k] = int32(uint32(g.pool[k]))
		}
	}
}

// around gathers the stops of square rings of cells around stop i, sorted by length: the
// nearest ones, all of them as far as asked for.
func (g *grid) around(i, enough int) {
	g.pool = g.pool[:0]
	c := g.at[i]
	cx, cy := int((c.x-g.x0)/g.cell), int((c.y-g.y0)/g.cell)
	// Stops of all rings up to one lie this much closer than the ring's number of cells.
	inside := min(c.x-g.x0-float64(cx)*g.cell, float64(cx+1)*g.cell-(c.x-g.x0),
		c.y-g.y0-float64(cy)*g.cell, float64(cy+1)*g.cell-(c.y-g.y0))
	for ring, within := 0, 0; ring <= max(g.nx, g.ny) && within < enough; ring++ {
		g.ring(i, cx, cy, ring)
		if len(g.pool) < enough {
			continue
		}
		reach := max(0, inside) + float64(ring)*g.cell
		least := packed(reach*reach, 0)
		within = 0
		for _, x := range g.pool {
			if x < least {
				within++
			}
		}
	}
	slices.Sort(g.pool)
}

// ring adds the stops of one square ring of cells.
func (g *grid) ring(i, cx, cy, ring int) {
	c := g.at[i]
	for y := max(0, cy-ring); y <= min(g.ny-1, cy+ring); y++ {
		step := 1
		if y != cy-ring && y != cy+ring && ring > 0 {
			step = 2 * ring
		}
		for x := cx - ring; x <= cx+ring; x += step {
			if x < 0 || x >= g.nx {
				continue
			}
			k := y*g.nx + x
			for _, j := range g.list[g.first[k]:g.first[k+1]] {
				if int(j) != i {
					d := g.at[j]
					d.x -= c.x
					d.y -= c.y
					g.pool = append(g.pool, packed(d.x*d.x+d.y*d.y, j))
				}
			}
		}
	}
}
