// Command tasks measures background work on PostgreSQL: small tasks a second that
// four workers end, River alone beside internal/task on River, on the same server,
// in the same run. PROTOCOL.md is its protocol.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
)

// bench is one run of the measurement.
type bench struct {
	address       string
	tasks, slots  int
	clients       int
	closing       []func()
	quietly       *slog.Logger
	ended         atomic.Int64
	first, lastAt atomic.Int64 // Unix nanoseconds
	all           chan struct{}
}

func main() {
	tasks := flag.Int("tasks", 20000, "tasks of each measurement")
	clients := flag.Int("workers", 4, "workers, each with connections of its own")
	slots := flag.Int("slots", 50, "tasks at a time of each worker")
	rounds := flag.Int("rounds", 5, "how often all of it is measured")
	flag.Parse()
	if err := run(*tasks, *clients, *slots, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(tasks, clients, slots, rounds int) error {
	server, err := pgtest.Start("shared_buffers=512MB") // with fsync, as an installation has it
	if err != nil {
		return err
	}
	defer server.Stop()
	fmt.Println("what,round,workers,slots,tasks,seconds,tasks_per_s,processors")
	for round := range rounds {
		for _, m := range []struct {
			what string
			do   func(*bench) error
		}{{"river alone", (*bench).river}, {"tasks", (*bench).plain}, {"tasks with a run row", (*bench).withRow}, {"tasks with run and step rows", (*bench).withSteps}} {
			address, err := server.New()
			if err != nil {
				return err
			}
			b := &bench{address: address, tasks: tasks, slots: slots, clients: clients, all: make(chan struct{}),
				quietly: slog.New(slog.NewTextHandler(io.Discard, nil))}
			err = m.do(b)
			for _, c := range b.closing {
				c()
			}
			if err != nil {
				return fmt.Errorf("%s: %w", m.what, err)
			}
			seconds := float64(b.lastAt.Load()-b.first.Load()) / 1e9
			fmt.Printf("%s,%d,%d,%d,%d,%.2f,%.0f,%d\n", m.what, round+1, clients, slots, tasks, seconds, float64(tasks)/seconds, runtime.NumCPU())
		}
	}
	return nil
}

// one is called by every task that has ended.
func (b *bench) one() {
	if b.ended.Add(1) == int64(b.tasks) {
		close(b.all)
	}
}

// wait waits until the table says that every task has ended, and stops the clock.
func (b *bench) wait(ctx context.Context) error {
	<-b.all
	c, err := pgx.Connect(ctx, b.address)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	for left := 1; left > 0; time.Sleep(5 * time.Millisecond) {
		if err := c.QueryRow(ctx, `SELECT count(*) FROM river_job WHERE finalized_at IS NULL`).Scan(&left); err != nil {
			return err
		}
		b.lastAt.Store(time.Now().UnixNano())
	}
	return nil
}

// clock starts the clock.
func (b *bench) clock() { b.first.Store(time.Now().UnixNano()) }

type nothing struct {
	N int `json:"n"`
}

// Kind implements river.JobArgs.
func (nothing) Kind() string { return "nothing" }

type nothingWorker struct {
	river.WorkerDefaults[nothing]
	b *bench
}

// Work implements river.Worker.
func (w *nothingWorker) Work(context.Context, *river.Job[nothing]) error { w.b.one(); return nil }

// river works with River alone, configured for throughput.
func (b *bench) river() error {
	ctx := context.Background()
	// River's tables, made as ours are.
	db, err := postgres.Open(ctx, b.address)
	if err != nil {
		return err
	}
	if _, err := rivertask.OpenPostgres(ctx, db.Pool(), rivertask.Config{Logger: b.quietly}); err != nil {
		return err
	}
	inserter, err := river.NewClient(riverpgxv5.New(db.Pool()), &river.Config{Logger: b.quietly})
	if err != nil {
		return err
	}
	for from := 0; from < b.tasks; from += 1000 {
		var many []river.InsertManyParams
		for n := from; n < min(from+1000, b.tasks); n++ {
			many = append(many, river.InsertManyParams{Args: nothing{n}})
		}
		if _, err := inserter.InsertManyFast(ctx, many); err != nil {
			return err
		}
	}
	db.Close()
	var clients []*river.Client[pgx.Tx]
	for range b.clients {
		pool, err := pgxpool.New(ctx, b.address+"&pool_max_conns=16")
		if err != nil {
			return err
		}
		b.closing = append(b.closing, pool.Close)
		workers := river.NewWorkers()
		river.AddWorker(workers, &nothingWorker{b: b})
		c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: b.quietly, Workers: workers, FetchCooldown: 2 * time.Millisecond,
			FetchPollInterval: 50 * time.Millisecond, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: b.slots}}})
		if err != nil {
			return err
		}
		clients = append(clients, c)
	}
	b.clock()
	for _, c := range clients {
		if err := c.Start(ctx); err != nil {
			return err
		}
	}
	if err := b.wait(ctx); err != nil {
		return err
	}
	for _, c := range clients {
		if err := c.Stop(ctx); err != nil {
			return err
		}
	}
	return nil
}

