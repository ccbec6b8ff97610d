package api

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// addRuns stores a run that is done, with its steps and lines, and one that is queued.
func addRuns(w *world) (done, queued rumbo.Run) {
	done = exampleRun(rumbo.RunDone)
	queued = rumbo.Run{ID: "run_02", Flow: rumbo.FlowPlan, Subject: "plan_02", State: rumbo.RunQueued, CreatedAt: noon.Add(time.Hour)}
	w.tx(func(ctx context.Context, tx store.Tx) error {
		for _, r := range []rumbo.Run{done, queued} {
			if err := tx.AddRun(ctx, r); err != nil {
				return err
			}
		}
		if err := tx.SetSteps(ctx, done.ID, exampleDetail().Steps...); err != nil {
			return err
		}
		return tx.AddRunLog(ctx, done.ID, exampleLine(), rumbo.LogLine{At: noon, Step: "train", Level: rumbo.LogWarn, Text: "línea <2>"})
	})
	return done, queued
}

func TestRunsAreShown(t *testing.T) {
	w := newWorld(t)
	done, queued := addRuns(w)
	for path, wants := range map[string][]string{
		"/v1/flows":                {`"train"`, `"deliver"`, `"done":1`, `"test_share"`, done.ID},
		"/v1/runs?flow=plan":       {queued.ID},
		"/v1/runs?subject=plan_02": {queued.ID},
		"/v1/runs?state=crashed":   {`"items":[]`},
		"/v1/runs?from=2022-01-31T12:30:00Z&until=2022-01-31T13:30:00Z": {queued.ID},
		"/v1/runs/" + done.ID:                          {`"steps":[{"name":"train"`, `"depends_on":["train"]`, `"markdown"`},
		"/v1/runs/" + queued.ID:                        {`"steps":[]`},
		"/v1/runs/" + done.ID + "/log":                 {"línea <2>", "stays a version"},
		"/v1/runs/" + done.ID + "/log?step=train":      {`"number":2`},
		"/v1/runs/" + done.ID + "/log?limit=1":         {`"next":"1"`},
		"/v1/runs/" + done.ID + "/log?limit=1&after=1": {`"number":2`},
	} {
		r := w.do("GET", path, "")
		for _, want := range wants {
			if r.Code != 200 || !strings.Contains(r.Body.String(), want) {
				t.Errorf("%s: %d without %s: %s", path, r.Code, want, r.Body)
			}
		}
	}
	for path, status := range map[string]int{"/v1/runs/none/log": 404, "/v1/runs/none/progress": 404, "/v1/runs?from=yesterday": 422,
		"/v1/runs?state=broken": 422, "/v1/runs/" + done.ID + "/log?after=x": 422} {
		if r := w.do("GET", path, ""); r.Code != status {
			t.Errorf("%s: %d %s", path, r.Code, r.Body)
		}
	}
}

func TestRunIsWatched(t *testing.T) {
	w := newWorld(t)
	done, _ := addRuns(w)
	text := w.do("GET", "/v1/runs/"+done.ID+"/progress", "").Body.String()
	kinds := ""
	for line := range strings.Lines(text) {
		if kind, ok := strings.CutPrefix(line, "event: "); ok {
			kinds += strings.TrimSpace(kind) + " "
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok && strings.Contains(kinds, "end") {
			var detail client.RunDetail
			if err := json.Unmarshal([]byte(data), &detail); err != nil || detail.ID != done.ID || len(detail.Steps) != 2 {
				t.Errorf("%s: %+v, %v", data, detail, err)
			}
		}
	}
	if kinds != "log log end " {
		t.Errorf("events %s in\n%s", kinds, text)
	}
	if text = w.do("GET", "/v1/runs/"+done.ID+"/progress", "", "Last-Event-ID", "1").Body.String(); strings.Count(text, "event: log") != 1 {
		t.Errorf("after line 1:\n%s", text)
	}
}

func TestRunsAreCanceledAndRepeated(t *testing.T) {
	w := newWorld(t)
	done, queued := addRuns(w)
	for _, body := range []string{"", `{"reason":"wrong day"}`} {
		if r := w.do("POST", "/v1/runs/"+queued.ID+"/cancel", body); r.Code != 200 || !strings.Contains(r.Body.String(), rumbo.RunCanceled) {
			t.Errorf("cancel %q: %d %s", body, r.Code, r.Body)
		}
	}
	first := w.do("POST", "/v1/runs/"+done.ID+"/rerun", `{"from":"promote"}`, headerIdempotency, "k")
	again := w.do("POST", "/v1/runs/"+done.ID+"/rerun", `{"from":"promote"}`, headerIdempotency, "k")
	if first.Code != 202 || first.Body.String() != again.Body.String() || !strings.Contains(first.Body.String(), `"rerun_of":"`+done.ID) {
		t.Errorf("rerun: %d %s, again %s", first.Code, first.Body, again.Body)
	}
	reader := w.addKey("reader", ScopeRead)
	for path, status := range map[string]int{"/v1/runs/none/cancel": 404, "/v1/runs/none/rerun": 404} {
		if r := w.do("POST", path, ""); r.Code != status {
			t.Errorf("%s: %d", path, r.Code)
		}
		if r := w.do("POST", path, "", "Authorization", "Bearer "+reader); r.Code != 403 {
			t.Errorf("%s with a reader's key: %d", path, r.Code)
		}
	}
	if r := w.do("POST", "/v1/runs/"+done.ID+"/rerun", `{"fron":"train"}`); r.Code != 422 {
		t.Errorf("unknown key: %d", r.Code)
	}
}
