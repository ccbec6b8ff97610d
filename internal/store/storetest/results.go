package storetest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func testPlans(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	plan := func(n int, state string) rumbo.Plan {
		return rumbo.Plan{ID: id("plan", n), State: state, CreatedAt: noon, Request: rumbo.PlanRequest{Day: "2022-01-31", Seed: int64(n)}}
	}
	write(t, s, func(tx store.Tx) error {
		for n := range 3 {
			if err := tx.AddPlan(ctx, plan(n, rumbo.PlanQueued)); err != nil {
				return err
			}
		}
		return nil
	})
	wantCode(t, "same ID", s.InTx(ctx, func(tx store.Tx) error { return tx.AddPlan(ctx, plan(1, "")) }), rumbo.Conflict)
	wantCode(t, "no plan", s.InTx(ctx, func(tx store.Tx) error { return tx.SetPlan(ctx, plan(9, "")) }), rumbo.NotFound)
	full := plan(1, rumbo.PlanDone)
	full.FinishedAt = &noon
	full.Summary = rumbo.PlanSummary{Orders: 2, Served: 1, Feasible: true, SearchS: 1.25}
	full.Routes = []rumbo.Route{{VehicleID: "V", StartAt: noon, EndAt: noon.Add(time.Hour), Stops: []rumbo.Stop{{OrderID: "A", ArriveAt: noon}}}}
	full.Unassigned = []rumbo.Unassigned{{OrderID: "B", Reason: rumbo.ReasonWindow}}
	write(t, s, func(tx store.Tx) error { return tx.SetPlan(ctx, full) })
	got, err := s.Plan(ctx, full.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "plan", got, full)
	short := full
	short.Routes, short.Unassigned = nil, nil
	list := func(q store.PlanQuery) []rumbo.Plan {
		return all(t, 2, func(ctx context.Context, after string, limit int) (store.Page[rumbo.Plan], error) {
			return s.Plans(ctx, q, after, limit)
		})
	}
	same(t, "list", list(store.PlanQuery{}), []rumbo.Plan{plan(2, rumbo.PlanQueued), short, plan(0, rumbo.PlanQueued)})
	same(t, "done", list(store.PlanQuery{State: rumbo.PlanDone, Day: "2022-01-31"}), []rumbo.Plan{short})
	same(t, "other day", list(store.PlanQuery{Day: "2022-02-01"}), []rumbo.Plan{})
}

func testPredictions(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	set := rumbo.PredictionSet{ID: "pred_1", Model: "travel-time", Version: 3,
		Predictions: []rumbo.Prediction{{DurationS: 600.5, Quantiles: rumbo.Quantiles{P10: 1, P50: 2, P90: 3}}}}
	write(t, s, func(tx store.Tx) error { return tx.AddPredictions(ctx, set, noon) })
	got, err := s.Predictions(ctx, set.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "set", got, set)
	wantCode(t, "same ID", s.InTx(ctx, func(tx store.Tx) error { return tx.AddPredictions(ctx, set, noon) }), rumbo.Conflict)
}

