package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/telemetry"
)

var update = flag.Bool("update", false, "renew golden files")

var noon = time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)

// world is a server on a real SQLite store, with small services behind it that
// keep their promises (services.go) on that same store, but do no work.
type world struct {
	t       *testing.T
	store   store.Store
	handler http.Handler
	key     string
	log     *log // of all servers of the world

	effects atomic.Int64 // things that were really made
	mu      sync.Mutex
	fail    error             // what the services answer, when set
	before  func(verb string) // called at the beginning of every verb
	after   func(verb string) // called when the effect has happened
	finish  bool              // long work ends at once
	models  []rumbo.ModelVersion

	uploaded map[string]bool // by ID
}

// noTasks takes tasks and never works them: the services of the world have none.
type noTasks struct{}

func (noTasks) EnqueueTx(context.Context, *sql.Tx, task.Spec) error { return nil }

func newWorld(t *testing.T, change ...func(*Config)) *world {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: db.Store(noTasks{}), log: &log{}}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.key = w.addKey("test", ScopeAll)
	w.handler = w.serve(change...)
	return w
}

// serve makes another server on the same store, as after a restart.
func (w *world) serve(change ...func(*Config)) http.Handler {
	w.t.Helper()
	logger := slog.New(slog.NewJSONHandler(w.log, nil))
	cfg := Config{Store: w.store, Ingestions: w, Runs: w, Plans: w, Predictions: w, Models: w, Pings: w, Quality: w, Retention: w, Automations: w, Tracks: w, Backups: w,
		Schedules: w,
		Clock:     time.Now, Random: rand.Reader, Log: logger, Metrics: telemetry.New("test"), Build: "test", SoleProcess: true}
	for _, c := range change {
		c(&cfg)
	}
	h, err := New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

func (w *world) addKey(name string, scopes ...string) string {
	w.t.Helper()
	text, k, err := NewKey(name, scopes, noon, rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	w.tx(func(ctx context.Context, tx store.Tx) error { return tx.AddKey(ctx, k) })
	return text
}

func (w *world) tx(do func(context.Context, store.Tx) error) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.store.InTx(ctx, func(tx store.Tx) error { return do(ctx, tx) }); err != nil {
		w.t.Fatal(err)
	}
}

// begin and end frame every verb.
func (w *world) begin(verb string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.before != nil {
		w.before(verb)
	}
	return w.fail
}

func (w *world) end(verb string) {
	w.effects.Add(1)
	if w.after != nil {
		w.after(verb)
	}
}

func (w *world) Upload(_ context.Context, token string, r rumbo.UploadRequest) (rumbo.Upload, error) {
	if err := w.begin("Upload"); err != nil {
		return rumbo.Upload{}, err
	}
	w.uploaded = map[string]bool{"upl_" + token: true}
	w.end("Upload")
	return rumbo.Upload{ID: "upl_" + token, Method: "PUT", URL: fmt.Sprint("https://bucket/", r.Bytes), Headers: map[string]string{}, ExpiresAt: noon}, nil
}

func (w *world) Receive(ctx context.Context, token string, p rumbo.Payload) (rumbo.Batch, error) {
	if err := w.begin("Receive"); err != nil {
		return rumbo.Batch{}, err
	}
	var data []byte
	var err error
	if p.Upload != "" {
		if data = []byte(p.Upload); !w.uploaded[p.Upload] {
			return rumbo.Batch{}, rumbo.InvalidFields("api", []rumbo.FieldError{{Pointer: "upload", Code: rumbo.UnknownReference, Value: p.Upload}})
		}
	} else if data, err = io.ReadAll(p.Body); err != nil {
		return rumbo.Batch{}, err
	}
	sum := sha256.Sum256(data)
	b := rumbo.Batch{ID: "batch_" + token, Kind: p.Kind, Format: p.Format, Schema: p.Schema, State: rumbo.BatchReceived,
		ReceivedAt: noon, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
	if first, err := w.store.BatchByContent(ctx, p.Kind, b.SHA256); err == nil {
		first.Repeated = true
		return first, nil
	}
	err = w.store.InTx(ctx, func(tx store.Tx) error {
		if err := tx.AddBatch(ctx, b); err != nil || !w.finish {
			return err
		}
		b.State, b.FinishedAt, b.Counts.Rows, b.Counts.Accepted, b.Counts.Added = rumbo.BatchLoaded, &noon, 1, 1, 1
		return tx.SetBatch(ctx, b)
	})
	w.end("Receive")
	return b, err
}

func (w *world) StartRun(ctx context.Context, token, flow string, _ rumbo.RunParameters) (rumbo.Run, error) {
	if err := w.begin("StartRun"); err != nil {
		return rumbo.Run{}, err
	}
	run := rumbo.Run{ID: "run_" + token, Flow: flow, State: rumbo.RunQueued, CreatedAt: noon}
	if old, err := w.store.Run(ctx, run.ID); err == nil {
		return old, nil
	}
	err := w.store.InTx(ctx, func(tx store.Tx) error { return tx.AddRun(ctx, run) })
	w.end("StartRun")
	return run, err
}

func (w *world) CancelRun(ctx context.Context, id, reason string) (run rumbo.Run, err error) {
	if err := w.begin("CancelRun"); err != nil {
		return run, err
	}
	err = w.store.InTx(ctx, func(tx store.Tx) error {
		if run, err = tx.Run(ctx, id); err != nil {
			return err
		}
		run.State, run.Error, run.FinishedAt = rumbo.RunCanceled, reason, &noon
		return tx.SetRun(ctx, run)
	})
	w.end("CancelRun")
	return run, err
}

func (w *world) Rerun(ctx context.Context, token, id, from string) (rumbo.Run, error) {
	if err := w.begin("Rerun"); err != nil {
		return rumbo.Run{}, err
	}
	run, err := w.store.Run(ctx, id)
	if err != nil {
		return run, err
	}
	run.ID, run.RerunOf, run.State, run.FinishedAt = "run_"+token, id, rumbo.RunQueued, nil
	if old, err := w.store.Run(ctx, run.ID); err == nil {
		return old, nil
	}
	err = w.store.InTx(ctx, func(tx store.Tx) error { return tx.AddRun(ctx, run) })
	w.end("Rerun")
	return run, err
}

func (w *world) SubmitPlan(ctx context.Context, token string, r rumbo.PlanRequest) (rumbo.Plan, error) {
	if err := w.begin("SubmitPlan"); err != nil {
		return rumbo.Plan{}, err
	}
	p := examplePlan(rumbo.PlanQueued)
	if w.finish {
		p = examplePlan(rumbo.PlanDone)
	}
	p.ID, p.Request = "plan_"+token, r
	if old, err := w.store.Plan(ctx, p.ID); err == nil {
		return old, nil
	}
	err := w.store.InTx(ctx, func(tx store.Tx) error { return tx.AddPlan(ctx, p) })
	w.end("SubmitPlan")
	return p, err
}

func (w *world) Predict(ctx context.Context, token string, r rumbo.PredictionRequest) (rumbo.PredictionSet, error) {
	if err := w.begin("Predict"); err != nil {
		return rumbo.PredictionSet{}, err
	}
	set := examplePredictions()
	set.ID = "pred_" + token
	if r.CallbackURL != "" {
		if old, err := w.store.Predictions(ctx, set.ID); err == nil {
			return old, nil
		}
		if err := w.store.InTx(ctx, func(tx store.Tx) error { return tx.AddPredictions(ctx, set, noon) }); err != nil {
			return set, err
		}
	}
	w.end("Predict")
	return set, nil
}

func (w *world) SubmitQueries(ctx context.Context, token string, q rumbo.QueryFile) (rumbo.PredictionJob, error) {
	if err := w.begin("SubmitQueries"); err != nil {
		return rumbo.PredictionJob{}, err
	}
	id := "pred_" + token
	if job, err := w.Job(ctx, id); err == nil {
		return job, nil
	}
	file := []byte(q.Upload)
	if q.Upload == "" {
		var err error
		if file, err = io.ReadAll(q.Body); err != nil {
			return rumbo.PredictionJob{}, err
		}
	} else if !w.uploaded[q.Upload] {
		return rumbo.PredictionJob{}, rumbo.InvalidFields("api", []rumbo.FieldError{{Pointer: "upload", Code: rumbo.UnknownReference, Value: q.Upload}})
	}
	run := rumbo.Run{ID: "run_" + token, Flow: rumbo.FlowPredict, Subject: id, State: rumbo.RunQueued, CreatedAt: noon}
	run.Parameters, _ = encode(rumbo.PredictionParameters{Bytes: int64(len(file)), CallbackURL: q.CallbackURL})
	if w.finish {
		run.State, run.FinishedAt = rumbo.RunDone, &noon
	}
	if err := w.store.InTx(ctx, func(tx store.Tx) error { return tx.AddRun(ctx, run) }); err != nil {
		return rumbo.PredictionJob{}, err
	}
	w.end("SubmitQueries")
	return w.Job(ctx, id)
}

func (w *world) Job(ctx context.Context, id string) (rumbo.PredictionJob, error) {
	run, err := w.store.Run(ctx, "run_"+strings.TrimPrefix(id, "pred_"))
	job := examplePredictionJob(run.State)
	job.ID, job.RunID = id, run.ID
	return job, err
}

func (w *world) Results(ctx context.Context, id string) (rumbo.PredictionJob, io.ReadSeekCloser, error) {
	job, err := w.Job(ctx, id)
	if err == nil && !job.Ended() {
		err = rumbo.Fault(rumbo.Conflict, "world", "not yet", nil)
	}
	return job, struct {
		*strings.Reader
		io.Closer
	}{strings.NewReader(exampleResultLines), io.NopCloser(nil)}, err
}

func (w *world) Models(context.Context) ([]rumbo.ModelVersion, error) {
	return w.models, w.begin("Models")
}

func (w *world) Versions(_ context.Context, name string) ([]rumbo.ModelVersion, error) {
	if len(w.models) == 0 || w.models[0].Name != name {
		return nil, rumbo.Fault(rumbo.NotFound, "world", "no such model", nil)
	}
	return w.models, nil
}

func (w *world) Version(_ context.Context, name string, version int) (rumbo.ModelVersion, error) {
	for _, m := range w.models {
		if m.Name == name && m.Version == version {
			return m, nil
		}
	}
	return rumbo.ModelVersion{}, rumbo.Fault(rumbo.NotFound, "world", "no such version", nil)
}

func (w *world) Rollback(ctx context.Context, name string, version int) (rumbo.ModelVersion, error) {
	return w.Version(ctx, name, version)
}

func (w *world) Ping(ctx context.Context, token, url string) (rumbo.Delivery, error) {
	if err := w.begin("Ping"); err != nil {
		return rumbo.Delivery{}, err
	}
	d := rumbo.Delivery{ID: "dlv_" + token, Type: rumbo.EventPing, URL: url, State: rumbo.DeliveryPending, CreatedAt: noon, Payload: []byte("{}")}
	err := w.store.InTx(ctx, func(tx store.Tx) error { return tx.AddDelivery(ctx, d) })
	w.end("Ping")
	return d, err
}

// load adds records through a batch of their own.
func (w *world) load(kind string, add func(ctx context.Context, tx store.Tx, batch string) error) {
	w.t.Helper()
	token, err := newToken(time.Now(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	b := rumbo.Batch{ID: "batch_" + token, Kind: kind, Format: "json", State: rumbo.BatchReceived, ReceivedAt: time.Now(), SHA256: token}
	w.tx(func(ctx context.Context, tx store.Tx) error { return tx.AddBatch(ctx, b) })
	w.tx(func(ctx context.Context, tx store.Tx) error { return add(ctx, tx, b.ID) })
	b.State = rumbo.BatchLoaded
	w.tx(func(ctx context.Context, tx store.Tx) error { return tx.SetBatch(ctx, b) })
}

// do sends one request with the world's key; headers are pairs.
func (w *world) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.doOn(w.handler, method, target, body, headers...)
}

func (w *world) doOn(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+w.key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	conforms(w.t, r, rec)
	return rec
}

// golden compares text with a file of testdata, or renews it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-file +now); run with -update if it should:\n%s", name, diff)
	}
}

// log lets concurrent requests of several servers log, and be read meanwhile.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Check and Backfill implement Schedules: every hour, one run for a range.
func (w *world) Check(s *rumbo.Schedule) []rumbo.FieldError {
	if s.Cron != "0 3 * * 1" {
		return []rumbo.FieldError{{Pointer: "/cron", Code: rumbo.NotOneOf, Value: s.Cron}}
	}
	s.TimeZone, s.Missed, s.NextAt = "UTC", rumbo.MissedOnce, noon
	return nil
}

func (w *world) Backfill(ctx context.Context, name string, from, until time.Time) ([]rumbo.Run, error) {
	if _, err := w.store.Schedule(ctx, name); err != nil {
		return nil, err
	}
	return []rumbo.Run{exampleRun(rumbo.RunQueued)}, nil
}
