package api

import (
	"context"
	"net/http"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func (s *server) runEndpoints() []*endpoint {
	return append(s.runReaders(), s.runWriters()...)
}

// runReaders are the endpoints that show runs.
func (s *server) runReaders() []*endpoint {
	d, tag := s.document, "runs"
	for _, parameters := range []any{rumbo.TrainRequest{}, rumbo.RecalibrateRequest{}, rumbo.RetentionRequest{}, rumbo.BackupRequest{}, rumbo.PredictionParameters{}} {
		schemaOf(d, parameters) // what list-flows shows stands in the document too
	}
	watch := operation("GET", "/v1/runs/{id}/progress", "watch-run", tag, "Watch a run").needs(ScopeRead).
		about("Server-sent events: `state` with the run and its steps whenever they change, `log` with every line that it writes, `end` with the run and its steps when it has ended. " +
			"The lines written so far come first; `Last-Event-ID`, which browsers send by themselves, leaves out those that were seen.").
		takes(pathParam("id", "ID of the run")).fails(http.StatusNotFound).by(s.watchRun)
	watch.Responses["200"] = &huma.Response{Description: "Events until the run has ended", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}
	return []*endpoint{
		operation("GET", "/v1/flows", "list-flows", tag, "List flows").needs(ScopeRead).
			about("Every flow with what starts it, the schema of its parameters, how many runs are in which state, and the last ones.").
			answers(d, http.StatusOK, "All flows", client.Page[client.FlowInfo]{Items: []client.FlowInfo{exampleFlow()}}).
			by(s.listFlows),
		operation("GET", "/v1/runs", "list-runs", tag, "List runs, newest first").needs(ScopeRead).
			takes(choiceParam("flow", "Only this flow", rumbo.Flows()...), choiceParam("state", "Only this state", rumbo.RunStates()...),
				textParam("subject", "Only runs on this batch, prediction job, plan or delivery"),
				timeParam("from", "Only runs asked for at or after this time"), timeParam("until", "Only runs asked for before this time")).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of runs", client.Page[rumbo.Run]{Items: []rumbo.Run{exampleRun(rumbo.RunDone)}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				q := store.RunQuery{Flow: r.params["flow"], State: r.params["state"], Subject: r.params["subject"],
					From: r.params.time("from"), Until: r.params.time("until")}
				return pageAnswer(s.Store.Runs(ctx, q, r.params["after"], r.params.number("limit")))
			}),
		operation("GET", "/v1/runs/{id}", "read-run", tag, "Read a run").needs(ScopeRead).
			about("With its steps: when each began and ended, after which others, how often it was tried, what it left.").
			takes(pathParam("id", "ID of the run"), waits()).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The run with its progress, or its result, and its steps", exampleDetail()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				run, _, err := await(ctx, r.http, s.runReader(r.params["id"]), rumbo.Run.Ended)
				if err != nil {
					return nil, err
				}
				return oneAnswer(s.detail(ctx, run))
			}),
		operation("GET", "/v1/runs/{id}/log", "read-run-log", tag, "Read what a run wrote").needs(ScopeRead).
			takes(pathParam("id", "ID of the run"), textParam("step", "Only lines of this step")).takes(pageParams()...).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "A page of lines, oldest first", client.Page[rumbo.LogLine]{Items: []rumbo.LogLine{exampleLine()}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				if _, err := s.Store.Run(ctx, r.params["id"]); err != nil {
					return nil, err
				}
				return pageAnswer(s.Store.RunLog(ctx, r.params["id"], r.params["step"], r.params["after"], r.params.number("limit")))
			}),
		watch,
	}
}

