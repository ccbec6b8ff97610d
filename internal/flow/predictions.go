package flow

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Predictions is the walk of many queries: a file of them becomes a file of answers. The job
// is its run, the files are blobs named after it: there is nothing else to keep in step.
type Predictions struct {
	*Plan
	Learn *Learn // whose inbox and bucket take the files
}

// Files of a job, in a folder of its own.
const (
	predictionFolder = "predictions/"
	queriesFile      = "queries.ndjson"
	resultsFile      = "results.ndjson"
)

func predictionKey(job, file string) string { return predictionFolder + job + "/" + file }

// jobOfKey is the job that a file belongs to.
func jobOfKey(key string) string {
	job, _, _ := strings.Cut(strings.TrimPrefix(key, predictionFolder), "/")
	return job
}

// SubmitQueries keeps a file of queries and queues the run that answers it ("pred_" +
// token). NoModel at once, rather than after the file has been sent in vain.
func (p *Predictions) SubmitQueries(ctx context.Context, token string, q rumbo.QueryFile) (rumbo.PredictionJob, error) {
	const op = "flow.SubmitQueries"
	if err := rumbo.InvalidFields(op, p.callback(q.CallbackURL)); err != nil {
		return rumbo.PredictionJob{}, err
	}
	id := "pred_" + token
	if known, err := p.Job(ctx, id); rumbo.CodeOf(err) != rumbo.NotFound { // the answer to the first try got lost
		if err == nil && q.Body != nil {
			_, err = io.Copy(io.Discard, q.Body)
		}
		return known, err
	}
	if _, err := p.Times.Registry.Champion(ctx, rumbo.TravelTime); err != nil {
		return rumbo.PredictionJob{}, err
	}
	parameters, err := p.keep(ctx, op, id, q)
	if err != nil {
		return rumbo.PredictionJob{}, err
	}
	run := runOf(rumbo.FlowPredict, id, p.Clock(), parameters)
	err = once(ctx, p.Store,
		func(tx store.Tx) error { return tx.AddRun(ctx, run) },
		func() (err error) { run, err = p.Store.Run(ctx, run.ID); return err },
		taskOf(run))
	if err != nil {
		return rumbo.PredictionJob{}, err
	}
	p.Learn.usedUp(ctx, q.Upload)
	return jobOf(run, rumbo.PredictionSummary{})
}

// keep puts the queries, sent or uploaded, where the run looks for them.
func (p *Predictions) keep(ctx context.Context, op, id string, q rumbo.QueryFile) (rumbo.PredictionParameters, error) {
	if q.Upload != "" {
		body, err := p.Learn.openUpload(ctx, op, q.Upload)
		if err != nil {
			return rumbo.PredictionParameters{}, err
		}
		defer body.Close()
		q.Body = body
	}
	kept, err := p.Learn.Inbox.KeepLines(ctx, predictionKey(id, queriesFile), q.Body)
	return rumbo.PredictionParameters{Bytes: kept.Bytes, SHA256: kept.SHA256, CallbackURL: q.CallbackURL}, err
}

// AnswerQueries is the background half of a job: the model is chosen and every line looked
// at, all lines are answered by that model, and the end is told.
func (p *Predictions) AnswerQueries(ctx context.Context, id string) error {
	return p.walk(ctx, rumbo.FlowPredict, id, func(ctx context.Context, run *step.Run) error {
		var asked rumbo.PredictionParameters
		if err := run.Parameters(&asked); err != nil {
			return err
		}
		checked, err := step.Do(ctx, run, "check", asked, func(ctx context.Context, w *step.Work, asked rumbo.PredictionParameters) (checkedQueries, error) {
			return p.check(ctx, w, run.Subject(), asked)
		})
		if err != nil {
			return err
		}
		// The answers are the job's own, so a repetition does not take them over.
		summary, err := step.Do(ctx, run, "predict", answerable{run.Subject(), checked}, p.answer)
		if err != nil {
			return err
		}
		_, err = step.Do(ctx, run, "finish", summary, func(ctx context.Context, w *step.Work, s rumbo.PredictionSummary) (rumbo.PredictionSummary, error) {
			return s, p.finishJob(ctx, w, run.ID(), s)
		}, step.Tries(5), step.Last())
		return err
	})
}

// Job reads a job as far as it is. NotFound.
func (p *Predictions) Job(ctx context.Context, id string) (rumbo.PredictionJob, error) {
	run, err := p.Store.Run(ctx, runID(id))
	if rumbo.CodeOf(err) == rumbo.NotFound || err == nil && (run.Flow != rumbo.FlowPredict || run.Subject != id) {
		return rumbo.PredictionJob{}, rumbo.Fault(rumbo.NotFound, "flow.Job", "no job "+id, nil)
	}
	if err != nil {
		return rumbo.PredictionJob{}, err
	}
	summary, err := summaryOf(ctx, p.Store, run)
	if err != nil {
		return rumbo.PredictionJob{}, err
	}
	return jobOf(run, summary)
}

// Results opens the answers of a job. NotFound when there is no such job, when it ended
// without answers and when they are no longer kept; Conflict while it has not ended.
func (p *Predictions) Results(ctx context.Context, id string) (rumbo.PredictionJob, io.ReadSeekCloser, error) {
	const op = "flow.Results"
	job, err := p.Job(ctx, id)
	switch {
	case err != nil:
		return job, nil, err
	case !job.Ended():
		return job, nil, &rumbo.Error{Code: rumbo.Conflict, Op: op, Detail: "the job is " + job.State + ": there are no answers yet", Hint: "wait for it: GET /v1/predictions/{id} with Prefer: wait=60"}
	case job.State != rumbo.RunDone:
		return job, nil, rumbo.Fault(rumbo.NotFound, op, "the job is "+job.State+": it has no answers", nil)
	}
	results, err := p.Learn.Blobs.Open(ctx, predictionKey(id, resultsFile))
	if rumbo.CodeOf(err) == rumbo.NotFound {
		err = &rumbo.Error{Code: rumbo.NotFound, Op: op, Detail: "the answers of " + id + " are no longer kept", Hint: "send the queries again; /v1/retention says how long payloads are kept"}
	}
	return job, results, err
}

// jobOf is the job of a run.
func jobOf(run rumbo.Run, s rumbo.PredictionSummary) (rumbo.PredictionJob, error) {
	job := rumbo.PredictionJob{ID: run.Subject, RunID: run.ID, State: run.State, PredictionSummary: s, Error: run.Error,
		CreatedAt: run.CreatedAt, StartedAt: run.StartedAt, FinishedAt: run.FinishedAt}
	if err := json.Unmarshal(run.Parameters, &job.PredictionParameters); err != nil {
		return job, rumbo.Fault(rumbo.Corrupt, "flow.Job", "the parameters of run "+run.ID, err)
	}
	if job.State == rumbo.RunDone {
		job.Results = "/v1/predictions/" + job.ID + "/results"
	}
	return job, nil
}

// copyQueries gives the repetition of a job its own copy of the queries: then every file has
// one job, and goes when that may go. Conflict when they are no longer kept.
func (r *Runs) copyQueries(ctx context.Context, from, to string) error {
	file, err := r.Blobs.Open(ctx, predictionKey(from, queriesFile))
	if rumbo.CodeOf(err) == rumbo.NotFound {
		return &rumbo.Error{Code: rumbo.Conflict, Op: "flow.Rerun", Detail: "the queries of " + from + " are no longer kept", Hint: "send them again; /v1/retention says how long payloads are kept"}
	}
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = r.Blobs.Put(ctx, predictionKey(to, queriesFile), file, blob.PutOptions{})
	return err
}
