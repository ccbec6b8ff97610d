package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func testBatches(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	for n := range 5 {
		kind := rumbo.KindTrips
		if n%2 == 1 {
			kind = rumbo.KindOrders
		}
		receive(t, s, batch(n, kind))
	}
	err := s.InTx(ctx, func(tx store.Tx) error { return tx.AddBatch(ctx, batch(3, rumbo.KindTrips)) })
	wantCode(t, "same ID", err, rumbo.Conflict)
	err = s.InTx(ctx, func(tx store.Tx) error { return tx.AddBatch(ctx, batch(9, "trip; DROP TABLE batch")) })
	wantCode(t, "unknown kind", err, rumbo.Invalid)

	b := batch(2, rumbo.KindTrips)
	end := noon.AddDate(0, 0, 1)
	b.State, b.Schema, b.FinishedAt, b.Error = rumbo.BatchFailed, "tlc_yellow", &end, "columns"
	b.Counts = rumbo.BatchCounts{Rows: 7, Quarantined: 7, ByRule: map[string]int64{"distance": 7}}
	changed := b
	changed.Kind, changed.SHA256, changed.BlobKey = "x", "y", "z" // not for SetBatch to change
	write(t, s, func(tx store.Tx) error { return tx.SetBatch(ctx, changed) })
	got, err := s.Batch(ctx, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "batch", got, b)

	ids := func(q store.BatchQuery) (out []string) {
		for _, b := range all(t, 2, func(ctx context.Context, after string, limit int) (store.Page[rumbo.Batch], error) {
			return s.Batches(ctx, q, after, limit)
		}) {
			out = append(out, b.ID)
		}
		return out
	}
	same(t, "newest first", ids(store.BatchQuery{}), []string{id("batch", 4), id("batch", 3), id("batch", 2), id("batch", 1), id("batch", 0)})
	same(t, "orders", ids(store.BatchQuery{Kind: rumbo.KindOrders}), []string{id("batch", 3), id("batch", 1)})
	same(t, "failed", ids(store.BatchQuery{State: rumbo.BatchFailed}), []string{id("batch", 2)})

	again := batch(9, rumbo.KindTrips)
	again.SHA256 = batch(4, "").SHA256
	receive(t, s, again)
	first, err := s.BatchByContent(ctx, rumbo.KindTrips, again.SHA256)
	if err != nil || first.ID != id("batch", 4) {
		t.Errorf("first sending: %s, %v", first.ID, err)
	}
	_, err = s.BatchByContent(ctx, rumbo.KindOrders, again.SHA256)
	wantCode(t, "content of another kind", err, rumbo.NotFound)
	_, err = s.BatchByContent(ctx, rumbo.KindTrips, b.SHA256)
	wantCode(t, "content of a failed batch", err, rumbo.NotFound)
}

func testVisibility(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	a, b := batch(1, rumbo.KindTrips), batch(2, rumbo.KindTrips)
	receive(t, s, a)
	same(t, "counts of a", load(t, s, a, trip(1, 10), trip(2, 20)), store.LoadCounts{Added: 2})
	same(t, "before a is loaded", distances(t, s), map[string]string{})
	_, err := s.Trip(ctx, id("trip", 1))
	wantCode(t, "trip of a pending batch", err, rumbo.NotFound)
	finish(t, s, a, rumbo.BatchLoaded)
	old := map[string]string{id("trip", 1): "10@" + a.ID, id("trip", 2): "20@" + a.ID}
	same(t, "after a is loaded", distances(t, s), old)

	receive(t, s, b)
	same(t, "counts of b", load(t, s, b, trip(2, 21), trip(3, 30)), store.LoadCounts{Added: 1, Replaced: 1})
	same(t, "while b is pending", distances(t, s), old)
	finish(t, s, b, rumbo.BatchLoaded)
	same(t, "after b is loaded", distances(t, s), map[string]string{
		id("trip", 1): "10@" + a.ID, id("trip", 2): "21@" + b.ID, id("trip", 3): "30@" + b.ID})
	got, err := s.Trip(ctx, id("trip", 2))
	if err != nil || got.DistanceM != 21 {
		t.Errorf("replaced trip: %v, %v", got, err)
	}
	counts, err := s.CountRecords(ctx)
	if err != nil || counts.Trips != 3 {
		t.Errorf("counts %+v, %v", counts, err)
	}
}

