package api

import (
	"context"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func (s *server) runEndpoints() []*endpoint {
	d, tag := s.document, "runs"
	return []*endpoint{
		operation("POST", "/v1/runs", "start-run", tag, "Start training").needs(ScopeLearn).
			about("Trains a model on all loaded trips, holds the latest ones out to measure it, and makes it champion when it beats the simple predictions.").
			takes(waits()).body(d, client.RunRequest{Flow: rumbo.FlowTrain, Parameters: rumbo.TrainRequest{Features: "R", Seed: 1}}).
			answers(d, http.StatusAccepted, "The run is queued", exampleRun(rumbo.RunQueued)).located(http.StatusAccepted).
			answers(d, http.StatusOK, "The run ended while you waited", exampleRun(rumbo.RunDone)).located(http.StatusOK).
			by(s.startRun),
		operation("GET", "/v1/runs", "list-runs", tag, "List runs, newest first").needs(ScopeRead).
			takes(choiceParam("flow", "Only this flow", rumbo.FlowTrain),
				choiceParam("state", "Only this state", rumbo.RunQueued, rumbo.RunRunning, rumbo.RunDone, rumbo.RunFailed)).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of runs", client.Page[rumbo.Run]{Items: []rumbo.Run{exampleRun(rumbo.RunDone)}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				q := store.RunQuery{Flow: r.params["flow"], State: r.params["state"]}
				return pageAnswer(s.Store.Runs(ctx, q, r.params["after"], r.params.number("limit")))
			}),
		operation("GET", "/v1/runs/{id}", "read-run", tag, "Read a run").needs(ScopeRead).
			takes(pathParam("id", "ID of the run"), waits()).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The run with its progress, or its result", exampleRun(rumbo.RunDone)).
			by(func(ctx context.Context, r *request) (*answer, error) {
				run, _, err := await(ctx, r.http, s.runReader(r.params["id"]), runEnded)
				return oneAnswer(run, err)
			}),
	}
}

func (s *server) startRun(ctx context.Context, r *request) (*answer, error) {
	body, err := decode(r, checkRun)
	if err != nil {
		return nil, err
	}
	run, err := s.Runs.StartTraining(ctx, r.token, body.Parameters)
	if err != nil {
		return nil, err
	}
	note(ctx, "run", run.ID)
	run, ended, err := await(ctx, r.http, s.runReader(run.ID), runEnded)
	return accepted("/v1/runs/"+run.ID, run, ended, err)
}

func (s *server) runReader(id string) func(context.Context) (rumbo.Run, error) {
	return func(ctx context.Context) (rumbo.Run, error) { return s.Store.Run(ctx, id) }
}

func runEnded(r rumbo.Run) bool { return r.State == rumbo.RunDone || r.State == rumbo.RunFailed }

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
