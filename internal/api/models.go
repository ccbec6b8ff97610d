package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

func (s *server) modelEndpoints() []*endpoint {
	d, tag := s.document, "models"
	return []*endpoint{
		operation("GET", "/v1/models", "list-models", tag, "List models").needs(ScopeRead).
			answers(d, http.StatusOK, "The newest version of every model", client.Page[rumbo.ModelVersion]{Items: []rumbo.ModelVersion{exampleModel()}}).
			by(func(ctx context.Context, _ *request) (*answer, error) {
				return modelList(s.Models.Models(ctx))
			}),
		operation("GET", "/v1/models/{name}", "list-model-versions", tag, "List the versions of a model").needs(ScopeRead).
			takes(pathParam("name", "Name of the model")).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "All versions, newest first", client.Page[rumbo.ModelVersion]{Items: []rumbo.ModelVersion{exampleModel()}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return modelList(s.Models.Versions(ctx, r.params["name"]))
			}),
		operation("GET", "/v1/models/{name}/{version}", "read-model-version", tag, "Read a version").needs(ScopeRead).
			takes(pathParam("name", "Name of the model"), pathParam("version", "Number of the version")).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The version with its figures, the floors and where it came from", exampleModel()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				n, err := strconv.Atoi(r.params["version"])
				if err != nil || n < 1 {
					return nil, rumbo.Fault(rumbo.NotFound, "api.readModel", "Versions are numbers from 1.", nil)
				}
				m, err := s.Models.Version(ctx, r.params["name"], n)
				return oneAnswer(nonNull(m), err)
			}),
		operation("POST", "/v1/models/{name}/rollback", "rollback-model", tag, "Make an earlier version champion").needs(ScopeLearn).
			takes(pathParam("name", "Name of the model")).fails(http.StatusNotFound).
			body(d, client.RollbackRequest{Version: 1}).
			answers(d, http.StatusOK, "The version, now champion", exampleModel()).
			by(s.rollback),
	}
}

func (s *server) rollback(ctx context.Context, r *request) (*answer, error) {
	body, err := decode(r, func(q client.RollbackRequest) []rumbo.FieldError {
		return within("/version", float64(q.Version), 1, 1e9)
	})
	if err != nil {
		return nil, err
	}
	m, err := s.Models.Rollback(ctx, r.params["name"], body.Version)
	return oneAnswer(nonNull(m), err)
}

func modelList(list []rumbo.ModelVersion, err error) (*answer, error) {
	if err != nil {
		return nil, err
	}
	items := make([]rumbo.ModelVersion, len(list))
	for i, m := range list {
		items[i] = nonNull(m)
	}
	return jsonAnswer(http.StatusOK, client.Page[rumbo.ModelVersion]{Items: items})
}

// nonNull gives a version the empty lists and objects that the document promises.
func nonNull(m rumbo.ModelVersion) rumbo.ModelVersion {
	if m.Floors == nil {
		m.Floors = map[string]rumbo.Metrics{}
	}
	if m.Lineage.Batches == nil {
		m.Lineage.Batches = []string{}
	}
	if m.Lineage.Parameters == nil {
		m.Lineage.Parameters = map[string]any{}
	}
	return m
}
