package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
)

// judge holds answers against the published document. It shares no code with
// the server: the document is read back from its YAML by another library.
type judge struct {
	mu sync.Mutex
	v  validator.Validator
}

var theJudge = sync.OnceValues(func() (*judge, error) {
	s := &server{document: newDocument("test")}
	s.Build = "test"
	for _, ep := range s.endpoints() {
		describe(s.document, ep)
	}
	finish(s.document)
	text, err := s.document.YAML()
	if err != nil {
		return nil, err
	}
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return &judge{v: v}, nil
})

// conforms fails the test when an answer is not what the document promises: an
// unlisted status, another content type, a body that breaks its schema.
func conforms(t *testing.T, r *http.Request, rec *httptest.ResponseRecorder) {
	t.Helper()
	media := rec.Header().Get("Content-Type")
	if !strings.HasPrefix(r.URL.Path, "/v1/") || strings.Contains(r.URL.Path, "/.") || r.Method == http.MethodHead || rec.Code == http.StatusNotModified || rec.Code == http.StatusMethodNotAllowed ||
		rec.Code == http.StatusNoContent || rec.Code == http.StatusNotFound && strings.Contains(rec.Body.String(), "No endpoint") || strings.HasPrefix(media, "text/") || strings.Contains(media, "geo+json") || media == mediaLines {
		return
	}
	j, err := theJudge()
	if err != nil {
		t.Fatal(err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	answer := &http.Response{StatusCode: rec.Code, Header: rec.Header(), Body: io.NopCloser(bytes.NewReader(rec.Body.Bytes())), Request: r}
	if ok, faults := j.v.ValidateHttpResponse(r, answer); !ok {
		for _, f := range faults {
			t.Errorf("%s %s answered %d against the document: %s: %s %v\n%s", r.Method, r.URL.Path, rec.Code, f.Message, f.Reason, f.SchemaValidationErrors, rec.Body)
		}
	}
}

func TestDocumentIsValid(t *testing.T) {
	j, err := theJudge()
	if err != nil {
		t.Fatal(err)
	}
	if ok, faults := j.v.ValidateDocument(); !ok {
		for _, f := range faults {
			t.Errorf("%s: %s %v", f.Message, f.Reason, f.SchemaValidationErrors)
		}
	}
}

// Every request example of the document is sent, and answered as promised.
func TestExamplesAreServed(t *testing.T) {
	w := newWorld(t)
	w.finish = true
	w.addPlan(examplePlan("done"))
	w.quarantined()
	w.tx(func(ctx context.Context, tx store.Tx) error { return tx.AddRun(ctx, exampleRun(rumbo.RunQueued)) })
	s := testServer(t)
	sent := 0
	for _, ep := range s.endpoints() {
		if ep.RequestBody == nil {
			continue
		}
		for media, content := range ep.RequestBody.Content {
			if media == mediaParquet {
				continue // bytes have no example
			}
			body, err := encode(content.Example)
			if err != nil {
				t.Fatal(err)
			}
			if text, ok := content.Example.(string); ok {
				body = []byte(text)
			}
			target := strings.Replace(ep.Path, "{name}", "travel-time", 1)
			id := exampleQuarantine().BatchID
			if strings.HasPrefix(ep.Path, "/v1/runs/") {
				id = exampleRun("").ID
			}
			target = strings.NewReplacer("{id}", id, "{row}", "17").Replace(target)
			if ep.Path == "/v1/ingestions" {
				target += map[string]string{"application/json": "?kind=depots", "text/csv": "?kind=trips", "application/x-ndjson": "?kind=depots"}[media]
			}
			w.models = append(w.models[:0], exampleModel())
			r := w.do(ep.Method, target, string(body), "Content-Type", media)
			if !slices.Contains([]int{200, 201, 202}, r.Code) {
				t.Errorf("%s: the example is answered %d %s", ep.Path, r.Code, r.Body)
			}
			sent++
		}
	}
	if sent < 7 {
		t.Errorf("only %d examples", sent)
	}
}
