package rivertask

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/logistica-inteligente/rumbo/internal/task"
)

// worker calls one kind's handler and translates its answer for River.
type worker struct {
	river.WorkerDefaults[payload]
	handle task.Handler
	config Config
	active *active
	next   sync.Map // task ID -> time.Time of the next attempt, between Work and NextRetry
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[payload]) error {
	id := attemptID{job.ID, job.Attempt}
	if !w.active.add(id) { // this process was taken for dead, and came by its own task again
		return river.JobSnooze(again)
	}
	defer w.active.remove(id)

	a := task.Attempt{ID: job.ID, Kind: job.Kind, Args: job.Args.Args, Number: job.Attempt, Max: job.MaxAttempts,
		Crashes: crashes(job.Metadata), EnqueuedAt: job.CreatedAt}
	log := w.config.Logger.With("task", a.ID, "kind", a.Kind, "attempt", a.Number, "of", a.Max)
	if a.Crashes >= w.config.MaxCrashes {
		log.ErrorContext(ctx, "giving up a task: the process died under it too often", "crashes", a.Crashes)
		return w.giveUp(ctx, a, task.Permanent(task.ErrCrashed))
	}
	err := task.Guard(func() error { return w.handle(ctx, a) })
	if err == nil {
		return nil
	}
	now := time.Now()
	wait, notYet := task.NotYet(err, now)
	switch {
	case notYet:
		return river.JobSnooze(wait)
	case ctx.Err() != nil: // the queue is being stopped: again at the next start
		return river.JobSnooze(0)
	case task.IsPermanent(err) || a.Last():
		log.ErrorContext(ctx, "giving up a task", "error", err, "stack", stack(err))
		return w.giveUp(ctx, a, err)
	}
	// River replaces a time that has passed when it reads it by its own.
	at := task.NextAttempt(err, a.Number, now.Add(20*time.Millisecond))
	log.WarnContext(ctx, "a task failed and will be tried again", "error", err, "at", at, "stack", stack(err))
	w.next.Store(a.ID, at)
	return err
}

// NextRetry implements river.Worker: what Work has decided.
func (w *worker) NextRetry(job *river.Job[payload]) time.Time {
	if at, ok := w.next.LoadAndDelete(job.ID); ok {
		return at.(time.Time)
	}
	return time.Time{} // backoff decides; Work has not decided only when it never ran
}

// backoff is River's policy where Work has not decided: the arguments could
// not be read.
type backoff struct{}

// NextRetry implements river.ClientRetryPolicy.
func (backoff) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(task.Backoff(job.Attempt))
}

// giveUp tells that the task will die and lets it, or comes back when that
// could not be told.
func (w *worker) giveUp(ctx context.Context, a task.Attempt, cause error) error {
	err := task.Guard(func() error { return w.config.GaveUp(ctx, a, cause) })
	if err != nil {
		w.config.Logger.ErrorContext(ctx, "could not tell that a task is given up", "task", a.ID, "kind", a.Kind, "error", err)
		return river.JobSnooze(w.config.GaveUpRetry)
	}
	return river.JobCancel(cause)
}

// crashes reads how often the process died under a task.
func crashes(metadata []byte) int {
	var m struct {
		Crashes int `json:"crashes"`
	}
	if json.Unmarshal(metadata, &m) != nil {
		return 0
	}
	return m.Crashes
}

// stack is where a handler panicked, or empty.
func stack(err error) string {
	var p *task.PanicError
	if errors.As(err, &p) {
		return string(p.Stack)
	}
	return ""
}

// again is when a process looks at a task again that it has not let go yet.
const again = time.Second

// active are the attempts that this process works on, one of a task.
type active struct {
	mu      sync.Mutex
	numbers map[int64]int // by task
}

func newActive() *active { return &active{numbers: make(map[int64]int)} }

// add says whether nobody in this process works on the task yet.
func (a *active) add(id attemptID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, busy := a.numbers[id.task]; busy {
		return false
	}
	a.numbers[id.task] = id.number
	return true
}

func (a *active) remove(id attemptID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.numbers, id.task)
}

func (a *active) has(id attemptID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	number, busy := a.numbers[id.task]
	return busy && number == id.number
}
