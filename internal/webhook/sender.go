package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/webhook/signature"
)

// Limits of one attempt.
const (
	AttemptTimeout = 15 * time.Second
	maxAnswer      = 4 << 10  // bytes of an answer that are read, to reuse the connection
	maxHeader      = 32 << 10 // bytes of an answer's headers
)

// Config sets up a Sender.
type Config struct {
	Secrets []signature.Secret // newest first; every message is signed with each
	Policy  Policy
	Clock   func() time.Time
	// Timeout of one attempt, connecting included; AttemptTimeout when 0.
	Timeout   time.Duration
	UserAgent string        // "Rumbo" when empty
	TLS       *tls.Config   // for receivers with a certificate authority of their own; nil for the system's
	Resolver  *net.Resolver // nil for the system's
}

// Sender makes attempts. Close it to let idle connections go.
type Sender struct {
	cfg    Config
	client *http.Client
}

// NewSender refuses a configuration without secret or clock: an unsigned
// message must never leave.
func NewSender(cfg Config) (*Sender, error) {
	if len(cfg.Secrets) == 0 || cfg.Clock == nil {
		return nil, errors.New("webhook: a sender needs a secret and a clock")
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = AttemptTimeout
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "Rumbo"
	}
	dialer := &net.Dialer{Timeout: cfg.Timeout, Control: cfg.Policy.Control, Resolver: cfg.Resolver}
	return &Sender{cfg: cfg, client: &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would dial for us, past the policy
			DialContext:            dialer.DialContext,
			TLSClientConfig:        cfg.TLS,
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close drops idle connections.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Attempt sends the delivery once and says what to do next. The attempt's
// number follows those that d already has. When ctx ends first, the attempt
// says so and Next is an immediate Retry that should not be stored.
func (s *Sender) Attempt(ctx context.Context, d rumbo.Delivery) (rumbo.DeliveryAttempt, Next) {
	start := s.cfg.Clock()
	attempt := rumbo.DeliveryAttempt{Number: len(d.Attempts) + 1, At: start.UTC()}
	if reason := s.cfg.Policy.refuse(d.URL); reason != "" {
		attempt.Error = "address refused by policy: it should be " + reason
		return attempt, Next{Verdict: GiveUp}
	}
	status, asked, err := s.post(ctx, d, start)
	attempt.Status = status
	attempt.DurationMS = s.cfg.Clock().Sub(start).Milliseconds()
	var refused *refusedError
	switch {
	case err == nil && status/100 == 2:
		return attempt, Next{Verdict: Done}
	case err == nil && status == http.StatusGone:
		attempt.Error = "the receiver answered 410 Gone: it wants no more"
		return attempt, Next{Verdict: GiveUp}
	case err == nil:
		attempt.Error = "the receiver answered " + describe(status)
		return attempt, after(attempt.Number, asked)
	case ctx.Err() != nil:
		attempt.Error = "interrupted: " + context.Cause(ctx).Error()
		return attempt, Next{Verdict: Retry}
	case errors.As(err, &refused):
		attempt.Error = refused.Error()
		return attempt, Next{Verdict: GiveUp}
	}
	attempt.Error = cause(err, s.cfg.Timeout)
	return attempt, after(attempt.Number, 0)
}

// post makes the request; status is 0 when no answer came. A 2xx whose body
// breaks off still is a receipt: the status line has arrived.
func (s *Sender) post(ctx context.Context, d rumbo.Delivery, at time.Time) (status int, asked time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Payload))
	if err != nil {
		return 0, 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", s.cfg.UserAgent)
	signature.Sign(req.Header, s.cfg.Secrets, d.ID, at, d.Payload)
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer) // only to reuse the connection
	return resp.StatusCode, retryAfter(resp.Header.Get("Retry-After"), at), nil
}

// retryAfter reads seconds or an HTTP date; 0 when there is neither.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

func describe(status int) string {
	if status/100 == 3 {
		return fmt.Sprintf("%d %s: redirects are not followed", status, http.StatusText(status))
	}
	return fmt.Sprintf("%d %s", status, http.StatusText(status))
}

// cause shortens a transport error to what helps the owner of the address.
func cause(err error, timeout time.Duration) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no answer within %s", timeout)
	case errors.As(err, &dns):
		return "the name does not resolve: " + dns.Name
	case errors.As(err, &op) && op.Op == "dial":
		return "no connection: " + op.Err.Error()
	}
	const most = 300
	if text := err.Error(); len(text) > most {
		return text[:most]
	}
	return err.Error()
}
