package optimize

import (
	"cmp"
	"encoding/json"
	"slices"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/vrp"
)

// class is a kind of vehicle and those of the day, which nothing but their names tells
// apart. The engine tries one free vehicle of each kind: of 300 vans alike one, not 300.
type class struct {
	vehicle vrp.Vehicle
	members []int // in Day.Vehicles
}

// gatherClasses puts vehicles that are alike into one class, in the order of the first of
// each. O(vehicles).
func (d *Day) gatherClasses() {
	known := map[string]int{}
	d.classOf = map[string]int32{}
	for i := range d.Vehicles {
		v := d.vehicle(&d.Vehicles[i])
		key, err := json.Marshal(v)
		if err != nil {
			panic(err) // numbers and slices of them
		}
		k, ok := known[string(key)]
		if !ok {
			k = len(d.classes)
			known[string(key)] = k
			d.classes = append(d.classes, class{vehicle: v})
		}
		d.classes[k].members = append(d.classes[k].members, i)
		d.classOf[d.Vehicles[i].ID] = int32(k)
	}
	for k := range d.classes {
		d.classes[k].vehicle.Count = int32(len(d.classes[k].members))
	}
}

// drivers says which vehicle drives each route: of those alike the one that had most of its
// orders before, so that a dispatcher finds a route where it was; else the first that is free.
// O(stops + routes log routes).
func (d *Day) drivers(routes []vrp.Route, before []Sketch) []*rumbo.Vehicle {
	out := make([]*rumbo.Vehicle, len(routes))
	taken := make([]bool, len(d.Vehicles))
	for _, k := range d.keepers(routes, before) {
		if out[k.route] == nil && !taken[k.vehicle] {
			out[k.route], taken[k.vehicle] = &d.Vehicles[k.vehicle], true
		}
	}
	next := make([]int, len(d.classes))
	for r := range routes {
		c := &d.classes[routes[r].Vehicle]
		for i := &next[routes[r].Vehicle]; out[r] == nil; *i++ {
			if v := c.members[*i]; !taken[v] {
				out[r], taken[v] = &d.Vehicles[v], true
			}
		}
	}
	return out
}

// keeper is a vehicle that had some of a route's orders before.
type keeper struct{ orders, route, vehicle int }

// keepers are in the order in which they choose: who had most comes first.
func (d *Day) keepers(routes []vrp.Route, before []Sketch) []keeper {
	index, had := map[string]int{}, map[string]int{}
	for i := range d.Vehicles {
		index[d.Vehicles[i].ID] = i
	}
	for _, s := range before {
		if i, ok := index[s.Vehicle]; ok {
			for _, id := range s.Orders {
				had[id] = i
			}
		}
	}
	var out []keeper
	for r := range routes {
		counts := map[int]int{}
		for _, stop := range routes[r].Stops {
			if stop.Kind != vrp.KindJob {
				continue
			}
			if v, ok := had[d.Orders[stop.Index].ID]; ok && d.classOf[d.Vehicles[v].ID] == routes[r].Vehicle {
				counts[v]++
			}
		}
		for v, n := range counts {
			out = append(out, keeper{n, r, v})
		}
	}
	slices.SortFunc(out, func(a, b keeper) int {
		return cmp.Or(cmp.Compare(b.orders, a.orders), cmp.Compare(a.route, b.route), cmp.Compare(a.vehicle, b.vehicle))
	})
	return out
}