func testBatchStates(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	a := batch(1, rumbo.KindTrips)
	receive(t, s, a)
	finish(t, s, a, rumbo.BatchLoaded)
	for what, do := range map[string]func(tx store.Tx) error{
		"trips into a loaded batch":      func(tx store.Tx) error { _, err := tx.AddTrips(ctx, a.ID, []rumbo.Trip{trip(1, 1)}); return err },
		"quarantine into a loaded batch": func(tx store.Tx) error { return tx.AddQuarantine(ctx, a.ID, []rumbo.Quarantine{{Row: 1}}) },
		"clear a loaded batch":           func(tx store.Tx) error { _, err := tx.ClearBatch(ctx, a.ID, 1); return err },
		"fail a loaded batch":            func(tx store.Tx) error { b := a; b.State = rumbo.BatchFailed; return tx.SetBatch(ctx, b) },
		"a batch that begins loaded": func(tx store.Tx) error {
			b := batch(2, rumbo.KindTrips)
			b.State = rumbo.BatchLoaded
			return tx.AddBatch(ctx, b)
		},
		"orders into a batch of trips": func(tx store.Tx) error {
			if err := tx.AddBatch(ctx, batch(3, rumbo.KindTrips)); err != nil {
				return err
			}
			_, err := tx.AddOrders(ctx, id("batch", 3), []rumbo.Order{{ID: "A"}})
			return err
		},
	} {
		wantCode(t, what, s.InTx(ctx, do), rumbo.Conflict)
	}
	receive(t, s, batch(4, rumbo.KindTrips))
	write(t, s, func(tx store.Tx) error { // a chunk of nothing but rejected rows
		counts, err := tx.AddDepots(ctx, id("batch", 4), nil)
		same(t, "nothing", counts, store.LoadCounts{})
		return err
	})
	for what, do := range map[string]func(tx store.Tx) error{
		"trips into no batch":      func(tx store.Tx) error { _, err := tx.AddTrips(ctx, "none", []rumbo.Trip{trip(1, 1)}); return err },
		"quarantine into no batch": func(tx store.Tx) error { return tx.AddQuarantine(ctx, "none", []rumbo.Quarantine{{Row: 1}}) },
		"clear no batch":           func(tx store.Tx) error { _, err := tx.ClearBatch(ctx, "none", 1); return err },
		"set no batch":             func(tx store.Tx) error { return tx.SetBatch(ctx, batch(9, rumbo.KindTrips)) },
	} {
		wantCode(t, what, s.InTx(ctx, do), rumbo.NotFound)
	}
}

func testNaturalKeys(t *testing.T, h Harness) {
	s := h.Store
	a, b, c := batch(1, rumbo.KindTrips), batch(2, rumbo.KindTrips), batch(3, rumbo.KindTrips)
	receive(t, s, a)
	load(t, s, a, trip(1, 10), trip(2, 20), trip(3, 30))
	finish(t, s, a, rumbo.BatchLoaded)
	receive(t, s, b)
	same(t, "repeat", load(t, s, b, trip(1, 10), trip(2, 20), trip(3, 30)), store.LoadCounts{Unchanged: 3})
	finish(t, s, b, rumbo.BatchLoaded)
	same(t, "after the repeat", distances(t, s), map[string]string{
		id("trip", 1): "10@" + a.ID, id("trip", 2): "20@" + a.ID, id("trip", 3): "30@" + a.ID})
	receive(t, s, c)
	moved := trip(2, 20)
	moved.PickupAt = moved.PickupAt.AddDate(0, 0, 1)
	moved.DropoffAt = moved.DropoffAt.AddDate(0, 0, 1)
	same(t, "mixed", load(t, s, c, trip(1, 11), moved, trip(3, 30), trip(4, 40)), store.LoadCounts{Added: 1, Replaced: 2, Unchanged: 1})
	finish(t, s, c, rumbo.BatchLoaded)
	same(t, "after mixed", distances(t, s), map[string]string{
		id("trip", 1): "11@" + c.ID, id("trip", 2): "20@" + c.ID, id("trip", 3): "30@" + a.ID, id("trip", 4): "40@" + c.ID})
}

func testTwiceInOneBatch(t *testing.T, h Harness) {
	s := h.Store
	a := batch(1, rumbo.KindTrips)
	receive(t, s, a)
	same(t, "in one call", load(t, s, a, trip(1, 10), trip(1, 10), trip(2, 20), trip(2, 21), trip(2, 22)),
		store.LoadCounts{Added: 2, Replaced: 2, Unchanged: 1})
	moved := trip(1, 12)
	moved.PickupAt = noon
	same(t, "in another call", load(t, s, a, moved, trip(2, 22)), store.LoadCounts{Replaced: 1, Unchanged: 1})
	finish(t, s, a, rumbo.BatchLoaded)
	same(t, "the last one holds", distances(t, s), map[string]string{id("trip", 1): "12@" + a.ID, id("trip", 2): "22@" + a.ID})
}

func testLastReceivedWins(t *testing.T, h Harness) {
	s := h.Store
	a, b := batch(1, rumbo.KindTrips), batch(2, rumbo.KindTrips)
	receive(t, s, a)
	receive(t, s, b)
	load(t, s, b, trip(1, 2), trip(2, 2))
	finish(t, s, b, rumbo.BatchLoaded)
	load(t, s, a, trip(1, 1), trip(3, 1)) // received first, loaded last
	finish(t, s, a, rumbo.BatchLoaded)
	same(t, "visible", distances(t, s), map[string]string{
		id("trip", 1): "2@" + b.ID, id("trip", 2): "2@" + b.ID, id("trip", 3): "1@" + a.ID})
}

