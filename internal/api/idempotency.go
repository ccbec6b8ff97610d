package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

const (
	headerIdempotency = "Idempotency-Key"
	headerReplayed    = "Idempotent-Replayed"
	// headerPayload carries the checksum of a streamed body: what tells its
	// repetition from another body under the same key.
	headerPayload = "Rumbo-Payload-Sha256"

	maxIdempotencyKey = 255
)

// How long a repetition waits for the first request, and after how much silence
// the claim of another process is taken over.
const (
	waitForFirst = 20 * time.Second
	claimLease   = 45 * time.Second

	keepReplies = 7 * 24 * time.Hour
	pruneEvery  = time.Hour
	pruneRows   = 2000 // removed at a time, to keep the transaction short
)

// serving knows the keys whose first request this process is working on, so
// that repetitions wait for it instead of asking the store all the time.
type serving struct {
	mu   sync.Mutex
	keys map[string]chan struct{}
}

// begin says whether the caller is the one to work on key; when not, done is
// closed as soon as the one that does has ended.
func (s *serving) begin(key string) (end func(), done <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch, busy := s.keys[key]; busy {
		return nil, ch
	}
	ch := make(chan struct{})
	s.keys[key] = ch
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.keys, key)
		close(ch)
	}, nil
}

// once serves a POST that carries an Idempotency-Key: its effect happens one
// time however often and however concurrently it is sent, and every sending
// gets the answer of the first one that succeeded.
//
// The claim on the key is stored before the handler runs and the answer after
// it. A process that dies in between leaves a claim without answer; who takes
// it over runs the handler again with the same token, and the service returns
// what the first run made (see services.go). A fault leaves no answer: the
// next sending tries again, corrected or not.
func (s *server) once(ep *endpoint, r *request) (*answer, error) {
	key, hash := claimOf(ep, r)
	end, err := s.turn(r.http.Context(), key)
	if err != nil {
		return nil, err
	}
	defer end()
	token, found, err := s.claim(r.http.Context(), key, hash)
	if err != nil {
		return nil, err
	}
	if found != nil {
		return replay(r, *found, hash)
	}
	s.prune(r.http.Context())
	r.token = token
	digest := digesting(r)
	a, err := s.holding(r.http.Context(), key, func() (*answer, error) { return ep.handle(r.http.Context(), r) })
	// The client may be gone by now: what was done must be written down anyway.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.http.Context()), 10*time.Second)
	defer cancel()
	if err != nil {
		return nil, errors.Join(err, s.Store.InTx(ctx, func(tx store.Tx) error { return tx.ReleaseReply(ctx, key) }))
	}
	if digest != nil {
		a.with(headerPayload, hex.EncodeToString(digest.Sum(nil)))
	}
	kept := a.body
	if a.keep != nil {
		kept = a.keep
	}
	err = s.Store.InTx(ctx, func(tx store.Tx) error {
		return tx.SaveReply(ctx, store.Reply{Key: key, RequestHash: hash, Status: a.status, Header: a.header, Body: kept})
	})
	return a, err
}

// turn waits until nobody else in this process works on the key.
func (s *server) turn(ctx context.Context, key string) (end func(), err error) {
	over := time.After(waitForFirst)
	for {
		end, done := s.serving.begin(key)
		if end != nil {
			return end, nil
		}
		select {
		case <-done:
		case <-over:
			return nil, rumbo.Fault(rumbo.IdempotencyPending, "api.once", "", nil)
		case <-ctx.Done():
			return nil, rumbo.Fault(rumbo.Canceled, "api.once", "", ctx.Err())
		}
	}
}

// claim takes the key in the store: token when the caller is to run the
// handler, found when there is an answer.
func (s *server) claim(ctx context.Context, key, hash string) (token string, found *store.Reply, err error) {
	fresh, err := newToken(s.Clock(), s.Random)
	if err != nil {
		return "", nil, rumbo.Fault(rumbo.Internal, "api.claim", "no random bytes", err)
	}
	err = s.Store.InTx(ctx, func(tx store.Tx) error {
		now := s.Clock()
		reply, free, err := tx.ClaimReply(ctx, store.Reply{Key: key, RequestHash: hash, CreatedAt: now}, s.staleBefore(now))
		if err != nil {
			return err
		}
		if !free {
			found = &reply
			return nil
		}
		token, err = keepToken(ctx, tx, key+"/"+hash, fresh, now)
		return err
	})
	if err == nil && found != nil && found.Pending() && found.RequestHash == hash {
		return "", nil, rumbo.Fault(rumbo.IdempotencyPending, "api.claim", "", nil)
	}
	return token, found, err
}

// staleBefore: the caller has the turn, so when there is no other process
// nobody works on a claim without answer; several processes must let it grow old.
func (s *server) staleBefore(now time.Time) time.Time {
	if s.SoleProcess {
		return now.Add(time.Second)
	}
	return now.Add(-cmp.Or(s.ClaimLease, claimLease))
}

