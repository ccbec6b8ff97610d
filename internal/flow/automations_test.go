package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/webhook"
)

// ruled is a town with rules; nobody answers at its endpoints.
func ruled(t *testing.T, rules ...rumbo.Automation) (*town, *Automations) {
	t.Helper()
	w := newTown(t)
	a := &Automations{Store: w.store, Clock: func() time.Time { return w.learn.Clock() }, Policy: webhook.Policy{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		RunID: func(name string, at time.Time) (string, error) { return fmt.Sprintf("run_%s%d", name, at.Unix()), nil }}
	document := rumbo.AutomationsDocument{Endpoints: []string{"https://ops.example.com/a", "https://ops.example.com/b"}, Rules: rules}
	if err := a.SetAutomations(t.Context(), document); err != nil {
		t.Fatal(err)
	}
	return w, a
}

// events are the events that automations have made, by the run that they are about.
func (w *town) events(t fatal) map[string][]rumbo.AutomationEvent {
	t.Helper()
	page, err := w.store.Deliveries(w.ctx, store.DeliveryQuery{}, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]rumbo.AutomationEvent{}
	for _, d := range page.Items {
		if !strings.HasPrefix(d.ID, automated) {
			continue
		}
		whole, err := w.store.Delivery(w.ctx, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		var message struct {
			Type string
			Data rumbo.AutomationEvent
		}
		if err := json.Unmarshal(whole.Payload, &message); err != nil || message.Type != d.Type {
			t.Errorf("%s: %v", whole.Payload, err)
		}
		if run, err := w.store.Run(w.ctx, runID(d.ID)); err != nil || run.Flow != rumbo.FlowDeliver || run.Subject != d.ID {
			t.Errorf("nobody delivers %s: %+v, %v", d.ID, run, err)
		}
		out[d.Subject] = append(out[d.Subject], message.Data)
	}
	return out
}

func (w *town) logOf(t fatal, id string) (text string) {
	t.Helper()
	page, err := w.store.RunLog(w.ctx, id, "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range page.Items {
		text += l.Text + "\n"
	}
	return text
}

// begun is a run that is under way since an instant.
func (w *town) begun(t fatal, run rumbo.Run, at *time.Time) rumbo.Run {
	t.Helper()
	run.ID, run.State, run.StartedAt, run.CreatedAt = "run_"+w.token(), rumbo.RunQueued, at, w.learn.Clock()
	if at != nil {
		run.State, run.Attempt = rumbo.RunRunning, 1
	}
	if err := w.store.InTx(w.ctx, func(tx store.Tx) error { return tx.AddRun(w.ctx, run) }); err != nil {
		t.Fatal(err)
	}
	return run
}

// TestFailedRunsFire fires once for each failed run and rule, in the transaction that ends it,
// whenever the process dies.
func TestFailedRunsFire(t *testing.T) {
	for _, after := range []bool{false, true} {
		for first := 1; first <= 8; first++ {
			w, _ := ruled(t, rumbo.Automation{Name: "any", When: rumbo.WhenRunFailed}, rumbo.Automation{Name: "ingest", When: rumbo.WhenRunFailed, Flow: rumbo.FlowIngest},
				rumbo.Automation{Name: "plans", When: rumbo.WhenRunFailed, Flow: rumbo.FlowPlan},
				rumbo.Automation{Name: "dirty", When: rumbo.WhenQuarantine, Kind: rumbo.KindTrips, MaxShare: 0.1}, rumbo.Automation{Name: "orders", When: rumbo.WhenQuarantine, Kind: rumbo.KindOrders})
			bad, good := w.receive(t, read(t, "trips-dirty.csv"), ""), w.receive(t, read(t, "trips.csv"), "")
			for range 2 { // the events themselves stay undelivered
				w.workSome(t, 1, after, first, 2)
			}
			w.run(t, runID(good.ID), rumbo.RunDone)
			w.run(t, runID(bad.ID), rumbo.RunFailed)
			events := w.events(t)
			names := map[string]int{}
			for _, e := range events[runID(bad.ID)] {
				names[e.Rule.Name]++
				if e.Run.State != rumbo.RunFailed || e.Text == "" || (e.Batch != nil) != (e.Rule.Name == "dirty") || e.Run.Result != nil {
					t.Errorf("%+v", e)
				}
			}
			if len(events) != 1 || fmt.Sprint(names) != "map[any:2 dirty:2 ingest:2]" {
				t.Errorf("death at %d, after its commit %v: %v of %d runs", first, after, names, len(events))
			}
			if text := w.logOf(t, runID(bad.ID)); strings.Count(text, "automation any fires: ") != 1 || strings.Count(text, "fires") != 3 {
				t.Errorf("the log is\n%s", text)
			}
		}
	}
}

// TestOwnEventsFireNothing keeps an event that cannot be delivered from making another.
func TestOwnEventsFireNothing(t *testing.T) {
	w, _ := ruled(t, rumbo.Automation{Name: "any", When: rumbo.WhenRunFailed}, rumbo.Automation{Name: "late", When: rumbo.WhenRunLate, AfterS: 1})
	run := w.begun(t, rumbo.Run{Flow: rumbo.FlowDeliver, Subject: automated + "x"}, &time.Time{})
	if _, err := endRun(t.Context(), w.learn, w.plan, run.ID, rumbo.RunFailed, context.DeadlineExceeded); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Fatal(err) // there is no such delivery
	}
	if events := w.events(t); len(events) != 0 {
		t.Errorf("%+v", events)
	}
}

// TestLateRunsFire fires once for a run that runs too long: by any of the processes that
// watch, or at its end when nobody saw it.
func TestLateRunsFire(t *testing.T) {
	w, a := ruled(t, rumbo.Automation{Name: "slow", When: rumbo.WhenRunLate, Flow: rumbo.FlowTrain, AfterS: 60})
	now := time.Now()
	w.learn.Clock = func() time.Time { return now }
	quick, slow := now.Add(-59*time.Second), now.Add(-61*time.Second)
	inTime, late := w.begun(t, rumbo.Run{Flow: rumbo.FlowTrain}, &quick), w.begun(t, rumbo.Run{Flow: rumbo.FlowTrain}, &slow)
	unseen := w.begun(t, rumbo.Run{Flow: rumbo.FlowTrain}, &now)
	w.begun(t, rumbo.Run{Flow: rumbo.FlowRetention}, &slow)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := a.Look(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if events := w.events(t); len(events) != 1 || len(events[late.ID]) != 2 || events[late.ID][0].Run.State != rumbo.RunRunning {
		t.Errorf("%+v", events)
	}
	if text := w.logOf(t, late.ID); strings.Count(text, "automation slow fires") != 1 {
		t.Errorf("the log is\n%s", text)
	}
	w.learn.Clock = func() time.Time { return now.Add(61 * time.Second) }
	for _, run := range []rumbo.Run{late, unseen} {
		if _, err := endRun(t.Context(), w.learn, w.plan, run.ID, rumbo.RunCanceled, context.Canceled); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if events := w.events(t); len(events) != 3 || len(events[late.ID]) != 2 || len(events[unseen.ID]) != 2 || len(events[inTime.ID]) != 2 {
		t.Errorf("%d runs have events", len(events))
	}
}

// TestLateStartsFire fires once for a time of a schedule, whether its run was never asked
// for, waits, or began too late; not for a backfill, nor for one that is paused.
func TestLateStartsFire(t *testing.T) {
	w := newTown(t)
	now := time.Now().Truncate(time.Second)
	w.learn.Clock = func() time.Time { return now }
	put := func(s rumbo.Schedule) {
		if err := w.store.InTx(t.Context(), func(tx store.Tx) error { return tx.PutSchedule(t.Context(), s) }); err != nil {
			t.Fatal(err)
		}
	}
	overdue, soon := now.Add(-61*time.Second), now.Add(-59*time.Second)
	nightly := rumbo.Schedule{Name: "nightly", Flow: rumbo.FlowTrain, NextAt: soon}
	put(nightly)
	put(rumbo.Schedule{Name: "other", Flow: rumbo.FlowTrain, NextAt: overdue, Paused: true})
	a := &Automations{Store: w.store, Clock: func() time.Time { return w.learn.Clock() }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		RunID: func(name string, at time.Time) (string, error) { return fmt.Sprintf("run_%s%d", name, at.Unix()), nil }}
	if err := a.SetAutomations(t.Context(), rumbo.AutomationsDocument{Endpoints: []string{"https://ops.example.com/a"}, Rules: []rumbo.Automation{
		{Name: "start", When: rumbo.WhenStartLate, Schedule: "nightly", AfterS: 60}, {Name: "paused", When: rumbo.WhenStartLate, Schedule: "other", AfterS: 60}}}); err != nil {
		t.Fatal(err)
	}
	fired := func(what string, want int) {
		t.Helper()
		for range 2 {
			if err := a.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if events := w.events(t); len(events) != want {
			t.Errorf("%s: %d times have fired, want %d: %+v", what, len(events), want, events)
		}
	}
	fired("in time", 0)
	nightly.NextAt = overdue
	put(nightly)
	fired("never asked for", 1)
	id, _ := a.RunID("nightly", overdue)
	run, err := w.learn.StartDue(t.Context(), strings.TrimPrefix(id, "run_"), nightly, overdue, false)
	if err != nil || run.Schedule != "nightly" || run.DueAt == nil {
		t.Fatal(run, err)
	}
	nightly.NextAt = now.Add(time.Hour)
	put(nightly)
	fired("asked for late, which was told", 1)
	if _, err := w.learn.StartDue(t.Context(), w.token(), nightly, overdue.Add(-time.Hour), true); err != nil {
		t.Fatal(err)
	}
	fired("a backfill", 1)
	waiting, err := w.learn.StartDue(t.Context(), w.token(), nightly, overdue.Add(-time.Minute), false)
	if err != nil {
		t.Fatal(err)
	}
	fired("it waits", 2)
	unseen := w.begun(t, rumbo.Run{Flow: rumbo.FlowTrain, Schedule: "nightly", DueAt: &overdue}, &now)
	punctual := w.begun(t, rumbo.Run{Flow: rumbo.FlowTrain, Schedule: "nightly", DueAt: &soon}, &now)
	for _, run := range []rumbo.Run{waiting, unseen, punctual} {
		if _, err := endRun(t.Context(), w.learn, w.plan, run.ID, rumbo.RunCanceled, context.Canceled); err != nil {
			t.Fatal(err)
		}
	}
	fired("began late, seen at its end", 3)
	if text := w.logOf(t, unseen.ID); !strings.Contains(text, "automation start fires: the run of schedule nightly") {
		t.Errorf("the log is\n%s", text)
	}
}

// TestAutomationsAreChecked names every fault of a document at once.
func TestAutomationsAreChecked(t *testing.T) {
	_, a := ruled(t)
	bad := rumbo.AutomationsDocument{Endpoints: []string{"https://ops.example.com/a", "http://10.0.0.1/", "https://ops.example.com/a"}, Rules: []rumbo.Automation{
		{Name: "a b", When: rumbo.WhenRunFailed, AfterS: 5, Flow: "trian"},
		{Name: "x", When: rumbo.WhenRunLate, MaxShare: 2},
		{Name: "x", When: rumbo.WhenStartLate, Schedule: "nobody", AfterS: -1},
		{When: "sometimes"},
	}}
	err := a.SetAutomations(t.Context(), bad)
	var got []string
	if fault, ok := err.(*rumbo.Error); ok {
		for _, f := range fault.Fields {
			got = append(got, f.Pointer+" "+string(f.Code))
		}
	}
	want := "/endpoints/2 duplicate_id, /rules/0/name bad_id, /rules/0/flow not_one_of, /rules/0/after_s conflicting_fields, " +
		"/rules/1/max_share out_of_range, /rules/1/after_s missing_field, /rules/1/max_share conflicting_fields, /rules/2/name duplicate_id, /rules/2/after_s out_of_range, " +
		"/rules/3/name missing_field, /rules/3/when not_one_of, /endpoints/1 bad_url, /rules/2/schedule unknown_reference"
	if strings.Join(got, ", ") != want {
		t.Errorf("faults\n%s, want\n%s", strings.Join(got, ", "), want)
	}
	if err := a.SetAutomations(t.Context(), rumbo.AutomationsDocument{Rules: bad.Rules[:1]}); err == nil || !strings.Contains(err.Error(), "/endpoints") {
		t.Errorf("rules without endpoint: %v", err)
	}
	if now, err := a.Automations(t.Context()); err != nil || len(now.Rules) != 0 || len(now.Endpoints) != 2 {
		t.Errorf("a document that was refused left %+v, %v", now, err)
	}
}
