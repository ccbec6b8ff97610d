package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

const headerRequestID = "X-Request-Id"

// visit is what is known of a request while it is served; the log line at its
// end is made of it.
type visit struct {
	id    string
	mu    sync.Mutex
	attrs []slog.Attr
	cause error
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// note adds something to the request's log line.
func note(ctx context.Context, name, value string) {
	if v := visitOf(ctx); v != nil {
		v.mu.Lock()
		v.attrs = append(v.attrs, slog.String(name, value))
		v.mu.Unlock()
	}
}

// outermost wraps every request: its ID, security headers, its log line and
// figures, and an answer even when a handler panics.
func (s *server) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.Clock()
		ended := s.Metrics.RequestBegan()
		v := &visit{id: s.requestID(r)}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		rec := &recorder{ResponseWriter: w}
		secure(w.Header(), v.id)
		if s.crossOrigin(w.Header(), r) {
			w.WriteHeader(http.StatusNoContent)
			ended("preflight", r.Method, http.StatusNoContent, s.Clock().Sub(start))
			return
		}
		defer func() {
			if cause := recover(); cause != nil {
				s.panicked(rec, r, cause)
			}
			took := s.Clock().Sub(start)
			ended(s.pattern(r), r.Method, rec.sent(), took)
			s.log(r, v, rec, took)
		}()
		if p := r.URL.Path; !strings.HasPrefix(p, "/") || p != "/" && path.Clean(r.URL.EscapedPath()) != strings.TrimSuffix(r.URL.EscapedPath(), "/") {
			s.fail(rec, r, rumbo.Fault(rumbo.NotFound, "api", "", nil)) // the mux would redirect
			return
		}
		next.ServeHTTP(rec, r)
	})
}

var goodRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// requestID takes the caller's name for the request when it is a harmless one.
func (s *server) requestID(r *http.Request) string {
	if id := r.Header.Get(headerRequestID); goodRequestID.MatchString(id) {
		return id
	}
	token, err := newToken(s.Clock(), s.Random)
	if err != nil {
		return "req_unnamed" // a request without a name is better than none
	}
	return "req_" + token
}

func secure(h http.Header, id string) {
	h.Set(headerRequestID, id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// crossOrigin lets the configured web pages call the API (the Fetch standard's
// CORS protocol) and says whether the request was only the browser's question.
func (s *server) crossOrigin(h http.Header, r *http.Request) (preflight bool) {
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.Contains(s.Origins, origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Location, Retry-After, ETag, "+headerRequestID+", "+headerReplayed)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Add("Vary", "Origin")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept-Language, Prefer, If-None-Match, "+headerIdempotency+", "+headerRequestID)
	h.Set("Access-Control-Max-Age", "600")
	return true
}

// pattern is the endpoint for metrics: never the path, which has no bound.
func (s *server) pattern(r *http.Request) string {
	_, pattern := s.mux.Handler(r)
	if _, p, ok := strings.Cut(pattern, " "); ok {
		return p
	}
	return "unknown"
}

func (s *server) panicked(w *recorder, r *http.Request, cause any) {
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	s.Metrics.Panicked()
	s.Log.Error("panic", "request", visitOf(r.Context()).id, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if w.status == 0 {
		s.fail(w, r, rumbo.Fault(rumbo.Internal, "api", "panic", nil))
	}
}

// fail answers with the problem of err.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	v := visitOf(r.Context())
	v.cause = err
	if r.Context().Err() != nil && rumbo.CodeOf(err) == rumbo.Internal {
		err = rumbo.Fault(rumbo.Canceled, "api", "", err) // the client went away: not a defect
	}
	lang := rumbo.PickLanguage(r.Header.Get("Accept-Language"))
	p := problemOf(err, lang)
	p.Instance, p.RequestID = r.URL.Path, v.id
	// What is left of the body is read to its end before the answer goes out:
	// not for ever.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.stall))
	if p.Status == http.StatusRequestEntityTooLarge || p.Status == http.StatusUnsupportedMediaType {
		w.Header().Set("Connection", "close") // do not read what nobody wants
	}
	writeProblem(w, p, lang)
}

// unknown tells an unknown path from a known one with another method.
func (s *server) unknown(w http.ResponseWriter, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(probe); strings.Contains(pattern, " ") {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 && !slices.Contains(allowed, r.Method) {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return &rumbo.Error{Code: rumbo.MethodNotAllowed, Op: "api", Hint: "Allowed here: " + strings.Join(allowed, ", ") + "."}
	}
	return &rumbo.Error{Code: rumbo.NotFound, Op: "api", Detail: "No endpoint has this path.", Hint: "/docs lists all endpoints."}
}

// log writes one line a request. Server faults are errors with their cause;
// the caller's faults are plain facts.
func (s *server) log(r *http.Request, v *visit, w *recorder, took time.Duration) {
	level := slog.LevelInfo
	attrs := append([]slog.Attr{
		slog.String("request", v.id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", w.sent()), slog.Int64("bytes", w.bytes), slog.Duration("took", took),
	}, v.attrs...)
	if v.cause != nil {
		attrs = append(attrs, slog.String("code", string(rumbo.CodeOf(v.cause))))
		if w.sent() >= http.StatusInternalServerError && !errors.Is(v.cause, context.Canceled) {
			level = slog.LevelError
			attrs = append(attrs, slog.String("cause", v.cause.Error()))
		}
	}
	if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics" {
		level = min(level, slog.LevelDebug)
	}
	s.Log.LogAttrs(r.Context(), level, "http", attrs...)
}

// recorder remembers status and size of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

func (r *recorder) sent() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
