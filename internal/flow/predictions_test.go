package flow

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// oracle is a city with a champion, and what answers files there.
func oracle(t *testing.T) (*town, *Predictions) {
	t.Helper()
	w := city(t, modeltest.Trips(450, 2, 1))
	w.crown(t, modeltest.Start())
	w.plan.Times = &Times{Registry: w.learn.Registry, Resolver: modeltest.Resolver()}
	w.learn.Inbox.MaxBytes = 8 << 20
	return w, &Predictions{Plan: w.plan, Learn: w.learn}
}

// drives are n lines, of which some are at fault.
func drives(n, faulty int) string {
	var b strings.Builder
	for i := range n {
		from := i%36 + 1
		if i < faulty {
			from = 900
		}
		fmt.Fprintf(&b, `{"from":{"zone":%d},"to":{"point":{"lat":40.65,"lon":-73.95}},"depart_at":"2024-03-04T%02d:00:00Z"}`+"\n", from, i%24)
	}
	return b.String()
}

func (w *town) submit(t *testing.T, p *Predictions, file string) rumbo.PredictionJob {
	t.Helper()
	job, err := p.SubmitQueries(t.Context(), w.token(), rumbo.QueryFile{Body: strings.NewReader(file), CallbackURL: "https://example.com/done"})
	if err != nil || job.State != rumbo.RunQueued || job.Bytes != int64(len(file)) {
		t.Fatalf("%+v, %v", job, err)
	}
	return job
}

