package tasktest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Child is called by TestMain of a driver's test: in a process that RunCrash
// started it plays its role and does not return.
func Child(open OpenAt) {
	role := os.Getenv(childRole)
	if role == "" {
		return
	}
	if err := child(role, os.Getenv(childPlace), os.Getenv(childName), open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func child(role, place, name string, open OpenAt) error {
	ctx := context.Background()
	s, q, done, err := open(ctx, place, Options{})
	if err != nil {
		return err
	}
	defer done()
	work := func(ctx context.Context, a task.Attempt) error { return FinishRun(ctx, s, a) }
	block := func(context.Context, task.Attempt) error {
		fmt.Println("begun")
		select {}
	}
	load := func(ctx context.Context, a task.Attempt) error { return loadBatch(ctx, s, argument(a)) }
	if err := q.Start(ctx, map[string]task.Handler{"work": work, "load": load, "block": block}); err != nil {
		return err
	}
	if role == "block" {
		select {}
	}
	for n := range 100 {
		id, add := fmt.Sprintf("run_%s_%03d", name, n), addRun
		if n%20 == 0 {
			id, add = fmt.Sprintf("batch_%s_%03d", name, n), addBatch
		}
		if err := s.InTx(ctx, func(tx store.Tx) error { return add(ctx, tx, id) }); err != nil {
			return err
		}
		fmt.Println("ack", id)
	}
	for {
		if c, err := q.Counts(ctx); err != nil || c.Unfinished() == 0 {
			return errors.Join(err, q.Stop(ctx))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// argument is the ID that a task is about.
func argument(a task.Attempt) string { return strings.Trim(string(a.Args), `"`) }

func addRun(ctx context.Context, tx store.Tx, id string) error {
	return errors.Join(tx.AddRun(ctx, rumbo.Run{ID: id, State: rumbo.RunQueued}),
		tx.Enqueue(ctx, task.Spec{Kind: "work", Args: []byte(`"` + id + `"`), MaxAttempts: 1}))
}

func addBatch(ctx context.Context, tx store.Tx, id string) error {
	return errors.Join(tx.AddBatch(ctx, rumbo.Batch{ID: id, Kind: rumbo.KindTrips, State: rumbo.BatchReceived}),
		tx.Enqueue(ctx, task.Spec{Kind: "load", Class: task.Long, Args: []byte(`"` + id + `"`), MaxAttempts: 1}))
}

// A batch of these tests: so many trips in so many transactions.
const batchChunks, chunkTrips = 8, 50

// loadBatch loads trips of a batch's own, as internal/flow does it.
func loadBatch(ctx context.Context, s store.Store, id string) error {
	batch, err := s.Batch(ctx, id)
	if err != nil || batch.State == rumbo.BatchLoaded {
		return err
	}
	for removed := 1; removed > 0; {
		if err := s.InTx(ctx, func(tx store.Tx) (err error) {
			removed, err = tx.ClearBatch(ctx, id, 100)
			return err
		}); err != nil {
			return err
		}
	}
	at := time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)
	for chunk := range batchChunks {
		trips := make([]rumbo.Trip, chunkTrips)
		for i := range trips {
			trips[i] = rumbo.Trip{ID: fmt.Sprintf("%s_%d_%d", id, chunk, i), PickupAt: at, DropoffAt: at.Add(time.Minute)}
		}
		var counts store.LoadCounts
		if err := s.InTx(ctx, func(tx store.Tx) (err error) {
			counts, err = tx.AddTrips(ctx, id, trips)
			return err
		}); err != nil {
			return err
		}
		batch.Counts.Added += counts.Added
	}
	batch.State = rumbo.BatchLoaded
	return s.InTx(ctx, func(tx store.Tx) error { return tx.SetBatch(ctx, batch) })
}

// wantWhole checks that a batch is visible as a whole, or not at all where
// pending is allowed.
func wantWhole(t *testing.T, s store.Store, id string, pending bool) {
	t.Helper()
	batch, err := s.Batch(t.Context(), id)
	if err != nil {
		t.Errorf("acknowledged %s: %v", id, err)
		return
	}
	visible := int64(0)
	for trip, err := range s.Trips(t.Context(), store.TripQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		if trip.BatchID == id {
			visible++
		}
	}
	want := int64(batchChunks * chunkTrips)
	if batch.State != rumbo.BatchLoaded && pending {
		want = 0
	} else if batch.Counts.Added != want {
		t.Errorf("%s: %+v", id, batch)
	}
	if visible != want {
		t.Errorf("%s in state %s: %d trips are visible, want %d", id, batch.State, visible, want)
	}
}

// FinishRun is a handler's work on the run whose ID is the argument: it takes
// effect once, however often it is called.
func FinishRun(ctx context.Context, s store.Store, a task.Attempt) error {
	id := argument(a)
	return s.InTx(ctx, func(tx store.Tx) error {
		run, err := tx.Run(ctx, id)
		if err != nil || run.State == rumbo.RunDone {
			return err
		}
		run.State, run.Progress = rumbo.RunDone, run.Progress+1
		return tx.SetRun(ctx, run)
	})
}

// process is a child process and the lines that it prints.
type process struct {
	cmd   *exec.Cmd
	lines chan string
}

func startChild(t *testing.T, role, place, name string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childRole+"="+role, childPlace+"="+place, childName+"="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, make(chan string, 1000)}
	go func() {
		defer close(p.lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			p.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return p
}

// kill is kill -9; it returns the lines that had not been read.
func (p *process) kill(t *testing.T) (lines []string) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for line := range p.lines {
		lines = append(lines, line)
	}
	_ = p.cmd.Wait() // it was killed
	return lines
}
