package rivertask

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// fenced is River's driver for one process. A process that was silent for too long is taken
// for dead, and its tasks are worked by others; when it lives all the same, and comes to
// an end with such a task, River would write that end over the attempt of the other: the task
// would be completed while it is worked, and lost if that process died. What a process says
// of a task that is no longer its own is therefore not written.
type fenced struct {
	*riverpgxv5.Driver
	id string // of the process
}

// GetExecutor implements riverdriver.Driver.
func (d *fenced) GetExecutor() riverdriver.Executor {
	return &fencedExecutor{d.Driver.GetExecutor(), d.id}
}

type fencedExecutor struct {
	riverdriver.Executor
	id string
}

// JobSetStateIfRunningMany implements riverdriver.Executor: River's completer ends attempts
// by it, many at a time.
func (e *fencedExecutor) JobSetStateIfRunningMany(ctx context.Context, params *riverdriver.JobSetStateIfRunningManyParams) ([]*rivertype.JobRow, error) {
	tx, err := e.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(ctx) }() // after a commit it does nothing
	var others []int64
	if err := tx.QueryRow(ctx, `SELECT coalesce(array_agg(id) FILTER (WHERE `+holder+` <> $2), '{}')
		FROM (SELECT id, attempted_by FROM river_job WHERE id = ANY($1) ORDER BY id FOR UPDATE) AS held`, params.ID, e.id).Scan(&others); err != nil {
		return nil, fmt.Errorf("whose tasks are these: %w", err)
	}
	rows, err := tx.JobSetStateIfRunningMany(ctx, without(params, others))
	if err != nil {
		return nil, err
	}
	return rows, tx.Commit(ctx)
}

// without leaves out what is said of some tasks.
func without(p *riverdriver.JobSetStateIfRunningManyParams, others []int64) *riverdriver.JobSetStateIfRunningManyParams {
	if len(others) == 0 {
		return p
	}
	skip := make(map[int64]bool, len(others))
	for _, id := range others {
		skip[id] = true
	}
	out := &riverdriver.JobSetStateIfRunningManyParams{Now: p.Now, Schema: p.Schema}
	for i, id := range p.ID {
		if skip[id] {
			continue
		}
		out.ID, out.Attempt, out.ErrData = append(out.ID, id), append(out.Attempt, p.Attempt[i]), append(out.ErrData, p.ErrData[i])
		out.FinalizedAt, out.ScheduledAt, out.State = append(out.FinalizedAt, p.FinalizedAt[i]), append(out.ScheduledAt, p.ScheduledAt[i]), append(out.State, p.State[i])
		out.MetadataDoMerge, out.MetadataUpdates = append(out.MetadataDoMerge, p.MetadataDoMerge[i]), append(out.MetadataUpdates, p.MetadataUpdates[i])
	}
	return out
}

var _ riverdriver.Driver[pgx.Tx] = (*fenced)(nil)
