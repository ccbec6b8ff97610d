package flow

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob/dir"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
	"github.com/logistica-inteligente/rumbo/internal/registry"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/webhook"
	"github.com/logistica-inteligente/rumbo/internal/webhook/signature"
	"github.com/logistica-inteligente/rumbo/internal/zone"
)

const tinytown = "../../testdata/tinytown/"

// tasks remembers what was enqueued; nobody works it but the test.
type tasks struct{ specs []task.Spec }

func (q *tasks) EnqueueTx(_ context.Context, _ *sql.Tx, spec task.Spec) error {
	q.specs = append(q.specs, spec)
	return nil
}

// mortal is a store under which the process can die: at a transaction, before or after its
// commit. After that no goroutine of that life comes to another transaction.
type mortal struct {
	store.Store
	mu    sync.Mutex
	left  int // transactions to live; for ever when negative
	after bool
	dead  bool
}

// live begins a life.
func (m *mortal) live(left int, after bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left, m.after, m.dead = left, after, false
}

// dying says whether this is the transaction to die at; the dead go no further.
func (m *mortal) dying() (now, after bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		runtime.Goexit()
	}
	m.left--
	m.dead = m.left == 0
	return m.dead, m.after
}

// InTx implements store.Store.
func (m *mortal) InTx(ctx context.Context, do func(store.Tx) error) error {
	now, after := m.dying()
	err := m.Store.InTx(ctx, func(tx store.Tx) error {
		err := do(tx)
		if now && !after {
			runtime.Goexit()
		}
		return err
	})
	if now {
		runtime.Goexit()
	}
	return err
}

// town is an installation without queue.
type town struct {
	store  *mortal
	tasks  *tasks
	learn  *Learn
	plan   *Plan
	runs   *Runs
	ctx    context.Context
	trips  int64 // visible, for consistent
	tokens int
}

