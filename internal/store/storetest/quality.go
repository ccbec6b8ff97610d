package storetest

import (
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// testMended edits rows of a quarantine and lets records of them into the batch.
func testMended(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	a, b := batch(1, rumbo.KindTrips), batch(2, rumbo.KindTrips)
	receive(t, s, a)
	load(t, s, a, trip(1, 10))
	rows := []rumbo.Quarantine{{BatchID: a.ID, Row: 2, Raw: "two", Rule: "x", Reason: "bad"}, {BatchID: a.ID, Row: 5, Raw: "five\x00", Rule: "y", Reason: "worse"}}
	write(t, s, func(tx store.Tx) error { return tx.AddQuarantine(ctx, a.ID, rows) })

	edit := rows[0]
	at := noon
	edit.Raw, edit.Original, edit.EditedAt = "two, mended", "two", &at
	amend := func(tx store.Tx) error {
		_, err := tx.Amend(ctx, a.ID, store.Records{Trips: []rumbo.Trip{trip(2, 20)}})
		return err
	}
	remove := func(tx store.Tx) error { _, err := tx.RemoveQuarantine(ctx, a.ID, []int64{2}); return err }
	for what, do := range map[string]func(tx store.Tx) error{
		"edit while cleaning": func(tx store.Tx) error { return tx.EditQuarantine(ctx, edit) }, "amend while cleaning": amend, "remove while cleaning": remove,
	} {
		wantCode(t, what, s.InTx(ctx, do), rumbo.Conflict)
	}
	finish(t, s, a, rumbo.BatchLoaded)
	write(t, s, func(tx store.Tx) error { return tx.EditQuarantine(ctx, edit) })
	missing := edit
	missing.Row = 3
	wantCode(t, "edit of no row", s.InTx(ctx, func(tx store.Tx) error { return tx.EditQuarantine(ctx, missing) }), rumbo.NotFound)

	got, err := s.QuarantineRows(ctx, a.ID, []int64{5, 2, 99})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rows by number", got, []rumbo.Quarantine{edit, rows[1]})
	_, err = s.QuarantineRows(ctx, "nobody", []int64{1})
	wantCode(t, "rows of no batch", err, rumbo.NotFound)

	receive(t, s, b) // another batch knows the trip already
	load(t, s, b, trip(2, 21))
	write(t, s, func(tx store.Tx) error {
		counts, err := tx.Amend(ctx, a.ID, store.Records{Trips: []rumbo.Trip{trip(2, 20), trip(3, 30)}})
		same(t, "counts", counts, store.LoadCounts{Added: 2})
		return err
	})
	write(t, s, remove)
	write(t, s, func(tx store.Tx) error {
		n, err := tx.RemoveQuarantine(ctx, a.ID, []int64{2})
		same(t, "removed again", n, 0)
		return err
	})
	want := map[string]string{id("trip", 1): "10@" + a.ID, id("trip", 2): "20@" + a.ID, id("trip", 3): "30@" + a.ID}
	same(t, "amended", distances(t, s), want)
	finish(t, s, b, rumbo.BatchLoaded)
	want[id("trip", 2)] = "21@" + b.ID
	same(t, "the batch received later wins", distances(t, s), want)
	page, err := s.Quarantine(ctx, a.ID, "", "", 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what is left", page.Items, rows[1:])

	c := batch(3, rumbo.KindTrips)
	receive(t, s, c)
	finish(t, s, c, rumbo.BatchFailed)
	wantCode(t, "amend a failed batch", s.InTx(ctx, func(tx store.Tx) error {
		_, err := tx.Amend(ctx, c.ID, store.Records{Trips: []rumbo.Trip{trip(9, 1)}})
		return err
	}), rumbo.Conflict)
}

func testSettings(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	_, err := s.Setting(ctx, "quality")
	wantCode(t, "no setting", err, rumbo.NotFound)
	for _, doc := range []string{`{"a":1}`, `{"á":2}`} {
		write(t, s, func(tx store.Tx) error { return tx.SetSetting(ctx, "quality", doc) })
		got, err := s.Setting(ctx, "quality")
		if err != nil || got != doc {
			t.Errorf("setting %q, %v; want %q", got, err, doc)
		}
	}
}
