package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// Client is a connection to one server with one API key.
type Client struct {
	base     *url.URL
	key      string
	http     *http.Client
	language rumbo.Language
	tries    int
	pause    time.Duration // before the second try; doubles with each
}

// Option changes a Client.
type Option func(*Client)

// WithHTTPClient uses another HTTP client, as one with its own certificates.
func WithHTTPClient(h *http.Client) Option { return func(c *Client) { c.http = h } }

// WithLanguage asks for texts of faults in another language than English.
func WithLanguage(l rumbo.Language) Option { return func(c *Client) { c.language = l } }

// WithTries sets how often a request is sent before its fault is returned; 5
// when not set, 1 for never again.
func WithTries(n int) Option { return func(c *Client) { c.tries = max(1, n) } }

// WithPause sets the pause before the second try, which doubles with each; 200 ms when not set.
func WithPause(d time.Duration) Option { return func(c *Client) { c.pause = d } }

// New makes a client of the server at base, as "https://rumbo.example.com".
func New(base, key string, options ...Option) (*Client, error) {
	u, err := url.Parse(strings.TrimSuffix(base, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, &rumbo.Error{Code: rumbo.Invalid, Op: "client.New",
			Fields: []rumbo.FieldError{{Pointer: "base", Code: rumbo.BadURL, Value: base, Limit: "http://host or https://host"}}}
	}
	c := &Client{base: u, key: key, language: rumbo.English, tries: 5, pause: 200 * time.Millisecond,
		http: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	for _, o := range options {
		o(c)
	}
	return c, nil
}

// call is one request as the methods describe it.
type call struct {
	method, path string
	query        url.Values
	body         io.ReadSeeker // nil for none
	once         io.Reader     // a body that cannot be rewound, sent once
	media        string        // of the body
	accept       string        // "" for JSON
	idempotency  string        // "" for a key of our own
	wait         time.Duration // Prefer: wait
	gzip         bool          // the body is compressed
}

// do sends the call until it is answered for good and returns the answer's body.
func (c *Client) do(ctx context.Context, q call) ([]byte, error) {
	if q.method == http.MethodPost && q.idempotency == "" {
		q.idempotency = rand.Text()
	}
	pause := c.pause
	for try := 1; ; try++ {
		body, after, err := c.send(ctx, q)
		if err == nil || after < 0 || try >= c.tries || q.once != nil || ctx.Err() != nil {
			return body, err
		}
		select {
		case <-time.After(max(after, jitter(pause))):
		case <-ctx.Done():
			return nil, err
		}
		pause *= 2
	}
}

// never says that a fault will not go away by itself.
const never = time.Duration(-1)

// send makes one try. after is the least pause before another one, or never.
func (c *Client) send(ctx context.Context, q call) (body []byte, after time.Duration, err error) {
	op := q.method + " " + q.path
	req, err := c.request(ctx, q)
	if err != nil {
		return nil, never, rumbo.Fault(rumbo.Internal, op, "the request could not be made", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, 0, rumbo.Fault(rumbo.Unavailable, op, "the server was not reached", err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		return nil, 0, rumbo.Fault(rumbo.Unavailable, op, "the answer broke off", err)
	}
	if resp.StatusCode/100 == 2 {
		return body, never, nil
	}
	fault := faultOf(op, resp, body)
	return nil, retryable(resp, fault.Code), fault
}

func (c *Client) request(ctx context.Context, q call) (*http.Request, error) {
	var body io.Reader = q.once
	if q.body != nil {
		if _, err := q.body.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		body = io.NopCloser(q.body) // the transport must not close what is sent again
	}
	u := *c.base
	u.RawQuery = q.query.Encode()
	req, err := http.NewRequestWithContext(ctx, q.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	req.URL.Path, req.URL.RawPath = c.base.Path+unescaped(q.path), c.base.Path+q.path
	h := req.Header
	h.Set("Authorization", "Bearer "+c.key)
	h.Set("Accept-Language", string(c.language))
	h.Set("Accept", "application/json")
	if q.accept != "" {
		h.Set("Accept", q.accept)
	}
	if q.media != "" {
		h.Set("Content-Type", q.media)
	}
	if q.gzip {
		h.Set("Content-Encoding", "gzip")
	}
	if q.idempotency != "" {
		h.Set("Idempotency-Key", q.idempotency)
	}
	if q.wait > 0 {
		h.Set("Prefer", "wait="+strconv.Itoa(int(q.wait.Seconds())))
	}
	return req, nil
}

// unescaped is a path as URL.Path holds it; ours are made of escaped IDs.
func unescaped(path string) string {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return path
	}
	return plain
}

// faultOf turns a problem into the error that the server had; an answer that
// is no problem (a proxy's page) into one with its status.
func faultOf(op string, resp *http.Response, body []byte) *rumbo.Error {
	var p Problem
	if err := json.Unmarshal(body, &p); err != nil || p.Code == "" {
		return rumbo.Fault(rumbo.Unavailable, op, "the server answered "+resp.Status, errors.New(shorten(body)))
	}
	detail := p.Detail
	if detail == "" {
		detail = p.Title
	}
	if p.RequestID != "" {
		detail = fmt.Sprintf("%s (request %s)", detail, p.RequestID)
	}
	return &rumbo.Error{Code: p.Code, Op: op, Detail: detail, Hint: p.Hint, Fields: p.Errors}
}

func shorten(body []byte) string {
	const most = 200
	return string(body[:min(len(body), most)])
}

// retryable says after what pause a fault may have gone, or never.
func retryable(resp *http.Response, code rumbo.Code) time.Duration {
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	case http.StatusConflict:
		if code != rumbo.IdempotencyPending {
			return never
		}
	default:
		return never
	}
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 60)) * time.Second
}

// jitter is between half of d and d, so that many clients do not return at once.
func jitter(d time.Duration) time.Duration {
	half := int64(d / 2)
	if half <= 0 {
		return d
	}
	n, err := rand.Int(rand.Reader, big.NewInt(half))
	if err != nil {
		return d
	}
	return time.Duration(half + n.Int64())
}

// get reads one JSON value.
func get[T any](ctx context.Context, c *Client, path string, query url.Values, wait time.Duration) (T, error) {
	return decode[T](c.do(ctx, call{method: http.MethodGet, path: path, query: query, wait: wait}))
}

// post sends one JSON value and reads another.
func post[T any](ctx context.Context, c *Client, path string, v any) (T, error) {
	return send[T](ctx, c, http.MethodPost, path, v)
}

// send is post with another method.
func send[T any](ctx context.Context, c *Client, method, path string, v any) (T, error) {
	body, err := json.Marshal(v)
	if err != nil {
		var none T
		return none, rumbo.Fault(rumbo.Internal, method+" "+path, "the request cannot be encoded", err)
	}
	return decode[T](c.do(ctx, call{method: method, path: path, body: bytes.NewReader(body), media: "application/json"}))
}

func decode[T any](body []byte, err error) (v T, _ error) {
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(body, &v); err != nil {
		return v, rumbo.Fault(rumbo.Corrupt, "client", "the server's answer is not what it should be", err)
	}
	return v, nil
}
