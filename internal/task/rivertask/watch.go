package rivertask

import (
	"context"
	"time"
)

// watch says again and again that this process lives, resumes the tasks of
// those that do not, and looks for tasks that nobody works on.
func (q *Queue[TTx]) watch(ctx context.Context, end <-chan struct{}) {
	defer q.swept.Done()
	beat := time.NewTicker(q.config.Rescue / 5)
	defer beat.Stop()
	sweep := time.NewTicker(q.config.Sweep)
	defer sweep.Stop()
	var suspects map[attemptID]bool
	for {
		select {
		case <-end:
			return
		case <-beat.C:
			if err := q.resume(ctx); err != nil {
				q.config.Logger.WarnContext(ctx, "resume the tasks of dead processes", "error", err)
			}
		case <-sweep.C:
			suspects = q.sweep(ctx, suspects)
		}
	}
}

// patience is how long a statement of watch may take: one that hangs on a dead
// connection must not keep this process from saying that it lives.
func (q *Queue[TTx]) patience(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, max(q.config.Rescue/3, time.Second))
}

// resume says that this process lives and makes the tasks of dead processes
// available.
func (q *Queue[TTx]) resume(ctx context.Context) error {
	ctx, cancel := q.patience(ctx)
	defer cancel()
	resumed, err := q.table.Resume(ctx)
	if resumed > 0 {
		q.config.Logger.WarnContext(ctx, "resuming tasks that a dead process left", "tasks", resumed)
	}
	return err
}

// sweep resumes attempts that the table holds for running but that nobody
// works on: found so twice, an interval apart, so that one whose end is just
// being written is left alone. It returns those found once.
func (q *Queue[TTx]) sweep(ctx context.Context, suspects map[attemptID]bool) (found map[attemptID]bool) {
	ctx, cancel := q.patience(ctx)
	defer cancel()
	running, err := q.table.Running(ctx)
	if err != nil {
		q.config.Logger.WarnContext(ctx, "look for lost tasks", "error", err)
		return suspects
	}
	found = make(map[attemptID]bool)
	for _, a := range running {
		if q.active.has(a) {
			continue
		}
		if !suspects[a] {
			found[a] = true
			continue
		}
		q.config.Logger.WarnContext(ctx, "resuming a task that nobody works on", "task", a.task, "attempt", a.number)
		if err := q.table.Release(ctx, a); err != nil {
			q.config.Logger.WarnContext(ctx, "resume a lost task", "task", a.task, "error", err)
		}
	}
	return found
}