// holding works while it tells other processes again and again that the claim on
// the key is held by a living one. One that cannot tell them for too long loses the
// claim; then the other runs the handler with the same token, which is harmless.
func (s *server) holding(ctx context.Context, key string, work func() (*answer, error)) (*answer, error) {
	if s.SoleProcess {
		return work()
	}
	ended, told := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(told)
		every := time.NewTicker(cmp.Or(s.ClaimLease, claimLease) / 3)
		defer every.Stop()
		for {
			select {
			case <-ended:
				return
			case <-every.C:
			}
			err := s.Store.InTx(ctx, func(tx store.Tx) error { return tx.RenewReply(ctx, key, s.Clock()) })
			if err != nil && ctx.Err() == nil {
				s.Log.Warn("a claim on an Idempotency-Key was not renewed", "cause", err.Error())
			}
		}
	}()
	defer func() { close(ended); <-told }() // also when work panics
	return work()
}

// keepToken stores fresh as the token of a request, or finds the one that an
// earlier try of it stored. It is a reply of its own, because it must outlive
// the claim of a try that died or failed; its name holds the request's hash,
// because another request under the same key has another effect.
func keepToken(ctx context.Context, tx store.Tx, name, fresh string, now time.Time) (string, error) {
	r := store.Reply{Key: name, RequestHash: "token", CreatedAt: now}
	kept, free, err := tx.ClaimReply(ctx, r, time.Time{})
	if err != nil || !free {
		return string(kept.Body), err
	}
	r.Status, r.Body = http.StatusOK, []byte(fresh)
	return fresh, tx.SaveReply(ctx, r)
}

// prune removes answers older than a week, once an hour, when somebody comes
// by. That it fails is only worth a line: the next one tries again.
func (s *server) prune(ctx context.Context) {
	now := s.Clock()
	last := s.pruned.Load()
	if now.Unix()-last < int64(pruneEvery/time.Second) || !s.pruned.CompareAndSwap(last, now.Unix()) {
		return
	}
	err := s.Store.InTx(ctx, func(tx store.Tx) error {
		_, err := tx.DeleteReplies(ctx, now.Add(-keepReplies), pruneRows)
		return err
	})
	if err != nil {
		s.Log.Warn("old answers were not removed", "cause", err.Error())
	}
}

// claimOf names the key among those of all callers and endpoints, and sums up
// the request. The body of a raw endpoint is not known yet: replay compares it.
func claimOf(ep *endpoint, r *request) (key, hash string) {
	sum := sha256.New()
	for _, part := range []string{r.key.Prefix, ep.Method, ep.Path, r.http.Header.Get(headerIdempotency)} {
		sum.Write([]byte(part + "\n"))
	}
	key = hex.EncodeToString(sum.Sum(nil))
	sum = sha256.New()
	sum.Write([]byte(r.http.URL.Path + "\n"))
	for _, name := range sorted(r.params) {
		sum.Write([]byte(name + "=" + r.params[name] + "\n"))
	}
	sum.Write(r.body)
	return key, hex.EncodeToString(sum.Sum(nil))
}

// digesting sums up a streamed body while the handler reads it.
func digesting(r *request) hash.Hash {
	if r.stream == nil {
		return nil
	}
	sum := sha256.New()
	r.stream = io.TeeReader(r.stream, sum)
	return sum
}

// replay answers with what was answered before, unless the request is another.
func replay(r *request, found store.Reply, hash string) (*answer, error) {
	reused := rumbo.Fault(rumbo.IdempotencyReused, "api.replay", "", nil)
	if found.RequestHash != hash {
		return nil, reused
	}
	if r.stream != nil {
		sum := sha256.New()
		if _, err := io.Copy(sum, r.stream); err != nil {
			return nil, err
		}
		if found.Header.Get(headerPayload) != hex.EncodeToString(sum.Sum(nil)) {
			return nil, reused
		}
	}
	a := &answer{status: found.Status, header: found.Header.Clone(), body: found.Body}
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.with(headerReplayed, "true"), nil
}

// checkHeaders checks the headers that have a meaning here.
func checkHeaders(ep *endpoint, r *http.Request) (faults []rumbo.FieldError) {
	if _, fault := preferredWait(r); fault != nil {
		faults = append(faults, *fault)
	}
	if ep.Method != http.MethodPost {
		return faults
	}
	keys := r.Header.Values(headerIdempotency)
	switch {
	case len(keys) == 0:
	case len(keys) > 1:
		faults = append(faults, rumbo.FieldError{Pointer: headerIdempotency, Code: rumbo.DuplicateField})
	case keys[0] == "":
		faults = append(faults, rumbo.FieldError{Pointer: headerIdempotency, Code: rumbo.MissingField})
	case len(keys[0]) > maxIdempotencyKey:
		faults = append(faults, rumbo.FieldError{Pointer: headerIdempotency, Code: rumbo.TooLong, Value: len(keys[0]), Limit: maxIdempotencyKey})
	}
	return faults
}
