package tasktest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// OpenAt opens the database at a place (a path, an address) and the queue on
// it; done closes both.
type OpenAt func(ctx context.Context, place string, o Options) (s store.Store, q task.Queue, done func() error, err error)

// What the environment tells a child process.
const (
	childRole  = "RUMBO_TASKTEST_ROLE"
	childPlace = "RUMBO_TASKTEST_PLACE"
	childName  = "RUMBO_TASKTEST_NAME"
)

// RunCrash kills child processes of the test binary, which must call Child in
// TestMain. place makes a fresh database and returns where it is.
func RunCrash(t *testing.T, open OpenAt, place func(t *testing.T) string) {
	t.Run("NothingAcknowledgedIsLost", func(t *testing.T) { testKilled(t, open, place(t)) })
	t.Run("CrashCostsNoAttempt", func(t *testing.T) { testCrashed(t, open, place(t)) })
}

func testKilled(t *testing.T, open OpenAt, place string) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var acknowledged []string
	for life := range 8 {
		p := startChild(t, "work", place, fmt.Sprint(life))
		if line, ok := <-p.lines; ok {
			acknowledged = append(acknowledged, line)
		}
		time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond)
		acknowledged = append(acknowledged, p.kill(t)...)
		s, _, done, err := open(t.Context(), place, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range acknowledged {
			if id := strings.TrimPrefix(line, "ack "); strings.HasPrefix(id, "batch") {
				wantWhole(t, s, id, true)
			}
		}
		if err := done(); err != nil {
			t.Fatal(err)
		}
	}
	last := startChild(t, "work", place, "last")
	for line := range last.lines {
		acknowledged = append(acknowledged, line)
	}
	if err := last.cmd.Wait(); err != nil {
		t.Fatalf("the last life: %v", err)
	}
	s, q, done, err := open(t.Context(), place, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for _, line := range acknowledged {
		id := strings.TrimPrefix(line, "ack ")
		if strings.HasPrefix(id, "batch") {
			wantWhole(t, s, id, false)
		} else if run, err := s.Run(t.Context(), id); err != nil || run.State != rumbo.RunDone || run.Progress != 1 {
			t.Errorf("acknowledged %s: %+v, %v", id, run, err)
		}
	}
	c, err := q.Counts(t.Context())
	if err != nil || c.Unfinished() != 0 || c.Dead != 0 || c.Done < int64(len(acknowledged)) {
		t.Errorf("%d acknowledged, tasks %+v, %v", len(acknowledged), c, err)
	}
	t.Logf("%d acknowledged over 8 kills", len(acknowledged))
}

// testCrashed kills the process under one task until it is given up.
func testCrashed(t *testing.T, open OpenAt, place string) {
	s, _, done, err := open(t.Context(), place, Options{})
	if err != nil {
		t.Fatal(err)
	}
	enqueue(t, s, task.Spec{Kind: "block", MaxAttempts: 1})
	if err := done(); err != nil {
		t.Fatal(err)
	}
	crash := func() {
		p := startChild(t, "block", place, "")
		if line := <-p.lines; line != "begun" {
			t.Fatalf("the child said %q", line)
		}
		p.kill(t)
	}
	crash()
	crash()
	g := newGaveUp()
	_, q, done, err := open(t.Context(), place, Options{GaveUp: g.tell, MaxCrashes: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = done() }()
	got := make(chan task.Attempt, 1)
	start(t, q, map[string]task.Handler{"block": func(ctx context.Context, a task.Attempt) error {
		got <- a
		<-ctx.Done() // until the queue is stopped, which is no crash
		return ctx.Err()
	}})
	if a := <-got; a.Number != 1 || a.Crashes != 2 {
		t.Errorf("attempt %d with %d crashes, want 1 with 2", a.Number, a.Crashes)
	}
	impatient, cancel := context.WithCancel(context.Background())
	cancel()
	if err := errors.Join(q.Stop(impatient), done()); err != nil {
		t.Fatal(err)
	}
	crash()
	if _, q, done, err = open(t.Context(), place, Options{GaveUp: g.tell, MaxCrashes: 3}); err != nil {
		t.Fatal(err)
	}
	start(t, q, map[string]task.Handler{"block": func(context.Context, task.Attempt) error {
		t.Error("worked on a task that kills every process")
		return nil
	}})
	g.want(t, "block 1/1: "+task.ErrCrashed.Error())
	until(t, q, "death", func(c task.Counts) bool { return c.Dead == 1 && c.Unfinished() == 0 })
	if states, records := list(t, desk(t, q), task.Query{State: task.Crashed}, 5); len(states) != 1 || records[0].Crashes != 3 {
		t.Errorf("crashed tasks %v %+v", states, records)
	}
	stop(t, q)
}

// RunSideBySide tests a driver for several processes at once; like RunCrash it
// needs Child in TestMain.
func RunSideBySide(t *testing.T, open OpenAt, place func(t *testing.T) string) {
	t.Run("OthersTakeOver", func(t *testing.T) { testTakeOver(t, open, place(t)) })
	t.Run("NothingTwiceWithoutACrash", func(t *testing.T) { testShare(t, open, place(t)) })
	t.Run("LimitsHoldOverProcesses", func(t *testing.T) { testLimitShared(t, open, place(t)) })
}

// testTakeOver kills a process under a task while another one is running.
func testTakeOver(t *testing.T, open OpenAt, place string) {
	s, q, done, err := open(t.Context(), place, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = done() }()
	p := startChild(t, "block", place, "")
	enqueue(t, s, task.Spec{Kind: "block", MaxAttempts: 1})
	if line := <-p.lines; line != "begun" {
		t.Fatalf("the child said %q", line)
	}
	got := make(chan task.Attempt, 2)
	start(t, q, map[string]task.Handler{"block": func(_ context.Context, a task.Attempt) error { got <- a; return nil }})
	select {
	case a := <-got:
		t.Fatalf("a task was taken from a living process: %+v", a)
	case <-time.After(4 * time.Second): // twice the silence after which tests hold a process for dead
	}
	p.kill(t)
	if a := <-got; a.Number != 1 || a.Crashes != 1 {
		t.Errorf("attempt %d with %d crashes, want 1 with 1", a.Number, a.Crashes)
	}
	until(t, q, "its end", func(c task.Counts) bool { return c.Done == 1 && c.Unfinished() == 0 })
	stop(t, q)
}

// testShare lets several queues work on the same tasks.
func testShare(t *testing.T, open OpenAt, place string) {
	const queues, tasks = 3, 300
	var mu sync.Mutex
	calls := make(map[string]int)
	handlers := map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error {
		mu.Lock()
		defer mu.Unlock()
		calls[string(a.Args)]++
		return nil
	}}
	var s store.Store
	var last task.Queue
	for range queues {
		opened, q, done, err := open(t.Context(), place, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = done() })
		start(t, q, handlers)
		s, last = opened, q
	}
	for n := range tasks {
		enqueue(t, s, task.Spec{Kind: "test", Args: fmt.Append(nil, n)})
	}
	until(t, last, "all of them", func(c task.Counts) bool { return c.Done == tasks && c.Unfinished() == 0 })
	mu.Lock()
	defer mu.Unlock()
	for args, n := range calls {
		if n != 1 {
			t.Errorf("task %s ran %d times", args, n)
		}
	}
}
