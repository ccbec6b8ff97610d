package step

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Option changes a step.
type Option func(*options)

type options struct {
	tries    int
	timeout  time.Duration
	backoff  func(try int) time.Duration
	last     bool
	keep     bool
	readOnly bool
	readFor  string
}

// Tries is how often a step may be tried before its error ends the run; 3 when not given.
func Tries(n int) Option { return func(o *options) { o.tries = n } }

// Timeout bounds one try; none when not given.
func Timeout(d time.Duration) Option { return func(o *options) { o.timeout = d } }

// Backoff is the wait after a try failed, by its number; when not given, what the error asks
// for (task.RetryAfter) or task.Backoff.
func Backoff(wait func(try int) time.Duration) Option { return func(o *options) { o.backoff = wait } }

// Last ends the run, with the step's result as its own, in the step's transaction.
func Last() Option { return func(o *options) { o.last = true } }

// Keep is Last, and leaves large results of the run's steps in the store for who reads them
// and then drops them (store.RunWriter.DropResults); otherwise they go with the run's end.
func Keep() Option { return func(o *options) { o.last, o.keep = true, true } }

// Do takes a step: work turns in into a result, which is kept. When the step was done
// before with an equal input (its JSON), work is not called and the result is read. The
// step is done when the functions given to Work.Commit, its result and its state are
// committed, in one transaction.
//
// Errors are for the flow to return as they are: they carry when the run goes on.
// O(size of in and result) beside work.
func Do[In, Out any](ctx context.Context, r *Run, name string, in In,
	work func(ctx context.Context, w *Work, in In) (Out, error), opts ...Option) (out Out, err error) {
	return perform(ctx, r, name, in, work, options{}, opts)
}

// Read takes a step without effect, whose result is not kept. It is not taken when the
// step that it reads for is done with the same input; then the result is zero, and that
// step must come next.
func Read[In, Out any](ctx context.Context, r *Run, name, readFor string, in In,
	work func(ctx context.Context, w *Work, in In) (Out, error), opts ...Option) (out Out, err error) {
	return perform(ctx, r, name, in, work, options{readOnly: true, readFor: readFor}, opts)
}

func perform[In, Out any](ctx context.Context, r *Run, name string, in In,
	work func(ctx context.Context, w *Work, in In) (Out, error), o options, opts []Option) (out Out, err error) {
	for _, option := range append([]Option{Tries(3)}, opts...) {
		option(&o)
	}
	hash, err := hashOf(name, in)
	if err != nil {
		return out, err
	}
	kept, done, err := r.known(ctx, name, hash, o)
	if err != nil || done {
		if err == nil && kept != nil {
			err = json.Unmarshal(kept, &out)
		}
		return out, err
	}
	w := r.start(name, hash)
	err = within(ctx, o.timeout, func(ctx context.Context) error {
		return task.Guard(func() (err error) { out, err = work(ctx, w, in); return err })
	})
	if err == nil {
		err = r.complete(ctx, w, out, o)
	}
	if err != nil {
		return out, r.fail(ctx, w, err, o)
	}
	return out, nil
}

