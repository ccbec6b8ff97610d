package flow

import (
	"strings"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// TestRetentionOfJobs removes files when payloads may go, keeps those of jobs under way, and
// calls orphans those of jobs that are gone.
func TestRetentionOfJobs(t *testing.T) {
	w, p := oracle(t)
	done, waiting := w.submitQueries(t, p, drives(5, 0)), w.submitQueries(t, p, drives(6, 0))
	w.workSome(t, 1, false)
	w.tasks.specs = nil
	orphan := predictionKey("pred_lost", queriesFile)
	if _, err := w.learn.Blobs.Put(t.Context(), orphan, strings.NewReader("x"), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.learn.SetRetention(t.Context(), rumbo.RetentionDocument{PayloadDays: 30, RunDays: 60}); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	files := func() (out []string) {
		for info := range w.learn.Blobs.List(t.Context(), predictionFolder) {
			out = append(out, info.Key)
		}
		return out
	}
	for _, at := range []struct{ days, payloads, orphans, left int64 }{{0, 0, 0, 4}, {2, 0, 1, 3}, {31, 2, 0, 1}, {61, 0, 0, 1}} {
		w.learn.Clock = func() time.Time { return now.AddDate(0, 0, int(at.days)) }
		dry := w.retain(t, true, false)
		got := w.retain(t, false, false)
		if got.Counts["payloads"] != at.payloads || got.Counts["orphans"] != at.orphans || dry.Counts["payloads"] != at.payloads || dry.Counts["orphans"] != at.orphans || len(files()) != int(at.left) {
			t.Errorf("after %d days: %v, the dry run %v; left are %v", at.days, got.Counts, dry.Counts, files())
		}
		if at.days == 31 {
			if job, _, err := p.Results(t.Context(), done.ID); rumbo.CodeOf(err) != rumbo.NotFound || job.State != rumbo.RunDone {
				t.Errorf("%+v, %v", job, err)
			}
			if _, err := w.runs.Rerun(t.Context(), w.token(), done.RunID, ""); rumbo.CodeOf(err) != rumbo.Conflict {
				t.Errorf("repeated: %v", err)
			}
		}
	}
	if _, err := p.Job(t.Context(), done.ID); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("the job whose run is gone: %v", err)
	}
	if err := w.store.InTx(t.Context(), func(tx store.Tx) error {
		return tx.Enqueue(t.Context(), taskOf(rumbo.Run{ID: waiting.RunID, Flow: rumbo.FlowPredict}))
	}); err != nil {
		t.Fatal(err)
	}
	w.workSome(t, 1, false)
	results(t, p, waiting.ID)
}
