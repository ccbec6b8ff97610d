package tasktest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/task"
)

func testRetries(t *testing.T, open Open) {
	s, q := open(t, Options{GaveUp: func(context.Context, task.Attempt, error) error { t.Error("gave up"); return nil }})
	var numbers []int
	done := make(chan struct{})
	start(t, q, map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error {
		numbers = append(numbers, a.Number)
		switch a.Number {
		case 1:
			return task.RetryAfter(time.Millisecond, errors.New("once"))
		case 2:
			return task.RetryAt(time.Now().Add(time.Millisecond), errors.New("twice"))
		}
		close(done)
		return nil
	}})
	enqueue(t, s, task.Spec{Kind: "test", MaxAttempts: 3})
	wait(t, "the third attempt", done)
	if fmt.Sprint(numbers) != "[1 2 3]" {
		t.Errorf("attempts %v", numbers)
	}
	until(t, q, "the end", func(c task.Counts) bool { return c.Done == 1 && c.Unfinished() == 0 })
}

// gaveUp collects what GaveUp was told.
type gaveUp struct {
	mu   sync.Mutex
	told []string
	done chan struct{} // closed at the first one
	once sync.Once
}

func newGaveUp() *gaveUp { return &gaveUp{done: make(chan struct{})} }

func (g *gaveUp) tell(_ context.Context, a task.Attempt, cause error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.told = append(g.told, fmt.Sprintf("%s %d/%d: %v", a.Kind, a.Number, a.Max, cause))
	g.once.Do(func() { close(g.done) })
	return nil
}

func (g *gaveUp) want(t *testing.T, told string) {
	t.Helper()
	wait(t, "giving up", g.done)
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.told) != 1 || g.told[0] != told {
		t.Errorf("told %q, want %q", g.told, told)
	}
}

func testDies(t *testing.T, open Open) {
	g := newGaveUp()
	s, q := open(t, Options{GaveUp: g.tell})
	var calls atomic.Int32
	start(t, q, map[string]task.Handler{"test": func(context.Context, task.Attempt) error {
		return task.RetryAfter(0, fmt.Errorf("fault %d", calls.Add(1)))
	}})
	enqueue(t, s, task.Spec{Kind: "test", MaxAttempts: 3})
	g.want(t, "test 3/3: fault 3")
	until(t, q, "death", func(c task.Counts) bool { return c.Dead == 1 && c.Unfinished() == 0 })
	if calls.Load() != 3 {
		t.Errorf("%d calls", calls.Load())
	}
}

func testPermanent(t *testing.T, open Open) {
	g := newGaveUp()
	s, q := open(t, Options{GaveUp: g.tell})
	start(t, q, map[string]task.Handler{"test": func(context.Context, task.Attempt) error {
		return fmt.Errorf("outer: %w", task.Permanent(errors.New("hopeless")))
	}})
	enqueue(t, s, task.Spec{Kind: "test", MaxAttempts: 5})
	g.want(t, "test 1/5: outer: hopeless")
	until(t, q, "death", func(c task.Counts) bool { return c.Dead == 1 && c.Unfinished() == 0 })
}

func testNotYet(t *testing.T, open Open) {
	s, q := open(t, Options{GaveUp: func(context.Context, task.Attempt, error) error { t.Error("gave up"); return nil }})
	var calls int
	done := make(chan struct{})
	start(t, q, map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error {
		if a.Number != 1 {
			t.Errorf("attempt %d", a.Number)
		}
		if calls++; calls < 4 {
			return task.RetryAfter(time.Millisecond, nil)
		}
		close(done)
		return nil
	}})
	enqueue(t, s, task.Spec{Kind: "test", MaxAttempts: 1})
	wait(t, "the fourth call", done)
}

func testPanic(t *testing.T, open Open) {
	g := newGaveUp()
	s, q := open(t, Options{GaveUp: g.tell})
	start(t, q, map[string]task.Handler{"test": func(context.Context, task.Attempt) error { panic("boom") }})
	enqueue(t, s, task.Spec{Kind: "test", MaxAttempts: 1})
	g.want(t, "test 1/1: panic in handler: boom")
	until(t, q, "death", func(c task.Counts) bool { return c.Dead == 1 })
}

func testGaveUpAgain(t *testing.T, open Open) {
	var told atomic.Int32
	s, q := open(t, Options{GaveUp: func(context.Context, task.Attempt, error) error {
		if told.Add(1) < 3 {
			return errors.New("cannot tell")
		}
		return nil
	}})
	start(t, q, map[string]task.Handler{"test": func(context.Context, task.Attempt) error { return errors.New("fault") }})
	enqueue(t, s, task.Spec{Kind: "test", MaxAttempts: 1})
	until(t, q, "death", func(c task.Counts) bool { return c.Dead == 1 && c.Unfinished() == 0 })
	if told.Load() != 3 {
		t.Errorf("told %d times", told.Load())
	}
}
