package api

import (
	"errors"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

const problemType = "application/problem+json"

// statusOf is the one place where a fault becomes an HTTP status.
func statusOf(code rumbo.Code, fields []rumbo.FieldError) int {
	switch code {
	case rumbo.Invalid:
		if unreadable(fields) {
			return http.StatusBadRequest
		}
		return http.StatusUnprocessableEntity
	case rumbo.BadJSON, rumbo.NotUTF8, rumbo.EmptyPayload, rumbo.TruncatedPayload:
		return http.StatusBadRequest
	case rumbo.NotFound:
		return http.StatusNotFound
	case rumbo.Unauthorized:
		return http.StatusUnauthorized
	case rumbo.Forbidden:
		return http.StatusForbidden
	case rumbo.Conflict, rumbo.IdempotencyPending, rumbo.NoModel, rumbo.NoData:
		return http.StatusConflict
	case rumbo.TooLarge:
		return http.StatusRequestEntityTooLarge
	case rumbo.UnsupportedMedia:
		return http.StatusUnsupportedMediaType
	case rumbo.MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case rumbo.RateLimited:
		return http.StatusTooManyRequests
	case rumbo.Unavailable, rumbo.NoRoads, rumbo.Locked, rumbo.Canceled:
		return http.StatusServiceUnavailable
	case rumbo.Internal, rumbo.Corrupt:
		return http.StatusInternalServerError
	}
	return http.StatusUnprocessableEntity // IdempotencyReused and the faults of fields
}

// unreadable says that the body could not even be parsed: then it is a bad
// request rather than one with wrong content.
func unreadable(fields []rumbo.FieldError) bool {
	for _, f := range fields {
		switch f.Code {
		case rumbo.BadJSON, rumbo.NotUTF8, rumbo.TruncatedPayload:
			return true
		case rumbo.EmptyPayload: // an empty body; an empty list inside one is read well
			if f.Pointer == "" {
				return true
			}
		}
	}
	return false
}

// problemOf renders an error for a caller. What went wrong on our side is for
// the log alone: neither detail nor cause of it leaves the house.
func problemOf(err error, lang rumbo.Language) client.Problem {
	var e *rumbo.Error
	if !errors.As(err, &e) {
		e = &rumbo.Error{Code: rumbo.Internal}
	}
	p := client.Problem{
		Type: "/docs/errors#" + string(e.Code), Title: e.Code.Text(lang, rumbo.FieldError{Value: e.Detail}),
		Status: statusOf(e.Code, e.Fields), Code: e.Code, Errors: rumbo.Render(lang, e.Fields),
	}
	if p.Status != http.StatusInternalServerError {
		p.Detail, p.Hint = e.Detail, e.Hint
	}
	if len(p.Errors) == 0 {
		p.Errors = nil
	}
	return p
}

// writeProblem sends the problem. Values that JSON cannot hold (a NaN that
// was met) are left out rather than losing the whole answer.
func writeProblem(w http.ResponseWriter, p client.Problem, lang rumbo.Language) {
	body, err := encode(p)
	if err != nil {
		for i := range p.Errors {
			p.Errors[i].Value = nil
		}
		body, _ = encode(p) // only the values were of unknown types
	}
	h := w.Header()
	h.Set("Content-Type", problemType)
	h.Set("Content-Language", string(lang))
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language")
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="rumbo"`)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		if h.Get("Retry-After") == "" {
			h.Set("Retry-After", "5")
		}
	}
	if p.Code == rumbo.IdempotencyPending {
		h.Set("Retry-After", "1")
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // a client that has gone needs no answer
}
