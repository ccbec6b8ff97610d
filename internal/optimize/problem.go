package optimize

import (
	"slices"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/vrp"
)

// Money is counted in 1/unitsPerCent cents: one cent per kilometer is unitsPerCent/1000
// units per meter, one cent per hour unitsPerCent/3600 units per second.
const (
	unitsPerCent      = 18000
	unitsPerMeterCent = unitsPerCent / 1000
	unitsPerHourCent  = unitsPerCent / 3600
)

// Travel is what the day needs to know about the roads: tables over Day.Places, row-major,
// vrp.Unreachable where there is no way.
type Travel struct {
	Distance []int32 // meters
	// Slices hold the expected seconds for a departure at each time, ascending; one
	// slice means that the time of day makes no difference. FIFO holds between them.
	Slices []TravelSlice
}

// TravelSlice is one duration table.
type TravelSlice struct {
	At       time.Time
	Duration []int32 // seconds
}

// Problem is the day in the words of the engine; job k is order k, vehicle k a class of vehicles that are alike.
// O(places^2) for the checks of the tables.
func (d *Day) Problem(t Travel) (*vrp.Problem, error) {
	profile := vrp.Profile{Distance: t.Distance}
	for _, s := range t.Slices {
		profile.Slices = append(profile.Slices, vrp.Slice{Start: d.seconds(s.At), Duration: s.Duration})
	}
	if len(profile.Slices) == 1 {
		profile.Duration, profile.Slices = profile.Slices[0].Duration, nil
	}
	places := make([]vrp.Place, len(d.places))
	for i, at := range d.places {
		places[i] = vrp.Place{X: at.Lon, Y: at.Lat}
	}
	return d.problem(profile, places)
}

// problem is the day with all vehicles traveling in one way.
func (d *Day) problem(profile vrp.Profile, places []vrp.Place) (*vrp.Problem, error) {
	p := &vrp.Problem{Profiles: []vrp.Profile{profile}, Places: places, Dimensions: len(d.dimensions)}
	for i := range d.Orders {
		p.Jobs = append(p.Jobs, d.job(i))
	}
	for _, c := range d.classes {
		p.Vehicles = append(p.Vehicles, c.vehicle)
	}
	if err := p.Validate(); err != nil {
		return nil, rumbo.Fault(rumbo.Invalid, "optimize.Problem", "the engine does not accept the problem", err)
	}
	return p, nil
}

func (d *Day) job(i int) vrp.Job {
	o := &d.Orders[i]
	job := vrp.Job{
		Site:   vrp.Site{Place: d.orderPlace[i], Service: o.ServiceS, Windows: d.windows(o.Windows)},
		Skills: d.skillSet(o.Skills),
		Terms:  vrp.Terms{Optional: o.Optional, Prize: o.Prize * unitsPerCent},
	}
	if o.Kind == rumbo.OrderPickup {
		job.Pickup = d.amounts(o.Load)
	} else {
		job.Delivery = d.amounts(o.Load)
	}
	return job
}

func (d *Day) vehicle(v *rumbo.Vehicle) vrp.Vehicle {
	costs := v.Costs
	if costs == (rumbo.VehicleCosts{}) {
		costs = rumbo.DefaultCosts
	}
	end := d.depotPlace[v.DepotID]
	if v.EndDepot != "" {
		end = d.depotPlace[v.EndDepot]
	}
	if v.OpenEnd {
		end = -1
	}
	return vrp.Vehicle{
		Count: 1, Start: d.depotPlace[v.DepotID], End: end,
		Capacity: d.amounts(v.Capacity), Skills: d.skillSet(v.Skills),
		Shift:       d.shift(v),
		Fixed:       costs.FixedCents * unitsPerCent,
		PerDistance: costs.PerKmCents * unitsPerMeterCent,
		PerDuration: costs.PerHourCents * unitsPerHourCent,
		MaxDistance: v.MaxDistanceM, MaxDriving: v.MaxDriveS, MaxStops: int32(v.MaxStops),
	}
}

// shift is the vehicle's shift within the opening of its depot.
func (d *Day) shift(v *rumbo.Vehicle) vrp.TimeWindow {
	w := vrp.TimeWindow{Open: d.seconds(v.Shift.Open), Close: d.seconds(v.Shift.Close)}
	for _, depot := range d.Depots {
		if depot.Open == nil {
			continue
		}
		if depot.ID == v.DepotID {
			w.Open = max(w.Open, d.seconds(depot.Open.Open))
		}
		if !v.OpenEnd && (depot.ID == v.EndDepot || (v.EndDepot == "" && depot.ID == v.DepotID)) {
			w.Close = min(w.Close, d.seconds(depot.Open.Close))
		}
	}
	w.Close = max(w.Close, w.Open) // a depot closed for the whole shift leaves no time to drive
	return w
}

// windows sorts the windows and joins those that touch, as the engine asks.
func (d *Day) windows(in []rumbo.TimeWindow) []vrp.TimeWindow {
	out := make([]vrp.TimeWindow, 0, len(in))
	for _, w := range in {
		out = append(out, vrp.TimeWindow{Open: d.seconds(w.Open), Close: d.seconds(w.Close)})
	}
	slices.SortFunc(out, func(a, b vrp.TimeWindow) int { return int(a.Open - b.Open) })
	joined := out[:0]
	for _, w := range out {
		if n := len(joined); n > 0 && w.Open <= joined[n-1].Close {
			joined[n-1].Close = max(joined[n-1].Close, w.Close)
			continue
		}
		joined = append(joined, w)
	}
	return joined
}

func (d *Day) amounts(load map[string]int64) []int64 {
	out := make([]int64, len(d.dimensions))
	for k, name := range d.dimensions {
		out[k] = load[name]
	}
	return out
}

// skillSet numbers the skills that some order asks for; others make no difference.
func (d *Day) skillSet(names []string) []int32 {
	var out []int32
	for _, name := range names {
		if k, ok := d.skills[name]; ok {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
