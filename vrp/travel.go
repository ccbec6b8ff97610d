package vrp

import "math"

// Unreachable in a distance or duration table says that there is no way.
const Unreachable = math.MaxInt32

// Profile is how one class of vehicle travels. Tables are row-major, [from*n+to] with
// n = len(Places), and never negative. They are only read: profiles may share them, and
// Distance and Duration may be the same slice.
type Profile struct {
	Distance []int32 // n*n distance units, or nil: by Metric
	Duration []int32 // n*n time units, or nil: by Metric; unused with Slices
	Slices   []Slice // optional, by ascending Start
	Metric   Metric  // for the tables that are nil
	Sparse   *Sparse // optional, instead of tables: the pairs that matter; all others by Metric
	Toll     []int32 // optional n*n units of money for the way itself, whatever its length: tolls, or a whole table of prices
}

// Slice is one duration table of the day, exact for departures at Start. See the package
// comment for departures in between.
type Slice struct {
	Start    int64
	Duration []int32
}

// MetricKind is a formula over coordinates.
type MetricKind uint8

const (
	// NoMetric: both tables are given.
	NoMetric MetricKind = iota
	// Euclid is the straight line in the plane.
	Euclid
	// GreatCircle is meters on a sphere of radius 6,371,008.8 m, X longitude, Y latitude.
	GreatCircle
)

// Rounding turns a real length into an integer.
type Rounding uint8

const (
	// Nearest rounds halves up, as TSPLIB's EUC_2D does.
	Nearest Rounding = iota
	// Down truncates (DIMACS with a factor of 10).
	Down
	// Up rounds to the next integer (TSPLIB's CEIL_2D).
	Up
)

// Metric computes tables entries from coordinates: round(factor * length).
type Metric struct {
	Kind           MetricKind
	Round          Rounding
	DistanceFactor float64
	DurationFactor float64
}

const earthRadius = 6371008.8 // meters, mean

// Length is the unrounded distance between two places. O(1).
func (m Metric) Length(a, b Place) float64 {
	switch m.Kind {
	case Euclid:
		dx, dy := a.X-b.X, a.Y-b.Y
		return math.Sqrt(float64(dx*dx) + float64(dy*dy)) // never fused: the same on every machine
	case GreatCircle:
		const rad = math.Pi / 180
		sinLat := math.Sin((b.Y - a.Y) * rad / 2)
		sinLon := math.Sin((b.X - a.X) * rad / 2)
		h := sinLat*sinLat + math.Cos(a.Y*rad)*math.Cos(b.Y*rad)*sinLon*sinLon
		return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(h)))
	}
	return 0
}

// Apply rounds a length that is already multiplied by its factor, saturating at
// Unreachable.
func (r Rounding) Apply(x float64) int32 {
	switch r {
	case Nearest:
		x = math.Floor(float64(x) + 0.5) // converted, so that no compiler fuses the sum with a product
	case Down:
		x = math.Floor(x)
	case Up:
		x = math.Ceil(x)
	}
	if !(x < Unreachable) {
		return Unreachable
	}
	return int32(x)
}

// DistanceBetween is the distance from place a to place b under profile k, Unreachable
// where there is no way. A place of -1 is nowhere: the distance is 0. O(1), with sparse rows
// O(log entries of a row).
func (p *Problem) DistanceBetween(k, a, b int32) int32 {
	if a < 0 || b < 0 {
		return 0
	}
	f := &p.Profiles[k]
	if f.Distance != nil {
		return f.Distance[int(a)*len(p.Places)+int(b)]
	}
	if f.Sparse != nil {
		if k, ok := f.Sparse.Entry(a, b); ok {
			return f.Sparse.Distance[k]
		}
	}
	return f.Metric.Round.Apply(f.Metric.DistanceFactor * f.Metric.Length(p.Places[a], p.Places[b]))
}

// TollBetween is what the way from place a to place b costs under profile k in units of
// Vehicle.PerToll; nothing from or to nowhere. O(1).
func (p *Problem) TollBetween(k, a, b int32) int32 {
	if t := p.Profiles[k].Toll; t != nil && a >= 0 && b >= 0 {
		return t[int(a)*len(p.Places)+int(b)]
	}
	return 0
}

// DurationBetween is the driving time from place a to place b under profile k for a
// departure at time t, Unreachable where there is no way. O(log slices), or as DistanceBetween.
func (p *Problem) DurationBetween(k, a, b int32, t int64) int32 {
	if a < 0 || b < 0 {
		return 0
	}
	f := &p.Profiles[k]
	i := int(a)*len(p.Places) + int(b)
	switch {
	case len(f.Slices) > 0:
		return f.sliced(i, t)
	case f.Duration != nil:
		return f.Duration[i]
	case f.Sparse != nil:
		if k, ok := f.Sparse.Entry(a, b); ok {
			return f.Sparse.Duration[k]
		}
	}
	return f.Metric.Round.Apply(f.Metric.DurationFactor * f.Metric.Length(p.Places[a], p.Places[b]))
}

// sliced interpolates entry i of the slices around t.
func (f *Profile) sliced(i int, t int64) int32 {
	last := len(f.Slices) - 1
	if t <= f.Slices[0].Start {
		return f.Slices[0].Duration[i]
	}
	if t >= f.Slices[last].Start {
		return f.Slices[last].Duration[i]
	}
	lo, hi := 0, last
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if f.Slices[mid].Start <= t {
			lo = mid
		} else {
			hi = mid
		}
	}
	return Interpolate(&f.Slices[lo], &f.Slices[hi], i, t)
}

// Interpolate is entry i of the duration tables between two neighboring slices at a time
// from a.Start to b.Start, rounded down; Unreachable where either table says so.
func Interpolate(a, b *Slice, i int, t int64) int32 {
	da, db := int64(a.Duration[i]), int64(b.Duration[i])
	if da == db {
		return int32(da)
	}
	if da == Unreachable || db == Unreachable {
		return Unreachable
	}
	num, den := (db-da)*(t-a.Start), b.Start-a.Start
	q := num / den
	if num%den < 0 {
		q--
	}
	return int32(da + q)
}
