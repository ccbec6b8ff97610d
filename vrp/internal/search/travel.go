package search

import "github.com/logistica-inteligente/rumbo/vrp"

// travel is how the vehicles of some classes get from place to place and what the way
// costs: distance*perDistance + duration*perDriving. With time slices dur is the least
// over the day, and the difference to the true driving cost is part of a route's extra.
type travel struct {
	profile    int32
	stride     int
	dist, dur  []int32
	distFactor int64   // cost units per distance unit
	durFactor  int64   // cost units per time unit of driving
	toll       []int32 // nil without tolls; in the stride of the tables
	tollFactor int64
	scaled     bool // cost is the table's distance times distFactor
	blocked    bool // some entry is Unreachable
	slices     []vrp.Slice
	metric     vrp.Metric
	places     []vrp.Place
	byMetric   bool  // no tables: computed from coordinates
	plane      plane // with points where byMetric and the plane is all that matters
	rows       *rows // sparse rows, looked up before the metric
	mirrored   bool  // distances come from a metric and are the same both ways
}

// cost of the way from place a to place b, both in the padded numbering.
func (t *travel) cost(a, b int32) int64 {
	if t.scaled {
		return int64(t.dist[int(a)*t.stride+int(b)]) * t.distFactor
	}
	return t.generalCost(a, b)
}

// plain reports whether cost is the table's distance.
func (t *travel) plain() bool { return t.scaled && t.distFactor == 1 }

func (t *travel) generalCost(a, b int32) int64 {
	if t.byMetric {
		if t.plane.at != nil && t.toll == nil {
			l := line(&t.plane.at[a], &t.plane.at[b])
			c := t.plane.distance(l) * t.distFactor
			if t.durFactor != 0 {
				c += t.plane.duration(l) * t.durFactor
			}
			return c
		}
		d, s := t.measure(a, b)
		c := int64(d)*t.distFactor + int64(s)*t.durFactor
		if t.toll != nil {
			c += t.tollBetween(a, b) * t.tollFactor
		}
		return c
	}
	i := int(a)*t.stride + int(b)
	c := int64(t.dist[i]) * t.distFactor
	if t.toll != nil {
		c += int64(t.toll[i]) * t.tollFactor
	}
	if t.durFactor != 0 {
		c += int64(t.dur[i]) * t.durFactor
	}
	return c
}

// time is the least duration of the way from a to b.
func (t *travel) time(a, b int32) int64 {
	if t.byMetric {
		if t.plane.at != nil {
			return t.plane.duration(line(&t.plane.at[a], &t.plane.at[b]))
		}
		_, s := t.measure(a, b)
		return int64(s)
	}
	return int64(t.dur[int(a)*t.stride+int(b)])
}

// length is the distance from a to b.
func (t *travel) length(a, b int32) int64 {
	if t.byMetric {
		if t.plane.at != nil {
			return t.plane.between(a, b)
		}
		d, _ := t.measure(a, b)
		return int64(d)
	}
	return int64(t.dist[int(a)*t.stride+int(b)])
}

// measure computes both table entries from coordinates.
func (t *travel) measure(a, b int32) (int32, int32) {
	if int(a) >= len(t.places) || int(b) >= len(t.places) {
		return 0, 0
	}
	if t.rows != nil {
		if y := t.rows.slot(a, b); y != nil && y.to != none {
			return y.distance, y.duration
		}
		if p := &t.rows.far; p.at != nil {
			l := line(&p.at[a], &p.at[b])
			return int32(p.distance(l)), int32(p.duration(l))
		}
	}
	l := t.metric.Length(t.places[a], t.places[b])
	d := t.metric.Round.Apply(t.metric.DistanceFactor * l)
	if t.metric.DurationFactor == t.metric.DistanceFactor {
		return d, d
	}
	return d, t.metric.Round.Apply(t.metric.DurationFactor * l)
}

// timeAt is the duration from a to b when leaving at a given moment. O(log slices).
func (t *travel) timeAt(a, b int32, leave int64) int64 {
	if len(t.slices) == 0 {
		return t.time(a, b)
	}
	i := int(a)*t.stride + int(b)
	last := len(t.slices) - 1
	if leave <= t.slices[0].Start {
		return int64(t.slices[0].Duration[i])
	}
	if leave >= t.slices[last].Start {
		return int64(t.slices[last].Duration[i])
	}
	k := t.sliceBefore(leave)
	return int64(vrp.Interpolate(&t.slices[k], &t.slices[k+1], i, leave))
}

// sliceBefore is the last slice that starts at or before a moment within the slices.
func (t *travel) sliceBefore(at int64) int {
	lo, hi := 0, len(t.slices)-1
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if t.slices[mid].Start <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// leaveBy is the latest moment to leave a so as to be at b no later than arrive. Without
// slices it is arrive - time. With slices arrival is monotone and, between two starts,
// linear in departure: the piece is found and inverted, then corrected for rounding down.
// O(slices).
func (t *travel) leaveBy(a, b int32, arrive int64) int64 {
	if len(t.slices) == 0 {
		return arrive - t.time(a, b)
	}
	i := int(a)*t.stride + int(b)
	last := len(t.slices) - 1
	for k := last; k >= 0; k-- {
		x := &t.slices[k]
		lag := arrive - x.Start - int64(x.Duration[i])
		if lag < 0 {
			continue
		}
		if k == last {
			return x.Start + lag
		}
		y := &t.slices[k+1]
		width := y.Start - x.Start
		rise := width + int64(y.Duration[i]) - int64(x.Duration[i])
		leave := x.Start + min(width, lag*width/max(1, rise))
		for leave+t.timeAt(a, b, leave) > arrive {
			leave--
		}
		for leave+1+t.timeAt(a, b, leave+1) <= arrive {
			leave++
		}
		return leave
	}
	return arrive - int64(t.slices[0].Duration[i])
}

// closed reports whether there is no way from a to b.
func (t *travel) closed(a, b int32) bool {
	return t.length(a, b) == vrp.Unreachable || t.time(a, b) == vrp.Unreachable
}
