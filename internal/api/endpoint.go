package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// endpoint is one operation of the OpenAPI document and what serves it. The
// document's own parameters are what requests are checked against, so the two
// cannot part.
type endpoint struct {
	huma.Operation
	scope string // "" for endpoints without key
	raw   bool   // the body is streamed to the handler instead of read as JSON
	// rawWhen, when set, says of which requests the body is streamed, in one of rawMedia (those
	// of payloads when nil); that of the others is JSON.
	rawWhen  func(*http.Request) bool
	rawMedia []string
	check    func(*request) []rumbo.FieldError // what the document cannot say about the parameters; may be nil
	handle   handler
}

type handler func(ctx context.Context, r *request) (*answer, error)

// request is what a handler sees.
type request struct {
	http   *http.Request
	params params
	raw    bool               // the body is streamed
	faults []rumbo.FieldError // of the parameters of JSON endpoints: decode reports them with those of the body
	body   []byte             // of JSON endpoints
	stream io.Reader          // of raw endpoints
	token  string             // names the effect of a POST
	key    store.Key
	lang   rumbo.Language
}

// answer is what a handler says; it is a value, so that it can be kept for the
// repetition of a request.
type answer struct {
	status int
	header http.Header
	body   []byte
	// keep, when set, is kept for repetitions in place of a body with a secret.
	keep []byte
	// stream, when set, writes the body instead, as it comes (server-sent events).
	stream func(ctx context.Context, w http.ResponseWriter)
}

// jsonAnswer encodes v; a value that cannot be encoded is a defect of ours.
func jsonAnswer(status int, v any) (*answer, error) {
	body, err := encode(v)
	if err != nil {
		return nil, rumbo.Fault(rumbo.Internal, "api.jsonAnswer", fmt.Sprintf("encoding %T", v), err)
	}
	return &answer{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: body}, nil
}

// encode writes JSON with a line end, and leaves < > & as they are: nobody
// puts our answers into HTML unescaped, and people read them.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

func (a *answer) with(name, value string) *answer {
	a.header.Set(name, value)
	return a
}

func (a *answer) write(ctx context.Context, w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.stream != nil {
		a.stream(ctx, w)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that has gone needs no answer
}

func pageAnswer[T any](p store.Page[T], err error) (*answer, error) {
	if err != nil {
		return nil, err
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return jsonAnswer(http.StatusOK, client.Page[T]{Items: p.Items, Next: p.Next})
}

// oneAnswer is the answer to a read by ID.
func oneAnswer[T any](v T, err error) (*answer, error) {
	if err != nil {
		return nil, err
	}
	return jsonAnswer(http.StatusOK, v)
}

// replace answers a PUT of a document that the installation has one of.
func replace[T any](ctx context.Context, r *request, validate func(T) []rumbo.FieldError,
	set func(context.Context, T) error, read func(context.Context) (T, error)) (*answer, error) {
	document, err := decode(r, validate)
	if err == nil {
		err = set(ctx, document)
	}
	if err != nil {
		return nil, err
	}
	return oneAnswer(read(ctx))
}

// ServeHTTP of an endpoint, in the order in which a request earns its way in:
// key, scope, parameters, body, idempotency, handler.
func (s *server) serve(ep *endpoint, w http.ResponseWriter, hr *http.Request) error {
	r := &request{http: hr, lang: rumbo.PickLanguage(hr.Header.Get("Accept-Language"))}
	if ep.scope != "" {
		key, err := authenticate(hr.Context(), s.Store, hr)
		if err != nil {
			return err
		}
		if err := authorize(key, ep.scope); err != nil {
			return err
		}
		r.key = key
		note(hr.Context(), "key", key.Prefix)
		if err := s.checkRate(ep, w, key.Prefix); err != nil {
			return err
		}
	}
	a, err := s.answerTo(ep, w, r)
	if err != nil {
		return err
	}
	if ep.Method == http.MethodGet && a.status == http.StatusOK && a.stream == nil {
		a = conditional(hr, a)
	}
	a.write(hr.Context(), w)
	return nil
}

// answerTo checks the parameters and runs the handler. With a JSON body the
// faults of the parameters wait for those of the body.
func (s *server) answerTo(ep *endpoint, w http.ResponseWriter, r *request) (*answer, error) {
	if ep.scope == "" {
		return ep.handle(r.http.Context(), r) // health and metrics: whoever probes them may add what it likes
	}
	r.params, r.faults = checkParameters(&ep.Operation, r.http)
	r.raw = ep.raw || ep.rawWhen != nil && ep.rawWhen(r.http)
	r.faults = append(r.faults, checkHeaders(ep, r.http)...)
	if ep.check != nil {
		r.faults = append(r.faults, ep.check(r)...)
	}
	if len(r.faults) > 0 && (ep.Method == http.MethodGet || r.raw) {
		return nil, rumbo.InvalidFields("api."+ep.OperationID, r.faults)
	}
	if ep.Method == http.MethodPost {
		return s.servePost(ep, w, r)
	}
	if ep.RequestBody != nil { // PUT and PATCH: a repeat has the same effect without a key
		body, err := s.readJSON(w, r.http)
		if err != nil {
			return nil, err
		}
		r.body = body
	}
	return ep.handle(r.http.Context(), r)
}

func (s *server) servePost(ep *endpoint, w http.ResponseWriter, r *request) (*answer, error) {
	if r.raw {
		stream, err := s.openStream(w, r.http, ep.rawMedia)
		if err != nil {
			return nil, err
		}
		r.stream = stream
	} else {
		body, err := s.readJSON(w, r.http)
		if err != nil {
			return nil, err
		}
		r.body = body
		if len(body) == 0 && ep.RequestBody != nil && !ep.RequestBody.Required && ep.rawWhen == nil {
			r.body = []byte("{}")
		}
	}
	if r.http.Header.Get(headerIdempotency) != "" && len(r.faults) == 0 {
		return s.once(ep, r)
	}
	token, err := newToken(s.Clock(), s.Random)
	if err != nil {
		return nil, rumbo.Fault(rumbo.Internal, "api.servePost", "no random bytes", err)
	}
	r.token = token
	return ep.handle(r.http.Context(), r)
}
