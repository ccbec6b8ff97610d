package optimize

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
)

// city is a made-up day with three depots and orders in quarters and between them, every
// third with a window.
func city(t testing.TB, orders, vans int) *Day {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var depots []rumbo.Depot
	for k := range 3 {
		depots = append(depots, rumbo.Depot{ID: fmt.Sprint("D", k), Location: rumbo.Point{Lat: 40.6 + 0.15*float64(k), Lon: -74 + 0.1*float64(k%2)}, TimeZone: "America/New_York"})
	}
	var quarters []rumbo.Point
	for range 40 {
		quarters = append(quarters, rumbo.Point{Lat: 40.5 + rng.Float64()*0.5, Lon: -74.2 + rng.Float64()*0.6})
	}
	var list []rumbo.Order
	for k := range orders {
		at, wide := quarters[rng.IntN(len(quarters))], 0.03
		if k%3 == 0 {
			wide = 0.15
		}
		o := rumbo.Order{ID: fmt.Sprintf("o%05d", k), Day: "2022-02-01", ServiceS: 180, Load: map[string]int64{"kg": 1 + rng.Int64N(50)},
			Location: rumbo.Point{Lat: at.Lat + rng.NormFloat64()*wide, Lon: at.Lon + rng.NormFloat64()*wide}}
		if k%3 == 0 {
			from := morning.Add(time.Duration(8+rng.IntN(6)) * time.Hour)
			o.Windows = []rumbo.TimeWindow{{Open: from, Close: from.Add(3 * time.Hour)}}
		}
		list = append(list, o)
	}
	var fleet []rumbo.Vehicle
	for k := range vans {
		fleet = append(fleet, rumbo.Vehicle{ID: fmt.Sprintf("v%04d", k), DepotID: fmt.Sprint("D", k%3), Capacity: map[string]int64{"kg": 1500},
			Shift: rumbo.TimeWindow{Open: morning.Add(8 * time.Hour), Close: morning.Add(17 * time.Hour)}})
	}
	day, err := NewDay(list, fleet, depots)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// streets are tables that differ from straight lines from place to place.
func streets(d *Day) Travel {
	n := len(d.places)
	meters, seconds := make([]int32, n*n), make([]int32, n*n)
	for i, a := range d.places {
		for j, b := range d.places {
			bend := 1.3 * (1 + 0.15*math.Sin(a.Lat*997+b.Lon*1013+a.Lon*1709))
			meters[i*n+j] = int32(bend * geo.Meters(geo.LatLon(a), geo.LatLon(b)))
			seconds[i*n+j] = meters[i*n+j] / 8
		}
	}
	return Travel{Distance: meters, Slices: []TravelSlice{{At: morning, Duration: seconds}}}
}

// inRegions solves a day in rounds of regions, with so many iterations an order in all.
func inRegions(t testing.TB, d *Day, parts, rounds int, iterations int64, seed int64) rumbo.Plan {
	t.Helper()
	effort := func(share float64, salt int) rumbo.PlanRequest {
		return rumbo.PlanRequest{Iterations: max(1, int64(share*float64(iterations))), Seed: seed*1000 + int64(salt)}
	}
	routes, err := d.Outline(context.Background(), Crow{Detour: 1.3, SecPerM: 1.3 / 8}, Options{Request: effort(0.05, 0)})
	if err != nil {
		t.Fatal(err)
	}
	var plan rumbo.Plan
	for k := range rounds {
		var solved []rumbo.Plan
		for i, r := range d.Divide(routes, parts, k) {
			part, err := d.Part(r)
			if err != nil {
				t.Fatal(err)
			}
			share := 0.95 / float64(rounds) * float64(len(part.Orders)) / float64(len(d.Orders))
			p, err := part.Solve(context.Background(), streets(part), Options{Request: effort(share, 1+k*parts+i), Initial: r.Routes,
				Stage: Stage{From: float64(k) / float64(rounds), To: float64(k+1) / float64(rounds)}})
			if err != nil {
				t.Fatal(err)
			}
			solved = append(solved, p)
		}
		if plan, err = d.Join(solved); err != nil {
			t.Fatal(err)
		}
		routes = Sketches(plan)
	}
	return plan
}

// A day solved by regions is refereed, complete, the same again, and costs about what the
// whole costs with the same effort.
func TestRegionsEndWhereTheWholeDoes(t *testing.T) {
	d := city(t, 240, 16)
	const iterations = 40_000
	whole, err := d.Solve(t.Context(), streets(d), Options{Request: rumbo.PlanRequest{Iterations: iterations, Seed: 1}})
	if err != nil {
		t.Fatal(err)
	}
	plan := inRegions(t, d, 3, 4, iterations, 1)
	if !plan.Summary.Feasible || plan.Summary.Orders != 240 || plan.Summary.Served != whole.Summary.Served {
		t.Errorf("%+v", plan.Summary)
	}
	if plan.Summary.CostCents > whole.Summary.CostCents*104/100 { // of small regions; large ones: BenchmarkRegions
		t.Errorf("by regions %d cents, the whole %d", plan.Summary.CostCents, whole.Summary.CostCents)
	}
	if again := inRegions(t, d, 3, 4, iterations, 1); fmt.Sprint(Sketches(again)) != fmt.Sprint(Sketches(plan)) {
		t.Error("the same effort and seed made another plan")
	}
}

// Every order and every vehicle is in just one region, whatever the routes are.
func TestDivide(t *testing.T) {
	d := city(t, 60, 9)
	rapid.Check(t, func(rt *rapid.T) {
		orders := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "shuffle"), 0)).Perm(len(d.Orders))
		var routes []Sketch
		for k, stops := range rapid.SliceOfN(rapid.IntRange(1, 9), 0, 9).Draw(rt, "stops") {
			s := Sketch{Vehicle: d.Vehicles[k].ID}
			for range min(len(orders), stops) {
				s.Orders, orders = append(s.Orders, d.Orders[orders[0]].ID), orders[1:]
			}
			routes = append(routes, s)
		}
		parts := rapid.IntRange(1, 7).Draw(rt, "parts")
		var seen []string
		regions := d.Divide(routes, parts, rapid.IntRange(0, 20).Draw(rt, "turn"))
		for _, r := range regions {
			seen = append(append(seen, r.Open...), r.Spare...)
			for _, s := range r.Routes {
				seen = append(append(seen, s.Vehicle), s.Orders...)
			}
			if part, err := d.Part(r); len(r.Open)+len(r.Routes) > 0 && (err != nil || len(part.Vehicles) != len(r.Spare)+len(r.Routes)) {
				rt.Errorf("%v", err)
			}
		}
		slices.Sort(seen)
		if len(slices.Compact(seen)) != len(seen) || len(seen) != len(d.Orders)+len(d.Vehicles) || len(regions) > parts {
			rt.Errorf("%d regions of %d hold %d things", len(regions), parts, len(seen))
		}
	})
}

