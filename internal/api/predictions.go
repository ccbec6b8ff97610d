package api

import (
	"context"
	"net/http"
)

func (s *server) predictionEndpoints() []*endpoint {
	d, tag := s.document, "predictions"
	return []*endpoint{
		operation("POST", "/v1/predictions", "predict", tag, "Predict travel times").needs(ScopePlan).
			about("Answers at once with the champion model: the expected duration of each drive and what it stays below with probability 0.1, 0.5 and 0.9. "+
				"With `callback_url` the answer is also POSTed there as `prediction.finished`.").
			body(d, examplePredictionRequest()).
			answers(d, http.StatusOK, "One prediction for each query, in their order", examplePredictions()).
			by(s.predict),
		operation("GET", "/v1/predictions/{id}", "read-predictions", tag, "Read an answered set").needs(ScopeRead).
			about("Sets that were asked for with a `callback_url` are kept.").
			takes(pathParam("id", "ID of the set")).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The set as it was answered", examplePredictions()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return oneAnswer(s.Store.Predictions(ctx, r.params["id"]))
			}),
	}
}

func (s *server) predict(ctx context.Context, r *request) (*answer, error) {
	body, err := decode(r, s.checkPredictions)
	if err != nil {
		return nil, err
	}
	set, err := s.Predictions.Predict(ctx, r.token, body)
	return oneAnswer(set, err)
}