// runWriters are the endpoints that change runs.
func (s *server) runWriters() []*endpoint {
	d, tag := s.document, "runs"
	return []*endpoint{
		operation("POST", "/v1/runs", "start-run", tag, "Start a run").needs(ScopeLearn).
			about("`train` trains a model on all loaded trips, holds the latest ones out to measure it, and makes it champion when it beats the simple predictions. "+
				"`recalibrate` fits the champion's correction anew to the latest trips: its quantiles follow slow drift, the model stays as it is. "+
				"`retention` removes what nobody needs any more, by the limits of `/v1/retention`. "+
				"`backup` copies the database and all objects to the place that the server was told of; 409 when it was told of none. "+
				"`GET /v1/flows` has the parameters of each; those of another flow are refused.").
			takes(waits()).body(d, client.RunRequest{Flow: rumbo.FlowTrain, Parameters: rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{Features: "R", Seed: 1}}}).
			answers(d, http.StatusAccepted, "The run is queued", exampleRun(rumbo.RunQueued)).located(http.StatusAccepted).
			answers(d, http.StatusOK, "The run ended while you waited", exampleRun(rumbo.RunDone)).located(http.StatusOK).
			by(s.startRun),
		operation("POST", "/v1/runs/{id}/cancel", "cancel-run", tag, "Cancel a run").needs(ScopeLearn).
			about("Ends a run that has not ended, and what it works on: a batch or plan fails, an event is given up. What was done before stays. Again it changes nothing; a run that has ended otherwise is a conflict.").
			takes(pathParam("id", "ID of the run")).mayHaveBody(d, client.CancelRequest{Reason: "wrong month"}).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The canceled run", exampleRun(rumbo.RunCanceled)).
			by(func(ctx context.Context, r *request) (*answer, error) {
				body, err := decode(r, func(q client.CancelRequest) []rumbo.FieldError { return noLonger("/reason", q.Reason, 500) })
				if err != nil {
					return nil, err
				}
				return oneAnswer(s.Runs.CancelRun(ctx, r.params["id"], body.Reason))
			}),
		operation("POST", "/v1/runs/{id}/rerun", "rerun", tag, "Repeat a run").needs(ScopeLearn).
			about("Starts a new run like one that has ended, whole or from a step on. A plan, or a file of predictions, is made anew beside the old one; a batch that failed is received again; an event is sent again. A batch that is loaded is a conflict.").
			takes(pathParam("id", "ID of the run"), waits()).mayHaveBody(d, client.RerunRequest{From: "promote"}).fails(http.StatusNotFound).
			answers(d, http.StatusAccepted, "The new run is queued", exampleRun(rumbo.RunQueued)).located(http.StatusAccepted).
			answers(d, http.StatusOK, "The new run ended while you waited", exampleRun(rumbo.RunDone)).located(http.StatusOK).
			by(s.rerun),
	}
}

func (s *server) startRun(ctx context.Context, r *request) (*answer, error) {
	body, err := decode(r, checkRun)
	if err != nil {
		return nil, err
	}
	return s.started(ctx, r)(s.Runs.StartRun(ctx, r.token, body.Flow, body.Parameters))
}

func (s *server) rerun(ctx context.Context, r *request) (*answer, error) {
	body, err := decode(r, func(q client.RerunRequest) []rumbo.FieldError { return noLonger("/from", q.From, 100) })
	if err != nil {
		return nil, err
	}
	return s.started(ctx, r)(s.Runs.Rerun(ctx, r.token, r.params["id"], body.From))
}

// started answers for a run that was started.
func (s *server) started(ctx context.Context, r *request) func(rumbo.Run, error) (*answer, error) {
	return func(run rumbo.Run, err error) (*answer, error) {
		if err != nil {
			return nil, err
		}
		note(ctx, "run", run.ID)
		run, ended, err := await(ctx, r.http, s.runReader(run.ID), rumbo.Run.Ended)
		return accepted("/v1/runs/"+run.ID, run, ended, err)
	}
}

func noLonger(at, text string, most int) []rumbo.FieldError {
	if n := utf8.RuneCountInString(text); n > most {
		return []rumbo.FieldError{{Pointer: at, Code: rumbo.TooLong, Value: n, Limit: most}}
	}
	return nil
}

func (s *server) runReader(id string) func(context.Context) (rumbo.Run, error) {
	return func(ctx context.Context) (rumbo.Run, error) { return s.Store.Run(ctx, id) }
}

// detail is a run with its steps.
func (s *server) detail(ctx context.Context, run rumbo.Run) (client.RunDetail, error) {
	steps, err := s.Store.Steps(ctx, run.ID)
	if steps == nil {
		steps = []rumbo.Step{}
	}
	return client.RunDetail{Run: run, Steps: steps}, err
}

// accepted is the answer to a request for long work: 202 with where to look,
// or 200 when it has ended already.
func accepted(location string, v any, ended bool, err error) (*answer, error) {
	if err != nil {
		return nil, err
	}
	status := http.StatusAccepted
	if ended {
		status = http.StatusOK
	}
	a, err := jsonAnswer(status, v)
	if err != nil {
		return nil, err
	}
	return a.with("Location", location), nil
}
