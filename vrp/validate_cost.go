package vrp

import (
	"math"
	"math/bits"
)

// worstCost bounds the cost of any plan: every stop and every vehicle at the longest
// distance, time and price.
func (v *validator) worstCost() {
	p := v.p
	legs := uint64(len(p.Jobs) + 2*len(p.Shipments))
	var total, carry uint64
	add := func(a, b uint64) {
		hi, lo := bits.Mul64(a, b)
		var c uint64
		total, c = bits.Add64(total, lo, 0)
		carry |= hi | c
	}
	for i := range p.Vehicles {
		c := &p.Vehicles[i]
		f := &p.Profiles[c.Profile]
		far, long := longest(p, f)
		n := min(legs, uint64(c.Number()))
		add(n, uint64(c.Fixed))
		add((2*legs+n)*far, uint64(c.PerDistance))
		add((2*legs+n)*long, uint64(c.PerDriving))
		add((2*legs+n)*tableMax(f.Toll, 0), uint64(c.PerToll))
		add(longestService(p), uint64(c.PerService))
		day := uint64(c.Shift.Close - c.Shift.Open)
		if c.NoLimitShift() {
			day = uint64(2 * maxTime)
		}
		add(n*day, uint64(c.PerDuration))
	}
	for i := range p.Jobs {
		add(1, uint64(p.Jobs[i].Prize))
	}
	for i := range p.Shipments {
		add(1, uint64(p.Shipments[i].Prize))
	}
	if carry != 0 || total > uint64(maxMoney)*2 {
		v.fail("the worst plan costs more than 2^61; scale the prices down", "Vehicles")
	}
}

// longest is the greatest reachable distance and duration of a profile. O(n^2) with
// tables, O(n) bounds from the bounding box with a metric.
func longest(p *Problem, f *Profile) (far, long uint64) {
	box := boxDiagonal(p.Places)
	if f.Metric.Kind == GreatCircle {
		box = math.Pi * earthRadius
	}
	far = tableMax(f.Distance, box*f.Metric.DistanceFactor)
	long = tableMax(f.Duration, box*f.Metric.DurationFactor)
	for k := range f.Slices {
		long = max(long, tableMax(f.Slices[k].Duration, 0))
	}
	if f.Sparse != nil {
		far = max(far, tableMax(f.Sparse.Distance, 0))
		long = max(long, tableMax(f.Sparse.Duration, 0))
	}
	return far, long
}

func tableMax(t []int32, otherwise float64) uint64 {
	if t == nil {
		return uint64(min(otherwise+1, Unreachable))
	}
	far := int32(0)
	for _, d := range t {
		if d > far && d != Unreachable {
			far = d
		}
	}
	return uint64(far)
}

func boxDiagonal(places []Place) float64 {
	if len(places) == 0 {
		return 0
	}
	lo, hi := places[0], places[0]
	for _, c := range places {
		lo.X, hi.X = min(lo.X, c.X), max(hi.X, c.X)
		lo.Y, hi.Y = min(lo.Y, c.Y), max(hi.Y, c.Y)
	}
	return math.Hypot(hi.X-lo.X, hi.Y-lo.Y)
}

// longestService is the setup and service of all sites, each at its longest, below 2^63 for
// any problem that fits in memory. O(sites * types).
func longestService(p *Problem) uint64 {
	sum := uint64(0)
	add := func(s *Site) {
		most := s.Setup + s.Service
		for _, x := range s.ByType {
			most = max(most, x.Setup+x.Service)
		}
		sum += uint64(most)
	}
	for i := range p.Jobs {
		add(&p.Jobs[i].Site)
	}
	for i := range p.Shipments {
		add(&p.Shipments[i].Pickup)
		add(&p.Shipments[i].Delivery)
	}
	return sum
}
