// Package tasktest is the suite that every driver of internal/task passes.
// What is not tested here is not promised.
//
// The tests wait for events, never for a time to pass: Options makes the
// driver's own waits short, and the suite's limit is only a way out of a test
// that hangs.
package tasktest

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Options are what a driver's queue must be opened with.
type Options struct {
	GaveUp     task.GaveUp
	MaxCrashes int // the driver's default when 0
}

// Open makes a queue on a fresh database and the store that enqueues to it. A
// second call with the same t opens the same database again, after the first
// queue was stopped.
type Open func(t *testing.T, o Options) (store.Store, task.Queue)

// limit ends a test that hangs.
const limit = 60 * time.Second

// Run tests a driver.
func Run(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"WorksWhatWasCommitted", testCommit},
		{"RolledBackNeverRuns", testRollback},
		{"AttemptFields", testFields},
		{"RetriesUntilDone", testRetries},
		{"DiesAfterTheLastAttempt", testDies},
		{"Permanent", testPermanent},
		{"NotYetCostsNoAttempt", testNotYet},
		{"PanicIsAnError", testPanic},
		{"RunAt", testRunAt},
		{"KeyIsUnique", testKey},
		{"GaveUpIsRepeated", testGaveUpAgain},
		{"UnknownKindWaits", testUnknownKind},
		{"LongDoesNotBlockShort", testClasses},
		{"StopWaits", testStopWaits},
		{"StopCancels", testStopCancels},
		{"StartTwice", testStartTwice},
		{"BadSpecs", testBadSpecs},
		{"Many", testMany},
		{"ListsTasks", testList},
		{"ReplaysTheDead", testReplay},
		{"CancelsByKey", testCancel},
		{"Pauses", testPause},
		{"Limits", testLimit},
		{"UrgentFirst", testPriority},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			t.Run("", func(t *testing.T) { test.run(t, open) }) // its cleanup comes first
		})
	}
}

// enqueue commits one task.
func enqueue(t *testing.T, s store.Store, spec task.Spec) {
	t.Helper()
	if err := s.InTx(t.Context(), func(tx store.Tx) error { return tx.Enqueue(t.Context(), spec) }); err != nil {
		t.Fatal(err)
	}
}

// start starts a queue and stops it when the test ends.
func start(t *testing.T, q task.Queue, handlers map[string]task.Handler) {
	t.Helper()
	if err := q.Start(t.Context(), handlers); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, q) })
}

// stop stops a queue without patience limit.
func stop(t *testing.T, q task.Queue) {
	t.Helper()
	if err := q.Stop(context.Background()); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// wait waits for an event.
func wait(t *testing.T, what string, event <-chan struct{}) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(limit):
		t.Fatalf("%s did not happen", what)
	}
}

// until waits for the counts of tasks to be as wished.
func until(t *testing.T, q task.Queue, what string, ok func(task.Counts) bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		counts, err := q.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if ok(counts) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen: %+v", what, counts)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func testCommit(t *testing.T, open Open) {
	s, q := open(t, Options{})
	done := make(chan struct{})
	start(t, q, map[string]task.Handler{"test": func(ctx context.Context, a task.Attempt) error {
		if _, err := s.Run(ctx, "run_1"); err != nil { // the data is there when the task is
			t.Error(err)
		}
		close(done)
		return nil
	}})
	err := s.InTx(t.Context(), func(tx store.Tx) error {
		if err := tx.Enqueue(t.Context(), task.Spec{Kind: "test"}); err != nil {
			return err
		}
		return tx.AddRun(t.Context(), rumbo.Run{ID: "run_1"})
	})
	if err != nil {
		t.Fatal(err)
	}
	wait(t, "the task", done)
	until(t, q, "its end", func(c task.Counts) bool { return c.Done == 1 && c.Unfinished() == 0 })
}

func testRollback(t *testing.T, open Open) {
	s, q := open(t, Options{})
	ran := make(chan string, 10)
	done := make(chan struct{})
	start(t, q, map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error {
		ran <- string(a.Args)
		if string(a.Args) == `"last"` {
			close(done)
		}
		return nil
	}})
	stopped := errors.New("stop")
	err := s.InTx(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.Enqueue(t.Context(), task.Spec{Kind: "test", Args: json.RawMessage(`"never"`)}), stopped)
	})
	if !errors.Is(err, stopped) {
		t.Fatal(err)
	}
	enqueue(t, s, task.Spec{Kind: "test", Args: json.RawMessage(`"last"`)})
	wait(t, "the last task", done)
	if got := <-ran; got != `"last"` {
		t.Errorf("a rolled back task ran: %s", got)
	}
}

