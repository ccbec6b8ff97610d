package main

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
)

func TestAutomations(t *testing.T) { testAutomations(t, settings{Data: t.TempDir()}, 0) }

// TestAutomationsOfManyProcesses lets four processes end runs and watch them.
func TestAutomationsOfManyProcesses(t *testing.T) {
	pgtest.Need(t, server)
	testAutomations(t, settings{Data: t.TempDir(), Database: server.Database(t)}, 3)
}

// testAutomations fails a training, sends dirty trips and lets a plan take long: a receiver
// hears of each once, signed.
func testAutomations(t *testing.T, s settings, more int) {
	a, c, stop := startTownAs(t, s)
	defer stop()
	for range more {
		s.Roles = []string{roleWorker}
		_, stop := startProcess(t, s)
		defer stop()
	}
	verifier, err := client.NewVerifier(a.secret)
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan client.Event, 100)
	receiver := httptest.NewServer(verifier.Handler(func(e client.Event) error { heard <- e; return nil }))
	defer receiver.Close()
	document := rumbo.AutomationsDocument{Endpoints: []string{receiver.URL + "/a"}, Rules: []rumbo.Automation{
		{Name: "failed", When: rumbo.WhenRunFailed}, {Name: "dirty", When: rumbo.WhenQuarantine, MaxShare: 0.1}, {Name: "late", When: rumbo.WhenRunLate, Flow: rumbo.FlowPlan, AfterS: 1}}}
	if got, err := c.SetAutomations(t.Context(), document); err != nil || len(got.Rules) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := c.Train(t.Context(), rumbo.TrainRequest{}); err != nil { // on nothing
		t.Fatal(err)
	}
	sendFile(t, c, rumbo.KindTrips, "csv", "trips-dirty.csv")
	for _, kind := range []string{rumbo.KindDepots, rumbo.KindVehicles, rumbo.KindOrders} {
		sendFile(t, c, kind, "json", kind+".json")
	}
	if _, err := c.SubmitPlan(t.Context(), rumbo.PlanRequest{Day: "2026-03-16", TimeLimitS: 600}); err != nil {
		t.Fatal(err)
	}
	events := map[string]rumbo.AutomationEvent{}
	for len(events) < 3 {
		select {
		case e := <-heard:
			var event rumbo.AutomationEvent
			if err := json.Unmarshal(e.Data, &event); err != nil || event.Run == nil || events[e.Type].Text != "" {
				t.Errorf("%s %s, %v", e.Type, e.Data, err)
			}
			events[e.Type] = event
		case <-time.After(60 * time.Second):
			t.Fatalf("no event came after %+v", events)
		}
	}
	late := events[rumbo.EventRunLate]
	if events[rumbo.EventRunFailed].Run.Flow != rumbo.FlowTrain || events[rumbo.EventQuarantine].Batch.Counts.Quarantined == 0 || late.Run.State != rumbo.RunRunning {
		t.Errorf("%+v", events)
	}
	if _, err := c.CancelRun(t.Context(), late.Run.ID, "enough"); err != nil {
		t.Fatal(err)
	}
	fired := 0
	for line, err := range c.RunLog(t.Context(), late.Run.ID, "") {
		if err != nil {
			t.Fatal(err)
		}
		fired += strings.Count(line.Text, "automation late fires")
	}
	deliveries := 0
	for d, err := range c.Deliveries(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(d.ID, "dlv_auto_") {
			deliveries++
		}
	}
	if fired != 1 || deliveries != 3 || len(heard) != 0 {
		t.Errorf("%d lines, %d deliveries, %d more events", fired, deliveries, len(heard))
	}
}
