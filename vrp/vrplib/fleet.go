package vrplib

import (
	"fmt"
	"slices"
)

// property is one number of vehicles: the same for all, or one for each.
type property struct {
	set  bool
	all  float64
	each []float64
}

// at is the value for the vehicle with index i.
func (p *property) at(i int) float64 {
	if i < len(p.each) {
		return p.each[i]
	}
	return p.all
}

// fleet collects what keywords and sections say of vehicles.
type fleet struct {
	service     float64 // SERVICE_TIME, of every customer
	capacity    property
	fixed       property
	unit        property
	maxDistance property
	maxDuration property
	maxReloads  property
	depots      [][]int32 // VEHICLES_DEPOT_SECTION, one depot each
	reloads     [][]int32 // VEHICLES_RELOAD_DEPOT_SECTION
}

// property finds a property by its keyword, nil if there is none.
func (f *fleet) property(key string) *property {
	switch key {
	case "CAPACITY":
		return &f.capacity
	case "VEHICLES_FIXED_COST":
		return &f.fixed
	case "VEHICLES_UNIT_DISTANCE_COST":
		return &f.unit
	case "VEHICLES_MAX_DISTANCE", "DISTANCE":
		return &f.maxDistance
	case "VEHICLES_MAX_DURATION":
		return &f.maxDuration
	case "VEHICLES_MAX_RELOADS":
		return &f.maxReloads
	}
	return nil
}

// vehicleNumber checks that the current row is for the vehicle after the first n.
func (k *keywords) vehicleNumber(n int) {
	if id := k.whole(0, "vehicle", 1, maxNodes); k.err == nil && int(id) != n+1 {
		k.fail("vehicle %d where vehicle %d should be", id, n+1)
	}
}

// vehicleDepots reads rows of a vehicle and its depots.
func (k *keywords) vehicleDepots(key string) {
	list := &k.fleet.reloads
	if key == "VEHICLES_DEPOT_SECTION" {
		list = &k.fleet.depots
	}
	for k.row(1) && k.err == nil {
		k.vehicleNumber(len(*list))
		var depots []int32
		for c := 1; c < len(k.fields) && k.err == nil; c++ {
			depots = append(depots, int32(k.whole(c, "depot", 1, maxNodes))-1)
		}
		if key == "VEHICLES_DEPOT_SECTION" && len(depots) != 1 && k.err == nil {
			k.fail("a vehicle needs exactly one depot")
		}
		*list = append(*list, depots)
	}
}

// classes turns the fleet into classes of identical vehicles.
func (k *keywords) classes() {
	f := &k.fleet
	lists := []int{len(f.depots), len(f.reloads), len(f.capacity.each), len(f.fixed.each), len(f.unit.each),
		len(f.maxDistance.each), len(f.maxDuration.each), len(f.maxReloads.each)}
	listed := slices.Max(lists)
	switch {
	case !f.capacity.set && f.capacity.each == nil:
		k.fail("there is no CAPACITY")
	case len(k.in.Depots) > 1 && f.depots == nil:
		k.fail("several depots and no VEHICLES_DEPOT_SECTION")
	case listed == 0:
		class := k.class(0)
		class.Count = int32(k.vehicles)
		k.in.Classes = []Class{class}
	case k.vehicles != 0 && k.vehicles != listed:
		k.fail("VEHICLES is %d, the sections list %d", k.vehicles, listed)
	case slices.ContainsFunc(lists, func(n int) bool { return n != 0 && n != listed }):
		k.fail("the vehicle sections list different numbers of vehicles: %v", lists)
	default:
		k.group(listed)
	}
}

// group counts identical vehicles into classes, in order of appearance.
func (k *keywords) group(vehicles int) {
	index := map[string]int32{}
	for i := range vehicles {
		c := k.class(i)
		key := fmt.Sprint(c)
		at, known := index[key]
		if !known {
			at = int32(len(k.in.Classes))
			index[key] = at
			k.in.Classes = append(k.in.Classes, c)
		}
		k.in.Classes[at].Count++
		k.in.Ordinal = append(k.in.Ordinal, at)
	}
	if len(k.in.Classes) == 1 {
		k.in.Ordinal = nil
	}
}

// class is the vehicle with index i on its own.
func (k *keywords) class(i int) Class {
	f := &k.fleet
	whole := func(p *property, what string, most int64) int64 {
		x := p.at(i)
		if x != float64(int64(x)) || int64(x) > most {
			k.fail("%s of vehicle %d is %g, must be a whole number up to %d", what, i+1, x, most)
			return 0
		}
		return int64(x)
	}
	c := Class{
		Capacity:    whole(&f.capacity, "capacity", maxAmount),
		Depot:       k.in.Depots[0],
		MaxReloads:  int32(whole(&f.maxReloads, "MAX_RELOADS", maxNodes)),
		Fixed:       f.fixed.at(i),
		Unit:        f.unit.at(i),
		MaxDistance: f.maxDistance.at(i),
		MaxDuration: f.maxDuration.at(i),
	}
	if !f.unit.set && f.unit.each == nil {
		c.Unit = 1
	}
	if i < len(f.depots) {
		c.Depot = f.depots[i][0]
	}
	if i < len(f.reloads) {
		c.Reloads = f.reloads[i]
	}
	for _, d := range append([]int32{c.Depot}, c.Reloads...) {
		if !slices.Contains(k.in.Depots, d) {
			k.fail("vehicle %d begins or reloads at node %d, which is no depot", i+1, d+1)
		}
	}
	return c
}
