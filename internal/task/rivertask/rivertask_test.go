package rivertask_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
	"github.com/logistica-inteligente/rumbo/internal/task/tasktest"
)

// quick is a configuration with short waits and without log.
func quick(o tasktest.Options) rivertask.Config {
	return rivertask.Config{Poll: 5 * time.Millisecond, GaveUp: o.GaveUp, MaxCrashes: o.MaxCrashes, GaveUpRetry: time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// opener opens each test's database once and a new queue every time.
func opener() tasktest.Open {
	var mu sync.Mutex
	databases := make(map[*testing.T]*sqlite.Database)
	return func(t *testing.T, o tasktest.Options) (store.Store, task.Queue) {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		db := databases[t]
		if db == nil {
			var err error
			if db, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "rumbo.db")); err != nil {
				t.Fatal(err)
			}
			databases[t] = db
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		queue, err := rivertask.OpenSQLite(t.Context(), db.Writer(), quick(o))
		if err != nil {
			t.Fatal(err)
		}
		return db.Store(queue), queue
	}
}

// openAt opens the database in a folder.
func openAt(ctx context.Context, dir string, o tasktest.Options) (store.Store, task.Queue, func() error, error) {
	db, err := sqlite.Open(ctx, filepath.Join(dir, "rumbo.db"))
	if err != nil {
		return nil, nil, nil, err
	}
	queue, err := rivertask.OpenSQLite(ctx, db.Writer(), quick(o))
	if err != nil {
		return nil, nil, nil, errors.Join(err, db.Close())
	}
	return db.Store(queue), queue, db.Close, nil
}

func TestMain(m *testing.M) {
	tasktest.Child(openAt)
	os.Exit(m.Run())
}

func TestSQLite(t *testing.T) { tasktest.Run(t, opener()) }

func TestSQLiteCrash(t *testing.T) {
	tasktest.RunCrash(t, openAt, func(t *testing.T) string { return t.TempDir() })
}

func BenchmarkSQLite(b *testing.B) {
	tasktest.Bench(b, func(b *testing.B) (store.Store, task.Queue) {
		db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "rumbo.db"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = db.Close() })
		queue, err := rivertask.OpenSQLite(b.Context(), db.Writer(), rivertask.Config{})
		if err != nil {
			b.Fatal(err)
		}
		return db.Store(queue), queue
	})
}
