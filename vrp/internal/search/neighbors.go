package search

import (
	"math"
	"sync"
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

// compileNeighbors fills near and adj, the rows shared out among threads. With coordinates and
// many stops only stops in the nearby cells of a grid are considered, O(n k); otherwise all,
// O(n^2).
func (m *Model) compileNeighbors(threads int) {
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
	g := m.gridFor()
	sideBySide(m.Stops, threads, func(from, until int) {
		if g != nil {
			own := *g
			own.neighbors(from, until)
			return
		}
		m.nearestOfAll(from, until)
	})
}

// sideBySide cuts the numbers below n into one range a thread and waits for all of them.
func sideBySide(n, threads int, do func(from, until int)) {
	var all sync.WaitGroup
	for k := 1; k < threads; k++ {
		all.Go(func() { do(k*n/threads, (k+1)*n/threads) })
	}
	do(0, n/max(1, threads))
	all.Wait()
}

// nearestOfAll fills the rows of the stops from up to until by looking at all stops.
func (m *Model) nearestOfAll(from, until int) {
	t := &m.travels[m.classes[0].travel]
	near := make([]candidate, 0, m.nearK)
	adj := make([]candidate, 0, m.adjK)
	for i := int32(from); i < int32(until); i++ {
		near, adj = near[:0], adj[:0]
		for j := range int32(m.Stops) {
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
	if m.classes[0].perDuration == 0 && (t.distFactor != 0 || t.durFactor != 0) {
		return t.cost(a, b)
	}
	return t.cost(a, b) + max(1, m.classes[0].perDuration)*t.time(a, b)
}

// price is way for a distance and a duration, without tolls.
func (m *Model) price(t *travel, distance, duration int64) int64 {
	rate := m.classes[0].perDuration
	if rate == 0 && t.distFactor == 0 && t.durFactor == 0 {
		rate = 1
	}
	return distance*t.distFactor + duration*(t.durFactor+rate)
}

// proximity is apart plus what the windows add when one stop directly follows the other: a
// fifth of the waiting and all of the lateness (Vidal, Crainic, Gendreau & Prins 2013,
// doi:10.1016/j.cor.2012.07.018).
func (m *Model) proximity(t *travel, i, j int32) int64 {
	return min(m.follow(t, i, j), m.follow(t, j, i))
}

func (m *Model) follow(t *travel, i, j int32) int64 {
	x, y := &m.site[i], &m.site[j]
	return after(x, y, m.way(t, x.place, y.place), t.time(x.place, y.place))
}

// after is the proximity of y behind x, where the way between them costs c and takes s.
func after(x, y *site, c, s int64) int64 {
	wait, late := int64(0), int64(0)
	if y.open != always && x.close != never {
		wait = max(0, y.open-x.service-s-x.close)
	}
	if x.open != always && y.close != never {
		late = max(0, x.open+x.service+s-y.close)
	}
	if wait|late == 0 {
		return c
	}
	// Prices may be far from 1: waiting and lateness count at the leg's own rate.
	rate := 1.0
	if s > 0 {
		rate = float64(c) / float64(s)
	}
	return c + int64(rate*math.Min(float64(wait)/5+float64(late), 1e15))
}