// hashOf names an input; equal inputs have equal names.
func hashOf(name string, in any) (string, error) {
	text, err := json.Marshal(in)
	if err != nil {
		return "", task.Permanent(fmt.Errorf("the input of step %s: %w", name, err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}

// known says whether a step need not be taken, and its result.
func (r *Run) known(ctx context.Context, name, hash string, o options) (kept json.RawMessage, done bool, err error) {
	if o.readOnly {
		if r.isDone(o.readFor, hash) {
			r.mu.Lock()
			r.unran[o.readFor] = true
			r.mu.Unlock()
			return nil, true, nil
		}
		return nil, false, ctx.Err()
	}
	if !r.isDone(name, hash) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.unran[name] {
			return nil, false, task.Permanent(fmt.Errorf("step %s: what it reads was read for another input", name))
		}
		return nil, false, ctx.Err()
	}
	r.mu.Lock()
	s := *r.steps[name]
	r.mu.Unlock()
	if len(s.Result) == 0 && s.ResultBytes > 0 {
		if s, err = r.runner.Store.Step(ctx, r.head.ID, name); err != nil {
			return nil, false, err
		}
	}
	return s.Result, len(s.Result) > 0, nil
}

func (r *Run) isDone(name, hash string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.steps[name]
	return s != nil && (s.State == rumbo.StepDone || s.State == rumbo.StepCached) && s.InputHash == hash
}

// within bounds a try in time.
func within(ctx context.Context, limit time.Duration, do func(ctx context.Context) error) error {
	if limit <= 0 {
		return do(ctx)
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := do(bounded)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("it took longer than %s: %w", limit, err)
	}
	return err
}

// start marks a step as running; that is written with the next pulse.
func (r *Run) start(name, hash string) *Work {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.steps[name]
	if s == nil {
		s = &rumbo.Step{Name: name, Position: len(r.steps)}
		r.steps[name] = s
	}
	if s.InputHash != "" && s.InputHash != hash {
		r.say(name, rumbo.LogInfo, "its input has changed; it is taken again")
		s.Attempt, s.Crashes = 0, 0
	}
	at := r.runner.Clock()
	*s = rumbo.Step{Name: name, Position: s.Position, DependsOn: s.DependsOn, State: rumbo.StepRunning, InputHash: hash,
		Attempt: s.Attempt + 1, Crashes: s.Crashes, StartedAt: &at}
	r.dirty[name] = true
	return &Work{run: r, step: s}
}

// complete commits a step with its effects. Until then the step that pulses write is
// running: a step is never shown done before its effects are.
func (r *Run) complete(ctx context.Context, w *Work, out any, o options) error {
	at := r.runner.Clock()
	if o.readOnly {
		r.mu.Lock()
		defer r.mu.Unlock()
		w.step.State, w.step.FinishedAt, w.step.Progress, w.step.Doing = rumbo.StepDone, &at, 1, ""
		return nil // written with the next transaction
	}
	result, err := json.Marshal(out)
	if err != nil {
		return task.Permanent(fmt.Errorf("its result: %w", err))
	}
	var also func(store.Tx, rumbo.Run) error
	if o.last {
		if also, err = r.runner.ending(ctx); err != nil {
			return err
		}
	}
	r.mu.Lock()
	w.step.Progress, w.step.Doing = 1, ""
	done, commits := *w.step, w.commits
	delete(r.dirty, done.Name)
	r.mu.Unlock()
	done.State, done.FinishedAt, done.Result = rumbo.StepDone, &at, result
	if w.refused != "" && o.last {
		done.State, done.Error = rumbo.StepFailed, w.refused
	}
	err = r.write(ctx, func(tx store.Tx) error {
		for _, commit := range commits {
			if err := commit(tx); err != nil {
				return err
			}
		}
		if err := tx.SetSteps(ctx, r.head.ID, done); err != nil || !o.last {
			return err
		}
		return r.finish(ctx, tx, result, w.refused, o.keep, also)
	})
	if err != nil && !r.committed(ctx, done) {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	done.ResultBytes, done.Result = int64(len(result)), nil // it stands in the store
	*w.step = done
	delete(r.dirty, done.Name)
	r.over = r.over || o.last
	return nil
}

// committed says whether a transaction that ended with an error was committed all the
// same, its answer lost. When that cannot be known the next attempt finds out.
func (r *Run) committed(ctx context.Context, done rumbo.Step) bool {
	s, err := r.runner.Store.Step(ctx, r.head.ID, done.Name)
	return err == nil && s.State == done.State && s.Attempt == done.Attempt && s.InputHash == done.InputHash
}

// fail records how a try ended and says when the next one begins.
func (r *Run) fail(ctx context.Context, w *Work, err error, o options) error {
	if errors.Is(err, errLost) || errors.Is(context.Cause(ctx), errLost) {
		return errLost
	}
	now := r.runner.Clock()
	pause, notYet := task.NotYet(err, now)
	tries := w.step.Attempt - w.step.Crashes
	final := !notYet && (r.runner.hopeless(err) || tries >= o.tries)
	if !notYet {
		pause = o.pause(err, tries, now)
	}
	told, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	name := w.step.Name
	if ctx.Err() != nil { // the process stops, or a step beside this one has failed
		written := r.write(told, r.ended(told, w, func(s *rumbo.Step) { s.State, s.Attempt = rumbo.StepPending, s.Attempt-1 }))
		return lostOr(written, err)
	}
	at := now.Add(pause)
	written := r.write(told, r.ended(told, w, func(s *rumbo.Step) {
		s.State, s.FinishedAt, s.RetryAt = rumbo.StepPending, &now, &at
		switch {
		case final:
			s.State, s.RetryAt, s.Error = rumbo.StepFailed, nil, clip(err.Error())
			r.say(name, rumbo.LogError, err.Error())
		case !notYet:
			s.Error = clip(err.Error())
			r.say(name, rumbo.LogWarn, fmt.Sprintf("try %d of %d failed: %v", tries, o.tries, err))
		}
	}))
	switch {
	case written != nil || notYet:
		return lostOr(written, err)
	case final:
		return task.Permanent(err) // the step's state tells where
	}
	r.runner.warn(ctx, "a step failed and will be tried again", "run", r.head.ID, "step", name, "try", tries, "error", err, "in", pause)
	return task.RetryAfter(pause, nil)
}

// ended changes a step whose try has ended. In the store a step that was done stays done:
// its commit may have happened although its answer was lost.
func (r *Run) ended(ctx context.Context, w *Work, change func(s *rumbo.Step)) func(tx store.Tx) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	w.step.Doing = ""
	change(w.step)
	after := *w.step
	delete(r.dirty, after.Name)
	return func(tx store.Tx) error {
		now, err := tx.Step(ctx, r.head.ID, after.Name)
		if err != nil && rumbo.CodeOf(err) != rumbo.NotFound {
			return err
		}
		if err == nil && now.State == rumbo.StepDone && now.InputHash == after.InputHash && now.Attempt >= after.Attempt {
			return nil
		}
		return tx.SetSteps(ctx, r.head.ID, after)
	}
}

func lostOr(written, err error) error {
	if errors.Is(written, errLost) {
		return errLost
	}
	return err
}

// pause is the wait before the next try.
func (o options) pause(err error, tries int, now time.Time) time.Duration {
	if o.backoff != nil {
		return o.backoff(tries)
	}
	return task.NextAttempt(err, tries, now).Sub(now)
}
