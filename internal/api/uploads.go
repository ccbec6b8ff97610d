package api

import (
	"context"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
)

func (s *server) uploadEndpoint() *endpoint {
	d := s.document
	return operation("POST", "/v1/uploads", "create-upload", "ingestions", "Get a place for a large payload").needs(ScopeIngest).
		about("For installations that keep payloads in S3: PUT the payload to `url` with `headers`, without your key, once; then `POST /v1/ingestions` with `upload` in place of a body. "+
			"It does not pass through the API, and it may be compressed with gzip. What is not taken in within a day is removed.").
		body(d, rumbo.UploadRequest{Bytes: 734003200}).
		answers(d, http.StatusCreated, "The place", exampleUpload()).
		by(func(ctx context.Context, r *request) (*answer, error) {
			body, err := decode(r, func(r rumbo.UploadRequest) []rumbo.FieldError { return r.Validate("") })
			if err != nil {
				return nil, err
			}
			up, err := s.Ingestions.Upload(ctx, r.token, body)
			if err != nil {
				return nil, err
			}
			return jsonAnswer(http.StatusCreated, up)
		})
}

// checkUpload refuses a payload that is sent in two ways.
func checkUpload(r *request) []rumbo.FieldError {
	if up := r.params["upload"]; up != "" && r.http.ContentLength > 0 {
		return []rumbo.FieldError{{Pointer: "upload", Code: rumbo.Conflicting, Value: up, Limit: "an empty body"}}
	}
	return nil
}

func exampleUpload() rumbo.Upload {
	return rumbo.Upload{ID: "upl_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", Method: http.MethodPut,
		URL:     "https://acme-rumbo.s3.eu-south-2.amazonaws.com/prod/uploads/upl_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=5e0f",
		Headers: map[string]string{"If-None-Match": "*"}, ExpiresAt: at(8, 0).UTC()}
}
