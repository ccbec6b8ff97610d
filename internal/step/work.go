package step

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Bounds of what a step may tell, so that a run stays small whatever happens in it.
const (
	maxLine      = 2000 // bytes of one log line or error
	maxArtifact  = 16 << 10
	maxArtifacts = 20 // of one step
)

// Work is what a step can do beside returning its result. It may be used until the step
// returns, from any goroutine.
type Work struct {
	run     *Run
	step    *rumbo.Step
	commits []func(tx store.Tx) error
	refused string
}

// Commit has do run in the transaction that marks the step done: an effect that happens
// exactly once. do may run more than once before it is committed (see store.InTx).
func (w *Work) Commit(do func(tx store.Tx) error) {
	w.change(func() { w.commits = append(w.commits, do) })
}

// Refuse has the step, which is the last one, end the run as failed for a reason that is
// no fault of the work: its effects are committed all the same.
func (w *Work) Refuse(reason string) {
	w.change(func() { w.refused = clip(reason); w.run.say(w.step.Name, rumbo.LogError, reason) })
}

// Log writes a line of a level (rumbo.LogInfo, ...).
func (w *Work) Log(level, format string, args ...any) {
	w.change(func() { w.run.say(w.step.Name, level, fmt.Sprintf(format, args...)) })
}

// Progress says which share of the step is done and what it is at; small advances are
// not worth writing.
func (w *Work) Progress(doing string, done float64) {
	w.run.mu.Lock()
	defer w.run.mu.Unlock()
	if doing == w.step.Doing && done < w.step.Progress+0.01 {
		return
	}
	w.step.Doing, w.step.Progress = doing, done
	w.run.dirty[w.step.Name] = true
}

// Rows says how many rows went in and came out so far.
func (w *Work) Rows(in, out int64) {
	w.change(func() { w.step.RowsIn, w.step.RowsOut = in, out })
}

// Note leaves a text in Markdown.
func (w *Work) Note(name, markdown string) {
	if len(markdown) > maxArtifact {
		markdown = markdown[:maxArtifact] + "\n…"
	}
	w.artifact(rumbo.Artifact{Name: name, Markdown: markdown})
}

// Figures leaves a small value; one that is too large or cannot be encoded is told in the
// log instead.
func (w *Work) Figures(name string, v any) {
	data, err := json.Marshal(v)
	if err != nil || len(data) > maxArtifact {
		w.Log(rumbo.LogWarn, "artifact %s has %d bytes, %d are kept (%v)", name, len(data), maxArtifact, err)
		return
	}
	w.artifact(rumbo.Artifact{Name: name, Data: data})
}

// Blob leaves the key of a blob.
func (w *Work) Blob(name, key string) { w.artifact(rumbo.Artifact{Name: name, BlobKey: key}) }

func (w *Work) artifact(a rumbo.Artifact) {
	w.change(func() {
		w.step.Artifacts = slices.Clone(w.step.Artifacts) // a transaction may be writing the old list
		for i, old := range w.step.Artifacts {
			if old.Name == a.Name {
				w.step.Artifacts[i] = a
				return
			}
		}
		if len(w.step.Artifacts) < maxArtifacts {
			w.step.Artifacts = append(w.step.Artifacts, a)
		}
	})
}

func (w *Work) change(do func()) {
	w.run.mu.Lock()
	defer w.run.mu.Unlock()
	do()
	w.run.dirty[w.step.Name] = true
}

// say adds a log line; mu is held, or nobody else knows the run yet.
func (r *Run) say(step, level, text string) {
	if len(r.lines) < store.MaxRunLog {
		r.lines = append(r.lines, rumbo.LogLine{At: r.runner.Clock(), Step: step, Level: level, Text: clip(text)})
	}
}

// clip bounds a text.
func clip(text string) string {
	if len(text) <= maxLine {
		return text
	}
	cut := maxLine
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// Future is the result of a step that runs beside others.
type Future[Out any] struct {
	done chan struct{}
	out  Out
	err  error
}

// Go takes a step beside those that follow; see Do.
func Go[In, Out any](ctx context.Context, r *Run, name string, in In,
	work func(ctx context.Context, w *Work, in In) (Out, error), opts ...Option) *Future[Out] {
	f := &Future[Out]{done: make(chan struct{})}
	r.beside.Go(func() {
		defer close(f.done)
		f.out, f.err = Do(ctx, r, name, in, work, opts...)
	})
	return f
}

// Wait is the step's result, when it has ended.
func (f *Future[Out]) Wait() (Out, error) {
	<-f.done
	return f.out, f.err
}
