package rivertask

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// maxList is the longest list of tasks in one answer.
const maxList = 1000

// riverStates are River's words for a state of ours.
func riverStates(s task.State) []rivertype.JobState {
	switch s {
	case task.Waiting:
		return []rivertype.JobState{rivertype.JobStateAvailable}
	case task.Scheduled:
		return []rivertype.JobState{rivertype.JobStateScheduled, rivertype.JobStateRetryable, rivertype.JobStateAvailable}
	case task.Running:
		return []rivertype.JobState{rivertype.JobStateRunning}
	case task.Done:
		return []rivertype.JobState{rivertype.JobStateCompleted}
	case task.Dead, task.Crashed, task.Canceled:
		return []rivertype.JobState{rivertype.JobStateDiscarded, rivertype.JobStateCancelled}
	}
	return rivertype.JobStates()
}

// Tasks implements task.Desk. Where one of our states is part of one of
// River's, more rows are read until the list is full.
func (q *Queue[TTx]) Tasks(ctx context.Context, query task.Query, after string, limit int) ([]task.Record, string, error) {
	const op = "rivertask.Tasks"
	if limit <= 0 || limit > maxList {
		limit = maxList
	}
	before := int64(0)
	if after != "" {
		var err error
		if before, err = strconv.ParseInt(after, 10, 64); err != nil || before < 1 {
			return nil, "", rumbo.Fault(rumbo.Invalid, op, "no cursor: "+after, err)
		}
	}
	var out []task.Record
	for {
		params := river.NewJobListParams().First(limit+1).OrderBy(river.JobListOrderByID, river.SortOrderDesc).States(riverStates(query.State)...)
		if query.Kind != "" {
			params = params.Kinds(query.Kind)
		}
		if before > 0 {
			params = params.Where("id < @before", river.NamedArgs{"before": before})
		}
		list, err := q.inserter.JobList(ctx, params)
		if err != nil {
			return nil, "", rumbo.Fault(rumbo.Unavailable, op, "", err)
		}
		for _, job := range list.Jobs {
			r := record(job, time.Now())
			if query.State != "" && r.State != query.State {
				continue
			}
			if len(out) == limit {
				return out, strconv.FormatInt(out[limit-1].ID, 10), nil
			}
			out = append(out, r)
		}
		if len(list.Jobs) <= limit {
			return out, "", nil
		}
		before = list.Jobs[len(list.Jobs)-1].ID
	}
}

// record is River's row as a record of ours.
func record(job *rivertype.JobRow, now time.Time) task.Record {
	var p payload
	_ = json.Unmarshal(job.EncodedArgs, &p) // a row that cannot be read is shown without arguments
	r := task.Record{ID: job.ID, Kind: job.Kind, Key: p.Key, Args: p.Args, Class: task.Class(job.Queue), Priority: priority(job.Priority),
		Number: job.Attempt, Max: job.MaxAttempts, Crashes: crashes(job.Metadata),
		EnqueuedAt: job.CreatedAt, RunAt: job.ScheduledAt, EndedAt: job.FinalizedAt}
	switch job.State {
	case rivertype.JobStateRunning:
		r.State = task.Running
	case rivertype.JobStateCompleted:
		r.State = task.Done
	case rivertype.JobStateDiscarded:
		r.State = task.Dead
	case rivertype.JobStateCancelled: // by a person, or by a handler's permanent error
		r.State = task.Dead
		if canceled(job.Metadata) {
			r.State = task.Canceled
		} else if n := len(job.Errors); n > 0 && strings.HasSuffix(job.Errors[n-1].Error, task.ErrCrashed.Error()) {
			r.State = task.Crashed
		}
	default:
		r.State = task.Waiting
		if job.State != rivertype.JobStateAvailable || job.ScheduledAt.After(now) {
			r.State = task.Scheduled
		}
	}
	for _, e := range job.Errors {
		r.Failures = append(r.Failures, task.Failure{Number: e.Attempt, At: e.At, Error: strings.TrimPrefix(e.Error, "JobCancelError: ")})
	}
	return r
}

// priority is River's number as ours.
func priority(number int) task.Priority {
	switch number {
	case 1:
		return task.Urgent
	case 2:
		return task.Normal
	}
	return task.Low
}

// canceled says whether somebody asked for a task's end.
func canceled(metadata []byte) bool {
	var m struct {
		At string `json:"cancel_attempted_at"`
	}
	return json.Unmarshal(metadata, &m) == nil && m.At != ""
}

// Replay implements task.Desk.
func (q *Queue[TTx]) Replay(ctx context.Context, id int64) error {
	const op = "rivertask.Replay"
	job, err := q.inserter.JobGet(ctx, id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return rumbo.Fault(rumbo.NotFound, op, fmt.Sprintf("no task %d", id), err)
	}
	if err != nil {
		return rumbo.Fault(rumbo.Unavailable, op, "", err)
	}
	if job.State != rivertype.JobStateDiscarded && job.State != rivertype.JobStateCancelled {
		return rumbo.Fault(rumbo.Conflict, op, fmt.Sprintf("task %d is %s, neither dead nor canceled", id, record(job, time.Now()).State), nil)
	}
	if busy, err := q.table.Replay(ctx, id); err != nil || busy {
		if busy {
			return rumbo.Fault(rumbo.Conflict, op, fmt.Sprintf("another task with the key of task %d is unfinished, or it was replayed already", id), err)
		}
		return rumbo.Fault(rumbo.Unavailable, op, "", err)
	}
	return nil
}

// Cancel implements task.Desk.
func (q *Queue[TTx]) Cancel(ctx context.Context, kind, key string) (int, error) {
	const op = "rivertask.Cancel"
	ids, err := q.table.Unfinished(ctx, kind, key)
	if err != nil {
		return 0, rumbo.Fault(rumbo.Unavailable, op, "", err)
	}
	client := q.inserter
	q.mu.Lock()
	if q.worker != nil { // it tells its own running handlers without delay
		client = q.worker
	}
	q.mu.Unlock()
	n := 0
	for _, id := range ids {
		switch _, err := client.JobCancel(ctx, id); {
		case errors.Is(err, rivertype.ErrNotFound):
		case err != nil:
			return n, rumbo.Fault(rumbo.Unavailable, op, "", err)
		default:
			n++
		}
	}
	return n, nil
}