func testUnchangedBesidePending(t *testing.T, h Harness) {
	s := h.Store
	a, b, c := batch(1, rumbo.KindTrips), batch(2, rumbo.KindTrips), batch(3, rumbo.KindTrips)
	receive(t, s, a)
	load(t, s, a, trip(1, 1))
	finish(t, s, a, rumbo.BatchLoaded)
	receive(t, s, b)
	receive(t, s, c)
	same(t, "c says what a said", load(t, s, c, trip(1, 1)), store.LoadCounts{Unchanged: 1})
	finish(t, s, c, rumbo.BatchLoaded)
	load(t, s, b, trip(1, 2)) // came between them
	finish(t, s, b, rumbo.BatchLoaded)
	same(t, "c still holds", distances(t, s), map[string]string{id("trip", 1): "1@" + c.ID})
}

func testLoadAgain(t *testing.T, h Harness) {
	s := h.Store
	a, b := batch(1, rumbo.KindTrips), batch(2, rumbo.KindTrips)
	receive(t, s, a)
	load(t, s, a, trip(1, 10), trip(2, 20))
	finish(t, s, a, rumbo.BatchLoaded)
	receive(t, s, b)
	rows := []rumbo.Trip{trip(1, 10), trip(2, 21), trip(3, 30), trip(4, 40), trip(5, 50)}
	want := store.LoadCounts{Added: 3, Replaced: 1, Unchanged: 1}
	for try := range 3 {
		clearBatch(t, s, b)
		first := load(t, s, b, rows[:3]...)
		write(t, s, func(tx store.Tx) error {
			return tx.AddQuarantine(t.Context(), b.ID, []rumbo.Quarantine{{Row: 9, Raw: fmt.Sprint(try), Rule: "r", Reason: "x"}})
		})
		if try < 2 {
			continue // died here
		}
		same(t, "counts", first.Plus(load(t, s, b, rows[3:]...)), want)
	}
	finish(t, s, b, rumbo.BatchLoaded)
	same(t, "content", distances(t, s), map[string]string{id("trip", 1): "10@" + a.ID, id("trip", 2): "21@" + b.ID,
		id("trip", 3): "30@" + b.ID, id("trip", 4): "40@" + b.ID, id("trip", 5): "50@" + b.ID})
	page, err := s.Quarantine(t.Context(), b.ID, "", "", 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].Raw != "2" {
		t.Errorf("quarantine %+v, %v", page, err)
	}
}

func testFailedBatch(t *testing.T, h Harness) {
	s := h.Store
	a, b := batch(1, rumbo.KindTrips), batch(2, rumbo.KindTrips)
	receive(t, s, a)
	load(t, s, a, trip(1, 10))
	finish(t, s, a, rumbo.BatchLoaded)
	receive(t, s, b)
	load(t, s, b, trip(1, 11), trip(2, 20))
	want := map[string]string{id("trip", 1): "10@" + a.ID}
	finish(t, s, b, rumbo.BatchFailed)
	same(t, "failed", distances(t, s), want)
	if n := clearBatch(t, s, b); n != 2 {
		t.Errorf("cleared %d records, want 2", n)
	}
	same(t, "failed and cleared", distances(t, s), want)
	c := batch(3, rumbo.KindTrips)
	receive(t, s, c)
	same(t, "later batch", load(t, s, c, trip(1, 10), trip(2, 20)), store.LoadCounts{Added: 1, Unchanged: 1})
}

func testQuarantine(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	b := batch(1, rumbo.KindTrips)
	receive(t, s, b)
	row := func(n int64, rule string) rumbo.Quarantine {
		return rumbo.Quarantine{BatchID: b.ID, Row: n, Raw: fmt.Sprintf("raw,\xff\x00 %d", n), Rule: rule, Reason: "because"}
	}
	write(t, s, func(tx store.Tx) error {
		if err := tx.AddQuarantine(ctx, b.ID, nil); err != nil {
			return err
		}
		return tx.AddQuarantine(ctx, b.ID, []rumbo.Quarantine{row(3, "old"), row(1, "a"), row(5, "b"), row(5, "a")})
	})
	write(t, s, func(tx store.Tx) error {
		return tx.AddQuarantine(ctx, b.ID, []rumbo.Quarantine{row(3, "b"), row(4, "a")})
	})
	list := func(rule string) []rumbo.Quarantine {
		return all(t, 2, func(ctx context.Context, after string, limit int) (store.Page[rumbo.Quarantine], error) {
			return s.Quarantine(ctx, b.ID, rule, after, limit)
		})
	}
	same(t, "before the end", list(""), []rumbo.Quarantine{})
	finish(t, s, b, rumbo.BatchLoaded)
	same(t, "all", list(""), []rumbo.Quarantine{row(1, "a"), row(3, "b"), row(4, "a"), row(5, "a")})
	same(t, "by rule", list("a"), []rumbo.Quarantine{row(1, "a"), row(4, "a"), row(5, "a")})
	_, err := s.Quarantine(ctx, "none", "", "", 1)
	wantCode(t, "no batch", err, rumbo.NotFound)
	_, err = s.Quarantine(ctx, b.ID, "", "x", 1)
	wantCode(t, "bad cursor", err, rumbo.Invalid)
}