func newTown(t testing.TB) *town {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	w := &town{tasks: &tasks{}, ctx: t.Context()}
	w.store = &mortal{Store: db.Store(w.tasks), left: -1}
	blobs, err := dir.Open(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	zones, err := zone.Read(bytes.NewReader(read(t, "zones.geojson")))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := signature.NewSecret(bytes.NewReader(bytes.Repeat([]byte{3}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	policy := webhook.Policy{AllowPrivate: true}
	sender, err := webhook.NewSender(webhook.Config{Secrets: []signature.Secret{secret}, Policy: policy, Clock: time.Now, UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	w.learn = &Learn{Inbox: &ingest.Receiver{Blobs: blobs, MaxBytes: 1 << 20, Check: etl.Check}, Blobs: blobs, Store: w.store, Zones: zones,
		Resolver: &feature.Resolver{Location: time.UTC, Zones: zones}, Registry: registry.New(blobs, time.Now), Clock: time.Now, Build: "test", MaxQuarantine: 0.2}
	w.plan = &Plan{Store: w.store, Clock: time.Now, Policy: policy, Sender: sender}
	w.runs = &Runs{Learn: w.learn, Plan: w.plan}
	return w
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(tinytown + file)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func (w *town) token() string {
	w.tokens++
	return strings.Repeat("0", 24) + string(rune('A'+w.tokens/26)) + string(rune('A'+w.tokens%26))
}

// fatal is what *testing.T and *rapid.T share.
type fatal interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// work works all tasks like a queue without patience: again and again until each has ended.
// Lives are how many transactions each life of the process lasts.
func (w *town) work(t fatal, after bool, lives ...int) {
	t.Helper()
	w.workSome(t, -1, after, lives...)
}

// workSome is work for the first tasks alone; all when there are fewer than none.
func (w *town) workSome(t fatal, most int, after bool, lives ...int) {
	t.Helper()
	handlers, gaveUp := Handlers(w.learn, w.plan), GaveUp(w.learn, w.plan)
	for n := 0; len(w.tasks.specs) > 0 && most != 0; n++ {
		if n > 100 {
			t.Fatal("no end")
		}
		left := -1
		if n < len(lives) {
			left = lives[n]
		}
		w.store.live(left, after)
		spec := w.tasks.specs[0]
		a := task.Attempt{Kind: spec.Kind, Args: spec.Args, Number: 1, Max: spec.MaxAttempts}
		ctx, cancel := context.WithCancel(context.Background())
		answer := make(chan error, 1)
		go func() {
			defer close(answer)
			answer <- handlers[spec.Kind](ctx, a)
		}()
		err, lived := <-answer
		cancel()
		w.store.live(-1, false)
		if task.IsPermanent(err) {
			if err := gaveUp(context.Background(), a, err); err != nil {
				t.Fatal(err)
			}
		}
		_, notYet := task.NotYet(err, time.Now())
		switch {
		case lived && (err == nil || task.IsPermanent(err)):
			w.tasks.specs = w.tasks.specs[1:]
			most--
		case lived && notYet && len(w.tasks.specs) > 1: // it waits for the others
			w.tasks.specs = append(w.tasks.specs[1:], spec)
		}
	}
}

func (w *town) run(t fatal, id, state string) (rumbo.Run, []rumbo.Step) {
	t.Helper()
	run, err := w.store.Run(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if run.State != state {
		t.Errorf("%s is %s, want %s: %s", id, run.State, state, run.Error)
	}
	steps, err := w.store.Steps(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return run, steps
}

// receive sends a payload of trips under a month that makes it another batch.
func (w *town) receive(t fatal, body []byte, month string) rumbo.Batch {
	t.Helper()
	batch, err := w.learn.Receive(context.Background(), w.token(), rumbo.Payload{Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, Month: month, Body: bytes.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// TestBatchSurvivesAnyDeath kills the process at any transactions of cleaning a batch: it is
// loaded once, with the same counts, and its run tells so.
func TestBatchSurvivesAnyDeath(t *testing.T) {
	body := read(t, "trips.csv")
	rapid.Check(t, func(rt *rapid.T) {
		w := newTown(t)
		batch := w.receive(rt, body, "")
		w.work(rt, rapid.Bool().Draw(rt, "after"), rapid.SliceOfN(rapid.IntRange(1, 7), 0, 4).Draw(rt, "lives")...)
		batch, err := w.store.Batch(t.Context(), batch.ID)
		if err != nil || batch.State != rumbo.BatchLoaded || batch.Counts.Added != 40 {
			rt.Fatalf("%+v, %v", batch, err)
		}
		if n, err := w.store.CountRecords(t.Context()); err != nil || n.Trips != 40 {
			rt.Fatalf("%+v, %v", n, err)
		}
		_, steps := w.run(rt, runID(batch.ID), rumbo.RunDone)
		for _, s := range steps {
			if s.State != rumbo.StepDone || s.RowsIn != 40 || s.RowsOut != 40 {
				rt.Errorf("%+v", s)
			}
		}
	})
}

// TestTrainingSurvivesAnyDeath makes one version, whenever the process dies.
func TestTrainingSurvivesAnyDeath(t *testing.T) {
	w := newTown(t)
	w.receive(t, read(t, "trips.csv"), "")
	w.work(t, false)
	versions := 0
	for _, after := range []bool{false, true} {
		for first := 1; first <= 4; first++ {
			run, err := w.learn.Start(t.Context(), w.token(), rumbo.FlowTrain, rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{Features: "B", Trees: 2, Leaves: 4}})
			if err != nil {
				t.Fatal(err)
			}
			w.work(t, after, first, 2)
			run, steps := w.run(t, run.ID, rumbo.RunDone)
			var version rumbo.ModelVersion
			if err := json.Unmarshal(run.Result, &version); err != nil {
				t.Fatal(err)
			}
			if versions++; version.Version != versions || len(steps[0].Artifacts) == 0 && steps[0].Crashes+run.Attempt == 1 {
				t.Errorf("death at %d: version %d, want %d; %+v", first, version.Version, versions, steps[0])
			}
		}
	}
}

// TestRerunFromStep promotes again without training again.
func TestRerunFromStep(t *testing.T) {
	w := newTown(t)
	w.receive(t, read(t, "trips.csv"), "")
	run, err := w.learn.Start(t.Context(), w.token(), rumbo.FlowTrain, rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{Features: "B", Trees: 2, Leaves: 4}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.runs.Rerun(t.Context(), w.token(), run.ID, ""); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("a run that waits is repeated: %v", err)
	}
	w.work(t, false)
	if _, err := w.runs.Rerun(t.Context(), w.token(), run.ID, "promte"); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Errorf("unknown step: %v", err)
	}
	token := w.token()
	again, err := w.runs.Rerun(t.Context(), token, run.ID, "promote")
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, false)
	if same, err := w.runs.Rerun(t.Context(), token, run.ID, "promote"); err != nil || same.ID != again.ID || same.State != rumbo.RunDone {
		t.Errorf("the same request again: %+v, %v", same, err)
	}
	old, _ := w.run(t, run.ID, rumbo.RunDone)
	done, steps := w.run(t, again.ID, rumbo.RunDone)
	var before, after rumbo.ModelVersion
	if json.Unmarshal(old.Result, &before) != nil || json.Unmarshal(done.Result, &after) != nil || before.Version != after.Version {
		t.Errorf("version %d, then %d", before.Version, after.Version)
	}
	if steps[0].State != rumbo.StepCached || steps[1].State != rumbo.StepDone || done.RerunOf != run.ID {
		t.Errorf("%+v %+v", done, steps)
	}
}

// TestFailedBatchCanBeRepeated ends a run as failed with its batch, and receives it again.
func TestFailedBatchCanBeRepeated(t *testing.T) {
	w := newTown(t)
	batch := w.receive(t, read(t, "trips-dirty.csv"), "")
	w.work(t, false)
	run, steps := w.run(t, runID(batch.ID), rumbo.RunFailed)
	batch, err := w.store.Batch(t.Context(), batch.ID)
	if err != nil || batch.State != rumbo.BatchFailed || batch.Counts.Rows == 0 || run.Error != batch.Error || steps[1].State != rumbo.StepFailed {
		t.Errorf("%+v, %v; %+v %+v", batch, err, run, steps[1])
	}
	w.learn.MaxQuarantine = 1
	again, err := w.runs.Rerun(t.Context(), w.token(), run.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, false)
	if again, _ = w.run(t, again.ID, rumbo.RunDone); again.Subject == batch.ID {
		t.Error("the failed batch was used again")
	}
	if _, err := w.runs.Rerun(t.Context(), w.token(), again.ID, ""); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("a loaded batch is repeated: %v", err)
	}
}

// TestCanceledRunLeavesNothing cancels a batch before its work; the work finds it ended.
func TestCanceledRunLeavesNothing(t *testing.T) {
	w := newTown(t)
	batch := w.receive(t, read(t, "trips.csv"), "")
	for range 2 {
		if run, err := w.runs.CancelRun(t.Context(), runID(batch.ID), "wrong file"); err != nil || run.Error != "the run was canceled: wrong file" {
			t.Errorf("%+v, %v", run, err)
		}
	}
	w.work(t, false)
	batch, err := w.store.Batch(t.Context(), batch.ID)
	if err != nil || batch.State != rumbo.BatchFailed || !strings.Contains(batch.Error, "wrong file") {
		t.Errorf("%+v, %v", batch, err)
	}
	w.run(t, runID(batch.ID), rumbo.RunCanceled)
	other := w.receive(t, read(t, "trips.csv"), "")
	w.work(t, false)
	if _, err := w.runs.CancelRun(t.Context(), runID(other.ID), ""); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("a run that is done is canceled: %v", err)
	}
}

// TestDeliveryIsRetriedAndSurvives delivers at least once, whenever the process dies, and
// waits for a receiver that is not ready.
func TestDeliveryIsRetriedAndSurvives(t *testing.T) {
	w := newTown(t)
	met, fail := 0, 1
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		if met++; met <= fail {
			rw.WriteHeader(503)
		}
	}))
	defer receiver.Close()
	for first := 1; first <= 4; first++ {
		met = 0
		d, err := w.plan.Ping(t.Context(), w.token(), receiver.URL)
		if err != nil {
			t.Fatal(err)
		}
		w.work(t, first%2 == 0, first)
		if d, err = w.store.Delivery(t.Context(), d.ID); err != nil || d.State != rumbo.DeliveryDelivered || met < 2 {
			t.Errorf("death at %d: %+v after %d, %v", first, d, met, err)
		}
		if run, steps := w.run(t, runID(d.ID), rumbo.RunDone); run.Subject != d.ID || len(steps) != 1 || steps[0].State != rumbo.StepDone {
			t.Errorf("%+v %+v", run, steps)
		}
	}
}

// TestCrashedRun tells a run under which the process died too often from one that failed.
func TestCrashedRun(t *testing.T) {
	w := newTown(t)
	batch := w.receive(t, read(t, "trips.csv"), "")
	spec := w.tasks.specs[0]
	err := GaveUp(w.learn, w.plan)(t.Context(), task.Attempt{Kind: spec.Kind, Args: spec.Args}, task.Permanent(task.ErrCrashed))
	run, _ := w.run(t, runID(batch.ID), rumbo.RunCrashed)
	if err != nil || run.FinishedAt == nil {
		t.Errorf("%+v, %v", run, err)
	}
}

// TestTasksOfOlderVersions works tasks that name what they work on instead of a run.
func TestTasksOfOlderVersions(t *testing.T) {
	w := newTown(t)
	batch := w.receive(t, read(t, "trips.csv"), "")
	id, err := adopt(t.Context(), &step.Runner{Store: w.store, Clock: time.Now}, rumbo.FlowIngest, batch.ID)
	if err != nil || id != runID(batch.ID) {
		t.Errorf("%s, %v", id, err)
	}
	if id, err = adopt(t.Context(), &step.Runner{Store: w.store, Clock: time.Now}, rumbo.FlowIngest, "batch_older"); err != nil {
		t.Fatal(err)
	}
	if run, _ := w.run(t, id, rumbo.RunQueued); run.Subject != "batch_older" {
		t.Errorf("%+v", run)
	}
}

func TestRunsAreNamedAfterTheirSubject(t *testing.T) {
	for subject, want := range map[string]string{"batch_X": "run_X", "plan_X": "run_X", "dlv_plan_X": "run_X_deliver", "dlv_pred_X": "run_X_deliver", "dlv_X": "run_X_deliver"} {
		if got := runID(subject); got != want {
			t.Errorf("%s: %s, want %s", subject, got, want)
		}
	}
}
