package flow

import (
	"context"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// TestJobSurvivesAnyDeath answers every line once, tells of it once, and by the model that it
// began with, although another is champion before it goes on.
func TestJobSurvivesAnyDeath(t *testing.T) {
	w, p := oracle(t)
	file := drives(2500, 200)
	job := w.submitQueries(t, p, file)
	w.workSome(t, 1, false)
	want, _ := results(t, p, job.ID)
	for _, after := range []bool{false, true} {
		for first := 1; first <= 5; first++ {
			w.tasks.specs = nil
			job := w.submitQueries(t, p, file)
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
	job := w.submitQueries(t, p, drives(100, 0))
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
	job := w.submitQueries(t, p, drives(4000, 0))
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
		job = w.submitQueries(t, p, drives(4000, 0))
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
