package step_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// place is a store with runners on it.
type place struct {
	store store.Store
	mu    sync.Mutex
	now   time.Time
	runs  int
}

func newPlace(t *testing.T) *place {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	p := &place{store: db.Store(nil), now: time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)}
	t.Cleanup(func() {
		if err := p.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// clock advances by a second with every look.
func (p *place) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(time.Second)
	return p.now
}

func (p *place) runner() *step.Runner {
	return &step.Runner{Store: p.store, Clock: p.clock, Pulse: time.Hour,
		Hopeless: func(err error) bool { return rumbo.CodeOf(err) == rumbo.Invalid }}
}

// fatal is what *testing.T and *rapid.T share.
type fatal interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func (p *place) newRun(t fatal) string {
	t.Helper()
	p.runs++
	run := rumbo.Run{ID: fmt.Sprintf("run_%05d", p.runs), Flow: rumbo.FlowTrain, State: rumbo.RunQueued, CreatedAt: p.clock()}
	if err := p.store.InTx(context.Background(), func(tx store.Tx) error { return tx.AddRun(context.Background(), run) }); err != nil {
		t.Fatal(err)
	}
	return run.ID
}

func (p *place) run(t fatal, id string) (rumbo.Run, map[string]rumbo.Step, string) {
	t.Helper()
	ctx := context.Background()
	run, err := p.store.Run(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.store.Steps(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	steps := map[string]rumbo.Step{}
	for _, s := range list {
		steps[s.Name] = s
	}
	log, err := p.store.RunLog(ctx, id, "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, l := range log.Items {
		text += l.Level + " " + l.Step + ": " + l.Text + "\n"
	}
	return run, steps, text
}

// effect commits a key, which can be done once: a second time is a conflict.
func effect(ctx context.Context, w *step.Work, name string) {
	w.Commit(func(tx store.Tx) error { return tx.AddKey(ctx, store.Key{Prefix: name, CreatedAt: time.Unix(0, 0)}) })
}

var threeSteps = []step.Outline{{Name: "a"}, {Name: "b", After: []string{"a"}}, {Name: "c", After: []string{"b"}}}

func TestFlowRunsOnceAndShowsItsSteps(t *testing.T) {
	p := newPlace(t)
	id, worked := p.newRun(t), []string{}
	work := func(ctx context.Context, w *step.Work, in int) (int, error) {
		worked = append(worked, fmt.Sprint(in))
		w.Rows(int64(in), 2)
		w.Note("note", "# hi")
		w.Figures("figures", map[string]int{"n": in})
		w.Log(rumbo.LogInfo, "in %d", in)
		return in + 1, nil
	}
	flow := func(ctx context.Context, run *step.Run) error {
		a, err := step.Read(ctx, run, "a", "b", 1, work)
		if err != nil || a != 2 {
			return fmt.Errorf("read %d: %w", a, err)
		}
		b, err := step.Do(ctx, run, "b", 1, work)
		if err != nil {
			return err
		}
		_, err = step.Do(ctx, run, "c", b, work, step.Last())
		return err
	}
	for range 2 { // the second time there is nothing to do
		if err := p.runner().Work(t.Context(), id, threeSteps, flow); err != nil {
			t.Fatal(err)
		}
	}
	run, steps, log := p.run(t, id)
	if run.State != rumbo.RunDone || string(run.Result) != "3" || run.Progress != 1 || run.Attempt != 1 || run.FinishedAt == nil {
		t.Errorf("%+v", run)
	}
	if got := strings.Join(worked, ""); got != "112" {
		t.Errorf("worked %s", got)
	}
	c := steps["c"]
	if c.State != rumbo.StepDone || c.Position != 2 || !slices.Equal(c.DependsOn, []string{"b"}) || c.RowsIn != 2 || len(c.Artifacts) != 2 || !c.FinishedAt.After(*c.StartedAt) {
		t.Errorf("%+v", c)
	}
	if log != "info a: in 1\ninfo b: in 1\ninfo c: in 2\n" {
		t.Error(log)
	}
}

func TestRetriesAndFailure(t *testing.T) {
	p := newPlace(t)
	for what, c := range map[string]struct {
		err      error
		attempts int
		state    string
	}{
		"mended":   {errors.New("busy"), 2, rumbo.StepDone},
		"hopeless": {rumbo.Fault(rumbo.Invalid, "x", "bad", nil), 1, rumbo.StepFailed},
		"too long": {errors.New("busy"), 9, rumbo.StepFailed},
		"panic":    {nil, 2, rumbo.StepDone},
	} {
		id, tries := p.newRun(t), 0
		flow := func(ctx context.Context, run *step.Run) error {
			_, err := step.Do(ctx, run, "a", 1, func(context.Context, *step.Work, int) (int, error) {
				if tries++; tries < c.attempts || c.state == rumbo.StepFailed {
					if c.err == nil {
						panic("boom")
					}
					return 0, c.err
				}
				return 1, nil
			}, step.Tries(4))
			return err
		}
		var err error
		for range 20 {
			if err = p.runner().Work(t.Context(), id, nil, flow); err == nil || task.IsPermanent(err) {
				break
			}
			if wait, later := task.NotYet(err, p.now); !later || wait <= 0 {
				t.Fatalf("%s: %v is no other try", what, err)
			}
		}
		_, steps, _ := p.run(t, id)
		if got := steps["a"].State; got != c.state || task.IsPermanent(err) != (c.state == rumbo.StepFailed) {
			t.Errorf("%s: step %s, %v", what, got, err)
		}
		if want := min(c.attempts, 4); tries != want || steps["a"].Attempt != want {
			t.Errorf("%s: %d tries, attempt %d, want %d", what, tries, steps["a"].Attempt, want)
		}
	}
}

func TestTimeoutAndBackoff(t *testing.T) {
	p := newPlace(t)
	id := p.newRun(t)
	err := p.runner().Work(t.Context(), id, nil, func(ctx context.Context, run *step.Run) error {
		_, err := step.Do(ctx, run, "slow", 1, func(ctx context.Context, _ *step.Work, _ int) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		}, step.Timeout(time.Millisecond), step.Backoff(func(try int) time.Duration { return time.Duration(try) * time.Hour }))
		return err
	})
	wait, later := task.NotYet(err, p.now)
	_, steps, log := p.run(t, id)
	if !later || wait != time.Hour || steps["slow"].RetryAt == nil || !strings.Contains(log, "try 1 of 3 failed: it took longer than 1ms") {
		t.Errorf("%v, %v, %+v\n%s", wait, later, steps["slow"], log)
	}
}

func TestStoppedStepCostsNoTry(t *testing.T) {
	p := newPlace(t)
	id := p.newRun(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := p.runner().Work(ctx, id, nil, func(ctx context.Context, run *step.Run) error {
		_, err := step.Do(ctx, run, "a", 1, func(ctx context.Context, _ *step.Work, _ int) (int, error) {
			cancel()
			<-ctx.Done()
			return 0, ctx.Err()
		})
		return err
	})
	_, steps, _ := p.run(t, id)
	if !errors.Is(err, context.Canceled) || steps["a"].State != rumbo.StepPending || steps["a"].Attempt != 0 {
		t.Errorf("%v, %+v", err, steps["a"])
	}
}

func TestCanceledRunChangesNothingMore(t *testing.T) {
	p := newPlace(t)
	id := p.newRun(t)
	err := p.runner().Work(t.Context(), id, threeSteps, func(ctx context.Context, run *step.Run) error {
		_, err := step.Do(ctx, run, "a", 1, func(ctx context.Context, w *step.Work, _ int) (int, error) {
			effect(ctx, w, "canceled")
			_, err := p.runner().End(ctx, id, rumbo.RunCanceled, errors.New("enough"), nil)
			return 0, err
		})
		return err
	})
	run, steps, _ := p.run(t, id)
	if _, missing := p.store.Key(t.Context(), "canceled"); rumbo.CodeOf(missing) != rumbo.NotFound || err != nil {
		t.Errorf("effect %v, %v", missing, err)
	}
	if run.State != rumbo.RunCanceled || run.Error != "enough" || steps["b"].State != rumbo.StepSkipped {
		t.Errorf("%+v %+v", run, steps)
	}
	again, err := p.runner().End(t.Context(), id, rumbo.RunFailed, errors.New("later"), nil)
	if err != nil || again.State != rumbo.RunCanceled {
		t.Errorf("ended twice: %+v, %v", again, err)
	}
}

// TestLaterAttemptWins has an attempt that was believed dead finish after its successor.
func TestLaterAttemptWins(t *testing.T) {
	p := newPlace(t)
	id := p.newRun(t)
	flow := func(inner func() error) func(ctx context.Context, run *step.Run) error {
		return func(ctx context.Context, run *step.Run) error {
			_, err := step.Do(ctx, run, "a", 1, func(ctx context.Context, w *step.Work, _ int) (int, error) {
				effect(ctx, w, "once")
				return 1, inner()
			}, step.Last())
			return err
		}
	}
	err := p.runner().Work(t.Context(), id, nil, flow(func() error {
		return p.runner().Work(t.Context(), id, nil, flow(func() error { return nil }))
	}))
	run, steps, _ := p.run(t, id)
	if err != nil || run.State != rumbo.RunDone || run.Attempt != 2 || steps["a"].State != rumbo.StepDone {
		t.Errorf("%v, %+v, %+v", err, run, steps)
	}
}

func TestChangedInputIsWorkedAgain(t *testing.T) {
	p := newPlace(t)
	id, worked, large := p.newRun(t), 0, strings.Repeat("x", 200_000)
	for n, in := range []string{"x", "x", "y", "y"} {
		err := p.runner().Work(t.Context(), id, nil, func(ctx context.Context, run *step.Run) error {
			out, err := step.Do(ctx, run, "a", in, func(_ context.Context, _ *step.Work, in string) (string, error) {
				worked++
				return in + large, nil
			})
			if err == nil && out != in+large {
				t.Errorf("%d: a result of %d bytes", n, len(out))
			}
			return errors.Join(err, errors.New("not the end"))
		})
		if err == nil {
			t.Error("ended")
		}
	}
	if _, _, log := p.run(t, id); worked != 2 || !strings.Contains(log, "its input has changed") {
		t.Errorf("worked %d times\n%s", worked, log)
	}
}

func TestSideBySide(t *testing.T) {
	p := newPlace(t)
	id := p.newRun(t)
	both := make(chan int, 2)
	meet := func(ctx context.Context, w *step.Work, in int) (int, error) {
		both <- in
		for len(both) < 2 { // ends only when the other one runs at the same time
			time.Sleep(time.Millisecond)
		}
		effect(ctx, w, fmt.Sprint("side", in))
		return in * 10, nil
	}
	err := p.runner().Work(t.Context(), id, nil, func(ctx context.Context, run *step.Run) error {
		one, two := step.Go(ctx, run, "one", 1, meet), step.Go(ctx, run, "two", 2, meet)
		a, err := one.Wait()
		if err != nil {
			return err
		}
		b, err := two.Wait()
		if err != nil {
			return err
		}
		_, err = step.Do(ctx, run, "sum", a+b, func(_ context.Context, _ *step.Work, in int) (int, error) { return in, nil }, step.Last())
		return err
	})
	if run, steps, _ := p.run(t, id); err != nil || string(run.Result) != "30" || len(steps) != 3 {
		t.Errorf("%v, %+v, %+v", err, run, steps)
	}
}

// life works an attempt in a goroutine of its own, which ends (runtime.Goexit) where the
// process dies: nothing of the attempt happens after it.
func life(r *step.Runner, id string, flow func(ctx context.Context, run *step.Run) error) (died bool, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	answer := make(chan error, 1)
	go func() {
		defer close(answer)
		answer <- r.Work(ctx, id, threeSteps, flow)
	}()
	err, lived := <-answer
	return !lived, err
}

// TestCrashesAnywhere lets the process die at any places of a flow, any number of times:
// in the end every step's effect has happened once.
func TestCrashesAnywhere(t *testing.T) {
	p := newPlace(t)
	rapid.Check(t, func(t *rapid.T) {
		id := p.newRun(t)
		places := []string{"before", "inside", "committing", "after"}
		deaths := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "step") + " " + rapid.SampledFrom(places).Draw(t, "place")
		}), 0, 8).Draw(t, "deaths")
		shown := rapid.Bool().Draw(t, "shown") // whether a pulse has told of the running step
		die := func(at string) {
			if len(deaths) > 0 && deaths[0] == at {
				deaths = deaths[1:]
				runtime.Goexit()
			}
		}
		worked := map[string]int{}
		flow := func(ctx context.Context, run *step.Run) error {
			in := 0
			for _, name := range []string{"a", "b", "c"} {
				die(name + " before")
				out, err := step.Do(ctx, run, name, in, func(ctx context.Context, w *step.Work, in int) (int, error) {
					if shown {
						run.Show(ctx)
					}
					die(name + " inside")
					worked[name]++
					effect(ctx, w, id+name)
					w.Commit(func(store.Tx) error { die(name + " committing"); return nil })
					return in + 1, nil
				})
				if err != nil {
					return err
				}
				die(name + " after")
				in = out
			}
			return nil
		}
		for lives := 0; ; lives++ {
			if lives > 20 {
				t.Fatal("no end")
			}
			died, err := life(p.runner(), id, flow)
			if err != nil {
				t.Fatal(err)
			}
			if !died {
				break
			}
		}
		run, steps, _ := p.run(t, id)
		if run.State != rumbo.RunDone {
			t.Fatalf("%+v", run)
		}
		for _, name := range []string{"a", "b", "c"} {
			if _, err := p.store.Key(context.Background(), id+name); err != nil {
				t.Fatalf("the effect of %s: %v", name, err)
			}
			if steps[name].State != rumbo.StepDone || steps[name].Crashes > 0 && !shown {
				t.Fatalf("%+v", steps[name])
			}
		}
	})
}

