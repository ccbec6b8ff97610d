package optimize

import (
	"fmt"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/vrp"
)

// Plan translates an engine solution into routes, reasons and a summary; the caller
// adds identity, state and the names of the models. Of vehicles that are alike a route gets
// the one that drove most of it before. O(stops).
func (d *Day) Plan(p *vrp.Problem, s vrp.Solution, before []Sketch) rumbo.Plan {
	plan := rumbo.Plan{TimeZone: d.zone.String()}
	sum := rumbo.PlanSummary{Orders: len(d.Orders), Vehicles: len(s.Routes), CostCents: cents(s.Cost.Total())}
	drivers := d.drivers(s.Routes, before)
	for i := range s.Routes {
		r := d.route(p, drivers[i], &s.Routes[i])
		plan.Routes = append(plan.Routes, r)
		sum.Served += len(r.Stops)
		sum.DistanceM += r.DistanceM
		sum.DriveS += r.DriveS
		sum.DurationS += int64(r.EndAt.Sub(r.StartAt).Seconds())
	}
	for _, u := range s.Unassigned {
		plan.Unassigned = append(plan.Unassigned, d.unassigned(u))
	}
	plan.Summary = sum
	return plan
}

func (d *Day) route(p *vrp.Problem, v *rumbo.Vehicle, r *vrp.Route) rumbo.Route {
	first, last := r.Stops[0], r.Stops[len(r.Stops)-1]
	out := rumbo.Route{
		VehicleID: v.ID, StartDepot: v.DepotID, EndDepot: v.EndDepot,
		StartAt: d.moment(first.Depart), EndAt: d.moment(last.Arrive),
		DistanceM: r.Distance, DriveS: r.Driving, CostCents: cents(r.Cost.Total()),
	}
	if out.EndDepot == "" && !v.OpenEnd {
		out.EndDepot = v.DepotID
	}
	out.StartLocation, out.EndLocation = d.places[first.Place], d.Orders[r.Stops[len(r.Stops)-2].Index].Location
	if last.Place >= 0 {
		out.EndLocation = d.places[last.Place]
	}
	profile := p.Vehicles[r.Vehicle].Profile
	before := first
	for _, stop := range r.Stops[1:] {
		leg := rumbo.Leg{
			DurationS: stop.Arrive - before.Depart,
			DistanceM: int64(p.DistanceBetween(profile, before.Place, stop.Place)),
		}
		if stop.Kind == vrp.KindJob {
			out.Stops = append(out.Stops, d.stop(stop, leg))
		} else if stop.Kind == vrp.KindEnd && !v.OpenEnd {
			out.ReturnLeg = &leg
		}
		before = stop
	}
	return out
}

func (d *Day) stop(s vrp.Stop, leg rumbo.Leg) rumbo.Stop {
	o := &d.Orders[s.Index]
	out := rumbo.Stop{
		OrderID: o.ID, Location: o.Location, Leg: leg,
		ArriveAt: d.moment(s.Arrive), BeginAt: d.moment(s.Start), DepartAt: d.moment(s.Depart),
	}
	for _, w := range o.Windows {
		if !out.BeginAt.Before(w.Open) && !out.BeginAt.After(w.Close) {
			open, close := w.Open.In(d.zone), w.Close.In(d.zone)
			out.OpenAt, out.CloseAt = &open, &close
		}
	}
	for k, name := range d.dimensions {
		if out.Load == nil {
			out.Load = map[string]int64{}
		}
		out.Load[name] = s.Load[k]
	}
	return out
}

// unassigned gives the engine's reason in the words of the API.
func (d *Day) unassigned(u vrp.Unassigned) rumbo.Unassigned {
	o := &d.Orders[u.Index]
	out := rumbo.Unassigned{OrderID: o.ID}
	switch u.Reason {
	case vrp.ReasonSkill:
		out.Reason, out.Detail = rumbo.ReasonSkill, fmt.Sprintf("no vehicle offers all of %v", o.Skills)
	case vrp.ReasonCapacity:
		out.Reason, out.Detail = rumbo.ReasonCapacity, fmt.Sprintf("%v is more than any suitable vehicle carries", o.Load)
	case vrp.ReasonUnreachable:
		out.Reason, out.Detail = rumbo.ReasonUnreachable, "no road leads there and on"
	case vrp.ReasonTimeWindow:
		out.Reason, out.Detail = rumbo.ReasonWindow, "no suitable vehicle can be there within a window"
	case vrp.ReasonShift:
		out.Reason, out.Detail = rumbo.ReasonShift, "served alone, no suitable vehicle would be back before its shift ends"
	case vrp.ReasonLimit:
		out.Reason, out.Detail = rumbo.ReasonLimit, "served alone, it exceeds a limit of every suitable vehicle"
	case vrp.ReasonPrize:
		out.Reason, out.Detail = rumbo.ReasonPrize, fmt.Sprintf("serving it costs more than its prize of %d cents", o.Prize)
	default:
		out.Reason, out.Detail = rumbo.ReasonNoVehicle, "possible alone, but every suitable vehicle is needed elsewhere"
	}
	return out
}

func cents(units int64) int64 { return (units + unitsPerCent/2) / unitsPerCent }
