package signature

import (
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Tolerance is how far a message's time may lie from the receiver's clock when
// a Verifier states none.
const Tolerance = 5 * time.Minute

// maxSignatures bounds the work that one header can ask for.
const maxSignatures = 16

// Why a message is refused; tell them apart with errors.Is.
var (
	ErrNoSecrets    = errors.New("webhook: the verifier has no secret")
	ErrHeaders      = errors.New("webhook: a signature header is missing, repeated or malformed")
	ErrTooOld       = errors.New("webhook: the message is too old, or was sent again by somebody")
	ErrTooNew       = errors.New("webhook: the message comes from the future; compare the clocks")
	ErrNotSignedSo  = errors.New("webhook: no signature fits body, ID, time and secrets")
	errNoSuchScheme = errors.New("webhook: no v1 signature among the given ones")
)

// Verifier checks received messages. A message is good when any signature fits
// any secret, so that secrets can be replaced without losing a message.
type Verifier struct {
	Secrets []Secret
	// Tolerance between the message's time and now; Tolerance when 0.
	Tolerance time.Duration
}

// Message is what the headers of a verified message say.
type Message struct {
	ID string // the same on every attempt: remember it to act once
	At time.Time
}

// Verify checks headers and body as received, byte for byte; now is the
// receiver's clock. It does not remember messages: see Recent.
func (v Verifier) Verify(h http.Header, body []byte, now time.Time) (Message, error) {
	if len(v.Secrets) == 0 {
		return Message{}, ErrNoSecrets
	}
	id, stamp, signatures, err := headers(h)
	if err != nil {
		return Message{}, err
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || strconv.FormatInt(seconds, 10) != stamp {
		return Message{}, ErrHeaders
	}
	m := Message{ID: id, At: time.Unix(seconds, 0).UTC()}
	if err := v.fresh(seconds, now.Unix()); err != nil {
		return Message{}, err
	}
	for _, s := range v.Secrets {
		want := digest(s, id, stamp, body)
		for _, got := range signatures {
			if hmac.Equal(want, got) {
				return m, nil
			}
		}
	}
	return Message{}, ErrNotSignedSo
}

// fresh compares whole seconds, as integers: a hostile timestamp must not
// overflow a time.Duration.
func (v Verifier) fresh(sent, now int64) error {
	tolerance := int64(v.Tolerance / time.Second)
	if tolerance <= 0 {
		tolerance = int64(Tolerance / time.Second)
	}
	switch {
	case sent < now-tolerance:
		return ErrTooOld
	case sent > now+tolerance:
		return ErrTooNew
	}
	return nil
}

func headers(h http.Header) (id, stamp string, signatures [][]byte, err error) {
	for _, name := range []string{HeaderID, HeaderTimestamp, HeaderSignature} {
		if v := h.Values(name); len(v) != 1 || v[0] == "" {
			return "", "", nil, ErrHeaders
		}
	}
	for _, part := range strings.Fields(h.Get(HeaderSignature)) {
		encoded, ok := strings.CutPrefix(part, version)
		if !ok {
			continue // another scheme, which the specification allows beside ours
		}
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(signatures) == maxSignatures {
			return "", "", nil, ErrHeaders
		}
		signatures = append(signatures, raw)
	}
	if len(signatures) == 0 {
		return "", "", nil, errors.Join(ErrNotSignedSo, errNoSuchScheme)
	}
	return h.Get(HeaderID), h.Get(HeaderTimestamp), signatures, nil
}
