package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func testTripContent(t *testing.T, h Harness) {
	s := h.Store
	zone := time.FixedZone("", -5*3600)
	full := rumbo.Trip{ID: "full é", PickupAt: time.Date(2022, 1, 1, 23, 59, 59, 123456000, zone),
		DropoffAt: time.Date(2022, 1, 2, 0, 10, 0, 0, time.FixedZone("", 5*3600+1800)),
		From:      rumbo.Spot{Zone: 263, Point: &rumbo.Point{Lat: 40.7128001, Lon: -74.006}},
		To:        rumbo.Spot{Point: &rumbo.Point{Lat: -33.45, Lon: -70.66}}, DistanceM: 1234.5678, VehicleID: "ñ-1"}
	old := rumbo.Trip{ID: "old", PickupAt: time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC), DropoffAt: time.Date(1901, 1, 1, 0, 1, 0, 0, time.UTC),
		From: rumbo.Spot{Zone: 1}, To: rumbo.Spot{Zone: 1}}
	b := batch(1, rumbo.KindTrips)
	receive(t, s, b)
	fine := full
	fine.ID, fine.PickupAt = "fine", full.PickupAt.Add(789*time.Nanosecond)
	load(t, s, b, full, old, fine)
	finish(t, s, b, rumbo.BatchLoaded)
	fine.PickupAt = full.PickupAt // kept to the microsecond
	for _, want := range []rumbo.Trip{full, old, fine} {
		want.BatchID = b.ID
		got, err := s.Trip(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, want.ID, got, want)
	}
	again := batch(2, rumbo.KindTrips)
	receive(t, s, again)
	same(t, "read back and sent again", load(t, s, again, trips(t, s, store.TripQuery{})...), store.LoadCounts{Unchanged: 3})
	otherOffset := full
	otherOffset.PickupAt = full.PickupAt.UTC()
	same(t, "other offset", load(t, s, again, otherOffset), store.LoadCounts{Replaced: 1})
}

func testTripPages(t *testing.T, h Harness) {
	s := h.Store
	a, b := batch(1, rumbo.KindTrips), batch(2, rumbo.KindTrips)
	receive(t, s, a)
	receive(t, s, b)
	twin := trip(6, 0)
	twin.ID = "a twin"
	load(t, s, a, trip(7, 0), trip(6, 0), trip(5, 0), trip(1, 0))
	load(t, s, b, twin, trip(3, 0), trip(7, 9))
	finish(t, s, a, rumbo.BatchLoaded)
	finish(t, s, b, rumbo.BatchLoaded)
	ids := func(list []rumbo.Trip) (out []string) {
		for _, trip := range list {
			out = append(out, trip.ID)
		}
		return out
	}
	order := []string{id("trip", 1), id("trip", 3), id("trip", 5), "a twin", id("trip", 6), id("trip", 7)}
	same(t, "all", ids(trips(t, s, store.TripQuery{})), order)
	part := store.TripQuery{From: noon.Add(3 * time.Minute), Until: noon.Add(7 * time.Minute)}
	same(t, "from included, until excluded", ids(trips(t, s, part)), order[1:5])
	for limit := 1; limit <= 7; limit++ {
		pages := func(q store.TripQuery) []string {
			return ids(all(t, limit, func(ctx context.Context, after string, limit int) (store.Page[rumbo.Trip], error) {
				return s.TripPage(ctx, q, after, limit)
			}))
		}
		same(t, "pages", pages(store.TripQuery{}), order)
		same(t, "pages of a part", pages(part), order[1:5])
	}
	_, err := s.TripPage(t.Context(), store.TripQuery{}, "?", 1)
	wantCode(t, "bad cursor", err, rumbo.Invalid)
	n := 0
	for range s.Trips(t.Context(), store.TripQuery{}) {
		if n++; n == 2 {
			break // leaving early must release the connection
		}
	}
	write(t, s, func(tx store.Tx) error {
		same(t, "in a transaction", ids(trips(t, tx, part)), order[1:5])
		return nil
	})
}

