package rivertask

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Queue implements task.Queue; TTx is the transaction of the database driver.
type Queue[TTx any] struct {
	config   Config
	driver   riverdriver.Driver[TTx]
	inserter *river.Client[TTx]
	table    jobTable
	active   *active

	mu      sync.Mutex
	started bool
	worker  *river.Client[TTx] // nil before Start and after Stop
	sweeper chan struct{}      // closed to end the sweep
	swept   sync.WaitGroup
}

var (
	_ task.Queue = (*Queue[any])(nil)
	_ task.Desk  = (*Queue[any])(nil)
)

// jobTable is what this package asks of River's table beside River.
type jobTable interface {
	// Join is called before this process begins to work.
	Join(ctx context.Context) error
	// Resume says that this process lives, and makes the tasks of dead processes
	// available, counting a crash.
	Resume(ctx context.Context) (resumed int64, err error)
	// Leave is called after this process has ended its work.
	Leave(ctx context.Context) error
	// Running lists the attempts that the table holds for running here.
	Running(ctx context.Context) ([]attemptID, error)
	// Release makes one running attempt available again, at no cost.
	Release(ctx context.Context, a attemptID) error
	// Unfinished finds the unfinished tasks of a kind and key.
	Unfinished(ctx context.Context, kind, key string) ([]int64, error)
	// Replay makes an ended task available with all its attempts; busy says that
	// it has not ended or that another of its key is unfinished.
	Replay(ctx context.Context, id int64) (busy bool, err error)
	// Counts counts tasks by state.
	Counts(ctx context.Context) (task.Counts, error)
	// SetRule keeps a rule under its subject, or removes it.
	SetRule(ctx context.Context, subject string, r task.Rule) error
	// Rules reads all rules by subject.
	Rules(ctx context.Context) (map[string]task.Rule, error)
}

// attemptID is a task with the number of an attempt.
type attemptID struct {
	task   int64
	number int
}

// migrate brings River's tables up to date.
func migrate[TTx any](ctx context.Context, driver riverdriver.Driver[TTx], config Config) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: config.riverLogger()})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// open prepares insertion.
func open[TTx any](driver riverdriver.Driver[TTx], table jobTable, config Config) (*Queue[TTx], error) {
	const op = "rivertask.Open"
	inserter, err := river.NewClient(driver, config.inserting())
	if err != nil {
		return nil, rumbo.Fault(rumbo.Internal, op, "", err)
	}
	return &Queue[TTx]{config: config, driver: driver, inserter: inserter, table: table, active: newActive()}, nil
}

// payload is a task's arguments as River keeps them. One type serves all
// kinds, so the kind comes with the value.
type payload struct {
	kind string
	Key  string          `json:"key,omitempty" river:"unique"`
	Args json.RawMessage `json:"args"`
}

// Kind implements river.JobArgs.
func (p payload) Kind() string { return p.kind }

// kindPattern is what River takes for a kind.
var kindPattern = regexp.MustCompile(`^\w[\w.:/+-]+$`)

// EnqueueTx adds a task in a transaction of the data. Errors: Invalid for a
// kind that is not two or more letters, digits and . : / + - _, for an unknown
// class or for arguments that are no JSON.
func (q *Queue[TTx]) EnqueueTx(ctx context.Context, tx TTx, spec task.Spec) error {
	const op = "rivertask.Enqueue"
	known := spec.Class == "" || spec.Class == task.Short || spec.Class == task.Long
	if !known || !kindPattern.MatchString(spec.Kind) || len(spec.Args) > 0 && !json.Valid(spec.Args) {
		return rumbo.Fault(rumbo.Invalid, op, fmt.Sprintf("task %q of class %q with arguments %q", spec.Kind, spec.Class, spec.Args), nil)
	}
	p := payload{kind: spec.Kind, Key: spec.Key, Args: spec.Args}
	if len(p.Args) == 0 {
		p.Args = json.RawMessage("null")
	}
	opts := &river.InsertOpts{MaxAttempts: spec.MaxAttempts, Queue: string(spec.Class), ScheduledAt: spec.RunAt}
	switch spec.Priority {
	case task.Urgent:
		opts.Priority = 1
	case task.Low:
		opts.Priority = 3
	default:
		opts.Priority = 2
	}
	if spec.MaxAttempts <= 0 {
		opts.MaxAttempts = task.DefaultMaxAttempts
	}
	if spec.Class == "" {
		opts.Queue = string(task.Short)
	}
	if spec.Key != "" {
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled}}
	}
	_, err := q.inserter.InsertTx(ctx, tx, p, opts)
	return err
}

// Start implements task.Queue. Handlers see ctx's values, not its end.
func (q *Queue[TTx]) Start(ctx context.Context, handlers map[string]task.Handler) error {
	const op = "rivertask.Start"
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.started {
		return rumbo.Fault(rumbo.Conflict, op, "the queue has been started before", nil)
	}
	if err := q.table.Join(ctx); err != nil {
		return rumbo.Fault(rumbo.Unavailable, op, "announce this process", err)
	}
	if err := q.resume(ctx); err != nil {
		return rumbo.Fault(rumbo.Unavailable, op, "resume unfinished tasks", err)
	}
	workers := river.NewWorkers()
	for kind, handler := range handlers {
		river.AddWorkerArgs(workers, payload{kind: kind}, &worker{handle: handler, config: q.config, active: q.active})
	}
	client, err := river.NewClient(ruled[TTx]{q.driver, newPilot(q.table, q.config)}, q.config.working(workers))
	if err != nil {
		return rumbo.Fault(rumbo.Internal, op, "", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return rumbo.Fault(rumbo.Unavailable, op, "", err)
	}
	q.started, q.worker, q.sweeper = true, client, make(chan struct{})
	q.swept.Add(1)
	go q.watch(context.WithoutCancel(ctx), q.sweeper)
	return nil
}

// Stop implements task.Queue.
func (q *Queue[TTx]) Stop(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.worker == nil {
		return nil
	}
	err := q.worker.Stop(ctx)
	if err != nil && ctx.Err() != nil {
		err = q.worker.StopAndCancel(context.WithoutCancel(ctx))
	}
	close(q.sweeper) // only now: this process lives until its tasks have ended
	q.swept.Wait()
	q.worker = nil
	if err == nil {
		err = q.table.Leave(context.WithoutCancel(ctx))
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return rumbo.Fault(rumbo.Internal, "rivertask.Stop", "", err)
	}
	return nil
}

// Counts implements task.Queue.
func (q *Queue[TTx]) Counts(ctx context.Context) (task.Counts, error) {
	c, err := q.table.Counts(ctx)
	if err != nil {
		return c, rumbo.Fault(rumbo.Unavailable, "rivertask.Counts", "", err)
	}
	return c, nil
}
