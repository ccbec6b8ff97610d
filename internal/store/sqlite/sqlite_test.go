package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/store/storetest"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
)

func open(t testing.TB) storetest.Harness {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	queue, err := rivertask.OpenSQLite(t.Context(), db.Writer(), rivertask.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return storetest.Harness{Store: db.Store(queue), Queue: queue}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Harness { return open(t) })
}

func TestSecondProcessIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rumbo.db")
	first, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = sqlite.Open(t.Context(), path); rumbo.CodeOf(err) != rumbo.Locked {
		t.Errorf("second open: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatalf("open after close: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if err := again.Close(); err != nil {
		t.Errorf("close twice: %v", err)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	newer := filepath.Join(dir, "newer.db")
	db, err := sqlite.Open(t.Context(), newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Writer().Exec(`INSERT INTO schema_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]rumbo.Code{
		write("text.db", strings.Repeat("this is no database ", 100)): rumbo.Corrupt,
		newer: rumbo.Conflict,
		filepath.Join(dir, "no such folder", "x.db"): rumbo.Unavailable,
		dir: rumbo.Unavailable,
	} {
		for range 2 { // the first refusal must give the lock back
			_, err := sqlite.Open(t.Context(), path)
			if rumbo.CodeOf(err) != want {
				t.Errorf("%s: %v, want %s", filepath.Base(path), err, want)
			}
		}
	}
}

func TestOpenAgainKeepsAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rumbo ñ?#%.db") // a name that must not be read as an address
	for n := range 3 {
		db, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		queue, err := rivertask.OpenSQLite(t.Context(), db.Writer(), rivertask.Config{})
		if err != nil {
			t.Fatal(err)
		}
		s := db.Store(queue)
		if err := s.InTx(t.Context(), func(tx store.Tx) error {
			return tx.AddRun(t.Context(), rumbo.Run{ID: fmt.Sprint("run_", n)})
		}); err != nil {
			t.Fatal(err)
		}
		page, err := s.Runs(t.Context(), store.RunQuery{}, "", 0)
		if err != nil || len(page.Items) != n+1 {
			t.Errorf("%d runs, want %d: %v", len(page.Items), n+1, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) store.Store { return open(b).Store })
}

func TestRetentionFillsInWhatWasThere(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	migration, err := os.ReadFile("migrations/00040_retention.sql")
	if err != nil {
		t.Fatal(err)
	}
	storetest.Backfill(t, db.Store(nil), string(migration), func(statement string) error {
		_, err := db.Writer().ExecContext(t.Context(), statement)
		return err
	})
}
