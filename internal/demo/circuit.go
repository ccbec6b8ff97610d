package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

// Circuit is one walk through the product as a client sees it.
type Circuit struct {
	Client  *client.Client
	Secret  string // of the webhooks
	Out     string // folder for problem, plan and raw webhook; "" for none
	Seed    int64
	Screen  *Screen
	Clock   func() time.Time
	SearchS float64 // time limit of the plan, seconds
}

// Result is the demo in numbers: what its last line prints.
type Result struct {
	Circuit     string        `json:"circuit"`
	Accepted    int64         `json:"accepted"`
	Quarantined int64         `json:"quarantined"`
	Model       ModelResult   `json:"model"`
	Plan        PlanResult    `json:"plan"`
	Webhook     WebhookResult `json:"webhook"`
	ElapsedS    float64       `json:"elapsed_s"`
}

// ModelResult shows the model with feature set B, which published figures compare, and the
// one in use.
type ModelResult struct {
	Name     string                   `json:"name"`
	Features string                   `json:"features"`
	MAES     float64                  `json:"mae_s"`
	RMSLE    float64                  `json:"rmsle"`
	TestRows int64                    `json:"test_rows"`
	Floors   map[string]rumbo.Metrics `json:"floors"`
	InUse    *ModelResult             `json:"in_use,omitempty"`
	Version  int                      `json:"version"`
	Coverage float64                  `json:"coverage_p10_p90"`
}

// PlanResult is the plan in numbers.
type PlanResult struct {
	Orders    int   `json:"orders"`
	Served    int   `json:"served"`
	Vehicles  int   `json:"vehicles"`
	DistanceM int64 `json:"distance_m"`
	DurationS int64 `json:"duration_s"`
	Feasible  bool  `json:"feasible"`
}

// WebhookResult says whether the signed plan arrived and its signature was right.
type WebhookResult struct {
	Verified bool   `json:"verified"`
	ID       string `json:"id"`
}

// Run walks the circuit. The error names the step that failed.
func (c *Circuit) Run(ctx context.Context) (Result, error) {
	began := c.Clock()
	var r Result
	var used rumbo.ModelVersion
	var day Day
	var plan rumbo.Plan
	var hook received
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"ingest", func() (err error) { r.Accepted, r.Quarantined, err = c.sendTrips(ctx); return err }},
		{"learn", func() (err error) { r.Model, used, err = c.train(ctx); return err }},
		{"orders", func() (err error) { day, err = c.sendDay(ctx, used.Lineage.TrainUntil); return err }},
		{"predict", func() error { return c.predict(ctx, day) }},
		{"plan", func() (err error) { plan, hook, err = c.plan(ctx, day); return err }},
		{"verify", func() (err error) { r.Webhook, err = c.verify(hook, plan); return err }},
		{"keep", func() error { return c.keep(day, plan, hook) }},
	} {
		if err := step.do(); err != nil {
			return r, fmt.Errorf("step %s: %w", step.name, err)
		}
	}
	s := plan.Summary
	r.Plan = PlanResult{s.Orders, s.Served, s.Vehicles, s.DistanceM, s.DurationS, s.Feasible}
	r.Circuit, r.ElapsedS = "ok", math.Round(c.Clock().Sub(began).Seconds()*10)/10
	return r, nil
}

// sendTrips sends the bundled trips and shows what the rules kept out.
func (c *Circuit) sendTrips(ctx context.Context) (accepted, quarantined int64, err error) {
	done := c.Screen.Step("Ingest: 10,000 yellow taxi trips of New York, January 2022")
	batch, err := c.Client.Ingest(ctx, rumbo.KindTrips, "csv", bytes.NewReader(TripsGzip),
		client.IngestOptions{Month: TripsMonth, Gzip: true})
	if err != nil {
		return 0, 0, err
	}
	if batch, err = c.Client.WaitBatch(ctx, batch.ID); err != nil {
		return 0, 0, err
	}
	example := map[string]rumbo.Quarantine{}
	for q, err := range c.Client.Quarantine(ctx, batch.ID, "") {
		if err != nil {
			return 0, 0, err
		}
		if _, seen := example[q.Rule]; !seen {
			example[q.Rule] = q
		}
	}
	done()
	c.Screen.Batch(batch, example)
	return batch.Counts.Accepted, batch.Counts.Quarantined, nil
}

// train has both models trained: B for the comparison with published figures, then R,
// which is used.
func (c *Circuit) train(ctx context.Context) (ModelResult, rumbo.ModelVersion, error) {
	versions := map[string]rumbo.ModelVersion{}
	for _, set := range []struct{ features, title string }{
		{"B", "Learn: with the metered distance, as published figures do (for comparison only)"},
		{"R", "Learn: with our own road times, known before driving (the model in use)"},
	} {
		done := c.Screen.Step(set.title)
		run, err := c.Client.Train(ctx, rumbo.TrainRequest{Features: set.features, Seed: c.Seed})
		if err != nil {
			return ModelResult{}, rumbo.ModelVersion{}, err
		}
		if run, err = c.watch(ctx, run.ID); err != nil {
			return ModelResult{}, rumbo.ModelVersion{}, err
		}
		var v rumbo.ModelVersion
		if err := json.Unmarshal(run.Result, &v); err != nil {
			return ModelResult{}, v, err
		}
		done()
		c.Screen.Model(v)
		versions[set.features] = v
	}
	used := versions["R"]
	if !used.Champion {
		return ModelResult{}, used, fmt.Errorf("the model was not promoted: %s", used.Verdict)
	}
	out, inUse := modelResult(versions["B"]), modelResult(used)
	out.InUse = &inUse
	return out, used, nil
}

// watch shows the progress of a run until it ends.
func (c *Circuit) watch(ctx context.Context, id string) (rumbo.Run, error) {
	defer every(500*time.Millisecond, func() {
		if run, err := c.Client.Run(ctx, id); err == nil {
			c.Screen.Progress(run.Step, run.Progress)
		}
	})()
	return c.Client.WaitRun(ctx, id)
}

// every calls show again and again until the function that it returns is called, which
// waits for the last call to end.
func every(pause time.Duration, show func()) (stop func()) {
	ended, shown := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(shown)
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				return
			case <-tick.C:
				show()
			}
		}
	}()
	return func() { close(ended); <-shown }
}

func modelResult(v rumbo.ModelVersion) ModelResult {
	return ModelResult{Name: v.Name, Version: v.Version, Features: v.Features, MAES: v.Metrics.MAES, RMSLE: v.Metrics.RMSLE,
		TestRows: v.Metrics.Rows, Coverage: v.Metrics.Coverage, Floors: v.Floors}
}
