package task

import (
	"context"
	"encoding/json"
	"time"
)

// State of a task.
type State string

// States of a task. Done, Dead, Crashed and Canceled are its ends.
const (
	Waiting   State = "waiting"   // could run now
	Scheduled State = "scheduled" // for later: first run or next attempt
	Running   State = "running"
	Done      State = "done"     // kept for a day
	Dead      State = "dead"     // its last attempt failed; kept for a week
	Crashed   State = "crashed"  // too many processes died under it; kept for a week
	Canceled  State = "canceled" // by a person; kept for a week
)

// Record is a task as it is kept.
type Record struct {
	ID         int64
	Kind       string
	Key        string
	Args       json.RawMessage
	Class      Class
	Priority   Priority
	State      State
	Number     int // of the last attempt, 0 before the first
	Max        int
	Crashes    int
	EnqueuedAt time.Time
	RunAt      time.Time  // earliest start of the next attempt
	EndedAt    *time.Time // of the task
	Failures   []Failure  // of its attempts, oldest first
}

// Failure is an attempt that failed.
type Failure struct {
	Number int
	At     time.Time
	Error  string
}

// Query selects tasks; empty fields select all.
type Query struct {
	Kind  string
	State State
}

// Desk is where people look after tasks; a driver's queue offers it, also to a
// process that does not work on them.
type Desk interface {
	// Tasks lists tasks, newest first; next continues the list and is empty at
	// its end. Invalid for a cursor that is none.
	Tasks(ctx context.Context, q Query, after string, limit int) (items []Record, next string, err error)
	// Replay lets a dead, crashed or canceled task run again at once, with all its
	// attempts; while another of its key is unfinished it cannot. NotFound,
	// Conflict.
	Replay(ctx context.Context, id int64) error
	// Cancel ends the unfinished tasks of a kind and key and says how many there
	// were. One that runs has its context canceled; if it is done nevertheless,
	// it is done. GaveUp is not called.
	Cancel(ctx context.Context, kind, key string) (canceled int, err error)
	// SetRule pauses or limits work in all processes, within a second or two; what
	// runs goes on. A rule that neither pauses nor limits is forgotten. Invalid.
	SetRule(ctx context.Context, r Rule) error
	// Rules lists the rules in force, by kind and class.
	Rules(ctx context.Context) ([]Rule, error)
}

// Rule is what an operator decides about tasks of one kind, of one class, or, with
// both empty, about all of them. Tasks of one kind and key need none: there is one
// unfinished at a time.
type Rule struct {
	Kind   string
	Class  Class
	Paused bool // no attempt begins
	Max    int  // attempts at a time over all processes; 0 is no limit
}
