package client

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/webhook/signature"
)

// Why a webhook is refused; tell them apart with errors.Is.
var (
	ErrTooOld    = signature.ErrTooOld
	ErrTooNew    = signature.ErrTooNew
	ErrSignature = signature.ErrNotSignedSo
	ErrHeaders   = signature.ErrHeaders
)

// maxEvent bounds the body of a webhook that Handler reads.
const maxEvent = 32 << 20

// Event is a verified webhook. Data holds a rumbo.Plan or rumbo.PredictionSet,
// by Type.
type Event struct {
	ID        string          `json:"-"` // the same on every attempt
	SentAt    time.Time       `json:"-"`
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// Verifier checks the webhooks that a server sends.
type Verifier struct {
	verifier signature.Verifier
	recent   signature.Recent
}

// NewVerifier takes the secrets ("whsec_…") that are in use: one, or two while
// the secret is being replaced.
func NewVerifier(secrets ...string) (*Verifier, error) {
	v := &Verifier{recent: signature.Recent{Keep: 80 * time.Hour}}
	for _, text := range secrets {
		s, err := signature.ParseSecret(text)
		if err != nil {
			return nil, err
		}
		v.verifier.Secrets = append(v.verifier.Secrets, s)
	}
	if len(secrets) == 0 {
		return nil, signature.ErrNoSecrets
	}
	return v, nil
}

// Verify checks headers and body as they were received. It does not remember
// events: Handler does, or keep Event.ID with what you do about it.
func (v *Verifier) Verify(h http.Header, body []byte, now time.Time) (Event, error) {
	m, err := v.verifier.Verify(h, body, now)
	if err != nil {
		return Event{}, err
	}
	e := Event{ID: m.ID, SentAt: m.At}
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, errors.Join(errors.New("webhook: the signed body is no event"), err)
	}
	return e, nil
}

// Handler receives webhooks: it verifies, answers 400 to what is not ours,
// calls do once for each event, and answers 500 when do fails, so that the
// server tries again. It remembers in memory: after a restart an event may
// come again.
func (v *Verifier) Handler(do func(Event) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
		if err != nil {
			http.Error(w, "the body could not be read", http.StatusBadRequest)
			return
		}
		e, err := v.Verify(r.Header, body, time.Now())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if v.recent.Seen(e.ID, time.Now()) {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if err := do(e); err != nil {
			v.recent.Forget(e.ID)
			http.Error(w, "the event could not be handled", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
