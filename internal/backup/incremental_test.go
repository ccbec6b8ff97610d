package backup_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/backup"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// TestIncremental copies an object once, however many backups hold it, until it is put anew, its
// part is gone, or the keys are others.
func TestIncremental(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.fill(t, 10)
		copied := func(id string, want int64) backup.Manifest {
			t.Helper()
			m := w.mustBackUp(t, id)
			if m.Objects.Copied != want {
				t.Errorf("%s copied %d of %d objects, want %d", id, m.Objects.Copied, m.Objects.Count, want)
			}
			return m
		}
		copied("bkp_1", 14)
		copied("bkp_2", 0)
		w.put(t, "raw/batch_1.csv", "otherwise")
		w.put(t, "raw/new.csv", "new")
		w.put(t, "uploads/u", "nobody took it in")
		w.place.Skip = []string{"uploads/"}
		copied("bkp_3", 2)
		for info, err := range w.place.Bucket.List(t.Context(), "objects/bkp_1/") {
			check(t, err)
			check(t, w.place.Bucket.Delete(t.Context(), info.Key))
		}
		last := copied("bkp_4", 13) // the fourteenth was put anew
		if last.Objects.Count != 15 {
			t.Errorf("%+v", last.Objects)
		}
		blobs, _, err := w.restore(t, last)
		check(t, err)
		check(t, w.blobs.Delete(t.Context(), "uploads/u"))
		same(t, "objects", contents(t, w.blobs), contents(t, blobs))
		w.encrypt(t)
		copied("bkp_5", 15)
		copied("bkp_6", 0)
	})
}

// TestPrune keeps by days and weeks, never removes a part that a kept backup names, finishes what it
// was killed in, and waits for a backup that is being made.
func TestPrune(t *testing.T) {
	w := onSQLite(t)
	w.fill(t, 10)
	first := time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC) // a Monday
	w.place.Keep = backup.Keep{Days: 3, Weeks: 2}
	var all []backup.Manifest
	for day := range 10 {
		if day == 6 {
			check(t, w.blobs.Delete(t.Context(), "raw/batch_3.csv"))
		}
		w.put(t, "raw/daily.csv", fmt.Sprint("day ", day))
		w.dated(t, fmt.Sprintf("bkp_%02d", day), first.AddDate(0, 0, day))
		m, err := w.place.Manifest(t.Context(), fmt.Sprintf("bkp_%02d", day))
		check(t, err)
		all = append(all, m)
	}
	check(t, w.place.Begin(t.Context(), "bkp_working"))
	if gone, err := w.place.Prune(t.Context()); err != nil || !gone.Waits || len(gone.Backups) != 0 {
		t.Fatalf("beside another backup: %+v, %v", gone, err)
	}
	w.place.Clock = func() time.Time { return time.Now().Add(72 * time.Hour) } // it has died
	gone, err := w.place.Prune(t.Context())
	check(t, err)
	if want := []string{"bkp_05", "bkp_04", "bkp_03", "bkp_02", "bkp_01", "bkp_00"}; !slices.Equal(gone.Backups, want) { // 9, 8, 7 for their days, 6 for its week
		t.Errorf("removed %v", gone.Backups)
	}
	for _, m := range all[6:] {
		if _, err := w.place.Verify(t.Context(), m, func(backup.Verified) {}); err != nil {
			t.Error(m.ID, err)
		}
	}
	for key := range contents(t, w.place.Bucket) {
		if strings.HasPrefix(key, "parts/bkp_00") || strings.HasPrefix(key, "parts/bkp_working") || strings.HasPrefix(key, "objects/bkp_03") {
			t.Errorf("%s is left", key)
		}
	}
	if again, err := w.place.Prune(t.Context()); err != nil || len(again.Backups) != 0 || again.Parts != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	if m, err := w.place.Find(t.Context(), "", first.AddDate(0, 0, 8).Add(-time.Second)); err != nil || m.ID != "bkp_07" {
		t.Errorf("--at: %s, %v", m.ID, err)
	}
	if _, err := w.place.Find(t.Context(), "", first); rumbo.CodeOf(err) != rumbo.NotFound || !strings.Contains(err.Error(), "2026-03-08") {
		t.Errorf("--at before all: %v", err)
	}
}

// TestSideBySide makes backups at the same time, as two processes would, some of which remove old ones:
// each is whole, or says that something was removed under it and is made by another try.
func TestSideBySide(t *testing.T) {
	w := onSQLite(t)
	w.fill(t, 10)
	w.place.Keep = backup.Keep{Days: 1}
	w.mustBackUp(t, "bkp_0")
	var making sync.WaitGroup
	for worker := range 3 {
		making.Go(func() {
			for n := range 4 {
				id := fmt.Sprintf("bkp_%d_%d", worker, n)
				for {
					_, err := w.backUp(t.Context(), id)
					if err == nil {
						_, err = w.place.Prune(t.Context())
					}
					if err == nil {
						break
					}
					if code := rumbo.CodeOf(err); code != rumbo.Conflict && code != rumbo.NotFound {
						t.Error(id, err)
						return
					}
				}
			}
		})
	}
	making.Wait()
	all, err := w.place.List(t.Context(), nil)
	check(t, err)
	if len(all) == 0 {
		t.Error("no backup is left")
	}
	for _, m := range all {
		if _, err := w.place.Verify(t.Context(), m, func(backup.Verified) {}); err != nil {
			t.Error(m.ID, err)
		}
	}
}

// dated makes a backup and says that it was taken at a time.
func (w *world) dated(t testing.TB, id string, at time.Time) {
	t.Helper()
	m := w.mustBackUp(t, id)
	text := contentOf(t, w.place.Bucket, "manifests/"+id+".json")
	w.overwrite(t, "manifests/"+id+".json", []byte(strings.ReplaceAll(text, `"taken_at": "`+m.TakenAt.Format(time.RFC3339Nano), `"taken_at": "`+at.Format(time.RFC3339Nano))))
}

func contentOf(t testing.TB, b blob.Bucket, key string) string { return contents(t, b)[key] }

// TestTakenForDead lets a process that was taken for dead write its parts once more after its
// successor has published: the backup stays as its manifest says, and what was written beside
// it goes with the next pruning.
func TestTakenForDead(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.encrypt(t)
		w.put(t, "raw/a", "first")
		m := w.mustBackUp(t, "bkp_1")
		before := contents(t, w.place.Bucket)
		w.put(t, "raw/b", "second")
		_, err := w.place.CopyObjects(t.Context(), "bkp_1", w.blobs, func(int64, int64) {})
		check(t, err)
		_, err = w.place.CopyDatabase(t.Context(), "bkp_1", w.store.(store.Snapshotter), func(string, int64) {})
		check(t, err)
		if _, err := w.place.Verify(t.Context(), m, func(backup.Verified) {}); err != nil {
			t.Errorf("after a late process: %v", err)
		}
		if len(contents(t, w.place.Bucket)) == len(before) {
			t.Fatal("the late process wrote nothing")
		}
		_, err = w.place.Prune(t.Context())
		check(t, err)
		same(t, "the place", before, contents(t, w.place.Bucket))
	})
}
