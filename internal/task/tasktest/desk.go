package tasktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// desk is the queue's desk; every driver offers one.
func desk(t *testing.T, q task.Queue) task.Desk {
	t.Helper()
	d, ok := q.(task.Desk)
	if !ok {
		t.Fatalf("%T is no task.Desk", q)
	}
	return d
}

// list reads all pages of a list as kind:state.
func list(t *testing.T, d task.Desk, query task.Query, limit int) (out []string, records []task.Record) {
	t.Helper()
	for after := ""; ; {
		items, next, err := d.Tasks(t.Context(), query, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(items) > limit {
			t.Fatalf("%d tasks, limit %d", len(items), limit)
		}
		for _, r := range items {
			out, records = append(out, r.Kind+":"+string(r.State)), append(records, r)
		}
		if next == "" {
			return out, records
		}
		after = next
	}
}

func testList(t *testing.T, open Open) {
	s, q := open(t, Options{})
	d := desk(t, q)
	enqueue(t, s, task.Spec{Kind: "good", Class: task.Long, Key: "k", Args: json.RawMessage(`{"n":1}`)})
	enqueue(t, s, task.Spec{Kind: "bad", MaxAttempts: 2})
	enqueue(t, s, task.Spec{Kind: "hopeless"})
	enqueue(t, s, task.Spec{Kind: "later", RunAt: time.Now().Add(time.Hour)})
	enqueue(t, s, task.Spec{Kind: "orphan"})
	start(t, q, map[string]task.Handler{
		"good":     func(context.Context, task.Attempt) error { return nil },
		"bad":      func(context.Context, task.Attempt) error { return task.RetryAfter(0, errors.New("fault")) },
		"hopeless": func(context.Context, task.Attempt) error { return task.Permanent(errors.New("no hope")) },
		"later":    func(context.Context, task.Attempt) error { return nil },
	})
	until(t, q, "their ends", func(c task.Counts) bool { return c.Done == 1 && c.Dead == 2 })
	const all = "[orphan:waiting later:scheduled hopeless:dead bad:dead good:done]"
	for limit := 1; limit <= 6; limit++ {
		if got, _ := list(t, d, task.Query{}, limit); fmt.Sprint(got) != all {
			t.Errorf("limit %d: %s", limit, got)
		}
		if got, _ := list(t, d, task.Query{State: task.Waiting}, limit); fmt.Sprint(got) != "[orphan:waiting]" {
			t.Errorf("limit %d, waiting: %s", limit, got)
		}
	}
	_, dead := list(t, d, task.Query{State: task.Dead}, 10)
	if len(dead) != 2 || len(dead[0].Failures) != 1 || dead[0].Failures[0].Error != "no hope" ||
		len(dead[1].Failures) != 2 || dead[1].Failures[1].Number != 2 || dead[1].EndedAt == nil || dead[1].Number != 2 || dead[1].Max != 2 {
		t.Errorf("dead %+v", dead)
	}
	_, good := list(t, d, task.Query{Kind: "good"}, 10)
	var args struct{ N int }
	if len(good) != 1 || json.Unmarshal(good[0].Args, &args) != nil || args.N != 1 || good[0].Key != "k" || good[0].Class != task.Long {
		t.Errorf("good %+v", good)
	}
	if _, _, err := d.Tasks(t.Context(), task.Query{}, "x", 1); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Errorf("bad cursor: %v", err)
	}
}

func testReplay(t *testing.T, open Open) {
	s, q := open(t, Options{})
	d := desk(t, q)
	var mended atomic.Bool
	var numbers []int
	start(t, q, map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error {
		numbers = append(numbers, a.Number)
		if mended.Load() {
			return nil
		}
		return task.RetryAfter(0, errors.New("fault"))
	}})
	enqueue(t, s, task.Spec{Kind: "test", Key: "k", MaxAttempts: 2})
	until(t, q, "death", func(c task.Counts) bool { return c.Dead == 1 })
	_, dead := list(t, d, task.Query{State: task.Dead}, 10)
	enqueue(t, s, task.Spec{Kind: "test", Key: "k", RunAt: time.Now().Add(time.Hour)})
	if err := d.Replay(t.Context(), dead[0].ID); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("replay beside another of the key: %v", err)
	}
	if n, err := d.Cancel(t.Context(), "test", "k"); n != 1 || err != nil {
		t.Errorf("canceled %d, %v", n, err)
	}
	mended.Store(true)
	if err := d.Replay(t.Context(), dead[0].ID); err != nil {
		t.Fatal(err)
	}
	until(t, q, "its end", func(c task.Counts) bool { return c.Done == 1 && c.Unfinished() == 0 })
	if fmt.Sprint(numbers) != "[1 2 1]" {
		t.Errorf("attempts %v", numbers)
	}
	if err := d.Replay(t.Context(), dead[0].ID); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("replay of a done task: %v", err)
	}
	if err := d.Replay(t.Context(), 1<<40); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("replay of no task: %v", err)
	}
}

func testCancel(t *testing.T, open Open) {
	s, q := open(t, Options{GaveUp: func(context.Context, task.Attempt, error) error { t.Error("gave up"); return nil }})
	d := desk(t, q)
	begun := make(chan struct{})
	start(t, q, map[string]task.Handler{"test": func(ctx context.Context, a task.Attempt) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	}})
	enqueue(t, s, task.Spec{Kind: "test", Key: "running"})
	enqueue(t, s, task.Spec{Kind: "other", Key: "running"})
	enqueue(t, s, task.Spec{Kind: "test", Key: "later", RunAt: time.Now().Add(time.Hour)})
	wait(t, "the task", begun)
	for key, want := range map[string]int{"running": 1, "later": 1, "none": 0} {
		if n, err := d.Cancel(t.Context(), "test", key); n != want || err != nil {
			t.Errorf("canceled %d of %s, %v", n, key, err)
		}
	}
	until(t, q, "their ends", func(c task.Counts) bool { return c.Dead == 2 && c.Waiting == 1 && c.Unfinished() == 1 })
	if got, _ := list(t, d, task.Query{}, 10); fmt.Sprint(got) != "[test:canceled other:waiting test:canceled]" {
		t.Errorf("tasks %s", got)
	}
}