// TestEnding calls what a runner's user has to do at the end of every run, once in the
// transaction that ends it; when that fails the run has not ended.
func TestEnding(t *testing.T) {
	p := newPlace(t)
	for name, c := range map[string]struct {
		flow func(ctx context.Context, run *step.Run) error
		end  string // by End, when the flow fails
		want string
	}{
		"last step": {func(ctx context.Context, run *step.Run) error {
			_, err := step.Do(ctx, run, "a", 1, func(context.Context, *step.Work, int) (int, error) { return 1, nil }, step.Last())
			return err
		}, "", rumbo.RunDone},
		"refused": {func(ctx context.Context, run *step.Run) error {
			_, err := step.Do(ctx, run, "a", 1, func(_ context.Context, w *step.Work, _ int) (int, error) { w.Refuse("no"); return 1, nil }, step.Last())
			return err
		}, "", rumbo.RunFailed},
		"no last step": {func(context.Context, *step.Run) error { return nil }, "", rumbo.RunDone},
		"given up":     {func(context.Context, *step.Run) error { return errors.New("bad") }, rumbo.RunCrashed, rumbo.RunCrashed},
	} {
		id, seen, fail := p.newRun(t), "", true
		r := p.runner()
		r.Ending = func(context.Context) (func(tx store.Tx, run rumbo.Run) error, error) {
			return func(tx store.Tx, run rumbo.Run) error {
				if fail {
					return errors.New("not yet")
				}
				if stored, err := tx.Run(t.Context(), id); err != nil || stored.State != run.State || run.FinishedAt == nil {
					t.Errorf("%s: %+v while %+v is ending, %v", name, stored, run, err)
				}
				seen += run.State
				return nil
			}, nil
		}
		attempt := func() {
			if err := r.Work(t.Context(), id, nil, c.flow); err != nil && c.end != "" {
				_, _ = r.End(t.Context(), id, c.end, err, nil)
			}
		}
		attempt()
		if run, _, _ := p.run(t, id); run.Ended() {
			t.Errorf("%s: the run has ended although it could not", name)
		}
		fail = false
		attempt()
		attempt()
		if run, _, _ := p.run(t, id); run.State != c.want || seen != c.want {
			t.Errorf("%s: the run is %s, told %q", name, run.State, seen)
		}
	}
}
