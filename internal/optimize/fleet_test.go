package optimize

import (
	"context"
	"fmt"
	"slices"
	"testing"

	rumbo "github.com/logistica-inteligente/rumbo"
)

// Vehicles that nothing but their names tells apart are one class for the engine, and none
// drives twice in the plan.
func TestVehiclesAlike(t *testing.T) {
	d, travel, err := town(150, 12)
	if err != nil {
		t.Fatal(err)
	}
	fleet := slices.Clone(d.Vehicles)
	fleet[3].Capacity = map[string]int64{"kg": 900}
	fleet[7].Capacity = map[string]int64{"kg": 900}
	fleet[5].Skills = []string{"nobody asks for it"}
	fleet[9].Shift.Close = fleet[9].Shift.Close.Add(-3600e9)
	if d, err = NewDay(d.Orders, fleet, d.Depots); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, c := range d.classes {
		sizes = append(sizes, len(c.members))
	}
	if !slices.Equal(sizes, []int{9, 2, 1}) {
		t.Errorf("classes of %v vehicles", sizes)
	}
	plan, err := d.Solve(t.Context(), travel, Options{Request: rumbo.PlanRequest{Iterations: 3000, Seed: 1}})
	if err != nil {
		t.Fatal(err)
	}
	capacity, seen := map[string]int64{}, map[string]bool{}
	for _, v := range fleet {
		capacity[v.ID] = v.Capacity["kg"]
	}
	for _, r := range plan.Routes {
		if load := r.Stops[0].Load["kg"]; seen[r.VehicleID] || load > capacity[r.VehicleID] {
			t.Errorf("vehicle %s again, or with %d of %d kg", r.VehicleID, load, capacity[r.VehicleID])
		}
		seen[r.VehicleID] = true
	}
	if len(plan.Routes) < 4 {
		t.Fatalf("%d routes show nothing", len(plan.Routes))
	}
	keepsItsDriver(t, d, travel, plan)
}

// keepsItsDriver holds that a route which is searched again stays with its vehicle.
func keepsItsDriver(t *testing.T, d *Day, travel Travel, plan rumbo.Plan) {
	before := Sketches(plan)
	free := map[string]bool{"v00": true, "v11": true} // so that names are not simply those of the order
	k := 0
	for i := range before {
		if c := d.classOf[before[i].Vehicle]; c == 0 {
			for free[fmt.Sprintf("v%02d", k)] || d.classOf[fmt.Sprintf("v%02d", k)] != 0 {
				k++
			}
			before[i].Vehicle = fmt.Sprintf("v%02d", k)
			k++
		}
	}
	slices.Reverse(before)
	again, err := d.Solve(context.Background(), travel, Options{Request: rumbo.PlanRequest{Iterations: 1, Seed: 2}, Initial: before, Stage: Stage{From: 0.99, To: 1}})
	if err != nil {
		t.Fatal(err)
	}
	was := map[string]string{}
	for _, s := range before {
		for _, id := range s.Orders {
			was[id] = s.Vehicle
		}
	}
	for _, r := range again.Routes {
		same := 0
		for _, s := range r.Stops {
			if was[s.OrderID] == r.VehicleID {
				same++
			}
		}
		if same*2 <= len(r.Stops) {
			t.Errorf("%s had only %d of its %d orders before", r.VehicleID, same, len(r.Stops))
		}
	}
}

// What the outline left open counts where it lies, and vehicles without a route go where
// orders wait for one.
func TestOpenOrdersAreDividedToo(t *testing.T) {
	d := city(t, 400, 40)
	routes, err := d.Outline(t.Context(), Crow{Detour: 1.3, SecPerM: 1.3 / 8}, Options{Request: rumbo.PlanRequest{Iterations: 2000, Seed: 1}})
	if err != nil {
		t.Fatal(err)
	}
	west := func(k int) bool { return d.Orders[k].Location.Lon < -73.9 }
	index := map[string]int{}
	for k, o := range d.Orders {
		index[o.ID] = k
	}
	for i := range routes { // half of what lies in the west is taken out of its route
		n := 0
		routes[i].Orders = slices.DeleteFunc(routes[i].Orders, func(id string) bool { n++; return n > 1 && west(index[id]) && index[id]%2 == 0 })
	}
	var open, spare, all, most int
	for _, r := range d.Divide(routes, 4, 1) {
		orders := len(r.Open)
		for _, s := range r.Routes {
			orders += len(s.Orders)
		}
		all, most, open, spare = all+orders, max(most, orders), open+len(r.Open), spare+len(r.Spare)
		if len(r.Open) == 0 && len(r.Spare) > 0 {
			t.Errorf("%d vehicles wait where all orders have one", len(r.Spare))
		}
	}
	if all != 400 || spare != 40-len(routes) || open < 40 {
		t.Fatalf("%d orders, %d spare vehicles, %d open", all, spare, open)
	}
	if most > 150 {
		t.Errorf("a region of 4 has %d of 400 orders", most)
	}
	if got := d.Divide(nil, 4, 1); len(got) != 1 || len(got[0].Open) != 400 || len(got[0].Spare) != 40 {
		t.Errorf("without routes: %d regions", len(got))
	}
}