func testRuns(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	run := func(n int, flow string) rumbo.Run {
		return rumbo.Run{ID: id("run", n), Flow: flow, State: rumbo.RunQueued, CreatedAt: noon, Parameters: []byte(`{"trees":3}`)}
	}
	write(t, s, func(tx store.Tx) error {
		for n, flow := range []string{"train", "other", "train"} {
			if err := tx.AddRun(ctx, run(n, flow)); err != nil {
				return err
			}
		}
		return nil
	})
	done := run(2, "train")
	done.State, done.Progress, done.Step, done.FinishedAt, done.Result = rumbo.RunDone, 1, "", &noon, []byte(`{"mae_s":1}`)
	write(t, s, func(tx store.Tx) error { return tx.SetRun(ctx, done) })
	got, err := s.Run(ctx, done.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "run", got, done)
	list := func(q store.RunQuery) []rumbo.Run {
		return all(t, 1, func(ctx context.Context, after string, limit int) (store.Page[rumbo.Run], error) {
			return s.Runs(ctx, q, after, limit)
		})
	}
	same(t, "list", list(store.RunQuery{}), []rumbo.Run{done, run(1, "other"), run(0, "train")})
	same(t, "flow", list(store.RunQuery{Flow: "train"}), []rumbo.Run{done, run(0, "train")})
	same(t, "state", list(store.RunQuery{Flow: "train", State: rumbo.RunQueued}), []rumbo.Run{run(0, "train")})
	wantCode(t, "same ID", s.InTx(ctx, func(tx store.Tx) error { return tx.AddRun(ctx, run(1, "x")) }), rumbo.Conflict)
	wantCode(t, "no run", s.InTx(ctx, func(tx store.Tx) error { return tx.SetRun(ctx, run(9, "x")) }), rumbo.NotFound)
}

func testDeliveries(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	delivery := func(n int) rumbo.Delivery {
		return rumbo.Delivery{ID: id("dlv", n), Type: rumbo.EventPlanFinished, Subject: id("plan", n%2), URL: "http://client.example/hook",
			State: rumbo.DeliveryPending, CreatedAt: noon, Payload: []byte("{\"n\": 1}\n\x00")}
	}
	write(t, s, func(tx store.Tx) error {
		for n := range 3 {
			if err := tx.AddDelivery(ctx, delivery(n)); err != nil {
				return err
			}
		}
		return nil
	})
	wantCode(t, "same ID", s.InTx(ctx, func(tx store.Tx) error { return tx.AddDelivery(ctx, delivery(1)) }), rumbo.Conflict)
	attempts := []rumbo.DeliveryAttempt{{At: noon, Status: 500, DurationMS: 12}, {At: noon.Add(time.Second), Error: "refused"}, {At: noon, Status: 200}}
	for i, state := range []string{rumbo.DeliveryPending, rumbo.DeliveryPending, rumbo.DeliveryDelivered} {
		write(t, s, func(tx store.Tx) error {
			number, err := tx.AddAttempt(ctx, id("dlv", 2), attempts[i], state)
			if number != i+1 {
				t.Errorf("attempt number %d, want %d", number, i+1)
			}
			return err
		})
		attempts[i].Number = i + 1
	}
	want := delivery(2)
	want.State, want.Attempts = rumbo.DeliveryDelivered, attempts
	got, err := s.Delivery(ctx, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "delivery", got, want)
	list := func(q store.DeliveryQuery) []rumbo.Delivery {
		return all(t, 2, func(ctx context.Context, after string, limit int) (store.Page[rumbo.Delivery], error) {
			return s.Deliveries(ctx, q, after, limit)
		})
	}
	bare := func(d rumbo.Delivery) rumbo.Delivery { d.Payload = nil; return d }
	same(t, "list", list(store.DeliveryQuery{}), []rumbo.Delivery{bare(want), bare(delivery(1)), bare(delivery(0))})
	same(t, "subject", list(store.DeliveryQuery{Subject: id("plan", 0)}), []rumbo.Delivery{bare(want), bare(delivery(0))})
	write(t, s, func(tx store.Tx) error { return tx.SetDeliveryState(ctx, want.ID, rumbo.DeliveryPending) })
	same(t, "after a replay", list(store.DeliveryQuery{State: rumbo.DeliveryDelivered}), []rumbo.Delivery{})
	err = s.InTx(ctx, func(tx store.Tx) error { _, err := tx.AddAttempt(ctx, "none", attempts[0], "x"); return err })
	wantCode(t, "attempt of none", err, rumbo.NotFound)
	wantCode(t, "state of none", s.InTx(ctx, func(tx store.Tx) error { return tx.SetDeliveryState(ctx, "none", "x") }), rumbo.NotFound)
}

