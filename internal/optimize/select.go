package optimize

import (
	"fmt"
	"slices"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
)

// SelectDay is NewDay for what a request names: all orders of the day or only the given
// ones, all vehicles whose shift touches the day or only the given ones. Names that lead
// nowhere are all reported. O(orders + vehicles).
func SelectDay(r rumbo.PlanRequest, orders []rumbo.Order, vehicles []rumbo.Vehicle, depots []rumbo.Depot) (*Day, error) {
	var faults []rumbo.FieldError
	orders, faults = pick(orders, r.OrderIDs, "/order_ids", func(o rumbo.Order) string { return o.ID }, faults)
	if len(r.VehicleIDs) > 0 {
		vehicles, faults = pick(vehicles, r.VehicleIDs, "/vehicle_ids", func(v rumbo.Vehicle) string { return v.ID }, faults)
	} else {
		vehicles = onDay(r.Day, vehicles, depots)
	}
	if err := rumbo.InvalidFields("optimize.SelectDay", faults); err != nil {
		return nil, err
	}
	return NewDay(orders, vehicles, depots)
}

// pick keeps the named things in the order of the list, all of them without names.
func pick[T any](list []T, names []string, at string, id func(T) string, faults []rumbo.FieldError) ([]T, []rumbo.FieldError) {
	if len(names) == 0 {
		return list, faults
	}
	known := map[string]bool{}
	for _, t := range list {
		known[id(t)] = true
	}
	wanted := map[string]bool{}
	for i, name := range names {
		switch {
		case !known[name]:
			faults = append(faults, rumbo.FieldError{Pointer: fmt.Sprintf("%s/%d", at, i), Code: rumbo.UnknownReference, Value: name})
		case wanted[name]:
			faults = append(faults, rumbo.FieldError{Pointer: fmt.Sprintf("%s/%d", at, i), Code: rumbo.DuplicateID, Value: name})
		}
		wanted[name] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(t T) bool { return !wanted[id(t)] }), faults
}

// onDay keeps the vehicles whose shift touches the day in their depot's local time.
func onDay(day string, vehicles []rumbo.Vehicle, depots []rumbo.Depot) []rumbo.Vehicle {
	zones := map[string]*time.Location{}
	for _, d := range depots {
		if zone, err := time.LoadLocation(d.TimeZone); err == nil {
			zones[d.ID] = zone
		}
	}
	return slices.DeleteFunc(slices.Clone(vehicles), func(v rumbo.Vehicle) bool {
		zone := zones[v.DepotID]
		if zone == nil {
			zone = time.UTC
		}
		start, err := time.ParseInLocation(time.DateOnly, day, zone)
		return err != nil || v.Shift.Close.Before(start) || !v.Shift.Open.Before(start.AddDate(0, 0, 1))
	})
}
