package storetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// pruneSome prunes at most so many times, about limit rows at a time, and says how many are gone.
func pruneSome(t *testing.T, s store.Store, p store.Prune, limit, calls int) (removed int) {
	t.Helper()
	for after, n := "", 0; n < calls; n++ {
		write(t, s, func(tx store.Tx) error {
			gone, next, err := tx.Prune(t.Context(), p, after, limit)
			removed, after = removed+gone, next
			return err
		})
		if after == "" {
			break
		}
	}
	return removed
}

// prune prunes to the end, which is what was counted before; then nothing is left.
func prune(t *testing.T, s store.Store, p store.Prune, want int) {
	t.Helper()
	counted, err := s.CountPrunable(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "counted "+p.What, counted, int64(want))
	same(t, "removed "+p.What, pruneSome(t, s, p, 3, 1000), want)
	same(t, "removed again", pruneSome(t, s, p, 3, 1000), 0)
	if counted, err = s.CountPrunable(t.Context(), p); err != nil || counted != 0 {
		t.Errorf("%d are left of %s, %v", counted, p.What, err)
	}
}

// end ends a batch at an instant.
func end(t *testing.T, s store.Store, b rumbo.Batch, state string, at time.Time) {
	t.Helper()
	b.FinishedAt = &at
	finish(t, s, b, state)
}

func testPruneVersions(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	a, b, failed, pending := batch(1, rumbo.KindTrips), batch(2, rumbo.KindTrips), batch(3, rumbo.KindTrips), batch(4, rumbo.KindTrips)
	var old, newer []rumbo.Trip
	for n := range 10 {
		old, newer = append(old, trip(n, 1)), append(newer, trip(n, 2))
	}
	for _, x := range []rumbo.Batch{a, b, failed, pending} {
		receive(t, s, x)
	}
	load(t, s, a, old...)
	finish(t, s, a, rumbo.BatchLoaded)
	load(t, s, b, newer[2:]...)
	load(t, s, failed, trip(0, 3), trip(50, 3))
	load(t, s, pending, trip(1, 4), trip(5, 4))
	finish(t, s, failed, rumbo.BatchFailed)
	p := store.Prune{What: store.PruneVersions, Kind: rumbo.KindTrips}
	prune(t, s, p, 2) // of the failed batch; b might yet fail
	finish(t, s, b, rumbo.BatchLoaded)
	before := distances(t, s)
	prune(t, s, p, 8)
	same(t, "visible after pruning", distances(t, s), before)
	finish(t, s, pending, rumbo.BatchLoaded)
	before[id("trip", 1)], before[id("trip", 5)] = "4@"+pending.ID, "4@"+pending.ID
	same(t, "loaded after pruning", distances(t, s), before)
	prune(t, s, p, 2)
	again := batch(5, rumbo.KindTrips)
	receive(t, s, again)
	same(t, "versions that stayed are known", load(t, s, again, trip(5, 4), trip(6, 9), trip(50, 1)), store.LoadCounts{Unchanged: 1, Replaced: 1, Added: 1})

	orders := batch(6, rumbo.KindOrders)
	for n := range 2 {
		orders.ID, orders.SHA256 = id("orders", n), fmt.Sprint(n)
		receive(t, s, orders)
		write(t, s, func(tx store.Tx) error {
			_, err := tx.AddOrders(ctx, orders.ID, []rumbo.Order{{ID: "A", Day: "2022-01-31", ServiceS: int64(n)}})
			return err
		})
		finish(t, s, orders, rumbo.BatchLoaded)
	}
	prune(t, s, store.Prune{What: store.PruneVersions, Kind: rumbo.KindOrders}, 1)
	if o, err := s.Order(ctx, "A"); err != nil || o.ServiceS != 1 {
		t.Errorf("%+v, %v", o, err)
	}
}

