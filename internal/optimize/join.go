package optimize

import (
	"fmt"

	rumbo "github.com/logistica-inteligente/rumbo"
)

// Join makes one plan of the refereed plans of the day's regions, whose routes know nothing
// of one another. Internal where an order is in none or two of them, or a vehicle drives
// twice: then no rule that the referee checked region by region would hold for the whole.
// O(stops).
func (d *Day) Join(regions []rumbo.Plan) (rumbo.Plan, error) {
	var out rumbo.Plan
	orders, vehicles := map[string]int{}, map[string]int{}
	for i, r := range regions {
		out.Routes = append(out.Routes, r.Routes...)
		out.Unassigned = append(out.Unassigned, r.Unassigned...)
		if i == 0 {
			out.Summary = r.Summary
		} else {
			out.Summary = added(out.Summary, r.Summary)
		}
	}
	for _, r := range out.Routes {
		vehicles[r.VehicleID]++
		for _, s := range r.Stops {
			orders[s.OrderID]++
		}
	}
	for _, u := range out.Unassigned {
		orders[u.OrderID]++
	}
	for _, o := range d.Orders {
		if orders[o.ID] != 1 {
			return out, rumbo.Fault(rumbo.Internal, "optimize.Join", fmt.Sprintf("order %s is in the regions %d times", o.ID, orders[o.ID]), nil)
		}
	}
	known := 0
	for _, v := range d.Vehicles {
		if vehicles[v.ID] > 1 {
			return out, rumbo.Fault(rumbo.Internal, "optimize.Join", fmt.Sprintf("vehicle %s drives %d times", v.ID, vehicles[v.ID]), nil)
		}
		known += vehicles[v.ID]
	}
	if len(orders) != len(d.Orders) || known != len(out.Routes) {
		return out, rumbo.Fault(rumbo.Internal, "optimize.Join", "the regions hold orders or vehicles that the day has not", nil)
	}
	out.TimeZone = d.zone.String()
	return out, nil
}

// added is the summary of two plans together; what both say alike is the first one's.
func added(a, b rumbo.PlanSummary) rumbo.PlanSummary {
	a.Orders += b.Orders
	a.Served += b.Served
	a.Vehicles += b.Vehicles
	a.DistanceM += b.DistanceM
	a.DurationS += b.DurationS
	a.DriveS += b.DriveS
	a.CostCents += b.CostCents
	a.Feasible = a.Feasible && b.Feasible
	a.Iterations += b.Iterations
	a.SearchS += b.SearchS
	return a
}
