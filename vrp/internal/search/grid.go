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
	ringTimed  = 200  // where windows decide: the nearest that fit in time
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

	listAt []point // coordinates of list
	// Of one thread alone:
	ring int      // cells on each side that did for the last stop
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
	t := &m.travels[m.classes[0].travel]
	metric := t.metric
	if metric.Kind == vrp.GreatCircle {
		lo, hi := corners(m.places)
		shrink = math.Cos((lo.Y + hi.Y) / 2 * math.Pi / 180)
	}
	for i := range g.at {
		c := m.places[m.site[i].place]
		g.at[i] = point{c.X * shrink, c.Y}
	}
	g.exact = (t.byMetric || t.mirrored) && t.rows == nil
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
	g.list, g.listAt = make([]int32, n), make([]point, n)
	fill := slices.Clone(g.first)
	for i := range g.at {
		c := g.cellOf(i)
		g.list[fill[c]], g.listAt[fill[c]] = int32(i), g.at[i]
		fill[c]++
	}
	return true
}

func (g *grid) cellOf(i int) int {
	c := g.at[i]
	return int((c.y-g.y0)/g.cell)*g.nx + int((c.x-g.x0)/g.cell)
}

// neighbors fills the rows of the model's near and adj of the stops from up to until. What
// a row holds depends on nothing but the grid. O(rows * stops considered).
func (g *grid) neighbors(from, until int) {
	m := g.m
	t := &m.travels[m.classes[0].travel]
	for i := from; i < until; i++ {
		near, adj := m.near[i*m.nearK:][:m.nearK], m.adj[i*m.adjK:][:m.adjK]
		switch {
		case !g.exact:
			g.around(i, max(m.adjK, ringTables), 0)
			g.rank(t, i, m.apart)
		case m.timed:
			g.around(i, max(m.adjK, ringTimed), m.adjK)
		default:
			g.around(i, m.adjK, m.adjK)
		}
		least(g.pool, m.adjK)
		g.write(adj, i)
		if !m.timed {
			g.write(near, i)
			continue
		}
		g.rankTimed(t, i)
		least(g.pool, m.nearK)
		g.write(near, i)
	}
}

// rank gives the pool's stops another key.
func (g *grid) rank(t *travel, i int, key func(t *travel, i, j int32) int64) {
	for k, x := range g.pool {
		j := int32(uint32(x))
		g.pool[k] = packed(float64(key(t, int32(i), j)), j)
	}
}

// rankTimed makes proximity the key of the pool's stops. In the plane each way is the same
// both ways and computed once.
func (g *grid) rankTimed(t *travel, i int) {
	m := g.m
	p := &t.plane
	if p.at == nil || t.toll != nil {
		g.rank(t, i, m.proximity)
		return
	}
	x := &m.site[i]
	from := &p.at[x.place]
	for k, e := range g.pool {
		j := int32(uint32(e))
		y := &m.site[j]
		l := line(from, &p.at[y.place])
		s := p.duration(l)
		c := m.price(t, p.distance(l), s)
		g.pool[k] = packed(float64(min(after(x, y, c, s), after(y, x, c, s))), j)
	}
}

// least brings the k least of a list to its front, sorted. O(len(list)) on average, and O(k log k).
func least(list []uint64, k int) {
	all := list
	for lo, hi := 0, len(list); hi-lo > 1 && k < len(all); {
		// Hoare's selection: what is before the pivot's place is no more, what is behind no less.
		mid := all[lo+(hi-lo)/2]
		a, b := lo, hi-1
		for a <= b {
			for all[a] < mid {
				a++
			}
			for all[b] > mid {
				b--
			}
			if a <= b {
				all[a], all[b] = all[b], all[a]
				a++
				b--
			}
		}
		switch {
		case k <= b:
			hi = b + 1
		case k >= a:
			lo = a
		default:
			lo = hi
		}
	}
	slices.Sort(list[:min(k, len(list))])
}

// packed is a key that is not negative, to 24 bits, and a stop, in one sortable number.
func packed(key float64, stop int32) uint64 {
	return uint64(math.Float32bits(float32(key)))<<32 | uint64(uint32(stop))
}

// write fills a row from the sorted front of the pool, padding it with the stop itself, which
// callers skip.
func (g *grid) write(row []int32, self int) {
	for k := range row {
		row[k] = int32(self)
		if k < len(g.pool) {
			row[k] = int32(uint32(g.pool[k]))
		}
	}
}

// around gathers the stops of a square of cells around stop i with the squares of their
// lengths: enough of them, of which so many are nearer than any stop outside. It begins with
// the square that did for the stop before, which is seldom far away.
func (g *grid) around(i, enough, nearest int) {
	c := g.at[i]
	cx, cy := int((c.x-g.x0)/g.cell), int((c.y-g.y0)/g.cell)
	// The stop is this far from the nearest side of its cell.
	inside := max(0, min(c.x-g.x0-float64(cx)*g.cell, float64(cx+1)*g.cell-(c.x-g.x0),
		c.y-g.y0-float64(cy)*g.cell, float64(cy+1)*g.cell-(c.y-g.y0)))
	most := max(g.nx, g.ny)
	for g.ring > 0 && g.count(cx, cy, g.ring-1) > enough {
		g.ring--
	}
	for g.ring < most && g.count(cx, cy, g.ring) <= enough {
		g.ring++
	}
	for ring := g.ring; ; ring++ {
		g.gather(i, cx, cy, ring)
		reach := inside + float64(ring)*g.cell
		within, edge := 0, packed(reach*reach, 0)
		for _, x := range g.pool {
			if x < edge {
				within++
			}
		}
		if within >= nearest || ring >= most {
			return
		}
	}
}

// count is how many stops lie in the square of cells up to a ring.
func (g *grid) count(cx, cy, ring int) int {
	n := int32(0)
	x0, x1 := max(0, cx-ring), min(g.nx-1, cx+ring)
	for y := max(0, cy-ring); y <= min(g.ny-1, cy+ring); y++ {
		n += g.first[y*g.nx+x1+1] - g.first[y*g.nx+x0]
	}
	return int(n)
}

// gather fills the pool with the stops of that square, i left out.
func (g *grid) gather(i, cx, cy, ring int) {
	g.pool = g.pool[:0]
	c := g.at[i]
	x0, x1 := max(0, cx-ring), min(g.nx-1, cx+ring)
	for y := max(0, cy-ring); y <= min(g.ny-1, cy+ring); y++ {
		from, to := g.first[y*g.nx+x0], g.first[y*g.nx+x1+1]
		for k, j := range g.list[from:to] {
			d := g.listAt[int(from)+k]
			d.x -= c.x
			d.y -= c.y
			if int(j) != i {
				g.pool = append(g.pool, packed(d.x*d.x+d.y*d.y, j))
			}
		}
	}
}
