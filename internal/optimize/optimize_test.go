package optimize

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/vrp"
)

var morning = time.Date(2022, 2, 1, 5, 0, 0, 0, time.UTC)

// town is a made-up day: one depot, orders around it, vans, and travel at 20 km/h that is
// slower at some hours.
func town(orders, vans int) (*Day, Travel, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	depot := rumbo.Depot{ID: "D", Location: rumbo.Point{Lat: 40.73, Lon: -73.91}, TimeZone: "America/New_York"}
	var list []rumbo.Order
	for k := range orders {
		o := rumbo.Order{ID: fmt.Sprintf("o%03d", k), Day: "2022-02-01", ServiceS: 300,
			Location: rumbo.Point{Lat: 40.70 + rng.Float64()*0.1, Lon: -74.0 + rng.Float64()*0.12},
			Load:     map[string]int64{"kg": 1 + rng.Int64N(50)}}
		if k%3 == 0 {
			from := morning.Add(time.Duration(8+rng.IntN(6)) * time.Hour)
			o.Windows = []rumbo.TimeWindow{{Open: from, Close: from.Add(3 * time.Hour)}}
		}
		list = append(list, o)
	}
	var fleet []rumbo.Vehicle
	for k := range vans {
		fleet = append(fleet, rumbo.Vehicle{ID: fmt.Sprintf("v%02d", k), DepotID: "D", Capacity: map[string]int64{"kg": 700},
			Shift: rumbo.TimeWindow{Open: morning.Add(8 * time.Hour), Close: morning.Add(17 * time.Hour)}})
	}
	day, err := NewDay(list, fleet, []rumbo.Depot{depot})
	if err != nil {
		return nil, Travel{}, err
	}
	places := day.Places()
	var travel Travel
	for _, a := range places {
		for _, b := range places {
			travel.Distance = append(travel.Distance, int32(1.3*geo.Meters(geo.LatLon(a), geo.LatLon(b))))
		}
	}
	for k, at := range day.Departures() {
		slow := 1 + 0.3*float64(k%4)
		table := make([]int32, len(travel.Distance))
		for i, m := range travel.Distance {
			table[i] = int32(float64(m) / 5.5 * slow)
		}
		travel.Slices = append(travel.Slices, TravelSlice{At: at, Duration: table})
	}
	return day, travel, nil
}

func BenchmarkSolve(b *testing.B) {
	day, travel, err := town(160, 12)
	if err != nil {
		b.Fatal(err)
	}
	for _, slices := range []int{1, len(travel.Slices)} {
		b.Run(fmt.Sprintf("slices=%d", slices), func(b *testing.B) {
			t := travel
			t.Slices = t.Slices[:slices]
			for b.Loop() {
				plan, err := day.Solve(context.Background(), t, Options{Request: rumbo.PlanRequest{Iterations: 500, Seed: 1}})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(plan.Summary.CostCents), "cents")
			}
		})
	}
}

