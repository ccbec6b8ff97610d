package flow

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
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

func (w *town) submitQueries(t *testing.T, p *Predictions, file string) rumbo.PredictionJob {
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
	job := w.submitQueries(t, p, drives(3000, 0))
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

// TestFaultyJobAnswersNothing, and says why by codes and lines.
func TestFaultyJobAnswersNothing(t *testing.T) {
	w, p := oracle(t)
	job := w.submitQueries(t, p, drives(900, 200)+`{"from":{"zone":1}x`)
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
	job := w.submitQueries(t, p, drives(10, 0))
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