// results reads the answers of a job and holds them against its counts.
func results(t *testing.T, p *Predictions, id string) (job rumbo.PredictionJob, lines []rumbo.PredictedLine) {
	t.Helper()
	job, from, err := p.Results(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	text, err := io.ReadAll(from)
	if err != nil || int64(len(text)) != job.ResultsBytes {
		t.Fatalf("%d bytes of %d, %v", len(text), job.ResultsBytes, err)
	}
	for row := range strings.Lines(string(text)) {
		var l rumbo.PredictedLine
		if err := json.Unmarshal([]byte(row), &l); err != nil {
			t.Fatal(err)
		}
		if lines = append(lines, l); l.Line != int64(len(lines)) {
			t.Fatalf("line %d comes as number %d", l.Line, len(lines))
		}
	}
	if int64(len(lines)) != job.Counts.Queries {
		t.Errorf("%d lines, counted are %+v", len(lines), job.Counts)
	}
	return job, lines
}

// TestJobAnswersEveryLine with what one request for the same queries is answered.
func TestJobAnswersEveryLine(t *testing.T) {
	w, p := oracle(t)
	job := w.submit(t, p, drives(3000, 0))
	if _, _, err := p.Results(t.Context(), job.ID); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("answers before the work: %v", err)
	}
	w.workSome(t, 1, false)
	done, lines := results(t, p, job.ID)
	if done.State != rumbo.RunDone || done.Counts.Answered != 3000 || done.Model != rumbo.TravelTime || done.Version != 1 || done.Results == "" {
		t.Errorf("%+v", done)
	}
	var asked []rumbo.PredictionQuery
	for row := range strings.Lines(drives(3000, 0)) {
		var q rumbo.PredictionQuery
		if err := json.Unmarshal([]byte(row), &q); err != nil {
			t.Fatal(err)
		}
		asked = append(asked, q)
	}
	set, err := p.Times.Predict(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines {
		if *l.Prediction != set.Predictions[i] {
			t.Fatalf("line %d: %+v, want %+v", i+1, l.Prediction, set.Predictions[i])
		}
	}
	d, err := w.store.Delivery(t.Context(), "dlv_"+job.ID)
	if err != nil || d.Type != rumbo.EventPredictionFinished || !bytes.Contains(d.Payload, []byte(`"results":"/v1/predictions/`+job.ID+`/results"`)) {
		t.Errorf("%+v %s, %v", d, d.Payload, err)
	}
}

// TestJobSurvivesAnyDeath answers every line once, tells of it once, and by the model that it
// began with, although another is champion before it goes on.
func TestJobSurvivesAnyDeath(t *testing.T) {
	w, p := oracle(t)
	file := drives(2500, 200)
	job := w.submit(t, p, file)
	w.workSome(t, 1, false)
	want, _ := results(t, p, job.ID)
	for _, after := range []bool{false, true} {
		for first := 1; first <= 5; first++ {
			w.tasks.specs = nil
			job := w.submit(t, p, file)
			w.workSome(t, 1, after, first, 2)
			got, lines := results(t, p, job.ID)
			if got.ResultsSHA256 != want.ResultsSHA256 || !reflect.DeepEqual(got.Counts, want.Counts) || len(lines) != 2500 || got.Counts.Faulty != 200 {
				t.Errorf("death at %d: %+v, want %+v", first, got, want)
			}
			if events, err := w.store.Deliveries(t.Context(), store.DeliveryQuery{Subject: job.ID}, "", 0); err != nil || len(events.Items) != 1 {
				t.Errorf("death at %d: %+v, %v", first, events, err)
			}
			w.run(t, job.RunID, rumbo.RunDone)
		}
	}
}

// TestJobKeepsItsModel when another one becomes champion after it began.
func TestJobKeepsItsModel(t *testing.T) {
	w, p := oracle(t)
	job := w.submit(t, p, drives(100, 0))
	w.diesAt(t, 2, true) // the first step is done
	champion, err := w.learn.Registry.Champion(t.Context(), rumbo.TravelTime)
	if err != nil {
		t.Fatal(err)
	}
	corrected := champion.Bundle.Correction
	corrected.Ratio = [2]float64{1.5, 1.5}
	if _, err := w.learn.Registry.Correct(t.Context(), rumbo.TravelTime, 1, "slower", corrected); err != nil {
		t.Fatal(err)
	}
	w.workSome(t, 1, false)
	old, before := results(t, p, job.ID)
	again, err := w.runs.Rerun(t.Context(), w.token(), job.RunID, "")
	if err != nil {
		t.Fatal(err)
	}
	same, err := w.runs.Rerun(t.Context(), w.token(), job.RunID, "finish")
	if err != nil {
		t.Fatal(err)
	}
	w.tasks.specs = w.tasks.specs[1:] // the first job's event
	w.workSome(t, 2, false)
	fresh, after := results(t, p, again.Subject)
	if old.Correction != 0 || fresh.Correction != 1 || before[0].Prediction.DurationS == after[0].Prediction.DurationS {
		t.Errorf("%+v, then %+v", old, fresh)
	}
	if kept, _ := results(t, p, same.Subject); kept.Correction != 0 || kept.ResultsSHA256 != old.ResultsSHA256 || kept.ID == old.ID {
		t.Errorf("from the last step on: %+v", kept)
	}
}

// hooked is a bucket that has something happen in the middle of putting answers.
type hooked struct {
	blob.Bucket
	middle func(ctx context.Context)
}

func (h *hooked) Put(ctx context.Context, key string, r io.Reader, o blob.PutOptions) (blob.Info, error) {
	if strings.HasSuffix(key, resultsFile) && h.middle != nil {
		middle := h.middle
		h.middle = nil
		r = io.MultiReader(io.LimitReader(r, 100_000), readerFunc(func([]byte) (int, error) { middle(ctx); return 0, io.EOF }), r)
	}
	return h.Bucket.Put(ctx, key, r, o)
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestJobDiesInTheMiddle of its answers: none are there, until all are.
func TestJobDiesInTheMiddle(t *testing.T) {
	w, p := oracle(t)
	died := 0
	w.learn.Blobs = &hooked{Bucket: w.learn.Blobs, middle: func(context.Context) { died++; runtime.Goexit() }}
	job := w.submit(t, p, drives(4000, 0))
	w.diesAt(t, -1, false)
	if got, err := p.Job(t.Context(), job.ID); err != nil || got.State != rumbo.RunRunning || got.Counts.Queries != 4000 || died != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := w.learn.Blobs.Stat(t.Context(), predictionKey(job.ID, resultsFile)); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("half of the answers: %v", err)
	}
	w.workSome(t, 1, false)
	results(t, p, job.ID)
	if _, steps := w.run(t, job.RunID, rumbo.RunDone); steps[0].Attempt != 1 { // the lines were looked at once
		t.Errorf("%+v", steps)
	}
}

// TestJobIsCanceledInTheMiddle of its answers: the work stops, also when it is about to end.
func TestJobIsCanceledInTheMiddle(t *testing.T) {
	for _, waits := range []bool{true, false} {
		w, p := oracle(t)
		job := rumbo.PredictionJob{}
		w.learn.Blobs = &hooked{Bucket: w.learn.Blobs, middle: func(ctx context.Context) {
			if _, err := w.runs.CancelRun(t.Context(), job.RunID, ""); err != nil {
				t.Error(err)
			}
			if waits {
				<-ctx.Done()
			}
		}}
		job = w.submit(t, p, drives(4000, 0))
		w.workSome(t, 1, false)
		if got, err := p.Job(t.Context(), job.ID); err != nil || got.State != rumbo.RunCanceled || got.Counts.Answered != 0 || got.Results != "" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, _, err := p.Results(t.Context(), job.ID); rumbo.CodeOf(err) != rumbo.NotFound {
			t.Errorf("answers: %v", err)
		}
	}
}

// diesAt works the first task until the process dies.
func (w *town) diesAt(t *testing.T, left int, after bool) {
	t.Helper()
	w.store.live(left, after)
	spec := w.tasks.specs[0]
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = Handlers(w.learn, w.plan)[spec.Kind](t.Context(), task.Attempt{Kind: spec.Kind, Args: spec.Args, Number: 1, Max: spec.MaxAttempts})
	}()
	<-ended
	w.store.live(-1, false)
}

