package flow

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// aged is a town that everything happened in more than a year ago, but for a failed batch
// that somebody repeats now: its payload is needed.
func aged(t *testing.T) (w *town, waiting rumbo.Batch) {
	t.Helper()
	w = newTown(t)
	w.learn.MaxQuarantine = 1
	w.receive(t, read(t, "trips-dirty.csv"), "")
	w.receive(t, read(t, "trips.csv"), "")
	w.work(t, false)
	w.learn.MaxQuarantine = 0.2
	n, err := w.store.CountRecords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.trips = n.Trips
	failed := w.receive(t, append(read(t, "trips-dirty.csv"), '\n'), "2026-03")
	repeated := w.receive(t, append(read(t, "trips-dirty.csv"), "\n\n"...), "2026-03")
	w.work(t, false)
	for _, b := range []rumbo.Batch{failed, repeated} {
		w.run(t, runID(b.ID), rumbo.RunFailed)
	}
	again := rumbo.Batch{ID: "batch_again", Kind: rumbo.KindTrips, State: rumbo.BatchReceived, BlobKey: repeated.BlobKey}
	if err := w.store.InTx(t.Context(), func(tx store.Tx) error {
		for id, at := range map[string]time.Time{"dlv_old": time.Now(), "dlv_new": time.Now().AddDate(2, 0, 0)} {
			if err := tx.AddDelivery(t.Context(), rumbo.Delivery{ID: id, State: rumbo.DeliveryDelivered, CreatedAt: at}); err != nil {
				return err
			}
		}
		return tx.AddBatch(t.Context(), again)
	}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{ingest.KeyPrefix + "batch_orphan.csv", "models/m/versions/00000001/model.bin"} {
		if _, err := w.learn.Blobs.Put(t.Context(), key, strings.NewReader("x"), blob.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	w.learn.Clock = func() time.Time { return time.Now().AddDate(2, 0, 0) }
	return w, again
}

// retain runs the flow to its end.
func (w *town) retain(t fatal, dry, after bool, lives ...int) rumbo.RetentionResult {
	t.Helper()
	run, err := w.learn.Start(w.ctx, w.token(), rumbo.FlowRetention, rumbo.RunParameters{DryRun: dry})
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, after, lives...)
	run, steps := w.run(t, run.ID, rumbo.RunDone)
	var out rumbo.RetentionResult
	if err := json.Unmarshal(run.Result, &out); err != nil {
		t.Fatal(err)
	}
	if last := steps[len(steps)-1]; len(last.Artifacts) != 1 || !bytes.Contains(last.Artifacts[0].Data, []byte(`"runs"`)) {
		t.Errorf("the report is %+v", last)
	}
	return out
}

// keys are the objects of the bucket.
func (w *town) keys(t fatal) (out []string) {
	for info, err := range w.learn.Blobs.List(w.ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, info.Key)
	}
	return out
}

// TestRetention removes what nobody needs, counts it first in a dry run, and then finds
// nothing more.
func TestRetention(t *testing.T) {
	w, waiting := aged(t)
	before := w.keys(t)
	dry := w.retain(t, true, false)
	if got := w.keys(t); len(got) != len(before) || !dry.DryRun {
		t.Errorf("a dry run left %v of %v", got, before)
	}
	done := w.retain(t, false, false)
	// Payloads of batches whose quarantine goes first are not counted by the dry run.
	if want := map[string]int64{"versions": 0, "quarantine": dry.Counts["quarantine"], "runs": 4, "deliveries": 1, "payloads": 3, "orphans": 1}; !sameCounts(done.Counts, want) || want["quarantine"] == 0 ||
		dry.Counts["runs"] != 4 || dry.Counts["orphans"] != 1 || dry.Counts["deliveries"] != 1 || dry.Counts["payloads"] > 3 {
		t.Errorf("removed %v, want %v; the dry run said %v", done.Counts, want, dry.Counts)
	}
	if got := w.keys(t); len(got) != 2 || got[0] != "models/m/versions/00000001/model.bin" || got[1] != waiting.BlobKey {
		t.Errorf("left are %v", got)
	}
	if again := w.retain(t, false, false); !sameCounts(again.Counts, map[string]int64{}) {
		t.Errorf("again %v", again.Counts)
	}
	w.consistent(t)
}

func sameCounts(got, want map[string]int64) bool {
	for _, name := range []string{"versions", "quarantine", "runs", "deliveries", "payloads", "orphans"} {
		if got[name] != want[name] {
			return false
		}
	}
	return len(got) == 6
}

// consistent holds what is visible, and that names and payloads belong together.
func (w *town) consistent(t fatal) {
	t.Helper()
	if n, err := w.store.CountRecords(w.ctx); err != nil || n.Trips != w.trips {
		t.Errorf("%+v, %v; %d trips were there", n, err, w.trips)
	}
	page, err := w.store.Batches(w.ctx, store.BatchQuery{}, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, b := range page.Items {
		if b.BlobKey == "" {
			continue
		}
		named[b.BlobKey] = true
		if _, err := w.learn.Blobs.Stat(w.ctx, b.BlobKey); err != nil {
			t.Errorf("%s names a payload that is gone: %v", b.ID, err)
		}
	}
	for _, key := range w.keys(t) {
		if strings.HasPrefix(key, ingest.KeyPrefix) && !named[key] {
			t.Errorf("nobody names %s", key)
		}
	}
}

// TestRetentionSurvivesAnyDeath goes on wherever the process died.
func TestRetentionSurvivesAnyDeath(t *testing.T) {
	for _, after := range []bool{false, true} {
		for first := 1; first <= 18; first++ {
			w, _ := aged(t)
			w.retain(t, false, after, first, 3, 1+first/2)
			w.consistent(t)
			if again := w.retain(t, false, false); !sameCounts(again.Counts, map[string]int64{}) {
				t.Errorf("death at %d, after its commit %v, left over: %v", first, after, again.Counts)
			}
		}
	}
}

// TestRetentionKeepsForEver does nothing where the document says so, but for orphans.
func TestRetentionKeepsForEver(t *testing.T) {
	w, _ := aged(t)
	if err := w.learn.SetRetention(t.Context(), rumbo.RetentionDocument{RunDays: 3, PayloadDays: -1}); rumbo.CodeOf(err) != rumbo.Invalid ||
		!strings.Contains(err.Error(), "/run_days") || !strings.Contains(err.Error(), "/payload_days") {
		t.Errorf("faults: %v", err)
	}
	if got, err := w.learn.Retention(t.Context()); err != nil || got != rumbo.DefaultRetention() {
		t.Errorf("%+v, %v", got, err)
	}
	if err := w.learn.SetRetention(t.Context(), rumbo.RetentionDocument{}); err != nil {
		t.Fatal(err)
	}
	if got := w.retain(t, false, false); !sameCounts(got.Counts, map[string]int64{"orphans": 1}) {
		t.Errorf("removed %v", got.Counts)
	}
}

// TestPayloadIsGone says so to whoever wants to work on it again.
func TestPayloadIsGone(t *testing.T) {
	w := newTown(t)
	failed := w.receive(t, read(t, "trips-dirty.csv"), "")
	loaded := w.receive(t, read(t, "trips.csv"), "")
	w.work(t, false)
	document := rumbo.RetentionDocument{PayloadDays: 1, QuarantineDays: 1}
	if err := w.learn.SetRetention(t.Context(), document); err != nil {
		t.Fatal(err)
	}
	w.learn.Clock = func() time.Time { return time.Now().AddDate(0, 0, 2) }
	w.retain(t, false, false)
	if _, err := w.runs.Rerun(t.Context(), w.token(), runID(failed.ID), ""); rumbo.CodeOf(err) != rumbo.Conflict || !strings.Contains(err.Error(), "no longer kept") {
		t.Errorf("repeated: %v", err)
	}
	if _, err := w.learn.Replay(t.Context(), loaded.ID, rumbo.ReplayRequest{}); rumbo.CodeOf(err) != rumbo.Conflict || !strings.Contains(err.Error(), "no longer kept") {
		t.Errorf("replayed: %v", err)
	}
	if again := w.receive(t, read(t, "trips.csv"), ""); again.ID != loaded.ID || !again.Repeated {
		t.Errorf("sent again: %+v", again)
	}
	again := w.receive(t, read(t, "trips-dirty.csv"), "")
	w.work(t, false)
	if again.ID == failed.ID {
		t.Error("the failed batch was used again")
	}
	w.run(t, runID(again.ID), rumbo.RunFailed)
}
