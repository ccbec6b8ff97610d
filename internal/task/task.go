package task

import (
	"context"
	"encoding/json"
	"time"
)

// Class says which workers take a task.
type Class string

// The classes of work.
const (
	Short Class = "short" // a second or two: webhooks, small batches
	Long  Class = "long"  // minutes: training, planning, large batches
)

// Priority says which of the waiting tasks of a class goes first.
type Priority int

// The priorities, most urgent first. A task that runs is never interrupted for another.
const (
	Normal Priority = iota
	Urgent          // somebody waits: plans
	Low             // whenever there is room: training, batch work
)

// DefaultMaxAttempts holds where a Spec says nothing.
const DefaultMaxAttempts = 10

// Spec describes a task to be done.
type Spec struct {
	// Kind names the handler.
	Kind string
	// Args is the handler's input: a JSON value, small (IDs rather than data);
	// empty is read as null.
	Args json.RawMessage
	// Class is Short when empty.
	Class Class
	// Priority is Normal when nothing is said.
	Priority Priority
	// MaxAttempts is the number of tries before the task is dead;
	// DefaultMaxAttempts when 0.
	MaxAttempts int
	// RunAt is the earliest start; at once when zero.
	RunAt time.Time
	// Key makes the task unique among the unfinished ones of its kind; no
	// limit when empty.
	Key string
}

// Attempt is one try of a task, as its handler sees it.
type Attempt struct {
	ID     int64 // of the task, the same on every attempt
	Kind   string
	Args   json.RawMessage
	Number int // of this attempt, from 1
	Max    int // attempts in all
	// Crashes counts how often a process died while it worked on this task.
	Crashes    int
	EnqueuedAt time.Time
}

// Last says whether the task is dead when this attempt fails.
func (a Attempt) Last() bool { return a.Number >= a.Max }

// Handler does the work of one attempt. It returns nil when the task is done;
// RetryAfter, RetryAt or Permanent choose what happens next; any other error
// means another attempt after Backoff, or death after the last one. It may be
// called again for work that is already done.
type Handler func(ctx context.Context, a Attempt) error

// GaveUp is told about a task that is about to die, with the last error; for
// ErrCrashed the process died too often under it. When it returns an error it
// is called again later. It may be called twice for one task.
type GaveUp func(ctx context.Context, a Attempt, cause error) error

// Queue works the tasks that were enqueued.
type Queue interface {
	// Start begins to work: tasks left unfinished by a process that died become
	// available at once. A task of a kind without handler waits, untouched, for
	// a process that has one. Errors: anything of the database; starting twice.
	Start(ctx context.Context, handlers map[string]Handler) error
	// Stop takes no more tasks and waits for the running ones; when ctx ends
	// first, their contexts are canceled and Stop waits for them to return.
	// Tasks interrupted so run again at the next start, at no cost of attempts.
	// A queue does not start again after Stop.
	Stop(ctx context.Context) error
	// Counts reads how many tasks are in which state. O(tasks kept).
	Counts(ctx context.Context) (Counts, error)
}

// Counts are tasks by state.
type Counts struct {
	Waiting   int64 // could run now, no worker has taken it yet
	Scheduled int64 // for later: first run or next attempt
	Running   int64
	Done      int64 // kept for a day
	Dead      int64 // given up or canceled; kept for a week
}

// Unfinished is the number of tasks with work left.
func (c Counts) Unfinished() int64 { return c.Waiting + c.Scheduled + c.Running }
