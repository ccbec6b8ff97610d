package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/backup"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/dir"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
)

// Snapshot implements store.Snapshotter: reading, a process dies as anywhere.
func (m *mortal) Snapshot(ctx context.Context) (store.Snapshot, error) {
	return m.Store.(store.Snapshotter).Snapshot(ctx)
}

// backedUp is a town with a batch, and a place for its backups.
func backedUp(t *testing.T) *town {
	t.Helper()
	w := newTown(t)
	w.learn.MaxQuarantine = 1
	w.receive(t, read(t, "trips.csv"), "")
	w.work(t, false)
	bucket, err := dir.Open(filepath.Join(t.TempDir(), "backups"))
	if err != nil {
		t.Fatal(err)
	}
	w.learn.Backups = &Backups{Place: &backup.Place{Bucket: bucket, Clock: time.Now, Build: "test"},
		Scratch: func(ctx context.Context, dump store.Dump) (store.Restore, func() error, error) {
			into, err := sqlite.Restore(ctx, filepath.Join(t.TempDir(), "scratch.db"), dump)
			if err != nil {
				return nil, nil, err
			}
			return into, into.Close, nil
		}}
	return w
}

// backUp runs the flow to its end.
func (w *town) backUp(t fatal, verify string, after bool, lives ...int) rumbo.Backup {
	t.Helper()
	run, err := w.runs.StartRun(w.ctx, w.token(), rumbo.FlowBackup, rumbo.RunParameters{Verify: verify})
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, after, lives...)
	run, _ = w.run(t, run.ID, rumbo.RunDone)
	var out rumbo.Backup
	if err := json.Unmarshal(run.Result, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestBackupSurvivesAnyDeath makes one backup a run, whole, wherever the process dies; and what it
// leaves does not keep the next from being made.
func TestBackupSurvivesAnyDeath(t *testing.T) {
	for _, after := range []bool{false, true} {
		w := backedUp(t)
		for first := 1; first <= 9; first++ {
			made := w.backUp(t, rumbo.VerifyRestore, after, first, 2, first/2)
			all, err := w.learn.Backups.List(t.Context(), nil)
			if err != nil || len(all) != first || all[0].ID != made.ID || made.Rows["trip"] != 40 || made.Objects != 1 {
				t.Fatalf("death at %d, after its commit %v: %+v, %d backups, %v", first, after, made, len(all), err)
			}
			if _, err := w.learn.Backups.Verify(t.Context(), all[0], func(backup.Verified) {}); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestRehearsal tells of a backup that cannot be restored, by a run that fails; the steps say where.
func TestRehearsal(t *testing.T) {
	w := backedUp(t)
	run, err := w.learn.Start(t.Context(), w.token(), rumbo.FlowTrain, rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{Features: "B", Trees: 2, Leaves: 4}})
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, false)
	w.run(t, run.ID, rumbo.RunDone)
	made := w.backUp(t, rumbo.VerifyRestore, false)
	bucket := w.learn.Backups.Bucket
	for info, err := range bucket.List(t.Context(), "objects/") { // the next backup counts on them
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bucket.Put(t.Context(), info.Key, strings.NewReader(strings.Repeat("x", int(info.Bytes))), blob.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, how := range []string{rumbo.VerifyRead, rumbo.VerifyRestore} {
		run, err := w.runs.StartRun(t.Context(), w.token(), rumbo.FlowBackup, rumbo.RunParameters{Verify: how})
		if err != nil {
			t.Fatal(err)
		}
		w.work(t, false)
		run, steps := w.run(t, run.ID, rumbo.RunFailed)
		for _, s := range steps {
			if (s.Name == "verify") != (s.State == rumbo.StepFailed) && s.Name != "prune" {
				t.Errorf("%s: %+v", how, s)
			}
		}
		if !strings.Contains(run.Error, "corrupt") || strings.Contains(run.Error, made.ID+" cannot") {
			t.Errorf("%s: %s", how, run.Error)
		}
	}
}

// TestBackupNeedsAPlace says at once what a run could only fail for.
func TestBackupNeedsAPlace(t *testing.T) {
	w := backedUp(t)
	keys, err := backup.ParseRecipients("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
	if err != nil {
		t.Fatal(err)
	}
	w.learn.Backups.Keys = keys
	w.backUp(t, "", false)
	_, err = w.runs.StartRun(t.Context(), w.token(), rumbo.FlowBackup, rumbo.RunParameters{Verify: rumbo.VerifyRestore})
	if rumbo.CodeOf(err) != rumbo.Conflict || !strings.Contains(fmt.Sprint(err), "nothing here opens") {
		t.Errorf("rehearsed without identity: %v", err)
	}
	w.learn.Backups = nil
	if _, err = w.runs.StartRun(t.Context(), w.token(), rumbo.FlowBackup, rumbo.RunParameters{}); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("without a place: %v", err)
	}
}
