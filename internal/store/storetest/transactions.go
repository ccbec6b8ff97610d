package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// everything writes one of each kind, a task included.
func everything(ctx context.Context, tx store.Tx) error {
	_, _, claim := tx.ClaimReply(ctx, store.Reply{Key: "k", CreatedAt: noon}, noon)
	_, trips := false, tx.AddBatch(ctx, batch(1, rumbo.KindTrips))
	if trips == nil {
		_, trips = tx.AddTrips(ctx, id("batch", 1), []rumbo.Trip{trip(1, 1)})
	}
	loaded := batch(1, rumbo.KindTrips)
	loaded.State = rumbo.BatchLoaded
	return errors.Join(claim, trips,
		tx.AddQuarantine(ctx, loaded.ID, []rumbo.Quarantine{{Row: 1, Rule: "r"}}),
		tx.SetBatch(ctx, loaded),
		tx.AddPlan(ctx, rumbo.Plan{ID: "plan_1"}),
		tx.AddRun(ctx, rumbo.Run{ID: "run_1"}),
		tx.AddPredictions(ctx, rumbo.PredictionSet{ID: "pred_1"}, noon),
		tx.AddDelivery(ctx, rumbo.Delivery{ID: "dlv_1"}),
		tx.AddKey(ctx, store.Key{Prefix: "p"}),
		tx.Enqueue(ctx, task.Spec{Kind: "storetest", Args: json.RawMessage(`{"a":1}`)}))
}

// wantEverything checks that all of everything is there, or nothing.
func wantEverything(t *testing.T, h Harness, there bool) {
	t.Helper()
	ctx := t.Context()
	for what, read := range map[string]func() error{
		"batch":       func() error { _, err := h.Store.Batch(ctx, id("batch", 1)); return err },
		"quarantine":  func() error { _, err := h.Store.Quarantine(ctx, id("batch", 1), "", "", 1); return err },
		"trip":        func() error { _, err := h.Store.Trip(ctx, id("trip", 1)); return err },
		"plan":        func() error { _, err := h.Store.Plan(ctx, "plan_1"); return err },
		"run":         func() error { _, err := h.Store.Run(ctx, "run_1"); return err },
		"predictions": func() error { _, err := h.Store.Predictions(ctx, "pred_1"); return err },
		"delivery":    func() error { _, err := h.Store.Delivery(ctx, "dlv_1"); return err },
		"key":         func() error { _, err := h.Store.Key(ctx, "p"); return err },
	} {
		err := read()
		if there && err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if !there {
			wantCode(t, what, err, rumbo.NotFound)
		}
	}
	counts, err := h.Queue.Counts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if counts.Unfinished() == 1 != there {
		t.Errorf("tasks %+v, want there %v", counts, there)
	}
	_, free := claim(t, h.Store, "k", "h", noon, noon)
	if free == there {
		t.Errorf("claim free %v, want %v", free, !there)
	}
}

func testRollback(t *testing.T, h Harness) {
	ctx := t.Context()
	stop := errors.New("stop")
	err := h.Store.InTx(ctx, func(tx store.Tx) error { return errors.Join(everything(ctx, tx), stop) })
	if !errors.Is(err, stop) {
		t.Errorf("InTx returned %v, not the function's error", err)
	}
	wantEverything(t, h, false)
	write(t, h.Store, func(tx store.Tx) error { return tx.ReleaseReply(ctx, "k") })
	write(t, h.Store, func(tx store.Tx) error { return everything(ctx, tx) })
	wantEverything(t, h, true)
}

func testPanic(t *testing.T, h Harness) {
	ctx := t.Context()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("InTx swallowed a panic")
			}
		}()
		_ = h.Store.InTx(ctx, func(tx store.Tx) error {
			if err := everything(ctx, tx); err != nil {
				t.Error(err)
			}
			panic("in a transaction")
		})
	}()
	wantEverything(t, h, false)
}

func testCanceled(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(t.Context())
	err := h.Store.InTx(ctx, func(tx store.Tx) error {
		if err := everything(ctx, tx); err != nil {
			t.Error(err)
		}
		cancel()
		return nil
	})
	wantCode(t, "canceled before the commit", err, rumbo.Canceled)
	wantEverything(t, h, false)
	_, err = h.Store.Batch(ctx, "x")
	wantCode(t, "read with a canceled context", err, rumbo.Canceled)
	wantCode(t, "begin with a canceled context", h.Store.InTx(ctx, func(store.Tx) error { return nil }), rumbo.Canceled)
}

// testIncrements reads, decides and writes from many goroutines.
func testIncrements(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	write(t, s, func(tx store.Tx) error { return tx.AddRun(ctx, rumbo.Run{ID: "run_1", Flow: "f", State: "s"}) })
	const writers, times = 4, 10
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range times {
				err := s.InTx(ctx, func(tx store.Tx) error {
					run, err := tx.Run(ctx, "run_1")
					if err != nil {
						return err
					}
					run.Progress++
					return tx.SetRun(ctx, run)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	run, err := s.Run(ctx, "run_1")
	if err != nil || run.Progress != writers*times {
		t.Errorf("%g increments, want %d: %v", run.Progress, writers*times, err)
	}
}
