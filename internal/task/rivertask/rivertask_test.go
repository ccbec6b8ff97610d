package rivertask_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
	"github.com/logistica-inteligente/rumbo/internal/task/tasktest"
)

// server is the one PostgreSQL of these tests; nil where none is installed.
var server *pgtest.Server

func TestMain(m *testing.M) {
	tasktest.Child(openAt)
	os.Exit(pgtest.Main(m, func(s *pgtest.Server) { server = s }))
}

// quick is a configuration with short waits and without log.
func quick(o tasktest.Options) rivertask.Config {
	return rivertask.Config{Poll: 5 * time.Millisecond, GaveUp: o.GaveUp, MaxCrashes: o.MaxCrashes, GaveUpRetry: time.Millisecond,
		Rescue: 500 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// openAt opens the database at a postgres:// address or in a folder.
func openAt(ctx context.Context, place string, o tasktest.Options) (store.Store, task.Queue, func() error, error) {
	if strings.HasPrefix(place, "postgres://") {
		return openPostgres(ctx, place, quick(o))
	}
	return openSQLite(ctx, place, quick(o))
}

func openSQLite(ctx context.Context, dir string, config rivertask.Config) (store.Store, task.Queue, func() error, error) {
	db, err := sqlite.Open(ctx, filepath.Join(dir, "rumbo.db"))
	if err != nil {
		return nil, nil, nil, err
	}
	queue, err := rivertask.OpenSQLite(ctx, db.Writer(), config)
	if err != nil {
		return nil, nil, nil, errors.Join(err, db.Close())
	}
	return db.Store(queue), queue, db.Close, nil
}

func openPostgres(ctx context.Context, address string, config rivertask.Config) (store.Store, task.Queue, func() error, error) {
	db, err := postgres.Open(ctx, address)
	if err != nil {
		return nil, nil, nil, err
	}
	queue, err := rivertask.OpenPostgres(ctx, db.Pool(), config)
	if err != nil {
		return nil, nil, nil, errors.Join(err, db.Close())
	}
	return db.Store(queue), queue, db.Close, nil
}

// opener opens each test's own place: again after the first queue was stopped.
func opener(place func(t *testing.T) string) tasktest.Open {
	var mu sync.Mutex
	places, closers := make(map[*testing.T]string), make(map[*testing.T]func() error)
	return func(t *testing.T, o tasktest.Options) (store.Store, task.Queue) {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if done := closers[t]; done != nil {
			if err := done(); err != nil {
				t.Fatal(err)
			}
		} else {
			places[t] = place(t)
		}
		s, q, done, err := openAt(t.Context(), places[t], o)
		if err != nil {
			t.Fatal(err)
		}
		closers[t] = done
		t.Cleanup(func() {
			if err := done(); err != nil {
				t.Error(err)
			}
		})
		return s, q
	}
}

func folder(t *testing.T) string { return t.TempDir() }

func database(t *testing.T) string {
	pgtest.Need(t, server)
	return server.Database(t)
}

func TestSQLite(t *testing.T)        { tasktest.Run(t, opener(folder)) }
func TestSQLiteCrash(t *testing.T)   { tasktest.RunCrash(t, openAt, folder) }
func TestPostgres(t *testing.T)      { tasktest.Run(t, opener(database)) }
func TestPostgresCrash(t *testing.T) { tasktest.RunCrash(t, openAt, database) }

func bench(b *testing.B, open func(b *testing.B) (store.Store, task.Queue, func() error, error)) {
	tasktest.Bench(b, func(b *testing.B) (store.Store, task.Queue) {
		s, q, done, err := open(b)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = done() })
		return s, q
	})
}

func BenchmarkSQLite(b *testing.B) {
	bench(b, func(b *testing.B) (store.Store, task.Queue, func() error, error) {
		return openSQLite(b.Context(), b.TempDir(), rivertask.Config{})
	})
}

func BenchmarkPostgres(b *testing.B) {
	bench(b, func(b *testing.B) (store.Store, task.Queue, func() error, error) {
		pgtest.Need(b, server)
		return openPostgres(b.Context(), server.Database(b), rivertask.Config{})
	})
}