func order(name, day string, kg int64) rumbo.Order {
	return rumbo.Order{ID: name, Day: day, Location: rumbo.Point{Lat: 40.7, Lon: -74}, ServiceS: 60,
		Load: map[string]int64{"kg": kg, "boxes": 1}, Skills: []string{"cold"},
		Windows: []rumbo.TimeWindow{{Open: noon, Close: noon.Add(time.Hour)}}}
}

func testOrders(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	put := func(n int, orders ...rumbo.Order) (counts store.LoadCounts) {
		b := batch(n, rumbo.KindOrders)
		receive(t, s, b)
		write(t, s, func(tx store.Tx) (err error) {
			counts, err = tx.AddOrders(ctx, b.ID, orders)
			return err
		})
		finish(t, s, b, rumbo.BatchLoaded)
		return counts
	}
	const first, second = "2022-01-31", "2022-02-01"
	same(t, "new", put(1, order("B", first, 1), order("A", first, 1), order("C", second, 1)), store.LoadCounts{Added: 3})
	given := order("A", first, 1)
	given.BatchID = "whatever"
	same(t, "again", put(2, given, order("B", first, 2), order("C", first, 1)), store.LoadCounts{Unchanged: 1, Replaced: 2})
	want := []rumbo.Order{order("A", first, 1), order("B", first, 2), order("C", first, 1)}
	want[0].BatchID, want[1].BatchID, want[2].BatchID = id("batch", 1), id("batch", 2), id("batch", 2)
	got, err := s.OrdersOfDay(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "of the day", got, want)
	got, err = s.OrdersOfDay(ctx, second)
	if err != nil || len(got) != 0 {
		t.Errorf("an order that moved to another day is still there: %v, %v", got, err)
	}
	list := func(q store.OrderQuery) []rumbo.Order {
		return all(t, 2, func(ctx context.Context, after string, limit int) (store.Page[rumbo.Order], error) {
			return s.Orders(ctx, q, after, limit)
		})
	}
	same(t, "pages", list(store.OrderQuery{}), want)
	same(t, "pages of a day", list(store.OrderQuery{Day: first}), want)
	one, err := s.Order(ctx, "B")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "one", one, want[1])
	counts, err := s.CountRecords(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "counts", counts, store.RecordCounts{Orders: 3})
}

func testFleet(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	depot := rumbo.Depot{ID: "D", Location: rumbo.Point{Lat: 40.7, Lon: -74}, TimeZone: "America/New_York"}
	van := func(name string) rumbo.Vehicle {
		return rumbo.Vehicle{ID: name, DepotID: "D", Capacity: map[string]int64{"kg": 100},
			Shift: rumbo.TimeWindow{Open: noon, Close: noon.Add(8 * time.Hour)}}
	}
	vehicles, depots := batch(1, rumbo.KindVehicles), batch(2, rumbo.KindDepots)
	receive(t, s, vehicles)
	receive(t, s, depots)
	write(t, s, func(tx store.Tx) error {
		if _, err := tx.AddVehicles(ctx, vehicles.ID, []rumbo.Vehicle{van("V2"), van("V1"), van("D")}); err != nil {
			return err
		}
		_, err := tx.AddDepots(ctx, depots.ID, []rumbo.Depot{depot}) // D is a vehicle too
		return err
	})
	finish(t, s, vehicles, rumbo.BatchLoaded)
	gotVehicles, gotDepots, err := s.Fleet(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := []rumbo.Vehicle{van("D"), van("V1"), van("V2")}
	for i := range want {
		want[i].BatchID = vehicles.ID
	}
	same(t, "vehicles", gotVehicles, want)
	same(t, "depots of a pending batch", gotDepots, []rumbo.Depot{})
	finish(t, s, depots, rumbo.BatchLoaded)
	depot.BatchID = depots.ID
	_, gotDepots, err = s.Fleet(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "depots", gotDepots, []rumbo.Depot{depot})
	same(t, "pages of vehicles", all(t, 1, s.Vehicles), want)
	same(t, "pages of depots", all(t, 1, s.Depots), []rumbo.Depot{depot})
	v, err := s.Vehicle(ctx, "D")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "vehicle", v, want[0])
	d, err := s.Depot(ctx, "D")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "depot", d, depot)
	counts, err := s.CountRecords(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "counts", counts, store.RecordCounts{Vehicles: 3, Depots: 1})
}