// What the regions do not hold once each is told, never joined.
func TestJoinRefuses(t *testing.T) {
	d := city(t, 4, 2)
	route := func(vehicle string, orders ...int) rumbo.Route {
		r := rumbo.Route{VehicleID: vehicle}
		for _, k := range orders {
			r.Stops = append(r.Stops, rumbo.Stop{OrderID: d.Orders[k].ID})
		}
		return r
	}
	plan := func(routes ...rumbo.Route) rumbo.Plan { return rumbo.Plan{Routes: routes} }
	open := plan()
	open.Unassigned = []rumbo.Unassigned{{OrderID: d.Orders[3].ID}}
	for what, c := range map[string]struct {
		regions []rumbo.Plan
		ok      bool
	}{
		"all":             {[]rumbo.Plan{plan(route("v0000", 0, 1)), plan(route("v0001", 2, 3))}, true},
		"one left out":    {[]rumbo.Plan{plan(route("v0000", 0, 1, 2)), open}, true},
		"one forgotten":   {[]rumbo.Plan{plan(route("v0000", 0, 1)), plan(route("v0001", 2))}, false},
		"one twice":       {[]rumbo.Plan{plan(route("v0000", 0, 1, 2)), plan(route("v0001", 2, 3))}, false},
		"and left out":    {[]rumbo.Plan{plan(route("v0000", 0, 1, 2, 3)), open}, false},
		"a vehicle twice": {[]rumbo.Plan{plan(route("v0000", 0, 1)), plan(route("v0000", 2, 3))}, false},
		"a stranger":      {[]rumbo.Plan{plan(route("v0000", 0, 1)), plan(route("v9", 2, 3))}, false},
	} {
		if _, err := d.Join(c.regions); (err == nil) != c.ok || err != nil && rumbo.CodeOf(err) != rumbo.Internal {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// BenchmarkRegions compares a day solved by regions of a thousand orders with the whole day
// and the same iterations: cost/whole is the one by the other.
func BenchmarkRegions(b *testing.B) {
	const orders, iterations = 4000, 60 * 4000
	d := city(b, orders, orders/25)
	whole, err := d.Solve(b.Context(), streets(d), Options{Request: rumbo.PlanRequest{Iterations: iterations, Seed: 1}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		plan := inRegions(b, d, orders/1000, 4, iterations, 1)
		b.ReportMetric(float64(plan.Summary.CostCents)/float64(whole.Summary.CostCents), "cost/whole")
		b.ReportMetric(float64(plan.Summary.Served-whole.Summary.Served), "more-served")
	}
}