// plain works with our tasks, which do nothing.
func (b *bench) plain() error {
	return b.ours(func(store.Store) task.Handler {
		return func(context.Context, task.Attempt) error { b.one(); return nil }
	}, false)
}

// withRow works with our tasks, each of which ends the run that it is about, in a
// transaction of its own.
func (b *bench) withRow() error {
	return b.ours(func(s store.Store) task.Handler {
		return func(ctx context.Context, a task.Attempt) error {
			id, err := a.Subject()
			if err != nil {
				return err
			}
			err = s.InTx(ctx, func(tx store.Tx) error {
				run, err := tx.Run(ctx, id)
				if err != nil || run.State == rumbo.RunDone {
					return err
				}
				run.State, run.Progress = rumbo.RunDone, 1
				return tx.SetRun(ctx, run)
			})
			if err == nil {
				b.one()
			}
			return err
		}
	}, true)
}

// withSteps works with our tasks as flows do: a run of one step, which ends the run.
func (b *bench) withSteps() error {
	return b.ours(func(s store.Store) task.Handler {
		runner := &step.Runner{Store: s, Clock: time.Now}
		return func(ctx context.Context, a task.Attempt) error {
			id, err := a.Subject()
			if err != nil {
				return err
			}
			err = runner.Work(ctx, id, nil, func(ctx context.Context, run *step.Run) error {
				_, err := step.Do(ctx, run, "nothing", id, func(_ context.Context, _ *step.Work, in string) (string, error) { return in, nil }, step.Last())
				return err
			})
			if err == nil {
				b.one()
			}
			return err
		}
	}, true)
}

func (b *bench) ours(handler func(store.Store) task.Handler, rows bool) error {
	ctx := context.Background()
	var stores []store.Store
	var queues []task.Queue
	for range b.clients {
		db, err := postgres.Open(ctx, b.address)
		if err != nil {
			return err
		}
		b.closing = append(b.closing, func() { db.Close() })
		q, err := rivertask.OpenPostgres(ctx, db.Pool(), rivertask.Config{Logger: b.quietly, ShortWorkers: b.slots})
		if err != nil {
			return err
		}
		stores, queues = append(stores, db.Store(q)), append(queues, q)
	}
	if err := b.enqueue(ctx, stores[0], rows); err != nil {
		return err
	}
	b.clock()
	for n, q := range queues {
		if err := q.Start(ctx, map[string]task.Handler{"nothing": handler(stores[n])}); err != nil {
			return err
		}
	}
	if err := b.wait(ctx); err != nil {
		return err
	}
	var wg sync.WaitGroup
	for _, q := range queues {
		wg.Go(func() { _ = q.Stop(ctx) })
	}
	wg.Wait()
	c, err := queues[0].Counts(ctx)
	if err == nil && c.Done != int64(b.tasks) {
		err = fmt.Errorf("%d tasks, counts %+v", b.tasks, c)
	}
	return err
}

// enqueue adds the tasks, 500 in a transaction.
func (b *bench) enqueue(ctx context.Context, s store.Store, rows bool) error {
	for from := 0; from < b.tasks; from += 500 {
		if err := s.InTx(ctx, func(tx store.Tx) error {
			for n := from; n < min(from+500, b.tasks); n++ {
				spec := task.About("nothing", fmt.Sprintf("run_%08d", n), task.Short, 3)
				spec.Key = "" // as River alone: nothing is unique
				if rows {
					if err := tx.AddRun(ctx, rumbo.Run{ID: fmt.Sprintf("run_%08d", n), State: rumbo.RunQueued, Parameters: json.RawMessage(`{}`)}); err != nil {
						return err
					}
				}
				if err := tx.Enqueue(ctx, spec); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
