package step

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Run is an attempt at a run, as its flow sees it.
type Run struct {
	runner  *Runner
	outline []Outline
	beside  sync.WaitGroup // steps that Go started
	writing sync.Mutex     // one transaction of the run at a time

	mu    sync.Mutex // guards what follows
	head  rumbo.Run
	steps map[string]*rumbo.Step
	dirty map[string]bool // steps to be written
	lines []rumbo.LogLine // to be written
	unran map[string]bool // reads that were left out for a step that is done
	over  bool            // the run has ended, by this attempt
}

// news is what one transaction writes.
type news struct {
	head  rumbo.Run
	steps []rumbo.Step
	lines []rumbo.LogLine
}

func newRun(r *Runner, head rumbo.Run, outline []Outline, known []rumbo.Step) *Run {
	run := &Run{runner: r, outline: outline, head: head, steps: map[string]*rumbo.Step{}, dirty: map[string]bool{}, unran: map[string]bool{}}
	for _, s := range known {
		run.steps[s.Name] = &s
		if s.State == rumbo.StepRunning {
			s.State, s.Doing = rumbo.StepCrashed, ""
			s.Crashes++
			run.dirty[s.Name] = true
			run.say(s.Name, rumbo.LogError, "the process died under this step; it is taken up again")
		}
	}
	for _, o := range outline {
		if run.steps[o.Name] == nil {
			run.steps[o.Name] = &rumbo.Step{Name: o.Name, Position: len(run.steps), DependsOn: o.After, State: rumbo.StepPending}
			run.dirty[o.Name] = true
		}
	}
	return run
}

// ID is the run's.
func (r *Run) ID() string { return r.head.ID }

// Subject is the ID of what the run works on.
func (r *Run) Subject() string { return r.head.Subject }

// Parameters reads what the run was asked to do.
func (r *Run) Parameters(v any) error {
	if len(r.head.Parameters) == 0 {
		return nil
	}
	if err := json.Unmarshal(r.head.Parameters, v); err != nil {
		return rumbo.Fault(rumbo.Corrupt, "step.Parameters", "the parameters of run "+r.head.ID, err)
	}
	return nil
}

// take is what is to be written now; it counts as written until giveBack.
func (r *Run) take() news {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head.Step, r.head.Progress = r.progress()
	n := news{head: r.head, lines: r.lines}
	for name := range r.dirty {
		n.steps = append(n.steps, *r.steps[name])
	}
	slices.SortFunc(n.steps, func(a, b rumbo.Step) int { return a.Position - b.Position })
	r.lines, r.dirty = nil, map[string]bool{}
	return n
}

// giveBack returns what a transaction that failed had taken.
func (r *Run) giveBack(n news) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(n.lines, r.lines...)
	for _, s := range n.steps {
		r.dirty[s.Name] = true
	}
}

// progress is what the run is at and its share done; mu is held.
func (r *Run) progress() (doing string, done float64) {
	whole := 0.0
	for _, o := range r.outline {
		share := o.Share
		if share == 0 {
			share = 1
		}
		whole += share
		s := r.steps[o.Name]
		switch s.State {
		case rumbo.StepDone, rumbo.StepCached:
			done += share
		case rumbo.StepRunning:
			done += share * s.Progress
			if doing = s.Doing; doing == "" {
				doing = s.Name
			}
		}
	}
	if whole == 0 {
		return doing, 0
	}
	return doing, done / whole
}

// flushTo writes news in a transaction.
func (r *Run) flushTo(ctx context.Context, tx store.Tx, n news) error {
	if err := tx.SetRun(ctx, n.head); err != nil {
		return err
	}
	if len(n.steps) > 0 {
		if err := tx.SetSteps(ctx, n.head.ID, n.steps...); err != nil {
			return err
		}
	}
	if len(n.lines) > 0 {
		return tx.AddRunLog(ctx, n.head.ID, n.lines...)
	}
	return nil
}

// write is one transaction of this attempt: what there is to tell, then do. It is errLost
// when the run has ended or another attempt has taken it over.
func (r *Run) write(ctx context.Context, do func(tx store.Tx) error) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	n := r.take()
	err := r.runner.Store.InTx(ctx, func(tx store.Tx) error {
		now, err := tx.Run(ctx, r.head.ID)
		if err != nil {
			return err
		}
		if now.Ended() || now.Attempt != n.head.Attempt {
			return errLost
		}
		if err := r.flushTo(ctx, tx, n); err != nil || do == nil {
			return err
		}
		return do(tx)
	})
	if err != nil {
		r.giveBack(n)
	}
	return err
}

// finish ends the run as done, or as failed when it was refused, inside a transaction of write.
func (r *Run) finish(ctx context.Context, tx store.Tx, result json.RawMessage, refused string, keep bool, also func(store.Tx, rumbo.Run) error) error {
	r.mu.Lock()
	head := r.head
	r.mu.Unlock()
	at := r.runner.Clock()
	head.State, head.FinishedAt, head.Step, head.Progress, head.Result = rumbo.RunDone, &at, "", 1, result
	if refused != "" {
		head.State, head.Error = rumbo.RunFailed, refused
	}
	if !keep {
		if err := tx.DropResults(ctx, head.ID); err != nil {
			return err
		}
	}
	if err := tx.SetRun(ctx, head); err != nil {
		return err
	}
	return also(tx, head)
}

// pulse writes at intervals what the run is at, and stops it when it was lost. stop ends
// the pulse.
func (r *Run) pulse(ctx context.Context, cancel context.CancelCauseFunc) (stop func()) {
	every := r.runner.Pulse
	if every <= 0 {
		every = 250 * time.Millisecond
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for quiet := 0; ; {
			select {
			case <-end:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if quiet++; r.beat(ctx, quiet >= 4) {
				cancel(errLost)
				return
			}
			quiet %= 4
		}
	}()
	return func() { close(end); <-ended }
}

// beat is one pulse; look asks the store also when there is nothing to write.
func (r *Run) beat(ctx context.Context, look bool) (lost bool) {
	r.mu.Lock()
	idle := len(r.dirty) == 0 && len(r.lines) == 0
	attempt, over := r.head.Attempt, r.over
	r.mu.Unlock()
	switch {
	case over:
		return false
	case !idle:
		return r.write(ctx, nil) == errLost && !r.isOver()
	case look:
		now, err := r.runner.Store.Run(ctx, r.head.ID)
		return err == nil && (now.Ended() || now.Attempt != attempt) && !r.isOver()
	}
	return false
}

func (r *Run) isOver() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over
}
