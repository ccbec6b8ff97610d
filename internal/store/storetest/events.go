package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// event n of a vehicle happens n minutes after noon.
func event(vehicle string, n int, kind string) rumbo.VehicleEvent {
	return rumbo.VehicleEvent{ID: id(vehicle, n), VehicleID: vehicle, At: noon.Add(time.Duration(n) * time.Minute), Kind: kind,
		Location: rumbo.Point{Lat: 40.7, Lon: -74}}
}

// putEvents loads events as batch n.
func putEvents(t *testing.T, s store.Store, n int, events ...rumbo.VehicleEvent) (counts store.LoadCounts) {
	t.Helper()
	b := batch(n, rumbo.KindEvents)
	receive(t, s, b)
	write(t, s, func(tx store.Tx) (err error) {
		counts, err = tx.AddEvents(t.Context(), b.ID, events)
		return err
	})
	finish(t, s, b, rumbo.BatchLoaded)
	return counts
}

// events reads the visible events.
func events(t *testing.T, s store.Reader, q store.EventQuery) (out []rumbo.VehicleEvent) {
	t.Helper()
	for e, err := range s.Events(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func eventIDs(list []rumbo.VehicleEvent) (out []string) {
	for _, e := range list {
		out = append(out, e.ID)
	}
	return out
}

func testEventContent(t *testing.T, h Harness) {
	s := h.Store
	full := rumbo.VehicleEvent{ID: "é 1", VehicleID: "ñ-1", At: time.Date(2022, 1, 31, 23, 59, 59, 123456000, time.FixedZone("", -5*3600)),
		Kind: rumbo.VehicleArrived, Location: rumbo.Point{Lat: -33.45, Lon: -70.66001}, SpeedKMH: 33.3, AccuracyM: 7.5, OrderID: "A-1"}
	bare := event("v", 1, rumbo.VehiclePosition)
	same(t, "new", putEvents(t, s, 1, full, bare), store.LoadCounts{Added: 2})
	full.BatchID, bare.BatchID = id("batch", 1), id("batch", 1)
	same(t, "read back", events(t, s, store.EventQuery{}), []rumbo.VehicleEvent{bare, full})
	moved := bare
	moved.Location.Lat++
	same(t, "sent again", putEvents(t, s, 2, full, moved), store.LoadCounts{Unchanged: 1, Replaced: 1})
	moved.BatchID = id("batch", 2)
	same(t, "the last received holds", events(t, s, store.EventQuery{}), []rumbo.VehicleEvent{moved, full})
	counts, err := s.CountRecords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "counts", counts, store.RecordCounts{Events: 2})
	prune(t, s, store.Prune{What: store.PruneVersions, Kind: rumbo.KindEvents}, 1)
	same(t, "after pruning", events(t, s, store.EventQuery{}), []rumbo.VehicleEvent{moved, full})
}

func testEventPages(t *testing.T, h Harness) {
	s := h.Store
	var list []rumbo.VehicleEvent
	for n := range 4 {
		list = append(list, event("b", 3-n, rumbo.VehiclePosition), event("a", n, rumbo.VehiclePosition))
	}
	putEvents(t, s, 1, list...)
	pending := batch(2, rumbo.KindEvents)
	receive(t, s, pending)
	write(t, s, func(tx store.Tx) error {
		_, err := tx.AddEvents(t.Context(), pending.ID, []rumbo.VehicleEvent{event("c", 1, rumbo.VehiclePosition)})
		return err
	})
	at := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	for name, c := range map[string]struct {
		q    store.EventQuery
		want []string
	}{
		"all":             {store.EventQuery{}, []string{id("a", 0), id("b", 0), id("a", 1), id("b", 1), id("a", 2), id("b", 2), id("a", 3), id("b", 3)}},
		"of a vehicle":    {store.EventQuery{VehicleID: "a"}, []string{id("a", 0), id("a", 1), id("a", 2), id("a", 3)}},
		"of a time":       {store.EventQuery{From: at(1), Until: at(2)}, []string{id("a", 1), id("b", 1)}},
		"of both":         {store.EventQuery{VehicleID: "b", From: at(2)}, []string{id("b", 2), id("b", 3)}},
		"of nobody known": {store.EventQuery{VehicleID: "c"}, nil},
	} {
		same(t, name, eventIDs(events(t, s, c.q)), c.want)
		for limit := 1; limit <= 3; limit++ {
			same(t, name+" in pages", eventIDs(all(t, limit, func(ctx context.Context, after string, limit int) (store.Page[rumbo.VehicleEvent], error) {
				return s.EventPage(ctx, c.q, after, limit)
			})), c.want)
		}
	}
	_, err := s.EventPage(t.Context(), store.EventQuery{}, "?", 1)
	wantCode(t, "bad cursor", err, rumbo.Invalid)
	for range s.Events(t.Context(), store.EventQuery{}) {
		break // leaving early must release the connection
	}
}

func testEventDays(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	midnight := event("a", 12*60, rumbo.VehiclePosition)
	before := event("a", 12*60-1, rumbo.VehiclePosition)
	before.At = before.At.In(time.FixedZone("", 9*3600)) // the day is that of UTC
	old := event("z", 0, rumbo.VehiclePosition)
	old.At = time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC)
	putEvents(t, s, 1, midnight, event("b", 1, rumbo.VehiclePosition), event("b", 2, rumbo.VehicleArrived), before, old)
	day := noon.Truncate(24 * time.Hour)
	got, err := s.EventDays(ctx, id("batch", 1))
	if err != nil {
		t.Fatal(err)
	}
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	same(t, "days", got, []store.EventDay{{VehicleID: "z", Day: time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC), First: old.At, Last: old.At},
		{VehicleID: "a", Day: day, First: minute(12*60 - 1), Last: minute(12*60 - 1)}, {VehicleID: "b", Day: day, First: minute(1), Last: minute(2)},
		{VehicleID: "a", Day: day.AddDate(0, 0, 1), First: midnight.At, Last: midnight.At}})
	if got, err = s.EventDays(ctx, "nobody"); err != nil || len(got) != 0 {
		t.Errorf("of no batch: %v, %v", got, err)
	}
}

