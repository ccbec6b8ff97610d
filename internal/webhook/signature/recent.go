package signature

import (
	"sync"
	"time"
)

// Recent remembers the IDs of verified messages for as long as a repetition
// could still pass Verify, so that a receiver acts once on each message. It
// holds one string for each message of the last twice Tolerance. A receiver of
// several processes keeps the IDs in its database instead.
type Recent struct {
	mu   sync.Mutex
	seen map[string]time.Time
	// Keep is how long an ID is remembered; twice Tolerance when 0. The
	// sender's own retries go on for three days with new timestamps: a
	// receiver that must not act twice on those sets Keep to 80 hours.
	Keep  time.Duration
	swept time.Time
}

// Seen says whether the ID was met before, and remembers it.
func (r *Recent) Seen(id string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	keep := r.Keep
	if keep <= 0 {
		keep = 2 * Tolerance
	}
	if r.seen == nil {
		r.seen = map[string]time.Time{}
	}
	if now.Sub(r.swept) > keep/4 {
		for old, at := range r.seen {
			if now.Sub(at) > keep {
				delete(r.seen, old)
			}
		}
		r.swept = now
	}
	at, met := r.seen[id]
	r.seen[id] = now
	return met && now.Sub(at) <= keep
}

// Forget drops an ID whose message could not be acted on, so that the next
// attempt counts as the first.
func (r *Recent) Forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, id)
}
