package api

import (
	"context"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
)

// Retention keeps the document that says how long things are kept.
type Retention interface {
	// Retention is the installation's document, or the default.
	Retention(ctx context.Context) (rumbo.RetentionDocument, error)
	// SetRetention replaces it. Invalid with every fault.
	SetRetention(ctx context.Context, d rumbo.RetentionDocument) error
}

func (s *server) retentionEndpoints() []*endpoint {
	d, tag := s.document, "runs"
	return []*endpoint{
		operation("GET", "/v1/retention", "read-retention", tag, "Read how long things are kept").needs(ScopeRead).
			answers(d, http.StatusOK, "The document; the default until another is put", rumbo.DefaultRetention()).
			by(func(ctx context.Context, _ *request) (*answer, error) { return oneAnswer(s.Retention.Retention(ctx)) }),
		operation("PUT", "/v1/retention", "replace-retention", tag, "Replace how long things are kept").needs(ScopeLearn).
			about("The whole document. Nothing is removed until a run of `retention` goes by it: by `POST /v1/runs`, first with `dry_run`, or on a schedule.").
			body(d, rumbo.DefaultRetention()).answers(d, http.StatusOK, "The document as it is kept", rumbo.DefaultRetention()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return replace(ctx, r, rumbo.RetentionDocument.Validate, s.Retention.SetRetention, s.Retention.Retention)
			}),
	}
}
