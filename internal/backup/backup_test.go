package backup_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/backup"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// TestRestoreWhileWriting backs up, encrypted, while somebody writes pairs of rows, each pair in
// a transaction with an object that is put before it. Restored elsewhere there are the rows of
// one instant: whole pairs, none missing in between, each as it was, with its object.
func TestRestoreWhileWriting(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.fill(t, 3000)
		w.encrypt(t)
		ctx, stop := context.WithCancel(t.Context())
		var writing sync.WaitGroup
		begun := make(chan struct{})
		writing.Go(func() { w.write(t, ctx, begun) })
		<-begun
		m := w.mustBackUp(t, "bkp_1")
		stop()
		writing.Wait()

		blobs, hashes, err := w.restore(t, m)
		check(t, err)
		now, then := w.hashes(), hashes()
		for _, moving := range []string{"run", "run_log", "river_job"} {
			delete(now, moving)
		}
		pairs := rowsIn(m, "run") - 1
		if pairs < 1 || rowsIn(m, "run_log") != 2*pairs || rowsIn(m, "river_job") != pairs+1 {
			t.Fatalf("%d runs, %d lines, %d tasks are not of one instant", pairs, rowsIn(m, "run_log"), rowsIn(m, "river_job"))
		}
		for table, rows := range m.Summary().Rows {
			if n := strings.Fields(then[table])[0]; n != fmt.Sprint(rows) {
				t.Errorf("%s has %s rows, the manifest says %d", table, n, rows)
			}
		}
		for _, moving := range []string{"run", "run_log", "river_job"} {
			delete(then, moving)
		}
		same(t, "tables", now, then)
		objects := contents(t, blobs)
		for i := range pairs {
			if key := pairKey(int(i)); objects[key] != key {
				t.Errorf("the object of pair %d is missing", i)
			}
		}
		for key, text := range objects {
			if contents := contents(t, w.blobs); contents[key] != text {
				t.Errorf("%s differs", key)
			}
			break
		}
	})
}

func pairKey(i int) string { return fmt.Sprintf("raw/pair_%05d", i) }

// write adds pairs until its time ends.
func (w *world) write(t *testing.T, ctx context.Context, begun chan struct{}) {
	for i := 0; ctx.Err() == nil; i++ {
		key := pairKey(i)
		if _, err := w.blobs.Put(t.Context(), key, strings.NewReader(key), blob.PutOptions{}); err != nil {
			t.Error(err)
			return
		}
		id := fmt.Sprintf("run_pair_%05d", i)
		w.do(t, func(ctx context.Context, tx store.Tx) error {
			return errors.Join(tx.AddRun(ctx, rumbo.Run{ID: id, Flow: "train", State: rumbo.RunQueued, CreatedAt: time.Now()}),
				tx.AddRunLog(ctx, id, rumbo.LogLine{Text: "one"}, rumbo.LogLine{Text: "two"}), tx.Enqueue(ctx, task.About("train", id, task.Long, 3)))
		})
		if i == 3 {
			close(begun)
		}
	}
}

func rowsIn(m backup.Manifest, table string) int64 { return m.Summary().Rows[table] }

// encrypt gives the place a key, and the identity that opens it.
func (w *world) encrypt(t testing.TB) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	check(t, err)
	w.place.Keys, err = backup.ParseRecipients("# who may read\n" + identity.Recipient().String() + "\n")
	check(t, err)
	w.place.Identities = []age.Identity{identity}
	return identity
}

// TestEqual backs up an idle installation and restores it: every table and every object is the same,
// and so is what another backup makes of the restored one.
func TestEqual(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.fill(t, 500)
		m := w.mustBackUp(t, "bkp_1")
		blobs, hashes, err := w.restore(t, m)
		check(t, err)
		same(t, "tables", w.hashes(), hashes())
		same(t, "objects", contents(t, w.blobs), contents(t, blobs))
		if m.Database.Kind == "postgres" && m.Database.Tables[slices.IndexFunc(m.Database.Tables, func(t store.Table) bool { return t.Name == "batch" })].Counters["seq"] != 1 {
			t.Errorf("the counter of batches is not known: %+v", m.Database.Tables)
		}
		seen, err := w.place.Verify(t.Context(), m, func(backup.Verified) {})
		if err != nil || !seen.Opened || seen.Parts != len(m.Database.Parts)+len(m.Objects.Index)+14 {
			t.Errorf("%+v, %v", seen, err)
		}
	})
}

