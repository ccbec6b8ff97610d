package api

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// Rates bound the requests of one API key, each kind from a pool of its own,
// so that a bulk load cannot starve planning. Per minute; 0 is no bound.
type Rates struct {
	Ingest int // POST /v1/ingestions and /v1/events
	Work   int // the other POSTs
	Read   int // GET
}

// limiter is a token bucket for each key and pool: a minute's worth may come
// at once, then they come back evenly. It keeps a few words for each key that
// was used within the last minute.
type limiter struct {
	rates   Rates
	mu      sync.Mutex
	buckets map[bucketName]*bucket
	swept   time.Time
}

type bucketName struct{ key, pool string }

type bucket struct {
	level float64 // requests that may be made now
	at    time.Time
}

// take uses up one request, or says after which time there will be one.
func (l *limiter) take(key string, ep *endpoint, now time.Time) (ok bool, after time.Duration) {
	pool, perMinute := l.pool(ep)
	if perMinute <= 0 {
		return true, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	full := float64(perMinute)
	name := bucketName{key, pool}
	b, known := l.buckets[name]
	if !known {
		b = &bucket{level: full, at: now}
		l.buckets[name] = b
	}
	b.level = min(full, b.level+max(0, now.Sub(b.at).Minutes())*full)
	b.at = now
	if b.level < 1 {
		return false, time.Duration((1 - b.level) / full * float64(time.Minute))
	}
	b.level--
	return true, 0
}

func (l *limiter) pool(ep *endpoint) (string, int) {
	switch {
	case ep.scope == ScopeIngest:
		return "ingest", l.rates.Ingest
	case ep.Method == http.MethodPost:
		return "work", l.rates.Work
	}
	return "read", l.rates.Read
}

// sweep forgets buckets that are full again.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for name, b := range l.buckets {
		if now.Sub(b.at) > time.Minute {
			delete(l.buckets, name)
		}
	}
}

// checkRate refuses a request beyond the key's rate, saying when to come back.
func (s *server) checkRate(ep *endpoint, w http.ResponseWriter, key string) error {
	ok, after := s.limiter.take(key, ep, s.Clock())
	if ok {
		return nil
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
	return rumbo.Fault(rumbo.RateLimited, "api.checkRate", "", nil)
}
