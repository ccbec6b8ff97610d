package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/webhook"
)

func (s *server) systemEndpoints() []*endpoint {
	d, tag := s.document, "system"
	health := client.Health{Status: "ok", Build: s.Build}
	metrics := operation("GET", "/metrics", "metrics", tag, "Figures for Prometheus").by(s.metrics)
	metrics.Responses["200"] = &huma.Response{Description: "Prometheus text format", Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}
	return []*endpoint{
		operation("GET", "/healthz", "live", tag, "Is the process alive?").
			answers(d, http.StatusOK, "It is", health).
			by(func(context.Context, *request) (*answer, error) { return jsonAnswer(http.StatusOK, health) }),
		operation("GET", "/readyz", "ready", tag, "Can it serve? Asks the store").fails(http.StatusServiceUnavailable).
			answers(d, http.StatusOK, "It can", health).
			by(func(ctx context.Context, _ *request) (*answer, error) {
				if err := s.Store.Ping(ctx); err != nil {
					return nil, rumbo.Fault(rumbo.Unavailable, "api.ready", "The store does not answer.", err)
				}
				return jsonAnswer(http.StatusOK, health)
			}),
		operation("GET", "/v1/limits", "read-limits", tag, "Read the limits in force").needs(ScopeRead).
			answers(d, http.StatusOK, "What one request, and one key, may ask for", s.limits()).
			by(func(context.Context, *request) (*answer, error) { return jsonAnswer(http.StatusOK, s.limits()) }),
		metrics,
	}
}

// limits are the constants and the configuration that requests are held against.
func (s *server) limits() client.Limits {
	return client.Limits{
		JSONBytes: maxJSON, PayloadBytes: s.MaxPayload, PredictionQueries: maxQueries, PlanIDs: maxIDs, PlanTimeLimitS: rumbo.MaxTimeLimitS,
		WaitS: int(maxWait.Seconds()), PageItems: maxPage, IdempotencyDays: int(keepReplies.Hours() / 24), WebhookAttempts: webhook.MaxAttempts,
		RequestsEachMinute: client.RateLimits{Ingest: s.Rates.Ingest, Work: s.Rates.Work, Read: s.Rates.Read},
	}
}

// metrics lets the registry write its own answer.
func (s *server) metrics(_ context.Context, r *request) (*answer, error) {
	return &answer{status: http.StatusOK, header: http.Header{},
		stream: func(_ context.Context, w http.ResponseWriter) { s.Metrics.Handler().ServeHTTP(w, r.http) }}, nil
}