// solve makes a plan of a small day, or fails the test.
func solve(t *testing.T, day *Day, travel Travel, r rumbo.PlanRequest) rumbo.Plan {
	t.Helper()
	plan, err := day.Solve(t.Context(), travel, Options{Request: r})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// change is the town after a change to its orders and vehicles.
func change(t *testing.T, orders, vans int, do func(o []rumbo.Order, v []rumbo.Vehicle)) (*Day, Travel) {
	t.Helper()
	day, travel, err := town(orders, vans)
	if err != nil {
		t.Fatal(err)
	}
	do(day.Orders, day.Vehicles)
	if day, err = NewDay(day.Orders, day.Vehicles, day.Depots); err != nil {
		t.Fatal(err)
	}
	return day, travel
}

func TestPlansServeEveryOrderOnce(t *testing.T) {
	for _, n := range []int{1, 2, 13, 60} {
		day, travel := change(t, n, 1+n/10, func([]rumbo.Order, []rumbo.Vehicle) {})
		plan := solve(t, day, travel, rumbo.PlanRequest{Iterations: 300, Seed: int64(n)})
		seen := map[string]int{}
		for _, r := range plan.Routes {
			for _, s := range r.Stops {
				seen[s.OrderID]++
			}
		}
		for _, u := range plan.Unassigned {
			seen[u.OrderID]++
		}
		if len(seen) != n || !plan.Summary.Feasible {
			t.Errorf("%d of %d orders, feasible %t", len(seen), n, plan.Summary.Feasible)
		}
	}
}

func TestReasons(t *testing.T) {
	early := rumbo.TimeWindow{Open: morning.Add(6 * time.Hour), Close: morning.Add(7 * time.Hour)}
	for want, spoil := range map[string]func(o []rumbo.Order, v []rumbo.Vehicle){
		rumbo.ReasonSkill:    func(o []rumbo.Order, _ []rumbo.Vehicle) { o[0].Skills = []string{"crane"} },
		rumbo.ReasonCapacity: func(o []rumbo.Order, _ []rumbo.Vehicle) { o[0].Load = map[string]int64{"kg": 701} },
		rumbo.ReasonWindow:   func(o []rumbo.Order, _ []rumbo.Vehicle) { o[0].Windows = []rumbo.TimeWindow{early} },
		rumbo.ReasonShift:    func(o []rumbo.Order, _ []rumbo.Vehicle) { o[0].ServiceS, o[0].Windows = 9*3600, nil },
		rumbo.ReasonPrize:    func(o []rumbo.Order, _ []rumbo.Vehicle) { o[0].Optional, o[0].Prize = true, 0 },
		rumbo.ReasonLimit: func(o []rumbo.Order, v []rumbo.Vehicle) {
			v[0].MaxDistanceM = 1
		},
		rumbo.ReasonNoVehicle: func(o []rumbo.Order, v []rumbo.Vehicle) {
			v[0].MaxStops = 1
		},
	} {
		day, travel := change(t, 2, 1, spoil)
		plan := solve(t, day, travel, rumbo.PlanRequest{Iterations: 200})
		got := ""
		for _, u := range plan.Unassigned {
			if u.OrderID == "o000" || want == rumbo.ReasonNoVehicle || want == rumbo.ReasonLimit {
				got = u.Reason
			}
		}
		if got != want {
			t.Errorf("reason %q, want %q (%+v)", got, want, plan.Unassigned)
		}
	}
}

func TestFaultsAreAllReported(t *testing.T) {
	day, _, err := town(2, 2)
	if err != nil {
		t.Fatal(err)
	}
	day.Orders[0].Load = map[string]int64{"pallets": 3}
	day.Vehicles[0].DepotID, day.Vehicles[1].EndDepot = "nowhere", "elsewhere"
	_, err = NewDay(day.Orders, day.Vehicles, day.Depots)
	var fault *rumbo.Error
	if !errors.As(err, &fault) || len(fault.Fields) != 3 {
		t.Errorf("got %v", err)
	}
	_, err = SelectDay(rumbo.PlanRequest{Day: "2022-02-01", OrderIDs: []string{"o000", "x", "o000"}, VehicleIDs: []string{"y"}}, day.Orders, day.Vehicles, day.Depots)
	if !errors.As(err, &fault) || len(fault.Fields) != 3 {
		t.Errorf("got %v", err)
	}
}

func TestVehiclesOfTheDay(t *testing.T) {
	day, _, err := town(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	next := day.Vehicles[1]
	next.Shift.Open, next.Shift.Close = next.Shift.Open.Add(24*time.Hour), next.Shift.Close.Add(24*time.Hour)
	got := onDay("2022-02-01", []rumbo.Vehicle{day.Vehicles[0], next}, day.Depots)
	if len(got) != 1 || got[0].ID != "v00" {
		t.Errorf("got %+v", got)
	}
}

func TestTouchingWindowsAreJoined(t *testing.T) {
	day, _, err := town(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	at := func(h int) time.Time { return day.origin.Add(time.Duration(h) * time.Hour) }
	got := day.windows([]rumbo.TimeWindow{{Open: at(4), Close: at(5)}, {Open: at(0), Close: at(2)}, {Open: at(2), Close: at(3)}})
	want := []vrp.TimeWindow{{Open: 0, Close: 3 * 3600}, {Open: 4 * 3600, Close: 5 * 3600}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