// testPruneBesideLoaders prunes while batches of the same trips are loaded side by side.
func testPruneBesideLoaders(t *testing.T, h Harness) {
	s := h.Store
	const batches, ids = 12, 20
	for n := range batches {
		receive(t, s, batch(n, rumbo.KindTrips))
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for after := ""; ; {
			select {
			case <-stop:
				return
			default:
			}
			if err := s.InTx(t.Context(), func(tx store.Tx) (err error) {
				_, after, err = tx.Prune(t.Context(), store.Prune{What: store.PruneVersions, Kind: rumbo.KindTrips}, after, 7)
				return err
			}); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	var wg sync.WaitGroup
	for n := range batches {
		wg.Go(func() {
			b := batch(n, rumbo.KindTrips)
			for k := range ids {
				load(t, s, b, trip(k, float64(n)))
			}
			finish(t, s, b, rumbo.BatchLoaded)
		})
	}
	wg.Wait()
	close(stop)
	<-stopped
	want := map[string]string{}
	for k := range ids {
		want[id("trip", k)] = fmt.Sprintf("%d@%s", batches-1, id("batch", batches-1))
	}
	same(t, "visible", distances(t, s), want)
	pruneSome(t, s, store.Prune{What: store.PruneVersions, Kind: rumbo.KindTrips}, 7, 1000)
	same(t, "visible when all is pruned", distances(t, s), want)
}

func testPruneQuarantine(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	row := func(b rumbo.Batch, n int64) rumbo.Quarantine {
		return rumbo.Quarantine{BatchID: b.ID, Row: n, Raw: "x", Rule: "r", Reason: "y"}
	}
	var all []rumbo.Batch
	for n, state := range []string{rumbo.BatchLoaded, rumbo.BatchFailed, rumbo.BatchLoaded, ""} {
		b := batch(n, rumbo.KindTrips)
		receive(t, s, b)
		write(t, s, func(tx store.Tx) error {
			return tx.AddQuarantine(ctx, b.ID, []rumbo.Quarantine{row(b, 1), row(b, 2), row(b, 3), row(b, 4)})
		})
		if state != "" {
			end(t, s, b, state, noon.Add(time.Duration(n)*time.Hour))
		}
		all = append(all, b)
	}
	mended, at := row(all[0], 2), noon.Add(24*time.Hour)
	mended.Original, mended.EditedAt = "x", &at
	write(t, s, func(tx store.Tx) error { return tx.EditQuarantine(ctx, mended) })
	prune(t, s, store.Prune{What: store.PruneQuarantine, Before: noon.Add(2 * time.Hour)}, 7) // the limit itself stays
	for n, want := range []int{1, 0, 4, 0} {
		page, err := s.Quarantine(ctx, all[n].ID, "", "", 10)
		if err != nil || len(page.Items) != want {
			t.Errorf("batch %d keeps %+v, %v", n, page.Items, err)
		}
	}
	end(t, s, all[3], rumbo.BatchLoaded, noon.Add(3*time.Hour))
	if page, err := s.Quarantine(ctx, all[3].ID, "", "", 10); err != nil || len(page.Items) != 4 {
		t.Errorf("of the batch that was being cleaned: %+v, %v", page.Items, err)
	}
}

func testPruneRuns(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	for n := range 6 {
		r := rumbo.Run{ID: id("run", n), Flow: rumbo.FlowTrain, State: rumbo.RunRunning, CreatedAt: noon.AddDate(-1, 0, 0)}
		write(t, s, func(tx store.Tx) error {
			if err := tx.AddRun(ctx, r); err != nil {
				return err
			}
			if err := tx.SetSteps(ctx, r.ID, rumbo.Step{Name: "fit"}, rumbo.Step{Name: "keep"}); err != nil {
				return err
			}
			return tx.AddRunLog(ctx, r.ID, make([]rumbo.LogLine, 7)...)
		})
		if at := noon.Add(time.Duration(n) * time.Hour); n < 5 { // the last one still runs
			r.State, r.FinishedAt = rumbo.RunDone, &at
			write(t, s, func(tx store.Tx) error { return tx.SetRun(ctx, r) })
		}
	}
	prune(t, s, store.Prune{What: store.PruneRuns, Before: noon.Add(3 * time.Hour)}, 3)
	for n := range 6 {
		_, err := s.Run(ctx, id("run", n))
		steps, _ := s.Steps(ctx, id("run", n))
		lines, _ := s.RunLog(ctx, id("run", n), "", "", 10)
		if n < 3 && (rumbo.CodeOf(err) != rumbo.NotFound || len(steps)+len(lines.Items) != 0) || n >= 3 && (err != nil || len(steps) != 2 || len(lines.Items) != 7) {
			t.Errorf("run %d: %v, %d steps, %d lines", n, err, len(steps), len(lines.Items))
		}
	}
}

func testPruneDeliveries(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	for n, state := range []string{rumbo.DeliveryDelivered, rumbo.DeliveryFailed, rumbo.DeliveryPending, rumbo.DeliveryDelivered, rumbo.DeliveryDelivered} {
		d := rumbo.Delivery{ID: id("dlv", n), State: rumbo.DeliveryPending, CreatedAt: noon.Add(time.Duration(n) * time.Hour), Payload: []byte("{}")}
		write(t, s, func(tx store.Tx) error {
			if err := tx.AddDelivery(ctx, d); err != nil {
				return err
			}
			_, err := tx.AddAttempt(ctx, d.ID, rumbo.DeliveryAttempt{At: noon, Status: 200}, state)
			return err
		})
	}
	prune(t, s, store.Prune{What: store.PruneDeliveries, Before: noon.Add(4 * time.Hour)}, 2)
	for n := range 5 {
		d, err := s.Delivery(ctx, id("dlv", n))
		if gone := n == 0 || n == 3; gone != (rumbo.CodeOf(err) == rumbo.NotFound) || !gone && len(d.Attempts) != 1 {
			t.Errorf("delivery %d: %+v, %v", n, d, err)
		}
	}
}

// testExpiredPayloads lets payloads go that nobody needs: not those of a batch that runs, that
// ended lately, that has rows to mend, or that another batch repeats.
func testExpiredPayloads(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	limit := noon.AddDate(0, 0, 1)
	var all []rumbo.Batch
	for n, c := range []struct {
		state string
		at    time.Time
	}{{rumbo.BatchLoaded, noon}, {rumbo.BatchFailed, noon}, {rumbo.BatchFailed, noon}, {rumbo.BatchLoaded, limit}, {}, {rumbo.BatchLoaded, noon}} {
		b := batch(n, rumbo.KindTrips)
		receive(t, s, b)
		if n == 5 {
			write(t, s, func(tx store.Tx) error { return tx.AddQuarantine(ctx, b.ID, []rumbo.Quarantine{{Row: 1}}) })
		}
		if c.state != "" {
			end(t, s, b, c.state, c.at)
		}
		all = append(all, b)
	}
	again := batch(9, rumbo.KindTrips) // repeats the failed batch 2
	again.BlobKey = all[2].BlobKey
	receive(t, s, again)
	keys, err := s.ExpiredPayloads(ctx, limit, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "expired", keys, []string{all[0].BlobKey, all[1].BlobKey})
	if keys, err = s.ExpiredPayloads(ctx, limit, keys[0], 1); err != nil || len(keys) != 1 || keys[0] != all[1].BlobKey {
		t.Errorf("the next page: %v, %v", keys, err)
	}
	for n, b := range all {
		write(t, s, func(tx store.Tx) error {
			dropped, err := tx.DropPayload(ctx, b.BlobKey, limit)
			same(t, fmt.Sprint("dropped ", n), dropped, n < 2)
			return err
		})
		named, err := s.NamesPayload(ctx, b.BlobKey)
		now, known := s.Batch(ctx, b.ID)
		if err != nil || known != nil || named == (n < 2) || (now.BlobKey == "") != (n < 2) || now.SHA256 != b.SHA256 {
			t.Errorf("batch %d: named %v, %+v, %v %v", n, named, now, err, known)
		}
	}
	end(t, s, again, rumbo.BatchLoaded, noon)
	write(t, s, func(tx store.Tx) error {
		dropped, err := tx.DropPayload(ctx, again.BlobKey, limit)
		same(t, "dropped of both", dropped, true)
		return err
	})
	if b, err := s.Batch(ctx, all[2].ID); err != nil || b.BlobKey != "" {
		t.Errorf("%+v, %v", b, err)
	}
}

func testPruneUnknown(t *testing.T, h Harness) {
	for _, p := range []store.Prune{{What: "batch"}, {What: store.PruneVersions, Kind: "batch b; DROP TABLE batch"}, {}} {
		_, err := h.Store.CountPrunable(t.Context(), p)
		wantCode(t, "count", err, rumbo.Invalid)
		wantCode(t, "prune", h.Store.InTx(t.Context(), func(tx store.Tx) error { _, _, err := tx.Prune(t.Context(), p, "", 1); return err }), rumbo.Invalid)
	}
}

// Backfill holds a driver's migration for retention: exec undoes what it fills in for things
// that were there before, then does it again.
func Backfill(t *testing.T, s store.Store, migration string, exec func(statement string) error) {
	ctx, at := t.Context(), noon.In(time.FixedZone("", -5*3600)).Add(123*time.Millisecond)
	receive(t, s, batch(1, rumbo.KindTrips))
	receive(t, s, batch(2, rumbo.KindTrips))
	end(t, s, batch(1, rumbo.KindTrips), rumbo.BatchLoaded, at)
	write(t, s, func(tx store.Tx) error {
		for _, r := range []rumbo.Run{{ID: "run_1", State: rumbo.RunDone, FinishedAt: &at}, {ID: "run_2", State: rumbo.RunRunning}} {
			if err := tx.AddRun(ctx, r); err != nil {
				return err
			}
		}
		return tx.AddDelivery(ctx, rumbo.Delivery{ID: "dlv_1", State: rumbo.DeliveryDelivered, CreatedAt: at})
	})
	up, _, _ := strings.Cut(migration, "-- +goose Down")
	statements := []string{"UPDATE batch SET finished = 0, blob_key = ''", "UPDATE run SET finished = 0", "UPDATE delivery SET created = 0"}
	for statement := range strings.SplitSeq(up, ";") {
		if statement = strings.TrimSpace(statement); strings.HasPrefix(statement, "UPDATE") {
			statements = append(statements, statement)
		}
	}
	for _, statement := range statements {
		if err := exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	for _, what := range []string{store.PruneRuns, store.PruneDeliveries} {
		for before, want := range map[time.Duration]int64{0: 0, time.Millisecond: 1} {
			if n, err := s.CountPrunable(ctx, store.Prune{What: what, Before: at.Add(before)}); err != nil || n != want {
				t.Errorf("%d %s before %s, want %d: %v", n, what, at.Add(before), want, err)
			}
		}
	}
	keys, err := s.ExpiredPayloads(ctx, at.Add(time.Millisecond), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "payloads", keys, []string{batch(1, "").BlobKey})
	named, err := s.NamesPayload(ctx, batch(2, "").BlobKey)
	if err != nil || !named {
		t.Errorf("the payload of the other batch: %v, %v", named, err)
	}
}
