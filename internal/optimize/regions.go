package optimize

import (
	"cmp"
	"math"
	"slices"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/vrp"
)

// Sketch is a route without times: who drives it, and what it serves in which order.
type Sketch struct {
	Vehicle string   `json:"vehicle"`
	Orders  []string `json:"orders"`
}

// Region is a part of a day that is searched by itself: no route and no order is in two.
type Region struct {
	Routes []Sketch `json:"routes"`
	Spare  []string `json:"spare"` // vehicles that have no route yet
	Open   []string `json:"open"`  // orders that are in no route yet
}

// Sketches are the routes of a plan without their times.
func Sketches(p rumbo.Plan) []Sketch {
	out := make([]Sketch, len(p.Routes))
	for i, r := range p.Routes {
		out[i].Vehicle = r.VehicleID
		for _, s := range r.Stops {
			out[i].Orders = append(out[i].Orders, s.OrderID)
		}
	}
	return out
}

// turned is how far the cuts of one turn lie from those of the turn before: the golden
// angle, so that no border is soon met again.
const turned = math.Pi * (3 - 2.2360679774997896)

// Divide cuts the day into regions with about as many orders each, by lines between the
// middles of its routes that lie elsewhere every turn. What has no route counts to the nearest
// one; spare vehicles go where most orders wait for one, else to all in turn.
// O(orders + routes log routes + open * routes + spare * parts).
//
// Solving the parts of a solution over and over, each with borders elsewhere, is the
// partial optimization metaheuristic of Taillard & Voss (POPMUSIC, 2002,
// doi:10.1007/978-1-4615-1507-4_27).
func (d *Day) Divide(routes []Sketch, parts, turn int) []Region {
	where := map[string]rumbo.Point{}
	for _, o := range d.Orders {
		where[o.ID] = o.Location
	}
	served, driven := map[string]bool{}, map[string]bool{}
	var middles []middle
	for i, r := range routes {
		driven[r.Vehicle] = true
		m := middle{route: i, weight: len(r.Orders)}
		for _, id := range r.Orders {
			served[id] = true
			m.add(where[id])
		}
		middles = append(middles, m.mean())
	}
	parts = max(1, min(parts, len(routes))) // each has a vehicle
	if len(routes) == 0 {
		middles = []middle{{}} // of nothing: what is open stays together
	}
	open := make([][]string, len(middles))
	for _, o := range d.Orders {
		if !served[o.ID] {
			k := nearest(middles, o.Location)
			open[k] = append(open[k], o.ID)
		}
	}
	for i := range middles {
		middles[i].weight += len(open[i])
	}
	bisect(middles, 0, parts, turned*float64(turn))
	out := make([]Region, parts)
	slices.SortFunc(middles, func(a, b middle) int { return cmp.Compare(a.route, b.route) })
	for _, m := range middles {
		if len(routes) > 0 {
			out[m.part].Routes = append(out[m.part].Routes, routes[m.route])
		}
		out[m.part].Open = append(out[m.part].Open, open[m.route]...)
	}
	for _, v := range d.Vehicles {
		if !driven[v.ID] {
			k := neediest(out, turn)
			out[k].Spare = append(out[k].Spare, v.ID)
			turn++
		}
	}
	return out
}

// neediest is the region with most open orders for each of its spare vehicles and the next
// one; of several the first from a turn on.
func neediest(regions []Region, turn int) int {
	best, most := 0, -1.0
	for i := range regions {
		k := (turn + i) % len(regions)
		if need := float64(len(regions[k].Open)) / float64(len(regions[k].Spare)+1); need > most {
			best, most = k, need
		}
	}
	return best
}

// middle is the mean place of a route's orders.
type middle struct {
	route, part int
	weight      int
	x, y        float64 // degrees of latitude, east and north
}

func (m *middle) add(p rumbo.Point) {
	m.x += p.Lon * math.Cos(p.Lat*math.Pi/180)
	m.y += p.Lat
}

func (m middle) mean() middle {
	m.x /= float64(max(1, m.weight))
	m.y /= float64(max(1, m.weight))
	return m
}

// bisect numbers the parts of a set of middles from first on: halves, each cut across the
// direction of the cut before.
func bisect(all []middle, first, parts int, angle float64) {
	if parts < 2 || len(all) < 2 {
		for i := range all {
			all[i].part = first
		}
		return
	}
	sin, cos := math.Sincos(angle)
	slices.SortStableFunc(all, func(a, b middle) int { return cmp.Compare(a.x*cos+a.y*sin, b.x*cos+b.y*sin) })
	total := 0
	for _, m := range all {
		total += m.weight
	}
	left := parts / 2
	cut, weight := 1, all[0].weight
	for cut < len(all)-1 && (weight+all[cut].weight/2)*parts < total*left {
		weight += all[cut].weight
		cut++
	}
	bisect(all[:cut], first, left, angle+math.Pi/2)
	bisect(all[cut:], first+left, parts-left, angle+math.Pi/2)
}

// nearest is the route whose middle is nearest to a place.
func nearest(all []middle, at rumbo.Point) int {
	route, least := 0, math.Inf(1)
	var m middle
	m.add(at)
	for _, x := range all {
		if far := math.Hypot(x.x-m.x, x.y-m.y); far < least {
			route, least = x.route, far
		}
	}
	return route
}

// Part is the day of a region alone.
func (d *Day) Part(r Region) (*Day, error) {
	orders, vehicles := map[string]bool{}, map[string]bool{}
	for _, id := range r.Open {
		orders[id] = true
	}
	for _, id := range r.Spare {
		vehicles[id] = true
	}
	for _, s := range r.Routes {
		vehicles[s.Vehicle] = true
		for _, id := range s.Orders {
			orders[id] = true
		}
	}
	return NewDay(
		slices.DeleteFunc(slices.Clone(d.Orders), func(o rumbo.Order) bool { return !orders[o.ID] }),
		slices.DeleteFunc(slices.Clone(d.Vehicles), func(v rumbo.Vehicle) bool { return !vehicles[v.ID] }), d.Depots)
}

// initial are sketches in the words of the engine; those of unknown vehicles and orders
// are passed over. Nil for none.
func (d *Day) initial(routes []Sketch) *vrp.Solution {
	if len(routes) == 0 {
		return nil
	}
	orders := map[string]int32{}
	for k, o := range d.Orders {
		orders[o.ID] = int32(k)
	}
	out := &vrp.Solution{}
	for _, s := range routes {
		k, ok := d.classOf[s.Vehicle]
		if !ok {
			continue
		}
		r := vrp.Route{Vehicle: k}
		for _, id := range s.Orders {
			if j, ok := orders[id]; ok {
				r.Stops = append(r.Stops, vrp.Stop{Visit: vrp.Visit{Kind: vrp.KindJob, Index: j}})
			}
		}
		out.Routes = append(out.Routes, r)
	}
	return out
}
