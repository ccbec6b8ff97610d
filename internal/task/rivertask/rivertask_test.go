package rivertask_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
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
	os.Exit(pgtest.Main(m, func(s *pgtest.Server) { server = s }, "fsync=off"))
}

// quick is a configuration with short waits and without log.
func quick(o tasktest.Options) rivertask.Config {
	return rivertask.Config{Poll: 5 * time.Millisecond, GaveUp: o.GaveUp, MaxCrashes: o.MaxCrashes, GaveUpRetry: time.Millisecond,
		Rescue: 2 * time.Second, Sweep: 2 * time.Second, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
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
	return server.Copy(t, prepare)
}

// prepare makes the tables.
func prepare(ctx context.Context, address string) error {
	_, _, done, err := openPostgres(ctx, address, rivertask.Config{})
	if err != nil {
		return err
	}
	return done()
}

func TestSQLite(t *testing.T)        { tasktest.Run(t, opener(folder)) }
func TestSQLiteCrash(t *testing.T)   { tasktest.RunCrash(t, openAt, folder) }
func TestPostgres(t *testing.T)      { tasktest.Run(t, opener(database)) }
func TestPostgresCrash(t *testing.T) { tasktest.RunCrash(t, openAt, database) }

func TestPostgresSideBySide(t *testing.T) { tasktest.RunSideBySide(t, openAt, database) }

// TestPostgresServerKilled kills the server itself, several times, under a
// process that writes and works: what was acknowledged is there, every task
// ends, and the process needs no restart.
func TestPostgresServerKilled(t *testing.T) {
	pgtest.Need(t, server)
	own, err := pgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := own.Stop(); err != nil {
			t.Error(err)
		}
	}()
	ctx := t.Context()
	s, q, done, err := openAt(ctx, own.Database(t), tasktest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = done() }()
	if err := q.Start(ctx, map[string]task.Handler{"work": func(ctx context.Context, a task.Attempt) error {
		return tasktest.FinishRun(ctx, s, a)
	}}); err != nil {
		t.Fatal(err)
	}
	var acknowledged []string
	add := func(id string) error {
		err := s.InTx(ctx, func(tx store.Tx) error {
			if err := tx.AddRun(ctx, rumbo.Run{ID: id, State: rumbo.RunQueued}); err != nil {
				return err
			}
			return tx.Enqueue(ctx, task.Spec{Kind: "work", Args: []byte(`"` + id + `"`), MaxAttempts: 100})
		})
		if err == nil {
			acknowledged = append(acknowledged, id)
		}
		return err
	}
	for life := range 3 {
		for n := range 50 {
			if err := add(fmt.Sprintf("run_%d_%02d", life, n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := own.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := add(fmt.Sprintf("run_%d_down", life)); rumbo.CodeOf(err) != rumbo.Unavailable {
			t.Errorf("without a server: %v", err)
		}
		if err := own.Run(); err != nil {
			t.Fatal(err)
		}
		for n := 0; add(fmt.Sprintf("run_%d_up_%d", life, n)) != nil; n++ { // stale connections are found one by one
			if n == 100 {
				t.Fatal("the pool does not recover")
			}
		}
	}
	deadline := time.Now().Add(2 * time.Minute)
	for _, id := range acknowledged {
		for {
			run, err := s.Run(ctx, id)
			if err == nil && run.State == rumbo.RunDone {
				if run.Progress != 1 {
					t.Errorf("%s took effect %g times", id, run.Progress)
				}
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s has not ended: %+v, %v", id, run, err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	if err := q.Stop(ctx); err != nil {
		t.Error(err)
	}
	t.Logf("%d acknowledged over 3 kills", len(acknowledged))
}

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
