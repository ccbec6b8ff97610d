package flow

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/predict"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// checkedQueries is what checking leaves to answering. The model is part of it: a run that is
// resumed goes on with the one that it began with, although another may be champion by then.
type checkedQueries struct {
	rumbo.PredictionModel
	Counts rumbo.PredictionCounts `json:"counts"`
}

// answerable are the checked queries of a job.
type answerable struct {
	Job string `json:"job"`
	checkedQueries
}

// faultsArtifact names the report of lines at fault; faultsBytes keeps it well below what an
// artifact may have.
const (
	faultsArtifact = "faults"
	faultsBytes    = 8 << 10
)

// check chooses the model and looks at every line; too many faults end the run.
func (p *Predictions) check(ctx context.Context, w *step.Work, id string, asked rumbo.PredictionParameters) (out checkedQueries, err error) {
	champion, err := p.Times.Registry.Champion(ctx, rumbo.TravelTime)
	if err != nil {
		return out, err
	}
	out.PredictionModel = rumbo.PredictionModel{Model: champion.Version.Name, Version: champion.Version.Version, Correction: champion.Correction}
	file, err := p.Learn.Blobs.Open(ctx, predictionKey(id, queriesFile))
	if err != nil {
		return out, err
	}
	defer file.Close()
	var first []rumbo.LineFaults
	out.Counts, first, err = p.Times.predictor(champion).CheckLines(ctx, file, toldOf(w, "checking", asked.Bytes))
	if err != nil {
		return out, err
	}
	if len(first) > 0 {
		w.Figures(faultsArtifact, fitting(first))
	}
	return out, p.tooFaulty(out.Counts)
}

// tooFaulty ends a run of which more lines are at fault than the share of rows that the
// house lets a batch have in quarantine.
func (p *Predictions) tooFaulty(n rumbo.PredictionCounts) error {
	if float64(n.Faulty) <= p.Learn.MaxQuarantine*float64(n.Queries) {
		return nil
	}
	var met []string
	most := func(a, b rumbo.Code) int { return cmp.Or(cmp.Compare(n.ByCode[b], n.ByCode[a]), cmp.Compare(a, b)) }
	for _, code := range slices.SortedFunc(maps.Keys(n.ByCode), most) {
		met = append(met, fmt.Sprintf("%s %d", code, n.ByCode[code]))
	}
	return rumbo.Fault(rumbo.Invalid, "flow.AnswerQueries", fmt.Sprintf("%d of %d lines (%.3g %%) are at fault, more than the %.3g %% allowed: %s; nothing was answered",
		n.Faulty, n.Queries, 100*float64(n.Faulty)/float64(n.Queries), 100*p.Learn.MaxQuarantine, strings.Join(met, ", ")), nil)
}

// fitting are the first of the lines, as many as a report has room for.
func fitting(first []rumbo.LineFaults) []rumbo.LineFaults {
	for ; len(first) > 0; first = first[:len(first)/2] {
		if text, err := json.Marshal(first); err == nil && len(text) <= faultsBytes {
			break
		}
	}
	return first
}

// toldOf passes on how far a file is.
func toldOf(w *step.Work, doing string, whole int64) predict.Told {
	return func(lines, good, bytes int64) {
		w.Rows(lines, good)
		w.Progress(doing, float64(bytes)/float64(max(1, whole)))
	}
}

// answer answers all lines with the chosen model. The answers are put whole under a key that
// follows from the job: when the process dies over them, doing it again puts the same ones.
func (p *Predictions) answer(ctx context.Context, w *step.Work, in answerable) (out rumbo.PredictionSummary, err error) {
	model, err := p.Times.Registry.LoadCorrected(ctx, in.Model, in.Version, in.Correction)
	if err != nil {
		return out, err
	}
	key := predictionKey(in.Job, queriesFile)
	queries, err := p.Learn.Blobs.Stat(ctx, key)
	if err != nil {
		return out, err
	}
	file, err := p.Learn.Blobs.Open(ctx, key)
	if err != nil {
		return out, err
	}
	defer file.Close()
	out.PredictionModel = in.PredictionModel
	sum := sha256.New()
	results, err := p.putAs(ctx, predictionKey(in.Job, resultsFile), func(to io.Writer) (err error) {
		out.Counts, err = p.Times.predictor(model).AnswerLines(ctx, file, io.MultiWriter(to, sum), toldOf(w, "answering", queries.Bytes))
		return err
	})
	out.ResultsBytes, out.ResultsSHA256 = results.Bytes, hex.EncodeToString(sum.Sum(nil))
	if err == nil {
		w.Blob("results", results.Key)
	}
	return out, err
}

