package rivertask_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/faulttest"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/tasktest"
)

// TestPostgresBehindABadNetwork writes and works over a network that is slow, breaks,
// is away, and swallows everything, in turn: what was acknowledged is there, every task
// ends with one effect and few attempts, and no call hangs.
func TestPostgresBehindABadNetwork(t *testing.T) {
	address, err := url.Parse(database(t))
	if err != nil {
		t.Fatal(err)
	}
	network := faulttest.Between(t, address.Host)
	address.Host, address.RawQuery = network.Address(), "sslmode=disable&silence_timeout=1500ms&connect_timeout=2&pool_max_conns=8"
	s, q, done, err := openAt(t.Context(), address.String(), tasktest.Options{GaveUp: func(_ context.Context, a task.Attempt, cause error) error {
		t.Errorf("gave up %+v: %v", a, cause)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = done() }()
	if err := q.Start(t.Context(), map[string]task.Handler{"work": func(ctx context.Context, a task.Attempt) error {
		if err := tasktest.FinishRun(ctx, s, a); err != nil {
			return task.RetryAfter(200*time.Millisecond, err)
		}
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	l := &load{t: t, s: s, end: make(chan struct{})}
	var wg sync.WaitGroup
	for n := range 3 {
		wg.Go(func() { l.write(fmt.Sprint(n)) })
	}
	for _, fault := range []struct {
		name         string
		begin, cease func()
		lasts        time.Duration
	}{
		{"slow", func() { network.Slow(40*time.Millisecond, 20*time.Millisecond) }, network.Heal, 2 * time.Second},
		{"cut", network.Cut, func() {}, 300 * time.Millisecond},
		{"cut again", network.Cut, func() {}, 300 * time.Millisecond},
		{"down", network.Down, network.Up, 1500 * time.Millisecond},
		{"silent", network.Silent, network.Heal, 4 * time.Second},
		{"silent for a moment", network.Silent, network.Heal, 500 * time.Millisecond},
		{"slow and cut", func() { network.Slow(20*time.Millisecond, 20*time.Millisecond); network.Cut() }, network.Heal, time.Second},
	} {
		fault.begin()
		time.Sleep(fault.lasts)
		fault.cease()
		before, healed := l.count(), time.Now()
		for deadline := time.Now().Add(time.Minute); l.count() < before+5; time.Sleep(10 * time.Millisecond) { // it works again
			if time.Now().After(deadline) {
				t.Fatalf("nothing is acknowledged after %q", fault.name)
			}
		}
		t.Logf("%s: %d acknowledged, the next five within %s", fault.name, l.count(), time.Since(healed).Round(time.Millisecond))
	}
	close(l.end)
	wg.Wait()
	closed := time.Now()
	l.settle(q)
	t.Logf("all tasks ended %s after the last was added", time.Since(closed).Round(time.Millisecond))
	if worst := time.Duration(l.worst.Load()); worst > 30*time.Second {
		t.Errorf("one call took %s", worst)
	}
	t.Logf("%d acknowledged, %d calls failed, the longest took %s", len(l.acknowledged), l.failed.Load(), time.Duration(l.worst.Load()).Round(time.Millisecond))
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// load writes runs with their tasks and remembers what was acknowledged.
type load struct {
	t   *testing.T
	s   store.Store
	end chan struct{}

	mu           sync.Mutex
	acknowledged []string
	failed       atomic.Int64
	worst        atomic.Int64 // ns
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acknowledged)
}

// write adds one run after another; one whose answer was lost is sent again, as a
// client would.
func (l *load) write(writer string) {
	for n := 0; ; n++ {
		id := fmt.Sprintf("run_%s_%05d", writer, n)
		for {
			began := time.Now()
			err := l.s.InTx(l.t.Context(), func(tx store.Tx) error {
				if err := tx.AddRun(l.t.Context(), rumbo.Run{ID: id, State: rumbo.RunQueued}); err != nil {
					return err
				}
				return tx.Enqueue(l.t.Context(), task.Spec{Kind: "work", Args: []byte(`"` + id + `"`), MaxAttempts: 100})
			})
			l.worst.Store(max(l.worst.Load(), int64(time.Since(began))))
			if err == nil || rumbo.CodeOf(err) == rumbo.Conflict { // it was there: only the answer was lost
				break
			}
			if rumbo.CodeOf(err) != rumbo.Unavailable {
				l.t.Errorf("%s: %v", id, err)
			}
			l.failed.Add(1)
			select {
			case <-l.end:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
		l.mu.Lock()
		l.acknowledged = append(l.acknowledged, id)
		l.mu.Unlock()
		select {
		case <-l.end:
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// settle waits until every task has ended and looks at every run and task.
func (l *load) settle(q task.Queue) {
	deadline := time.Now().Add(2 * time.Minute)
	for {
		c, err := q.Counts(l.t.Context())
		if err == nil && c.Unfinished() == 0 {
			if c.Dead != 0 {
				l.t.Errorf("tasks %+v", c)
			}
			break
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("tasks do not end: %+v, %v", c, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, id := range l.acknowledged {
		if run, err := l.s.Run(l.t.Context(), id); err != nil || run.State != rumbo.RunDone || run.Progress != 1 {
			l.t.Errorf("acknowledged %s: %+v, %v", id, run, err)
		}
	}
	most := 0
	for after := ""; ; {
		items, next, err := q.(task.Desk).Tasks(l.t.Context(), task.Query{}, after, 1000)
		if err != nil {
			l.t.Fatal(err)
		}
		for _, r := range items {
			most = max(most, r.Number)
		}
		if after = next; after == "" {
			break
		}
	}
	if l.t.Logf("at most %d attempts of a task", most); most > 40 {
		l.t.Errorf("%d attempts of one task", most)
	}
}