// TestCutOff lets the process die at every put into the place, whole parts included. Never is there
// half a backup; the next try goes on, and no backup is made twice.
func TestCutOff(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.fill(t, 10)
		whole := w.place.Bucket
		mortal := &mortal{Bucket: whole}
		w.place.Bucket = mortal
		died := 0
		for puts := 1; ; puts += 3 {
			mortal.left = puts
			m, err := w.backUp(t.Context(), "bkp_1")
			w.place.Bucket = whole
			all, listed := w.place.List(t.Context(), nil)
			check(t, listed)
			w.place.Bucket = mortal
			if err == nil {
				if len(all) != 1 || m.Objects.Count != 14 || m.Objects.Copied != 14 || died < 3 {
					t.Errorf("after %d deaths %d backups, %+v", died, len(all), m.Objects)
				}
				break
			}
			if died++; !errors.Is(err, errDied) || len(all) != 0 {
				t.Fatalf("%v, and %d backups", err, len(all))
			}
		}
		w.place.Bucket = whole
		m, err := w.place.Find(t.Context(), "", time.Time{})
		check(t, err)
		blobs, hashes, err := w.restore(t, m)
		check(t, err)
		same(t, "tables", w.hashes(), hashes())
		same(t, "objects", contents(t, w.blobs), contents(t, blobs))
	})
}

var errDied = errors.New("died")

// mortal is a bucket that fails for good from a put on, in the middle of it.
type mortal struct {
	blob.Bucket
	mu   sync.Mutex
	left int
}

func (m *mortal) Put(ctx context.Context, key string, r io.Reader, o blob.PutOptions) (blob.Info, error) {
	m.mu.Lock()
	m.left--
	dead := m.left <= 0
	m.mu.Unlock()
	if dead {
		_, _ = io.CopyN(io.Discard, r, 100)
		return blob.Info{}, errDied
	}
	return m.Bucket.Put(ctx, key, r, o)
}

// TestNotEmpty restores into places where something is.
func TestNotEmpty(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.fill(t, 10)
		m := w.mustBackUp(t, "bkp_1")
		open, _ := w.empty()
		quiet := func(string, int64, int64) {}
		used := w.bucket()
		_, err := used.Put(t.Context(), "raw/theirs.csv", strings.NewReader("x"), blob.PutOptions{})
		check(t, err)
		_, err = w.place.Restore(t.Context(), m, backup.Into{Database: open, Blobs: used}, quiet)
		if rumbo.CodeOf(err) != rumbo.Conflict || len(contents(t, used)) != 1 {
			t.Errorf("used bucket: %v", err)
		}
		_, err = w.place.Restore(t.Context(), m, backup.Into{Database: open, Blobs: w.bucket()}, quiet)
		check(t, err)
		fresh := w.bucket()
		_, err = w.place.Restore(t.Context(), m, backup.Into{Database: open, Blobs: fresh}, quiet)
		if rumbo.CodeOf(err) != rumbo.Conflict || len(contents(t, fresh)) != 0 {
			t.Errorf("used database: %v", err)
		}
	})
}

// TestResumedRestore goes on after a restore that was killed, and refuses another backup there.
func TestResumedRestore(t *testing.T) {
	w := onSQLite(t)
	w.fill(t, 10)
	m := w.mustBackUp(t, "bkp_1")
	w.put(t, "raw/late.csv", "late")
	other := w.mustBackUp(t, "bkp_2")
	killed := w.bucket()
	for key, text := range map[string]string{"restore-under-way.json": `{"backup":"bkp_1"}`, "raw/batch_1.csv": "half a rest"} {
		_, err := killed.Put(t.Context(), key, strings.NewReader(text), blob.PutOptions{})
		check(t, err)
	}
	open, _ := w.empty()
	quiet := func(string, int64, int64) {}
	if _, err := w.place.Restore(t.Context(), other, backup.Into{Database: open, Blobs: killed}, quiet); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("another backup: %v", err)
	}
	_, err := w.place.Restore(t.Context(), m, backup.Into{Database: open, Blobs: killed}, quiet)
	check(t, err)
	if got := contents(t, killed); len(got) != 14 || !strings.HasPrefix(got["raw/batch_1.csv"], "payload 1") {
		t.Errorf("%d objects", len(got))
	}
}
