package rivertask_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
	"github.com/logistica-inteligente/rumbo/internal/task/tasktest"
)

// testLost makes the table say that this process runs the only task, which it does
// not, as when its end could not be written.
func testLost(t *testing.T, s store.Store, q task.Queue, lose func() error) {
	got := make(chan task.Attempt, 1)
	if err := q.Start(t.Context(), map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error {
		got <- a
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	err := s.InTx(t.Context(), func(tx store.Tx) error {
		return tx.Enqueue(t.Context(), task.Spec{Kind: "test", RunAt: time.Now().Add(time.Hour), Args: json.RawMessage(`{}`)})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := lose(); err != nil {
		t.Fatal(err)
	}
	if a := <-got; a.Number != 1 || a.Crashes != 0 {
		t.Errorf("attempt %d with %d crashes; nobody crashed", a.Number, a.Crashes)
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func sweeping() rivertask.Config {
	config := quick(tasktest.Options{})
	config.Sweep = 50 * time.Millisecond
	return config
}

func TestSQLiteLostTask(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	q, err := rivertask.OpenSQLite(t.Context(), db.Writer(), sweeping())
	if err != nil {
		t.Fatal(err)
	}
	testLost(t, db.Store(q), q, func() error {
		_, err := db.Writer().ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1`)
		return err
	})
}

func TestPostgresLostTask(t *testing.T) {
	db, err := postgres.Open(t.Context(), database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	q, err := rivertask.OpenPostgres(t.Context(), db.Pool(), sweeping())
	if err != nil {
		t.Fatal(err)
	}
	testLost(t, db.Store(q), q, func() error {
		_, err := db.Pool().Exec(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1,
			attempted_by = ARRAY['someone before', (SELECT id FROM task_worker)]`)
		return err
	})
}