// testEventsSettled loads batches in another order than they were received in.
func testEventsSettled(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	for n := range 4 {
		receive(t, s, batch(n, rumbo.KindEvents))
		write(t, s, func(tx store.Tx) error {
			_, err := tx.AddEvents(ctx, id("batch", n), []rumbo.VehicleEvent{event("v", n, rumbo.VehiclePosition)})
			return err
		})
	}
	receive(t, s, batch(9, rumbo.KindTrips)) // of another kind
	for _, c := range []struct {
		ends    int
		state   string
		visible []int
		settled []int
		batches []int
	}{
		{1, rumbo.BatchLoaded, []int{1}, nil, nil},
		{0, rumbo.BatchLoaded, []int{0, 1}, []int{0, 1}, []int{0, 1}},
		{3, rumbo.BatchLoaded, []int{0, 1, 3}, []int{0, 1}, []int{0, 1}},
		{2, rumbo.BatchFailed, []int{0, 1, 3}, []int{0, 1, 3}, []int{0, 1, 2, 3}},
	} {
		finish(t, s, batch(c.ends, rumbo.KindEvents), c.state)
		ids := func(numbers []int) (out []string) {
			for _, n := range numbers {
				out = append(out, id("v", n))
			}
			return out
		}
		same(t, "visible", eventIDs(events(t, s, store.EventQuery{})), ids(c.visible))
		same(t, "settled", eventIDs(events(t, s, store.EventQuery{VehicleID: "v", Settled: true})), ids(c.settled))
		var batches []int
		for n := range 4 {
			settled, err := s.Settled(ctx, id("batch", n))
			if err != nil {
				t.Fatal(err)
			}
			if settled {
				batches = append(batches, n)
			}
		}
		same(t, "settled batches", batches, c.batches)
	}
	_, err := s.Settled(ctx, "nobody")
	wantCode(t, "of no batch", err, rumbo.NotFound)
}
