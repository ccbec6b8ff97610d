package vrp

import "fmt"

func (v *validator) vehicle(i int) {
	c := &v.p.Vehicles[i]
	if c.Count < 0 {
		v.fail("must not be negative", "Vehicles[%d].Count", i)
	}
	if c.Profile < 0 || int(c.Profile) >= len(v.p.Profiles) {
		v.fail("no such profile", "Vehicles[%d].Profile", i)
	}
	v.place(c.Start, true, "Vehicles[%d].Start", i)
	v.place(c.End, true, "Vehicles[%d].End", i)
	v.amounts(c.Capacity, "Vehicles[%d].Capacity", i)
	v.skills(c.Skills, "Vehicles[%d].Skills", i)
	v.windows([]TimeWindow{c.Shift}, "Vehicles[%d].Shift", i)
	for _, x := range [...]int64{c.Fixed, c.PerDistance, c.PerDriving, c.PerDuration, c.PerService, c.PerToll} {
		if x < 0 || x > maxMoney {
			v.fail("costs must be 0 to 2^60", "Vehicles[%d]", i)
		}
	}
	for _, x := range [...]int64{c.MaxDistance, c.MaxDriving, c.MaxDuration, int64(c.MaxStops), int64(c.MaxTrips)} {
		if x < 0 {
			v.fail("limits must not be negative", "Vehicles[%d]", i)
		}
	}
	for k := range c.Breaks {
		v.windows(c.Breaks[k].Windows, "Vehicles[%d].Breaks[%d].Windows", i, k)
		v.span(c.Breaks[k].Duration, "Vehicles[%d].Breaks[%d].Duration", i, k)
		v.amounts(c.Breaks[k].MaxLoad, "Vehicles[%d].Breaks[%d].MaxLoad", i, k)
	}
	for k := range c.Reloads {
		v.place(c.Reloads[k].Place, false, "Vehicles[%d].Reloads[%d].Place", i, k)
		v.windows(c.Reloads[k].Windows, "Vehicles[%d].Reloads[%d].Windows", i, k)
		v.span(c.Reloads[k].Service, "Vehicles[%d].Reloads[%d].Service", i, k)
	}
	if c.Backhaul > BackhaulAfterDelivery {
		v.fail("unknown", "Vehicles[%d].Backhaul", i)
	}
}

// amountSums keeps the total of each dimension within maxAmount.
func (v *validator) amountSums() {
	if len(v.errs) > 0 {
		return
	}
	for d := range v.p.Dimensions {
		sum := int64(0)
		add := func(a []int64) {
			if a != nil && sum <= maxAmount {
				sum += a[d]
			}
		}
		for i := range v.p.Jobs {
			add(v.p.Jobs[i].Delivery)
			add(v.p.Jobs[i].Pickup)
		}
		for i := range v.p.Shipments {
			add(v.p.Shipments[i].Amount)
		}
		if sum > maxAmount {
			v.fail(fmt.Sprintf("amounts of dimension %d sum to more than 2^40", d), "Jobs")
		}
	}
}

// groups checks that alternatives agree on being optional.
func (v *validator) groups() {
	first := map[int32]bool{}
	see := func(t *Terms, path string, i int) {
		if t.Group == 0 {
			return
		}
		if optional, ok := first[t.Group]; !ok {
			first[t.Group] = t.Optional
		} else if optional != t.Optional {
			v.fail("alternatives must all be optional or all required", path, i)
		}
	}
	for i := range v.p.Jobs {
		see(&v.p.Jobs[i].Terms, "Jobs[%d].Optional", i)
	}
	for i := range v.p.Shipments {
		see(&v.p.Shipments[i].Terms, "Shipments[%d].Optional", i)
	}
}
