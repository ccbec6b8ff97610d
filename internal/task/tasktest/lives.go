package tasktest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

func testUnknownKind(t *testing.T, open Open) {
	s, q := open(t, Options{})
	enqueue(t, s, task.Spec{Kind: "unknown"})
	enqueue(t, s, task.Spec{Kind: "known"})
	start(t, q, map[string]task.Handler{"known": func(context.Context, task.Attempt) error { return nil }})
	until(t, q, "the known one", func(c task.Counts) bool { return c.Done == 1 && c.Waiting == 1 && c.Dead == 0 })
	stop(t, q)
	_, q = open(t, Options{})
	got := make(chan task.Attempt, 1)
	start(t, q, map[string]task.Handler{"unknown": func(_ context.Context, a task.Attempt) error { got <- a; return nil }})
	if a := <-got; a.Number != 1 {
		t.Errorf("waiting cost attempts: %d", a.Number)
	}
}

func testClasses(t *testing.T, open Open) {
	s, q := open(t, Options{})
	release, short := make(chan struct{}), make(chan struct{})
	start(t, q, map[string]task.Handler{
		"long":  func(context.Context, task.Attempt) error { <-release; return nil },
		"short": func(context.Context, task.Attempt) error { close(short); return nil },
	})
	for range 50 {
		enqueue(t, s, task.Spec{Kind: "long", Class: task.Long})
	}
	until(t, q, "the long ones", func(c task.Counts) bool { return c.Running > 0 && c.Waiting > 0 })
	enqueue(t, s, task.Spec{Kind: "short"})
	wait(t, "the short one", short)
	close(release)
	until(t, q, "the end", func(c task.Counts) bool { return c.Done == 51 })
}

func testStopWaits(t *testing.T, open Open) {
	s, q := open(t, Options{})
	begun, release := make(chan struct{}), make(chan struct{})
	start(t, q, map[string]task.Handler{"test": func(ctx context.Context, _ task.Attempt) error {
		close(begun)
		<-release
		return ctx.Err()
	}})
	enqueue(t, s, task.Spec{Kind: "test"})
	wait(t, "the task", begun)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		stop(t, q)
	}()
	select {
	case <-stopped:
		t.Error("Stop did not wait")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	wait(t, "the end of Stop", stopped)
	until(t, q, "the end", func(c task.Counts) bool { return c.Done == 1 })
}

func testStopCancels(t *testing.T, open Open) {
	s, q := open(t, Options{GaveUp: func(context.Context, task.Attempt, error) error { t.Error("gave up"); return nil }})
	begun := make(chan struct{})
	start(t, q, map[string]task.Handler{"test": func(ctx context.Context, _ task.Attempt) error {
		close(begun)
		<-ctx.Done()
		return fmt.Errorf("interrupted: %w", ctx.Err())
	}})
	enqueue(t, s, task.Spec{Kind: "test", MaxAttempts: 1})
	wait(t, "the task", begun)
	impatient, cancel := context.WithCancel(context.Background())
	cancel()
	if err := q.Stop(impatient); err != nil {
		t.Errorf("stop: %v", err)
	}
	_, q = open(t, Options{})
	again := make(chan task.Attempt, 1)
	start(t, q, map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error { again <- a; return nil }})
	if a := <-again; a.Number != 1 || a.Crashes != 0 {
		t.Errorf("attempt %d with %d crashes; an orderly stop costs nothing", a.Number, a.Crashes)
	}
}

func testStartTwice(t *testing.T, open Open) {
	_, q := open(t, Options{})
	handlers := map[string]task.Handler{"test": func(context.Context, task.Attempt) error { return nil }}
	start(t, q, handlers)
	if err := q.Start(t.Context(), handlers); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("second start: %v", err)
	}
	stop(t, q)
	stop(t, q) // no harm
}

func testBadSpecs(t *testing.T, open Open) {
	s, q := open(t, Options{})
	for what, spec := range map[string]task.Spec{
		"no kind":         {},
		"args not JSON":   {Kind: "test", Args: json.RawMessage(`{`)},
		"unknown class":   {Kind: "test", Class: "medium"},
		"kind with blank": {Kind: "a b"},
	} {
		err := s.InTx(t.Context(), func(tx store.Tx) error { return tx.Enqueue(t.Context(), spec) })
		if rumbo.CodeOf(err) != rumbo.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if c, err := q.Counts(t.Context()); err != nil || c != (task.Counts{}) {
		t.Errorf("counts %+v, %v", c, err)
	}
}

func testMany(t *testing.T, open Open) {
	s, q := open(t, Options{})
	const tasks = 300
	var seen sync.Map
	var twice atomic.Int32
	start(t, q, map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error {
		if _, loaded := seen.LoadOrStore(string(a.Args), true); loaded {
			twice.Add(1)
		}
		return nil
	}})
	for n := 0; n < tasks; n += 10 {
		err := s.InTx(t.Context(), func(tx store.Tx) error {
			for i := range 10 {
				if err := tx.Enqueue(t.Context(), task.Spec{Kind: "test", Args: json.RawMessage(fmt.Sprint(n + i))}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	until(t, q, "all of them", func(c task.Counts) bool { return c.Done == tasks && c.Unfinished() == 0 })
	if twice.Load() > 0 {
		t.Errorf("%d tasks ran twice without a crash", twice.Load())
	}
}
