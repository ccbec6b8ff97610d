package solver_test

import (
	"github.com/logistica-inteligente/rumbo/vrp"
	"pgregory.net/rapid"
)

// features switch parts of the random problems on.
type features struct {
	windows, several, skills, mixed, shipments, optional, groups, hetero, open, slices,
	duration, limits, release, setup, reloads, breaks, backhaul, rides, unreachable, relations, types, tolls bool
	shortest bool // tables obey the triangle inequality
}

func drawFeatures(t *rapid.T) features {
	on := func(name string) bool { return rapid.IntRange(0, 2).Draw(t, name) == 0 }
	return features{windows: on("windows"), several: on("several"), skills: on("skills"), mixed: on("mixed"),
		shipments: on("shipments"), optional: on("optional"), groups: on("groups"), hetero: on("hetero"), open: on("open"),
		slices: on("slices"), duration: on("duration"), limits: on("limits"), release: on("release"), setup: on("setup"),
		reloads: on("reloads"), breaks: on("breaks"), backhaul: on("backhaul"), rides: on("rides"), unreachable: on("unreachable"), relations: on("relations"),
		types: on("types"), tolls: on("tolls")}
}

// drawer makes a random problem.
type drawer struct {
	*rapid.T
	f features
	p *vrp.Problem
}

func (d *drawer) num(name string, lo, hi int64) int64 {
	return rapid.Int64Range(lo, hi).Draw(d.T, name)
}

const horizon = 1000

// drawProblem makes a valid random problem with up to most jobs.
func drawProblem(t *rapid.T, f features, most int) *vrp.Problem {
	d := &drawer{T: t, f: f, p: &vrp.Problem{}}
	n := int(d.num("places", 1, 9))
	d.p.Dimensions = int(d.num("dimensions", 0, 2))
	for range n {
		d.p.Places = append(d.p.Places, vrp.Place{X: float64(d.num("x", 0, 100)), Y: float64(d.num("y", 0, 100))})
	}
	d.profile()
	for range d.num("jobs", 0, int64(most)) {
		d.job()
	}
	if f.shipments {
		for range d.num("shipments", 1, int64(most/2)) {
			d.shipment()
		}
	}
	classes := int64(1)
	if f.hetero {
		classes = d.num("classes", 1, 3)
	}
	for range classes {
		d.vehicle()
	}
	if f.relations {
		d.relations()
	}
	if rapid.Bool().Draw(t, "first") {
		d.p.Objective = vrp.VehiclesFirst
	}
	if err := d.p.Validate(); err != nil {
		t.Fatalf("invalid random problem: %v", err)
	}
	return d.p
}

func (d *drawer) table() []int32 {
	n := len(d.p.Places)
	out := make([]int32, n*n)
	for a := range n {
		for b := range n {
			if a == b {
				continue
			}
			out[a*n+b] = int32(d.num("entry", 0, 120))
		}
	}
	if d.f.shortest {
		for c := range n {
			for a := range n {
				for b := range n {
					out[a*n+b] = min(out[a*n+b], out[a*n+c]+out[c*n+b])
				}
			}
		}
	}
	if d.f.unreachable && n > 1 {
		out[1] = vrp.Unreachable
	}
	return out
}

func (d *drawer) profile() {
	var f vrp.Profile
	if !d.f.shortest && !d.f.slices && !d.f.tolls && d.num("sparse", 0, 3) == 0 {
		d.p.Profiles = append(d.p.Profiles, d.sparse())
		return
	}
	switch d.num("tables", 0, 2) {
	case 0:
		f.Metric = vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}
	case 1:
		f.Distance = d.table()
		f.Duration = f.Distance
	default:
		f.Distance, f.Duration = d.table(), d.table()
	}
	if d.f.slices {
		base := d.table()
		for k := range d.num("slices", 1, 3) {
			s := vrp.Slice{Start: 300 * k, Duration: append([]int32(nil), base...)}
			whole := int32(d.num("rate", 50, 200))
			for i := range s.Duration {
				if s.Duration[i] != vrp.Unreachable {
					rate := whole
					if !d.f.shortest {
						rate = int32(d.num("rate", 50, 200))
					}
					s.Duration[i] = s.Duration[i] * rate / 100
				}
			}
			f.Slices = append(f.Slices, s)
		}
	}
	if d.f.tolls {
		f.Toll = d.table()
	}
	d.p.Profiles = append(d.p.Profiles, f)
}

// sparse is a profile of sparse rows, some of them empty, over a metric.
func (d *drawer) sparse() vrp.Profile {
	full := d.table()
	n := len(d.p.Places)
	s := &vrp.Sparse{First: []int32{0}}
	for a := range n {
		for b := range n {
			if rapid.Bool().Draw(d.T, "in row") {
				s.To = append(s.To, int32(b))
				s.Distance = append(s.Distance, full[a*n+b])
				s.Duration = append(s.Duration, int32(d.num("takes", 0, 100)))
			}
		}
		s.First = append(s.First, int32(len(s.To)))
	}
	kind := vrp.MetricKind(d.num("kind", int64(vrp.Euclid), int64(vrp.GreatCircle)))
	factor := 1.0
	if kind == vrp.GreatCircle {
		factor = 1e-5
		for i := range d.p.Places {
			d.p.Places[i].Y /= 2 // degrees of latitude
		}
	}
	return vrp.Profile{Sparse: s, Metric: vrp.Metric{Kind: kind, DistanceFactor: factor, DurationFactor: 1.3 * factor}}
}