func testKeys(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	a := store.Key{Prefix: "rk_b", SHA256: "00ff", Name: "oficina ñ", Scopes: []string{"read", "write"}, CreatedAt: noon}
	b := store.Key{Prefix: "rk_a", SHA256: "ff00", CreatedAt: noon.Add(time.Hour)}
	write(t, s, func(tx store.Tx) error {
		if err := tx.AddKey(ctx, b); err != nil {
			return err
		}
		return tx.AddKey(ctx, a)
	})
	keys, err := s.Keys(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "keys", keys, []store.Key{a, b})
	got, err := s.Key(ctx, "rk_b")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "key", got, a)
	wantCode(t, "same prefix", s.InTx(ctx, func(tx store.Tx) error { return tx.AddKey(ctx, a) }), rumbo.Conflict)
	write(t, s, func(tx store.Tx) error { return tx.DeleteKey(ctx, "rk_b") })
	wantCode(t, "deleted twice", s.InTx(ctx, func(tx store.Tx) error { return tx.DeleteKey(ctx, "rk_b") }), rumbo.NotFound)
	_, err = s.Key(ctx, "rk_b")
	wantCode(t, "deleted key", err, rumbo.NotFound)
}

// claim claims a key in a transaction of its own.
func claim(t *testing.T, s store.Store, key, hash string, at, stale time.Time) (found store.Reply, free bool) {
	t.Helper()
	write(t, s, func(tx store.Tx) (err error) {
		found, free, err = tx.ClaimReply(t.Context(), store.Reply{Key: key, RequestHash: hash, CreatedAt: at}, stale)
		return err
	})
	return found, free
}

func testReplies(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	stale := noon.Add(-time.Minute)
	if _, free := claim(t, s, "k", "h", noon, stale); !free {
		t.Error("a new key must be free")
	}
	found, free := claim(t, s, "k", "other", noon.Add(time.Second), stale)
	if free || !found.Pending() || found.RequestHash != "h" {
		t.Errorf("while pending: free %v, %+v", free, found)
	}
	write(t, s, func(tx store.Tx) error { return tx.RenewReply(ctx, "k", noon.Add(time.Hour)) })
	if _, free := claim(t, s, "k", "h", noon, noon.Add(time.Minute)); free {
		t.Error("a renewed claim must not be free")
	}
	write(t, s, func(tx store.Tx) error { return tx.RenewReply(ctx, "k", noon) })
	answer := store.Reply{Key: "k", Status: 202, Header: http.Header{"Location": {"/v1/x"}}, Body: []byte("{}\x00")}
	write(t, s, func(tx store.Tx) error { return tx.SaveReply(ctx, answer) })
	write(t, s, func(tx store.Tx) error { return tx.ReleaseReply(ctx, "k") }) // no effect on an answer
	found, free = claim(t, s, "k", "h", noon, noon.AddDate(1, 0, 0))
	answer.RequestHash, answer.CreatedAt = "h", noon
	same(t, "found", found, answer)
	if free {
		t.Error("an answered key must not be free")
	}
	claim(t, s, "dead", "h", noon, stale)
	if _, free := claim(t, s, "dead", "h2", noon.Add(time.Hour), noon.Add(time.Minute)); !free {
		t.Error("the claim of a dead process must be free")
	}
	write(t, s, func(tx store.Tx) error { return tx.ReleaseReply(ctx, "dead") })
	if _, free := claim(t, s, "dead", "h3", noon.Add(time.Hour), stale); !free {
		t.Error("a released key must be free")
	}
	wantCode(t, "save without claim", s.InTx(ctx, func(tx store.Tx) error { return tx.SaveReply(ctx, store.Reply{Key: "none", Status: 200}) }), rumbo.NotFound)
	claim(t, s, "k2", "h", noon, stale)
	var removed []int
	for range 3 {
		write(t, s, func(tx store.Tx) error {
			n, err := tx.DeleteReplies(ctx, noon.Add(time.Minute), 1)
			removed = append(removed, n)
			return err
		})
	}
	same(t, "removed", removed, []int{1, 1, 0})
}