// TestFaultyJobAnswersNothing, and says why by codes and lines.
func TestFaultyJobAnswersNothing(t *testing.T) {
	w, p := oracle(t)
	job := w.submit(t, p, drives(900, 200)+`{"from":{"zone":1}x`)
	w.workSome(t, 1, false)
	got, err := p.Job(t.Context(), job.ID)
	if err != nil || got.State != rumbo.RunFailed || got.Code != rumbo.Invalid || got.Counts.Queries != 901 || got.Counts.Faulty != 201 || len(got.Faults) == 0 || got.Faults[0].Line != 1 ||
		!strings.Contains(got.Error, "201 of 901 lines (22.3 %) are at fault, more than the 20 % allowed: unknown_reference 200, bad_json 1; nothing was answered") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, _, err := p.Results(t.Context(), job.ID); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("answers: %v", err)
	}
	if _, err := w.learn.Blobs.Stat(t.Context(), predictionKey(job.ID, resultsFile)); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("a file of answers: %v", err)
	}
	if d, err := w.store.Delivery(t.Context(), "dlv_"+job.ID); err != nil || d.Type != rumbo.EventPredictionFailed {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestJobIsCanceled before its work, which finds it ended.
func TestJobIsCanceled(t *testing.T) {
	w, p := oracle(t)
	job := w.submit(t, p, drives(10, 0))
	if _, err := w.runs.CancelRun(t.Context(), job.RunID, "wrong file"); err != nil {
		t.Fatal(err)
	}
	w.workSome(t, 1, false)
	if got, err := p.Job(t.Context(), job.ID); err != nil || got.State != rumbo.RunCanceled || got.Code != "" || !strings.Contains(got.Error, "wrong file") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, _, err := p.Results(t.Context(), job.ID); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("answers: %v", err)
	}
}