func (d *drawer) window() vrp.TimeWindow {
	open := d.num("open", 0, horizon)
	return vrp.TimeWindow{Open: open, Close: open + d.num("width", 0, horizon/2)}
}

func (d *drawer) site() vrp.Site {
	s := vrp.Site{Place: int32(d.num("place", 0, int64(len(d.p.Places)-1))), Service: d.num("service", 0, 20)}
	if d.f.setup {
		s.Setup = d.num("setup", 0, 20)
	}
	if d.f.types {
		for kind := range int32(2) {
			if rapid.Bool().Draw(d.T, "typed") {
				s.ByType = append(s.ByType, vrp.TypeTimes{Type: kind, Service: d.num("service", 0, 40), Setup: d.num("setup", 0, 20)})
			}
		}
	}
	if d.f.windows && rapid.Bool().Draw(d.T, "windowed") {
		s.Windows = []vrp.TimeWindow{d.window()}
		if d.f.several {
			w := d.window()
			w.Open += s.Windows[0].Close + 1
			w.Close += s.Windows[0].Close + 1
			s.Windows = append(s.Windows, w)
		}
	}
	return s
}

func (d *drawer) amount(hi int64) []int64 {
	out := make([]int64, d.p.Dimensions)
	for i := range out {
		out[i] = d.num("amount", 0, hi)
	}
	return out
}

func (d *drawer) needs() []int32 {
	if !d.f.skills {
		return nil
	}
	return [][]int32{nil, {1}, {2}, {1, 2}}[d.num("skills", 0, 3)]
}

func (d *drawer) terms() vrp.Terms {
	var t vrp.Terms
	if d.f.optional && rapid.Bool().Draw(d.T, "optional") {
		t.Optional, t.Prize = true, d.num("prize", 0, 200)
	} else {
		t.Priority = int32(d.num("priority", 0, 3))
	}
	if d.f.groups && !t.Optional {
		t.Group = int32(d.num("group", 0, 3))
	}
	return t
}

func (d *drawer) released() int64 {
	if !d.f.release {
		return 0
	}
	return d.num("release", 0, 200)
}

func (d *drawer) job() {
	j := vrp.Job{Site: d.site(), Skills: d.needs(), Terms: d.terms(), Release: d.released()}
	if !d.f.mixed || rapid.Bool().Draw(d.T, "delivers") {
		j.Delivery = d.amount(5)
	}
	if d.f.mixed && rapid.Bool().Draw(d.T, "collects") {
		j.Pickup = d.amount(5)
	}
	d.p.Jobs = append(d.p.Jobs, j)
}

func (d *drawer) shipment() {
	s := vrp.Shipment{Pickup: d.site(), Delivery: d.site(), Amount: d.amount(5), Skills: d.needs(), Terms: d.terms(), Release: d.released()}
	if d.f.rides {
		s.MaxRide = d.num("ride", 20, 300)
	}
	d.p.Shipments = append(d.p.Shipments, s)
}

func (d *drawer) vehicle() {
	end := func(name string) int32 {
		lo := int64(0)
		if d.f.open {
			lo = -1
		}
		return int32(d.num(name, lo, int64(len(d.p.Places)-1)))
	}
	v := vrp.Vehicle{Count: int32(d.num("count", 0, 3)), Start: end("start"), End: end("end"),
		Capacity: d.amount(15), Skills: d.needs(), PerDistance: d.num("perDistance", 0, 2), Fixed: d.num("fixed", 0, 50)}
	if d.f.windows {
		v.Shift = vrp.TimeWindow{Open: d.num("shift", 0, 200), Close: d.num("shiftEnd", 400, 3000)}
	}
	if d.f.duration {
		v.PerDriving, v.PerDuration = d.num("perDriving", 0, 2), d.num("perDuration", 0, 2)
	}
	if d.f.types {
		v.Type, v.PerService = int32(d.num("type", 0, 2)), d.num("perService", 0, 2)
	}
	if d.f.tolls {
		v.PerToll = d.num("perToll", 0, 2)
	}
	if d.f.limits {
		v.MaxDistance, v.MaxDriving = d.num("maxDistance", 0, 400), d.num("maxDriving", 0, 400)
		v.MaxDuration, v.MaxStops = d.num("maxDuration", 0, 600), int32(d.num("maxStops", 0, 5))
	}
	if d.f.reloads {
		v.Reloads = []vrp.Reload{{Place: int32(d.num("reload", 0, int64(len(d.p.Places)-1))), Service: d.num("refill", 0, 10)}}
		v.MaxTrips = int32(d.num("trips", 0, 3))
	}
	if d.f.breaks {
		for k := range d.num("breaks", 0, 2) {
			b := vrp.Break{Duration: d.num("pause", 0, 30), Windows: []vrp.TimeWindow{{Open: 100 + 200*k, Close: 250 + 300*k}}}
			if rapid.Bool().Draw(d.T, "light") {
				b.MaxLoad = d.amount(10)
			}
			v.Breaks = append(v.Breaks, b)
		}
	}
	if d.f.backhaul {
		v.Backhaul = vrp.Backhaul(d.num("backhaul", 0, 2))
	}
	d.p.Vehicles = append(d.p.Vehicles, v)
}
