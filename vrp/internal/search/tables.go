package search

import (
	"github.com/logistica-inteligente/rumbo/vrp"
)

// travelBy prepares the tables of one profile at given prices. Where a vehicle begins or
// ends nowhere (pad), the tables get one more row and column of zeros. O(n^2) with slices,
// padding or a small metric problem, else O(1) plus one scan for unreachable pairs.
func (m *Model) travelBy(profile int32, perDistance, perDriving int64, pad bool) travel {
	// Up to so many places a metric is turned into a table: one that stays in the cache is
	// faster than a square root, one that does not is slower (measured on the Belgian sets),
	// and filling it takes time that short runs miss.
	const tabulate, tabulateSlow = 2500, 5000
	p, places := m.Problem, m.places
	f := &p.Profiles[profile]
	n := len(p.Places)
	t := travel{stride: n, dist: f.Distance, dur: f.Duration, distFactor: perDistance, durFactor: perDriving,
		metric: f.Metric, places: places}
	if len(f.Slices) > 0 {
		t.dur = leastOf(f.Slices)
		t.slices = f.Slices
	}
	if f.Sparse != nil {
		t.rows = m.newRows(f, pad)
		t.blocked = t.rows.blocked()
		t.byMetric = true
		return t
	}
	if t.dist == nil || t.dur == nil {
		if t.dist == nil && t.dur == nil && n > tabulate {
			if !pad {
				t.plane = newPlane(t.metric, places)
			}
			if t.byMetric = n > tabulateSlow || t.plane.at != nil; t.byMetric {
				return t
			}
		}
		dist, dur := tabulated(&t, n)
		t.mirrored = t.dist == nil
		if t.dist == nil {
			t.dist = dist
		}
		if t.dur == nil {
			t.dur = dur
		}
	}
	t.blocked = unreachableIn(t.dist) || unreachableIn(t.dur)
	if pad {
		t.padTables(n)
	}
	return t
}

func tabulated(t *travel, n int) (dist, dur []int32) {
	dist = make([]int32, n*n)
	same := t.metric.DistanceFactor == t.metric.DurationFactor
	dur = dist
	if !same {
		dur = make([]int32, n*n)
	}
	for a := range n {
		for b := range a {
			d, s := t.measure(int32(a), int32(b))
			dist[a*n+b], dist[b*n+a] = d, d
			if !same {
				dur[a*n+b], dur[b*n+a] = s, s
			}
		}
	}
	return dist, dur
}

func leastOf(slices []vrp.Slice) []int32 {
	least := append([]int32(nil), slices[0].Duration...)
	for k := 1; k < len(slices); k++ {
		for i, d := range slices[k].Duration {
			least[i] = min(least[i], d)
		}
	}
	return least
}

func unreachableIn(table []int32) bool {
	for _, d := range table {
		if d == vrp.Unreachable {
			return true
		}
	}
	return false
}

// padTables appends the row and column of nowhere.
func (t *travel) padTables(n int) {
	same := &t.dist[0] == &t.dur[0]
	t.dist = padded(t.dist, n)
	if same {
		t.dur = t.dist
	} else {
		t.dur = padded(t.dur, n)
	}
	own := make([]vrp.Slice, len(t.slices))
	for k := range t.slices {
		own[k] = vrp.Slice{Start: t.slices[k].Start, Duration: padded(t.slices[k].Duration, n)}
	}
	t.slices = own
	t.stride = n + 1
}

func padded(table []int32, n int) []int32 {
	out := make([]int32, (n+1)*(n+1))
	for a := range n {
		copy(out[a*(n+1):], table[a*n:(a+1)*n])
	}
	return out
}

// addTolls makes the way itself cost something. The table is padded like the others.
func (t *travel) addTolls(toll []int32, factor int64) {
	if toll == nil || factor == 0 {
		return
	}
	n := len(t.places)
	if t.stride > n {
		toll = padded(toll, n)
	}
	t.toll, t.tollFactor = toll, factor
}

// tollBetween is the toll of the way from a to b; nothing from or to nowhere.
func (t *travel) tollBetween(a, b int32) int64 {
	if t.toll == nil || int(a) >= len(t.places) || int(b) >= len(t.places) {
		return 0
	}
	return int64(t.toll[int(a)*t.stride+int(b)])
}
