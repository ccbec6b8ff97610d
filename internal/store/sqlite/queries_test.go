package sqlite

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

// explaining asks SQLite for its plan of every statement before it runs it.
type explaining struct {
	sqlstore.Conn
	t    *testing.T
	plan *[]string
}

func (e explaining) explain(ctx context.Context, query string, args []any) {
	rows, err := e.Conn.Query(ctx, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		e.t.Errorf("%s: %v", query, err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			e.t.Error(err)
		}
		*e.plan = append(*e.plan, step)
	}
}

func (e explaining) Query(ctx context.Context, query string, args ...any) (sqlstore.Rows, error) {
	e.explain(ctx, query, args)
	return e.Conn.Query(ctx, query, args...)
}

func (e explaining) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	e.explain(ctx, query, args)
	return e.Conn.Exec(ctx, query, args...)
}

func (e explaining) Snapshot(context.Context) (sqlstore.Conn, func(), error) {
	return e, func() {}, nil
}

// TestNothingScans holds the promise of sqlstore: every statement finds its
// rows by an index and in the order of one.
func TestNothingScans(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var plan []string
	w := sqlstore.NewWriter(explaining{conn{runner: tx}, t, &plan}, dialect())
	now := time.Now()
	bounded := store.TripQuery{From: now.Add(-time.Hour), Until: now}
	for _, step := range []struct {
		name string
		do   func() error
		uses string // an index that must serve
	}{
		{"AddBatch", func() error {
			return w.AddBatch(ctx, rumbo.Batch{ID: "b", Kind: rumbo.KindTrips, State: rumbo.BatchReceived})
		}, ""},
		{"AddTrips", func() error { _, err := w.AddTrips(ctx, "b", []rumbo.Trip{{ID: "x"}}); return err }, "trip_version"},
		{"AddQuarantine", func() error { return w.AddQuarantine(ctx, "b", []rumbo.Quarantine{{Row: 1}}) }, ""},
		{"ClearBatch", func() error { _, err := w.ClearBatch(ctx, "b", 3); return err }, "trip_batch"},
		{"Trips", func() error {
			for _, err := range w.Trips(ctx, bounded) {
				return err
			}
			return nil
		}, "PRIMARY KEY (pickup>? AND pickup<?)"},
		{"TripPage", func() error { _, err := w.TripPage(ctx, store.TripQuery{}, "MSB4", 3); return err }, "PRIMARY KEY ((pickup,id)>(?,?))"},
		{"AddEventBatch", func() error {
			return w.AddBatch(ctx, rumbo.Batch{ID: "e", Kind: rumbo.KindEvents, State: rumbo.BatchReceived})
		}, ""},
		{"AddEvents", func() error {
			_, err := w.AddEvents(ctx, "e", []rumbo.VehicleEvent{{ID: "x"}})
			return err
		}, "event_version"},
		{"EventPage", func() error {
			_, err := w.EventPage(ctx, store.EventQuery{From: now}, "MSB4", 3)
			return err
		}, "PRIMARY KEY"},
		{"EventsOfVehicle", func() error {
			for _, err := range w.Events(ctx, store.EventQuery{VehicleID: "v", From: now.Add(-time.Hour), Until: now}) {
				return err
			}
			return nil
		}, "event_vehicle (vehicle_id=? AND at>? AND at<?)"},
		{"SettledEvents", func() error {
			for _, err := range w.Events(ctx, store.EventQuery{VehicleID: "v", Settled: true}) {
				return err
			}
			return nil
		}, "batch_unfinished (kind=?)"},
		{"Settled", func() error { _, err := w.Settled(ctx, "e"); return err }, "batch_unfinished (kind=? AND seq<?)"},
		{"EventDays", func() error { _, err := w.EventDays(ctx, "e"); return err }, "event_batch (batch=?)"},
		{"OrdersOfDay", func() error { _, err := w.OrdersOfDay(ctx, "x"); return err }, "order_day (day=?)"},
		{"Orders", func() error { _, err := w.Orders(ctx, store.OrderQuery{Day: "x"}, "a", 3); return err }, "order_day (day=? AND id>?)"},
		{"Vehicles", func() error { _, err := w.Vehicles(ctx, "a", 3); return err }, "PRIMARY KEY (id>?)"},
		{"Order", func() error { return known(w.Order(ctx, "x")) }, "PRIMARY KEY (id=?)"},
		{"Trip", func() error { return known(w.Trip(ctx, "x")) }, "trip_version (id=?)"},
		{"BatchByContent", func() error { return known(w.BatchByContent(ctx, "x", "y")) }, "batch_content"},
		{"Batches", func() error { _, err := w.Batches(ctx, store.BatchQuery{}, "b", 3); return err }, ""},
		{"Quarantine", func() error { _, err := w.Quarantine(ctx, "b", "", "", 3); return err }, ""},
		{"Plans", func() error { _, err := w.Plans(ctx, store.PlanQuery{Day: "x"}, "a", 3); return err }, "plan_day"},
		{"Runs", func() error { _, err := w.Runs(ctx, store.RunQuery{State: "x"}, "a", 3); return err }, ""},
		{"RunsOfSubject", func() error { _, err := w.Runs(ctx, store.RunQuery{Subject: "x"}, "a", 3); return err }, "run_subject"},
		{"CountRuns", func() error { _, err := w.CountRuns(ctx); return err }, "run_flow"},
		{"Steps", func() error { _, err := w.Steps(ctx, "x"); return err }, "run_step_order"},
		{"RunLog", func() error { _, err := w.RunLog(ctx, "x", "", "3", 3); return err }, ""},
		{"Deliveries", func() error { _, err := w.Deliveries(ctx, store.DeliveryQuery{Subject: "x"}, "a", 3); return err }, "delivery_subject"},
		{"PruneVersions", func() error {
			_, _, err := w.Prune(ctx, store.Prune{What: store.PruneVersions, Kind: rumbo.KindTrips}, "", 3)
			return err
		}, "batch_failed"},
		{"PruneVersionsOn", func() error {
			_, _, err := w.Prune(ctx, store.Prune{What: store.PruneVersions, Kind: rumbo.KindTrips}, "after a", 3)
			return err
		}, "trip_rivals"},
		{"PruneQuarantine", func() error {
			_, _, err := w.Prune(ctx, store.Prune{What: store.PruneQuarantine, Before: now}, "", 3)
			return err
		}, "batch_finished"},
		{"PruneRuns", func() error {
			_, _, err := w.Prune(ctx, store.Prune{What: store.PruneRuns, Before: now}, "", 3)
			return err
		}, "run_finished"},
		{"PruneDeliveries", func() error {
			_, _, err := w.Prune(ctx, store.Prune{What: store.PruneDeliveries, Before: now}, "", 3)
			return err
		}, "delivery_delivered"},
		{"CountRuns", func() error {
			_, err := w.CountPrunable(ctx, store.Prune{What: store.PruneRuns, Before: now})
			return err
		}, "run_finished"},
		{"CountVersions", func() error {
			_, err := w.CountPrunable(ctx, store.Prune{What: store.PruneVersions, Kind: rumbo.KindTrips})
			return err
		}, "trip_rivals"},
		{"ExpiredPayloads", func() error { _, err := w.ExpiredPayloads(ctx, now, "a", 3); return err }, "batch_payload"},
		{"NamesPayload", func() error { _, err := w.NamesPayload(ctx, "a"); return err }, "batch_payload"},
		{"DropPayload", func() error { _, err := w.DropPayload(ctx, "a", now); return err }, "batch_payload"},
		{"ClaimReply", func() error { _, _, err := w.ClaimReply(ctx, store.Reply{Key: "k"}, now); return err }, ""},
		{"DeleteReplies", func() error { _, err := w.DeleteReplies(ctx, now, 3); return err }, "reply_at"},
	} {
		plan = nil
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		all := strings.Join(plan, "\n")
		if !strings.Contains(all, step.uses) {
			t.Errorf("%s does not use %s:\n%s", step.name, step.uses, all)
		}
		for _, line := range plan {
			if strings.Contains(line, "TEMP B-TREE") || strings.HasPrefix(line, "SCAN") && !strings.Contains(line, "json_each") && !strings.Contains(line, "COVERING INDEX run_flow") && !strings.Contains(line, "COVERING INDEX trip_rivals") {
				t.Errorf("%s scans or sorts:\n%s", step.name, all)
			}
		}
	}
}

// known drops the error of a read that found nothing.
func known[T any](_ T, err error) error {
	if rumbo.CodeOf(err) == rumbo.NotFound {
		return nil
	}
	return err
}
