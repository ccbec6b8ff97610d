package optimize

import (
	"fmt"
	"slices"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
)

// Day is the work of one day with its references resolved.
type Day struct {
	Orders   []rumbo.Order
	Vehicles []rumbo.Vehicle
	Depots   []rumbo.Depot

	places     []rumbo.Point
	depotPlace map[string]int32 // depot ID -> index in places
	orderPlace []int32
	dimensions []string
	skills     map[string]int32
	origin     time.Time
	end        time.Time
	zone       *time.Location
	classes    []class
	classOf    map[string]int32 // vehicle ID -> index in classes
}

// NewDay gathers the places, load dimensions and skills of the day. It reports every
// reference that leads nowhere: a vehicle's depot that is not known, a load dimension
// that no vehicle carries. O(orders + vehicles).
func NewDay(orders []rumbo.Order, vehicles []rumbo.Vehicle, depots []rumbo.Depot) (*Day, error) {
	d := &Day{Orders: orders, Vehicles: vehicles, Depots: depots, skills: map[string]int32{}}
	var faults []rumbo.FieldError
	if len(vehicles) == 0 {
		faults = append(faults, rumbo.FieldError{Pointer: "/vehicle_ids", Code: rumbo.EmptyPayload, Limit: "at least one vehicle on the day"})
	}
	if len(orders) == 0 {
		faults = append(faults, rumbo.FieldError{Pointer: "/order_ids", Code: rumbo.EmptyPayload, Limit: "at least one order on the day"})
	}
	d.gatherPlaces()
	faults = append(faults, d.resolveVehicles()...)
	faults = append(faults, d.resolveLoads()...)
	if err := rumbo.InvalidFields("optimize.NewDay", faults); err != nil {
		return nil, err
	}
	d.gatherClasses()
	return d, nil
}

// gatherPlaces numbers the distinct positions, depots first.
func (d *Day) gatherPlaces() {
	index := map[rumbo.Point]int32{}
	number := func(p rumbo.Point) int32 {
		k, ok := index[p]
		if !ok {
			k = int32(len(d.places))
			index[p] = k
			d.places = append(d.places, p)
		}
		return k
	}
	d.depotPlace = map[string]int32{}
	for _, depot := range d.Depots {
		d.depotPlace[depot.ID] = number(depot.Location)
	}
	for _, o := range d.Orders {
		d.orderPlace = append(d.orderPlace, number(o.Location))
	}
}

// resolveVehicles checks the depots, finds the span of the shifts and the local time.
func (d *Day) resolveVehicles() []rumbo.FieldError {
	var faults []rumbo.FieldError
	for i, v := range d.Vehicles {
		for field, id := range map[string]string{"depot_id": v.DepotID, "end_depot_id": v.EndDepot} {
			if _, ok := d.depotPlace[id]; !ok && id != "" {
				faults = append(faults, rumbo.FieldError{Pointer: fmt.Sprintf("/vehicles/%s/%s", v.ID, field), Code: rumbo.UnknownReference, Value: id})
			}
		}
		if i == 0 || v.Shift.Open.Before(d.origin) {
			d.origin = v.Shift.Open
		}
		if i == 0 || v.Shift.Close.After(d.end) {
			d.end = v.Shift.Close
		}
	}
	slices.SortFunc(faults, func(a, b rumbo.FieldError) int { return compareText(a.Pointer, b.Pointer) })
	d.zone = time.UTC
	for _, depot := range d.Depots {
		if len(d.Vehicles) > 0 && depot.ID == d.Vehicles[0].DepotID {
			if zone, err := time.LoadLocation(depot.TimeZone); err == nil {
				d.zone = zone
			}
		}
	}
	return faults
}

// resolveLoads lists the dimensions that vehicles carry and the skills that orders ask for.
func (d *Day) resolveLoads() []rumbo.FieldError {
	carried := map[string]bool{}
	for _, v := range d.Vehicles {
		for name := range v.Capacity {
			carried[name] = true
		}
	}
	for name := range carried {
		d.dimensions = append(d.dimensions, name)
	}
	slices.Sort(d.dimensions)
	var faults []rumbo.FieldError
	for _, o := range d.Orders {
		for name, amount := range o.Load {
			if amount > 0 && !carried[name] {
				faults = append(faults, rumbo.FieldError{Pointer: "/orders/" + o.ID + "/load", Code: rumbo.UnknownDimension, Value: name})
			}
		}
		for _, s := range o.Skills {
			if _, ok := d.skills[s]; !ok {
				d.skills[s] = int32(len(d.skills))
			}
		}
	}
	slices.SortFunc(faults, func(a, b rumbo.FieldError) int { return compareText(a.Pointer, b.Pointer) })
	return faults
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Places are the distinct positions of the day, in the order of the travel tables.
func (d *Day) Places() []rumbo.Point { return d.places }

// Span is from the earliest opening to the latest closing of a shift.
func (d *Day) Span() (from, until time.Time) { return d.origin, d.end }

// Zone is the local time of the first vehicle's depot.
func (d *Day) Zone() *time.Location { return d.zone }

// seconds is a moment in engine time.
func (d *Day) seconds(t time.Time) int64 { return t.Unix() - d.origin.Unix() }

// moment is an engine time as a moment, in local time.
func (d *Day) moment(s int64) time.Time {
	return time.Unix(d.origin.Unix()+s, 0).In(d.zone)
}
