package rivertask_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
	"github.com/logistica-inteligente/rumbo/internal/task/tasktest"
)

// TestTakenOverTask takes a task from a process that lives all the same, as happens when it
// was silent for too long, and gives it to another one. However the first one's attempt
// ends then, the task stays the second one's, and is worked until that ends.
func TestTakenOverTask(t *testing.T) {
	for what, end := range map[string]error{
		"well": nil, "with an error": errors.New("lost"), "for good": task.Permanent(errors.New("lost")), "not yet": task.RetryAfter(0, nil),
	} {
		t.Run(what, func(t *testing.T) {
			db, err := postgres.Open(t.Context(), database(t))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			first, firstAt, release := gated(t, db.Pool())
			if err := db.Store(first).InTx(t.Context(), func(tx store.Tx) error {
				return tx.Enqueue(t.Context(), task.Spec{Kind: "test", Class: task.Short, Args: json.RawMessage(`{}`)})
			}); err != nil {
				t.Fatal(err)
			}
			<-firstAt
			second, secondAt, done := gated(t, db.Pool())
			if _, err := db.Pool().Exec(t.Context(), `UPDATE river_job SET state = 'available', attempt = attempt - 1`); err != nil {
				t.Fatal(err)
			}
			<-secondAt
			release <- end
			time.Sleep(300 * time.Millisecond) // more than the first one's end takes to be written
			if state := stateOf(t, db.Pool()); state != "running" {
				t.Errorf("the task is %s while it is worked", state)
			}
			done <- nil
			for deadline := time.Now().Add(10 * time.Second); stateOf(t, db.Pool()) != "completed"; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("the task is %s", stateOf(t, db.Pool()))
				}
			}
			for _, q := range []task.Queue{first, second} {
				if err := q.Stop(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// gated is a started queue with room for one task, which tells when it has come by it and
// ends it as it is told.
func gated(t *testing.T, pool *pgxpool.Pool) (q *rivertask.Queue[pgx.Tx], at chan struct{}, end chan error) {
	t.Helper()
	config := quick(tasktest.Options{GaveUp: func(context.Context, task.Attempt, error) error { return nil }})
	config.ShortWorkers, config.LongWorkers = 1, 1
	config.Rescue, config.Sweep = time.Minute, time.Minute
	q, err := rivertask.OpenPostgres(t.Context(), pool, config)
	if err != nil {
		t.Fatal(err)
	}
	at, end = make(chan struct{}, 10), make(chan error)
	if err := q.Start(t.Context(), map[string]task.Handler{"test": func(ctx context.Context, _ task.Attempt) error {
		at <- struct{}{}
		select {
		case err := <-end:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}}); err != nil {
		t.Fatal(err)
	}
	return q, at, end
}

func stateOf(t *testing.T, pool *pgxpool.Pool) (state string) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT state FROM river_job`).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}