// putAs puts what write writes; when it fails, nothing.
func (p *Predictions) putAs(ctx context.Context, key string, write func(io.Writer) error) (blob.Info, error) {
	from, to := io.Pipe()
	written := make(chan struct{})
	go func() {
		defer close(written)
		to.CloseWithError(write(to))
	}()
	defer func() { from.Close(); <-written }() // a put that failed, or panicked, reads no further
	return p.Learn.Blobs.Put(ctx, key, from, blob.PutOptions{})
}

// finishJob queues the event that tells of the answers, with the end of the run.
func (p *Predictions) finishJob(ctx context.Context, w *step.Work, runID string, s rumbo.PredictionSummary) error {
	run, err := p.Store.Run(ctx, runID)
	if err != nil {
		return err
	}
	at := p.Clock()
	run.State, run.FinishedAt = rumbo.RunDone, &at
	w.Rows(s.Counts.Queries, s.Counts.Answered)
	w.Figures("summary", s)
	return p.tell(run, s, rumbo.EventPredictionFinished, func(events []rumbo.Delivery) error {
		w.Commit(func(tx store.Tx) error { return addDeliveries(ctx, tx, events) })
		return nil
	})
}

// failJob keeps with a run that ends without answers what is known of it, and tells of it.
func (p *Predictions) failJob(ctx context.Context, tx store.Tx, run rumbo.Run, cause error) error {
	s, err := summaryOf(ctx, tx, run)
	if err != nil {
		return err
	}
	s.Counts.Answered = 0 // nobody will see them
	if code := rumbo.CodeOf(cause); code != rumbo.Internal {
		s.Code = code
	}
	if run.Result, err = json.Marshal(s); err != nil {
		return err
	}
	if err := tx.SetRun(ctx, run); err != nil {
		return err
	}
	return p.tell(run, s, rumbo.EventPredictionFailed, func(events []rumbo.Delivery) error { return addDeliveries(ctx, tx, events) })
}

// tell hands on the event about a job that ends, none when nobody asked for it.
func (p *Predictions) tell(run rumbo.Run, s rumbo.PredictionSummary, kind string, send func([]rumbo.Delivery) error) error {
	job, err := jobOf(run, s)
	if err != nil {
		return err
	}
	events, err := p.event(kind, job.ID, job.CallbackURL, job)
	if err != nil {
		return err
	}
	return send(events)
}

// summaryOf is what a run has come to: its result, or what its steps tell.
func summaryOf(ctx context.Context, r store.RunReader, run rumbo.Run) (s rumbo.PredictionSummary, err error) {
	if len(run.Result) > 0 {
		err = json.Unmarshal(run.Result, &s)
		return s, err
	}
	steps, err := r.Steps(ctx, run.ID)
	if err != nil {
		return s, err
	}
	for _, at := range steps {
		switch at.Name {
		case "check":
			s.Counts.Queries, s.Counts.Faulty = at.RowsIn, at.RowsIn-at.RowsOut
			if err := checkedSoFar(at, &s); err != nil {
				return s, err
			}
		case "predict":
			s.Counts.Answered = at.RowsOut
		}
	}
	return s, nil
}

// checkedSoFar reads what the first step left, also when it failed.
func checkedSoFar(at rumbo.Step, s *rumbo.PredictionSummary) error {
	for _, a := range at.Artifacts {
		if a.Name == faultsArtifact {
			if err := json.Unmarshal(a.Data, &s.Faults); err != nil {
				return err
			}
		}
	}
	if len(at.Result) == 0 {
		return nil
	}
	var checked checkedQueries
	err := json.Unmarshal(at.Result, &checked)
	s.PredictionModel, s.Counts = checked.PredictionModel, checked.Counts
	return err
}