func testFields(t *testing.T, open Open) {
	s, q := open(t, Options{})
	got := make(chan task.Attempt, 2)
	start(t, q, map[string]task.Handler{"test.kind-1": func(_ context.Context, a task.Attempt) error {
		got <- a
		return nil
	}})
	enqueue(t, s, task.Spec{Kind: "test.kind-1", Args: json.RawMessage(`{"id":"batch_1","n":12345678901234}`), MaxAttempts: 7, Class: task.Long})
	a := <-got
	var args struct {
		ID string
		N  int64
	}
	if err := json.Unmarshal(a.Args, &args); err != nil || args.ID != "batch_1" || args.N != 12345678901234 {
		t.Errorf("args %s, %v", a.Args, err)
	}
	if a.Kind != "test.kind-1" || a.Number != 1 || a.Max != 7 || a.Crashes != 0 || a.ID == 0 || a.EnqueuedAt.IsZero() || a.Last() {
		t.Errorf("attempt %+v", a)
	}
	enqueue(t, s, task.Spec{Kind: "test.kind-1"})
	if a := <-got; string(a.Args) != "null" || a.Max != task.DefaultMaxAttempts {
		t.Errorf("attempt with defaults %+v", a)
	}
}

func testRunAt(t *testing.T, open Open) {
	s, q := open(t, Options{})
	ran := make(chan string, 3)
	start(t, q, map[string]task.Handler{"test": func(_ context.Context, a task.Attempt) error {
		ran <- string(a.Args)
		return nil
	}})
	soon := time.Now().Add(300 * time.Millisecond)
	enqueue(t, s, task.Spec{Kind: "test", Args: json.RawMessage(`"later"`), RunAt: time.Now().Add(time.Hour)})
	enqueue(t, s, task.Spec{Kind: "test", Args: json.RawMessage(`"soon"`), RunAt: soon})
	enqueue(t, s, task.Spec{Kind: "test", Args: json.RawMessage(`"now"`)})
	if first, second := <-ran, <-ran; first != `"now"` || second != `"soon"` {
		t.Errorf("ran %s, %s", first, second)
	}
	if time.Now().Before(soon.Add(-time.Millisecond)) { // drivers keep times to the millisecond
		t.Error("a task ran before its time")
	}
	until(t, q, "the rest", func(c task.Counts) bool { return c.Done == 2 && c.Scheduled == 1 && c.Unfinished() == 1 })
}

func testKey(t *testing.T, open Open) {
	s, q := open(t, Options{})
	begun, release := make(chan struct{}, 10), make(chan struct{})
	var calls, others atomic.Int32
	start(t, q, map[string]task.Handler{
		"test": func(context.Context, task.Attempt) error {
			calls.Add(1)
			begun <- struct{}{}
			<-release
			return nil
		},
		"other": func(context.Context, task.Attempt) error { others.Add(1); return nil },
	})
	for range 3 {
		enqueue(t, s, task.Spec{Kind: "test", Key: "k", Args: json.RawMessage(`1`)})
	}
	wait(t, "the first", begun)
	enqueue(t, s, task.Spec{Kind: "test", Key: "k", Args: json.RawMessage(`2`)}) // while it runs
	enqueue(t, s, task.Spec{Kind: "other", Key: "k"})                            // another kind
	enqueue(t, s, task.Spec{Kind: "test", Key: "l"})                             // another key
	wait(t, "the other key", begun)
	close(release)
	until(t, q, "their end", func(c task.Counts) bool { return c.Unfinished() == 0 && c.Done == 3 })
	enqueue(t, s, task.Spec{Kind: "test", Key: "k"}) // the first one is done
	wait(t, "the second of the key", begun)
	until(t, q, "its end", func(c task.Counts) bool { return c.Unfinished() == 0 })
	if calls.Load() != 3 || others.Load() != 1 {
		t.Errorf("%d calls, %d of the other kind", calls.Load(), others.Load())
	}
}
