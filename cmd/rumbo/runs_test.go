package main

import (
	"bytes"
	"strings"
	"testing"
	"text/tabwriter"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

// TestRunsOverTheAPI looks at runs as the command line does, cancels and repeats them.
func TestRunsOverTheAPI(t *testing.T) {
	a, c, stop := startTown(t, t.TempDir())
	defer stop()
	ctx := t.Context()
	sendFile(t, c, rumbo.KindTrips, "csv", "trips.csv")
	for _, kind := range []string{rumbo.KindDepots, rumbo.KindVehicles, rumbo.KindOrders} {
		sendFile(t, c, kind, "json", kind+".json")
	}
	if _, err := c.StartRun(ctx, rumbo.FlowRecalibrate, rumbo.RunParameters{}); rumbo.CodeOf(err) != rumbo.NoModel {
		t.Errorf("recalibrated without champion: %v", err)
	}
	run, err := c.Train(ctx, rumbo.TrainRequest{Trees: 5, Leaves: 4})
	if err != nil {
		t.Fatal(err)
	}
	var last client.RunEvent
	for e, err := range c.WatchRun(ctx, run.ID) {
		if err != nil {
			t.Fatal(err)
		}
		last = e
	}
	if last.Run == nil || last.Run.State != rumbo.RunDone || len(last.Run.Steps) != 2 {
		t.Fatalf("the last event is %+v", last)
	}
	var shown bytes.Buffer
	table := tabwriter.NewWriter(&shown, 0, 4, 2, ' ', 0)
	showRun(table, *last.Run)
	table.Flush()
	for _, want := range []string{run.ID, "train  ", "promote", "====", "evaluation of train", "| model | "} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("no %q in\n%s", want, shown.String())
		}
	}

	again, err := c.Rerun(ctx, run.ID, "promote")
	if err != nil {
		t.Fatal(err)
	}
	if again, err = c.WaitRun(ctx, again.ID); err != nil || again.RerunOf != run.ID {
		t.Errorf("%+v, %v", again, err)
	}
	testRetention(t, c)
	plan, err := c.SubmitPlan(ctx, rumbo.PlanRequest{Day: "2026-03-16", TimeLimitS: 600})
	if err != nil {
		t.Fatal(err)
	}
	var ofPlan rumbo.Run
	for r, err := range c.Runs(ctx, client.RunQuery{Subject: plan.ID}) {
		if err != nil {
			t.Fatal(err)
		}
		ofPlan = r
	}
	if canceled, err := c.CancelRun(ctx, ofPlan.ID, "another day"); err != nil || canceled.State != rumbo.RunCanceled {
		t.Errorf("%+v, %v", canceled, err)
	}
	if plan, err = c.Plan(ctx, plan.ID); err != nil || plan.State != rumbo.PlanFailed || !strings.Contains(plan.Error, "another day") {
		t.Errorf("%+v, %v", plan, err)
	}
	if _, err := c.CancelRun(ctx, run.ID, ""); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("a run that is done is canceled: %v", err)
	}
	flows, err := c.Flows(ctx)
	if err != nil || len(flows) != len(rumbo.Flows()) || flows[0].Runs[rumbo.RunDone] != 4 || flows[0].LastRuns[0].Flow != rumbo.FlowIngest {
		t.Errorf("%+v, %v", flows, err)
	}
	key, err := createKey(ctx, a.store, "terminal", []string{"read"})
	if err != nil {
		t.Fatal(err)
	}
	at := apiServer{URL: a.url(), Key: key}
	for what, err := range map[string]error{
		"flows":   (&runsFlows{at}).Run(ctx),
		"list":    (&runsList{apiServer: at, Flow: rumbo.FlowIngest, Limit: 2}).Run(ctx),
		"show":    (&runsShow{at, ofPlan.ID}).Run(ctx),
		"logs":    (&runsLogs{apiServer: at, ID: ofPlan.ID}).Run(ctx),
		"follow":  (&runsLogs{apiServer: at, ID: ofPlan.ID, Follow: true}).Run(ctx),
		"in JSON": (&runsShow{apiServer{URL: at.URL, Key: key, JSON: true}, run.ID}).Run(ctx),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, err := range map[string]error{"repeats": (&runsRerun{apiServer: at, ID: run.ID}).Run(ctx), "starts": (&runsStart{apiServer: at, Flow: rumbo.FlowTrain}).Run(ctx)} {
		if rumbo.CodeOf(err) != rumbo.Forbidden {
			t.Errorf("a reader %s: %v", what, err)
		}
	}
}

// testRetention counts over HTTP what would go: nothing is that old.
func testRetention(t *testing.T, c *client.Client) {
	document, err := c.Retention(t.Context())
	if err != nil || document != rumbo.DefaultRetention() {
		t.Errorf("%+v, %v", document, err)
	}
	document.RunDays = 7
	if got, err := c.SetRetention(t.Context(), document); err != nil || got != document {
		t.Errorf("%+v, %v", got, err)
	}
	run, err := c.StartRun(t.Context(), rumbo.FlowRetention, rumbo.RunParameters{DryRun: true})
	if err == nil {
		run, err = c.WaitRun(t.Context(), run.ID)
	}
	if want := `{"dry_run":true,"counts":{"deliveries":0,"orphans":0,"payloads":0,"quarantine":0,"runs":0,"versions":0}}`; err != nil || string(run.Result) != want {
		t.Errorf("%s, %v", run.Result, err)
	}
}
