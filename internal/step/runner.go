package step

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Outline is a step that a flow is going to take, so that it can be shown before it begins.
type Outline struct {
	Name  string
	After []string // steps that end before it begins
	// Share is its part of the run's progress; equal parts when all are 0.
	Share float64
}

// Runner runs flows on a store. The zero value of all but Store and Clock is usable.
type Runner struct {
	Store store.Store
	Clock func() time.Time
	// Hopeless says of which errors another try is not worth making.
	Hopeless func(error) bool
	// Ending, when given, is called before the transaction that ends a run; what it returns is
	// called in it, with the run as it ends. An error of either keeps the run from ending.
	Ending func(ctx context.Context) (func(tx store.Tx, run rumbo.Run) error, error)
	// Pulse is how often what a run is at is written; 250 ms when 0.
	Pulse time.Duration
	// Log tells operators about tries that failed; nothing when nil.
	Log *slog.Logger
}

// errLost ends an attempt whose run has ended or was taken over by a later attempt.
var errLost = errors.New("the run has ended or is worked by a later attempt")

// Work is one attempt at a run: it calls do, which takes the run's steps, and ends the run
// when do returns nil. It returns what the task's handler should: nil when nothing is
// left to do, task.RetryAfter for another try, or the error that ends the run (see End).
// What outline tells is shown as pending.
func (r *Runner) Work(ctx context.Context, id string, outline []Outline, do func(ctx context.Context, run *Run) error) error {
	run, err := r.begin(ctx, id, outline)
	if err != nil || run == nil {
		return err
	}
	working, cancel := context.WithCancelCause(ctx)
	stop := run.pulse(working, cancel)
	err = task.Guard(func() error { return do(working, run) })
	if err != nil {
		cancel(err) // steps side by side with the one that failed
	}
	run.beside.Wait()
	stop()
	lost := errors.Is(err, errLost) || errors.Is(context.Cause(working), errLost)
	cancel(nil)
	switch {
	case lost:
		return nil
	case err == nil && !run.over:
		if err = run.endHere(ctx); errors.Is(err, errLost) {
			return nil
		}
	}
	return err
}

// endHere ends a run whose flow has no last step.
func (r *Run) endHere(ctx context.Context) error {
	also, err := r.runner.ending(ctx)
	if err != nil {
		return err
	}
	return r.write(ctx, func(tx store.Tx) error { return r.finish(ctx, tx, nil, "", false, also) })
}

// ending is Ending, or nothing.
func (r *Runner) ending(ctx context.Context) (func(tx store.Tx, run rumbo.Run) error, error) {
	if r.Ending == nil {
		return func(store.Tx, rumbo.Run) error { return nil }, nil
	}
	return r.Ending(ctx)
}

// begin takes the run over for a new attempt; nil when it has ended. Steps that an earlier
// attempt left running have crashed.
func (r *Runner) begin(ctx context.Context, id string, outline []Outline) (run *Run, err error) {
	err = r.Store.InTx(ctx, func(tx store.Tx) error {
		run = nil
		head, err := tx.Run(ctx, id)
		if err != nil || head.Ended() {
			return err
		}
		known, err := tx.Steps(ctx, id)
		if err != nil {
			return err
		}
		at := r.Clock()
		if head.StartedAt == nil {
			head.StartedAt = &at
		}
		head.State, head.Attempt = rumbo.RunRunning, head.Attempt+1
		run = newRun(r, head, outline, known)
		return run.flushTo(ctx, tx, run.take())
	})
	return run, err
}

// End ends a run that Work could not: failed or crashed by its cause, or canceled. also
// runs in the same transaction, unless the run has ended already; then nothing happens.
func (r *Runner) End(ctx context.Context, id, state string, cause error, also func(tx store.Tx, run rumbo.Run) error) (ended rumbo.Run, err error) {
	ending, err := r.ending(ctx)
	if err != nil {
		return ended, err
	}
	err = r.Store.InTx(ctx, func(tx store.Tx) error {
		run, err := tx.Run(ctx, id)
		ended = run
		if err != nil || run.Ended() {
			return err
		}
		at := r.Clock()
		run.State, run.FinishedAt, run.Step = state, &at, ""
		if cause != nil {
			run.Error = cause.Error()
		}
		if err := r.endSteps(ctx, tx, run); err != nil {
			return err
		}
		ended = run
		if err := tx.SetRun(ctx, run); err != nil {
			return err
		}
		if also != nil {
			if err := also(tx, run); err != nil {
				return err
			}
		}
		return ending(tx, run)
	})
	return ended, err
}

// endSteps gives the unfinished steps of a run that ends the state that tells what became
// of them.
func (r *Runner) endSteps(ctx context.Context, tx store.Tx, run rumbo.Run) error {
	steps, err := tx.Steps(ctx, run.ID)
	if err != nil {
		return err
	}
	var changed []rumbo.Step
	for _, s := range steps {
		if s.Ended() && s.State != rumbo.StepCrashed {
			continue
		}
		switch {
		case s.Attempt == 0:
			s.State = rumbo.StepSkipped
		case run.State == rumbo.RunCanceled:
			s.State = rumbo.StepCanceled
		case run.State == rumbo.RunCrashed:
			s.State = rumbo.StepCrashed
		default:
			s.State = rumbo.StepFailed
		}
		s.RetryAt, s.Doing = nil, ""
		if s.FinishedAt == nil && s.StartedAt != nil {
			s.FinishedAt = run.FinishedAt
		}
		changed = append(changed, s)
	}
	text := "the run was canceled"
	if run.State != rumbo.RunCanceled {
		text = "the run " + run.State + ": " + run.Error
	}
	if err := tx.AddRunLog(ctx, run.ID, rumbo.LogLine{At: *run.FinishedAt, Level: rumbo.LogError, Text: clip(text)}); err != nil {
		return err
	}
	return tx.SetSteps(ctx, run.ID, changed...)
}

func (r *Runner) hopeless(err error) bool {
	return task.IsPermanent(err) || r.Hopeless != nil && r.Hopeless(err)
}

func (r *Runner) warn(ctx context.Context, text string, args ...any) {
	if r.Log != nil {
		r.Log.WarnContext(ctx, text, args...)
	}
}
