package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
)

func (s *server) predictionEndpoints() []*endpoint {
	d, tag := s.document, "predictions"
	post := operation("POST", "/v1/predictions", "predict", tag, "Predict travel times").needs(ScopePlan).
		about("Answers at once with the champion model: the expected duration of each drive and what it stays below with probability 0.1, 0.5 and 0.9. "+
			"With `callback_url` the answer is also POSTed there as `prediction.finished`.\n\n"+
			"With `Content-Type: application/x-ndjson` the body is a file of queries, one a line, of any number: it is kept, answered with 202 and a job, and predicted in the background. "+
			"Lines at fault have their faults in place of an answer; a job with too many of them fails.").
		body(d, examplePredictionRequest()).
		answers(d, http.StatusOK, "One prediction for each query, in their order", examplePredictions()).
		by(s.predict)
	read := operation("GET", "/v1/predictions/{id}", "read-predictions", tag, "Read a job, or an answered set").needs(ScopeRead).
		about("The state, counts and model of a file of queries, or a set as it was answered.").
		takes(pathParam("id", "ID of the job or set"), waits()).fails(http.StatusNotFound).
		answers(d, http.StatusOK, "The job, or the set as it was answered", examplePredictionJob(rumbo.RunDone)).
		by(s.readPredictions)
	read.Responses["200"].Content["application/json"].Schema = &huma.Schema{AnyOf: []*huma.Schema{schemaOf(d, rumbo.PredictionJob{}), schemaOf(d, rumbo.PredictionSet{})}}
	return []*endpoint{s.mayBeFile(post), read, s.resultsEndpoint()}
}

func (s *server) predict(ctx context.Context, r *request) (*answer, error) {
	if r.raw {
		return s.predictFile(ctx, r)
	}
	body, err := decode(r, s.checkPredictions)
	if err != nil {
		return nil, err
	}
	set, err := s.Predictions.Predict(ctx, r.token, body)
	return oneAnswer(set, err)
}