// testConcurrentClaims sends the same request many times at once: one is to be
// worked, all get its answer.
func testConcurrentClaims(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	var worked atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var body []byte
			err := s.InTx(ctx, func(tx store.Tx) error {
				found, free, err := tx.ClaimReply(ctx, store.Reply{Key: "k", RequestHash: "h", CreatedAt: noon}, noon.Add(-time.Minute))
				if err != nil || !free {
					body = found.Body
					return err
				}
				worked.Add(1)
				if err := tx.AddRun(ctx, rumbo.Run{ID: "run_1", Flow: "f", State: "s", CreatedAt: noon}); err != nil {
					return err
				}
				body = []byte("run_1")
				return tx.SaveReply(ctx, store.Reply{Key: "k", Status: 201, Body: body})
			})
			if err != nil || string(body) != "run_1" {
				t.Errorf("answer %q, %v", body, err)
			}
		})
	}
	wg.Wait()
	if worked.Load() != 1 {
		t.Errorf("worked %d times", worked.Load())
	}
}

func testUnknownIDs(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	for what, read := range map[string]func(id string) error{
		"batch":       func(id string) error { _, err := s.Batch(ctx, id); return err },
		"trip":        func(id string) error { _, err := s.Trip(ctx, id); return err },
		"order":       func(id string) error { _, err := s.Order(ctx, id); return err },
		"vehicle":     func(id string) error { _, err := s.Vehicle(ctx, id); return err },
		"depot":       func(id string) error { _, err := s.Depot(ctx, id); return err },
		"plan":        func(id string) error { _, err := s.Plan(ctx, id); return err },
		"predictions": func(id string) error { _, err := s.Predictions(ctx, id); return err },
		"run":         func(id string) error { _, err := s.Run(ctx, id); return err },
		"delivery":    func(id string) error { _, err := s.Delivery(ctx, id); return err },
		"key":         func(id string) error { _, err := s.Key(ctx, id); return err },
	} {
		for _, id := range []string{"", "x", "\x00", "\xff", "'; DROP TABLE batch; --", strings.Repeat("long", 1000)} {
			wantCode(t, what, read(id), rumbo.NotFound)
		}
	}
	if err := s.Ping(ctx); err != nil {
		t.Error(err)
	}
}

func testSchedules(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	a := rumbo.Schedule{Name: "nightly", Flow: rumbo.FlowTrain, Cron: "0 3 * * *", TimeZone: "America/Bogota", Missed: rumbo.MissedOnce, NextAt: noon, CreatedAt: noon}
	b := a
	b.Name, b.Parameters, b.LastAt = "b", rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{Features: "B", Seed: 7}}, &noon
	write(t, s, func(tx store.Tx) error { return errors.Join(tx.PutSchedule(ctx, a), tx.PutSchedule(ctx, b)) })
	a.Paused, a.NextAt = true, noon.Add(time.Hour)
	write(t, s, func(tx store.Tx) error {
		if got, err := tx.Schedule(ctx, "nightly"); err != nil || got.Paused {
			t.Errorf("before the change: %+v, %v", got, err)
		}
		return tx.PutSchedule(ctx, a)
	})
	list, err := s.Schedules(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "schedules by name", list, []rumbo.Schedule{b, a})
	write(t, s, func(tx store.Tx) error { return tx.DeleteSchedule(ctx, "b") })
	wantCode(t, "deleted twice", s.InTx(ctx, func(tx store.Tx) error { return tx.DeleteSchedule(ctx, "b") }), rumbo.NotFound)
	_, err = s.Schedule(ctx, "b")
	wantCode(t, "deleted schedule", err, rumbo.NotFound)
}