// TestSubmissionIsRefused with everything that can be said at once, and keeps nothing.
func TestSubmissionIsRefused(t *testing.T) {
	w, p := oracle(t)
	before := len(w.keys(t))
	for name, c := range map[string]struct {
		file rumbo.QueryFile
		want rumbo.Code
	}{
		"empty":     {rumbo.QueryFile{Body: strings.NewReader(" \n\n")}, rumbo.Invalid},
		"cut off":   {rumbo.QueryFile{Body: strings.NewReader(drives(3, 0) + `{"from":{"zo`)}, rumbo.Invalid},
		"long line": {rumbo.QueryFile{Body: strings.NewReader(strings.Repeat(" x", 1<<20))}, rumbo.Invalid},
		"too much":  {rumbo.QueryFile{Body: strings.NewReader(drives(90_000, 0))}, rumbo.TooLarge},
		"address":   {rumbo.QueryFile{Body: strings.NewReader(drives(3, 0)), CallbackURL: "ftp://x"}, rumbo.Invalid},
		"no upload": {rumbo.QueryFile{Upload: "upl_none"}, rumbo.Invalid},
	} {
		if _, err := p.SubmitQueries(t.Context(), w.token(), c.file); rumbo.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := w.keys(t); len(got) != before {
		t.Errorf("left are %v", got)
	}
	p.Times.Registry = newTown(t).learn.Registry
	if _, err := p.SubmitQueries(t.Context(), w.token(), rumbo.QueryFile{Body: strings.NewReader(drives(3, 0))}); rumbo.CodeOf(err) != rumbo.NoModel {
		t.Errorf("without a model: %v", err)
	}
}

// TestSubmissionIsOneJob however often it comes under one token, compressed or uploaded.
func TestSubmissionIsOneJob(t *testing.T) {
	w, p := oracle(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(drives(50, 0))); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	token, upload := w.token(), "upl_"+w.token()
	if _, err := w.learn.Blobs.Put(t.Context(), ingest.UploadPrefix+upload, bytes.NewReader(packed.Bytes()), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	var jobs []rumbo.PredictionJob
	for _, file := range []rumbo.QueryFile{{Upload: upload}, {Upload: upload}, {Body: &packed}} {
		job, err := p.SubmitQueries(t.Context(), token, file)
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, job)
	}
	if jobs[1].ID != jobs[0].ID || jobs[2].ID != jobs[0].ID || jobs[2].SHA256 != jobs[0].SHA256 || len(w.tasks.specs) != 1 || packed.Len() != 0 || jobs[0].Bytes != int64(len(drives(50, 0))) {
		t.Errorf("%+v, %d tasks, %d bytes unread", jobs, len(w.tasks.specs), packed.Len())
	}
	for info := range w.learn.Blobs.List(t.Context(), ingest.UploadPrefix) {
		t.Errorf("left is %s", info.Key)
	}
	if _, err := p.Job(t.Context(), "plan_"+token); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("by another name: %v", err)
	}
}

// TestRetentionOfJobs removes files when payloads may go, keeps those of jobs under way, and
// calls orphans those of jobs that are gone.
func TestRetentionOfJobs(t *testing.T) {
	w, p := oracle(t)
	done, waiting := w.submit(t, p, drives(5, 0)), w.submit(t, p, drives(6, 0))
	w.workSome(t, 1, false)
	w.tasks.specs = nil
	orphan := predictionKey("pred_lost", queriesFile)
	if _, err := w.learn.Blobs.Put(t.Context(), orphan, strings.NewReader("x"), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.learn.SetRetention(t.Context(), rumbo.RetentionDocument{PayloadDays: 30, RunDays: 60}); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	files := func() (out []string) {
		for info := range w.learn.Blobs.List(t.Context(), predictionFolder) {
			out = append(out, info.Key)
		}
		return out
	}
	for _, at := range []struct{ days, payloads, orphans, left int64 }{{0, 0, 0, 4}, {2, 0, 1, 3}, {31, 2, 0, 1}, {61, 0, 0, 1}} {
		w.learn.Clock = func() time.Time { return now.AddDate(0, 0, int(at.days)) }
		dry := w.retain(t, true, false)
		got := w.retain(t, false, false)
		if got.Counts["payloads"] != at.payloads || got.Counts["orphans"] != at.orphans || dry.Counts["payloads"] != at.payloads || dry.Counts["orphans"] != at.orphans || len(files()) != int(at.left) {
			t.Errorf("after %d days: %v, the dry run %v; left are %v", at.days, got.Counts, dry.Counts, files())
		}
		if at.days == 31 {
			if job, _, err := p.Results(t.Context(), done.ID); rumbo.CodeOf(err) != rumbo.NotFound || job.State != rumbo.RunDone {
				t.Errorf("%+v, %v", job, err)
			}
			if _, err := w.runs.Rerun(t.Context(), w.token(), done.RunID, ""); rumbo.CodeOf(err) != rumbo.Conflict {
				t.Errorf("repeated: %v", err)
			}
		}
	}
	if _, err := p.Job(t.Context(), done.ID); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("the job whose run is gone: %v", err)
	}
	if err := w.store.InTx(t.Context(), func(tx store.Tx) error {
		return tx.Enqueue(t.Context(), taskOf(rumbo.Run{ID: waiting.RunID, Flow: rumbo.FlowPredict}))
	}); err != nil {
		t.Fatal(err)
	}
	w.workSome(t, 1, false)
	results(t, p, waiting.ID)
}
