package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func testRunQueries(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	write(t, s, func(tx store.Tx) error {
		for n := range 4 {
			r := rumbo.Run{ID: id("run", n), Flow: []string{"train", "plan"}[n%2], State: rumbo.RunQueued, Subject: id("plan", n/2), CreatedAt: noon.Add(time.Duration(n) * time.Hour)}
			if n == 3 {
				r.State, r.FinishedAt = rumbo.RunCrashed, &noon
			}
			if err := tx.AddRun(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	list := func(q store.RunQuery) (ids string) {
		for _, r := range all(t, 1, func(ctx context.Context, after string, limit int) (store.Page[rumbo.Run], error) {
			return s.Runs(ctx, q, after, limit)
		}) {
			ids += strings.TrimLeft(strings.TrimPrefix(r.ID, "run_0000"), "_")
		}
		return ids
	}
	for _, c := range []struct {
		q    store.RunQuery
		want string
	}{
		{store.RunQuery{}, "3210"},
		{store.RunQuery{Subject: id("plan", 1)}, "32"},
		{store.RunQuery{From: noon.Add(time.Hour), Until: noon.Add(3 * time.Hour)}, "21"},
		{store.RunQuery{From: noon.Add(time.Hour), Flow: "plan"}, "31"},
		{store.RunQuery{State: rumbo.RunCrashed, Until: noon}, ""},
	} {
		if got := list(c.q); got != c.want {
			t.Errorf("%+v lists %q, want %q", c.q, got, c.want)
		}
	}
	counts, err := s.CountRuns(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "counts", counts, map[string]map[string]int64{"train": {rumbo.RunQueued: 2}, "plan": {rumbo.RunQueued: 1, rumbo.RunCrashed: 1}})
}

func testSteps(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	write(t, s, func(tx store.Tx) error {
		return tx.AddRun(ctx, rumbo.Run{ID: "run_1", Flow: "train", State: rumbo.RunRunning, CreatedAt: noon})
	})
	fit := rumbo.Step{Name: "fit", Position: 1, DependsOn: []string{"read"}, State: rumbo.StepPending}
	read := rumbo.Step{Name: "read", Position: 0, State: rumbo.StepDone, Attempt: 2, Crashes: 1, StartedAt: &noon, FinishedAt: &noon, RowsIn: 7, RowsOut: 5,
		InputHash: "ab", Result: json.RawMessage(`{"n":1}`), ResultBytes: 7, Artifacts: []rumbo.Artifact{{Name: "note", Markdown: "# é"}}}
	write(t, s, func(tx store.Tx) error { return tx.SetSteps(ctx, "run_1", fit, read) })
	steps, err := s.Steps(ctx, "run_1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "steps", steps, []rumbo.Step{read, fit})

	large := fit
	large.State, large.Result = rumbo.StepDone, json.RawMessage(`"`+strings.Repeat("x", 100_000)+`"`)
	write(t, s, func(tx store.Tx) error { return tx.SetSteps(ctx, "run_1", large) })
	large.ResultBytes = 100_002
	got, err := s.Step(ctx, "run_1", "fit")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "large", got, large)
	light := large
	light.Result = nil
	if steps, err = s.Steps(ctx, "run_1"); err != nil {
		t.Fatal(err)
	}
	same(t, "steps without large results", steps, []rumbo.Step{read, light})
	write(t, s, func(tx store.Tx) error { return tx.DropResults(ctx, "run_1") })
	if got, err = s.Step(ctx, "run_1", "fit"); err != nil {
		t.Fatal(err)
	}
	same(t, "dropped", got, light)
	if got, err = s.Step(ctx, "run_1", "read"); err != nil {
		t.Fatal(err)
	}
	same(t, "small results stay", got, read)

	wantCode(t, "steps of none", s.InTx(ctx, func(tx store.Tx) error { return tx.SetSteps(ctx, "none", fit) }), rumbo.NotFound)
	_, err = s.Step(ctx, "run_1", "none")
	wantCode(t, "no step", err, rumbo.NotFound)
	if steps, err = s.Steps(ctx, "none"); err != nil || len(steps) != 0 {
		t.Errorf("steps of none: %v, %v", steps, err)
	}
}

func testRunLog(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	write(t, s, func(tx store.Tx) error {
		return tx.AddRun(ctx, rumbo.Run{ID: "run_1", Flow: "train", State: rumbo.RunRunning, CreatedAt: noon})
	})
	line := func(n int) rumbo.LogLine {
		return rumbo.LogLine{At: noon.Add(time.Duration(n) * time.Second), Step: []string{"", "fit"}[n%2], Level: rumbo.LogInfo, Text: fmt.Sprintf("línea %d", n)}
	}
	var wg sync.WaitGroup // writers side by side number their lines without gaps
	for part := range 4 {
		wg.Go(func() {
			for n := range 5 {
				if err := s.InTx(ctx, func(tx store.Tx) error { return tx.AddRunLog(ctx, "run_1", line(part*5+n)) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	list := func(step string) []rumbo.LogLine {
		return all(t, 7, func(ctx context.Context, after string, limit int) (store.Page[rumbo.LogLine], error) {
			return s.RunLog(ctx, "run_1", step, after, limit)
		})
	}
	texts := map[string]bool{}
	for i, l := range list("") {
		if l.Number != int64(i+1) {
			t.Errorf("line %d has number %d", i, l.Number)
		}
		texts[l.Text] = true
	}
	if len(texts) != 20 || len(list("fit")) != 10 {
		t.Errorf("%d lines, %d of the step", len(texts), len(list("fit")))
	}
	many := make([]rumbo.LogLine, store.MaxRunLog)
	for i := range many {
		many[i] = line(100 + i)
	}
	write(t, s, func(tx store.Tx) error { return tx.AddRunLog(ctx, "run_1", many...) })
	page, err := s.RunLog(ctx, "run_1", "", "", 1)
	if err != nil || len(page.Items) != 1 || page.Items[0].Number != 21 {
		t.Errorf("the log begins with %+v, %v; want line 21", page.Items, err)
	}
	wantCode(t, "lines of none", s.InTx(ctx, func(tx store.Tx) error { return tx.AddRunLog(ctx, "none", line(1)) }), rumbo.NotFound)
	_, err = s.RunLog(ctx, "run_1", "", "x", 1)
	wantCode(t, "no cursor", err, rumbo.Invalid)
}

// testFirings lets many processes fire the same rules: each rule fires once a run, and again
// when the transaction that fired it was rolled back.
func testFirings(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	fire := func(run, rule string) (first bool) {
		if err := s.InTx(ctx, func(tx store.Tx) (err error) { first, err = tx.AddFiring(ctx, run, rule, noon); return err }); err != nil {
			t.Error(err)
		}
		return first
	}
	_ = s.InTx(ctx, func(tx store.Tx) error {
		if first, err := tx.AddFiring(ctx, "run_1", "a", noon); !first || err != nil {
			t.Errorf("first %v, %v", first, err)
		}
		return fmt.Errorf("rolled back")
	})
	var mu sync.Mutex
	fired := map[string]int{}
	var wg sync.WaitGroup
	for range 6 {
		for _, about := range [][2]string{{"run_1", "a"}, {"run_1", "b"}, {"run_2", "a"}} {
			wg.Go(func() {
				if fire(about[0], about[1]) {
					mu.Lock()
					defer mu.Unlock()
					fired[about[0]+about[1]]++
				}
			})
		}
	}
	wg.Wait()
	same(t, "fired", fired, map[string]int{"run_1a": 1, "run_1b": 1, "run_2a": 1})
	write(t, s, func(tx store.Tx) error {
		return tx.AddRun(ctx, rumbo.Run{ID: "run_1", State: rumbo.RunDone, FinishedAt: &noon})
	})
	prune(t, s, store.Prune{What: store.PruneRuns, Before: noon.Add(time.Hour)}, 1)
	if !fire("run_1", "a") || fire("run_2", "a") {
		t.Error("a firing goes with its run, and no other")
	}
}
