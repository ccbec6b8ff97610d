package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/roadmap"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/roads"
	"github.com/logistica-inteligente/rumbo/roads/cch"
)

// newLargeTown is a town with roads and a day to plan, which counts as large.
func newLargeTown(t *testing.T) *town {
	t.Helper()
	w := newTown(t)
	graph, err := roads.Load(read(t, "roads.map"))
	if err != nil {
		t.Fatal(err)
	}
	snapper, err := roads.NewSnapper(graph)
	if err != nil {
		t.Fatal(err)
	}
	tabler, err := cch.Prepare(t.Context(), graph, cch.OrderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.plan.Times = &Times{Registry: w.learn.Registry, Resolver: w.learn.Resolver, Roads: &roadmap.Map{Snapper: snapper, Tabler: tabler, SnapMeters: 500}}
	w.plan.Large, w.plan.routesLeast = 5, 1
	for _, kind := range []string{rumbo.KindDepots, rumbo.KindVehicles, rumbo.KindOrders} {
		w.ingest(t, kind, read(t, kind+".json"))
	}
	var given struct{ Orders []rumbo.Order }
	if err := json.Unmarshal(read(t, "orders.json"), &given); err != nil {
		t.Fatal(err)
	}
	var more []rumbo.Order // so that what a region leaves is no small result
	for _, o := range given.Orders {
		for n := range 5 {
			o.ID, o.Load = fmt.Sprintf("%s-%d", o.ID, n), nil
			more = append(more, o)
		}
	}
	body, err := json.Marshal(more)
	if err != nil {
		t.Fatal(err)
	}
	w.ingest(t, rumbo.KindOrders, body)
	w.work(t, false)
	return w
}

func (w *town) ingest(t *testing.T, kind string, body []byte) {
	t.Helper()
	_, err := w.learn.Receive(t.Context(), w.token(), rumbo.Payload{Kind: kind, Format: rumbo.FormatJSON, Body: bytes.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *town) submit(t fatal) rumbo.Plan {
	t.Helper()
	plan, err := w.plan.SubmitPlan(context.Background(), w.token(), rumbo.PlanRequest{Day: "2026-03-16", Iterations: 200, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func (w *town) planned(t fatal, id string) rumbo.Plan {
	t.Helper()
	plan, err := w.store.Plan(context.Background(), id)
	if err != nil || plan.State != rumbo.PlanDone || !plan.Summary.Feasible || plan.Summary.Served+len(plan.Unassigned) != plan.Summary.Orders {
		t.Fatalf("%+v, %v", plan, err)
	}
	return plan
}

// TestLargePlanSurvivesAnyDeath plans a day by regions, whenever the process dies: the plan
// is the same, each region of each round has been a run, and the plan's own tells of them.
func TestLargePlanSurvivesAnyDeath(t *testing.T) {
	w := newLargeTown(t)
	w.plan.Large = 100
	whole := w.submit(t)
	w.work(t, false)
	want := ""
	whole = w.planned(t, whole.ID)
	w.plan.Large = 5
	rapid.Check(t, func(rt *rapid.T) {
		plan := w.submit(rt)
		w.work(rt, rapid.Bool().Draw(rt, "after"), rapid.SliceOfN(rapid.IntRange(1, 7), 0, 8).Draw(rt, "lives")...)
		plan = w.planned(rt, plan.ID)
		if plan.Summary.Served < whole.Summary.Served {
			rt.Errorf("%d served by regions, %d as a whole", plan.Summary.Served, whole.Summary.Served)
		}
		text, err := json.Marshal(plan.Routes)
		if err != nil {
			rt.Fatal(err)
		}
		if want == "" {
			want = string(text)
		}
		if string(text) != want {
			rt.Errorf("the same request became another plan:\n%s\n%s", want, text)
		}
		_, steps := w.run(rt, runID(plan.ID), rumbo.RunDone)
		for _, s := range steps {
			if len(steps) != 2+2*regionRounds || s.State != rumbo.StepDone {
				rt.Errorf("%d steps: %+v", len(steps), s)
			}
		}
		region, steps := w.run(rt, regionRun(plan.ID, regionRounds, 0), rumbo.RunDone)
		kept, err := w.store.Step(context.Background(), region.ID, "solve")
		if err != nil || steps[1].ResultBytes < 5000 || len(kept.Result) > 0 {
			rt.Errorf("%d bytes were left, %d are kept, %v", steps[1].ResultBytes, len(kept.Result), err)
		}
	})
}

// TestRegionThatFailsEndsThePlan tells of the region in the plan's error; the regions that
// come after that are not searched.
func TestRegionThatFailsEndsThePlan(t *testing.T) {
	w := newLargeTown(t)
	plan := w.submit(t)
	if _, notYet := task.NotYet(w.plan.Solve(t.Context(), runID(plan.ID)), time.Now()); !notYet {
		t.Fatal("the plan does not wait for its regions")
	}
	if _, err := w.runs.CancelRun(t.Context(), regionRun(plan.ID, 1, 0), "for a test"); err != nil {
		t.Fatal(err)
	}
	w.tasks.specs = append(w.tasks.specs[:1], w.tasks.specs[2:]...)
	w.work(t, false)
	plan, err := w.store.Plan(t.Context(), plan.ID)
	if err != nil || plan.State != rumbo.PlanFailed || !strings.Contains(plan.Error, "region 1 of round 1 canceled: the run was canceled: for a test") {
		t.Errorf("%+v, %v", plan, err)
	}
	again, err := w.runs.Rerun(t.Context(), w.token(), runID(plan.ID), "gather 1")
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, false)
	w.planned(t, again.Subject)
}
