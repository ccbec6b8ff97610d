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

func rule(t *testing.T, d task.Desk, r task.Rule) {
	t.Helper()
	if err := d.SetRule(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// testPause holds a kind, a class and everything back, before the queue starts and
// while it works.
func testPause(t *testing.T, open Open) {
	s, q := open(t, Options{})
	d := desk(t, q)
	for _, r := range []task.Rule{{Kind: "held", Paused: true}, {Class: task.Long, Paused: true}} {
		rule(t, d, r)
	}
	if got, err := d.Rules(t.Context()); err != nil || fmt.Sprint(got) != "[{ long true 0} {held  true 0}]" {
		t.Errorf("rules %v, %v", got, err)
	}
	ran := make(chan string, 10)
	work := func(_ context.Context, a task.Attempt) error { ran <- a.Kind; return nil }
	for _, kind := range []string{"held", "held", "slow", "free"} {
		class := task.Short
		if kind == "slow" {
			class = task.Long
		}
		enqueue(t, s, task.Spec{Kind: kind, Class: class})
	}
	start(t, q, map[string]task.Handler{"held": work, "slow": work, "free": work})
	if first := <-ran; first != "free" {
		t.Fatalf("%s ran although it is paused", first)
	}
	rule(t, d, task.Rule{Class: task.Long})
	if next := <-ran; next != "slow" {
		t.Fatalf("%s ran although it is paused", next)
	}
	rule(t, d, task.Rule{Paused: true}) // everything
	rule(t, d, task.Rule{Kind: "held"})
	until(t, q, "nothing but waiting", func(c task.Counts) bool { return c.Done == 2 && c.Waiting == 2 })
	rule(t, d, task.Rule{})
	until(t, q, "the rest", func(c task.Counts) bool { return c.Done == 4 && c.Unfinished() == 0 })
	if got, err := d.Rules(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("rules left: %v, %v", got, err)
	}
	for _, bad := range []task.Rule{{Max: -1}, {Class: "huge"}, {Kind: "a b"}, {Kind: "held", Class: task.Long}} {
		if err := d.SetRule(t.Context(), bad); rumbo.CodeOf(err) != rumbo.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// crowd counts how many handlers run at a time.
type crowd struct{ now, most, calls atomic.Int32 }

func (c *crowd) work(context.Context, task.Attempt) error {
	n := c.now.Add(1)
	for {
		most := c.most.Load()
		if n <= most || c.most.CompareAndSwap(most, n) {
			break
		}
	}
	time.Sleep(3 * time.Millisecond) // long enough for others to begin beside it
	c.calls.Add(1)
	c.now.Add(-1)
	return nil
}

// testLimit limits one kind, and then everything.
func testLimit(t *testing.T, open Open) {
	s, q := open(t, Options{})
	d := desk(t, q)
	rule(t, d, task.Rule{Kind: "few", Max: 2})
	var few, many crowd
	for range 30 {
		enqueue(t, s, task.Spec{Kind: "few"})
		enqueue(t, s, task.Spec{Kind: "many"})
	}
	start(t, q, map[string]task.Handler{"few": few.work, "many": many.work})
	until(t, q, "all of them", func(c task.Counts) bool { return c.Done == 60 })
	if few.most.Load() > 2 || few.calls.Load() != 30 || many.calls.Load() != 30 {
		t.Errorf("few: %d at a time in %d calls, many: %d calls", few.most.Load(), few.calls.Load(), many.calls.Load())
	}
}

// testPriority runs one task at a time, enqueued from the least urgent on.
func testPriority(t *testing.T, open Open) {
	s, q := open(t, Options{})
	rule(t, desk(t, q), task.Rule{Max: 1})
	for _, p := range []task.Priority{task.Low, task.Normal, task.Urgent} {
		for range 2 {
			enqueue(t, s, task.Spec{Kind: "test", Priority: p, Args: json.RawMessage(fmt.Sprint(int(p)))})
		}
	}
	var mu sync.Mutex
	var order string
	start(t, q, map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error {
		mu.Lock()
		defer mu.Unlock()
		order += string(a.Args)
		return nil
	}})
	until(t, q, "all of them", func(c task.Counts) bool { return c.Done == 6 })
	mu.Lock()
	defer mu.Unlock()
	if want := fmt.Sprintf("%d%[1]d%d%[2]d%d%[3]d", task.Urgent, task.Normal, task.Low); order != want {
		t.Errorf("order %s, want %s", order, want)
	}
}

// testLimitShared holds a limit over several queues on one database.
func testLimitShared(t *testing.T, open OpenAt, place string) {
	var c crowd
	var s store.Store
	var last task.Queue
	for n := range 3 {
		opened, q, done, err := open(t.Context(), place, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = done() })
		if n == 0 {
			rule(t, desk(t, q), task.Rule{Kind: "test", Max: 2})
		}
		start(t, q, map[string]task.Handler{"test": c.work})
		s, last = opened, q
	}
	for range 40 {
		enqueue(t, s, task.Spec{Kind: "test"})
	}
	until(t, last, "all of them", func(c task.Counts) bool { return c.Done == 40 })
	if c.most.Load() > 2 || c.calls.Load() != 40 {
		t.Errorf("%d at a time in %d calls", c.most.Load(), c.calls.Load())
	}
}
