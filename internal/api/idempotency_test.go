package api

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

const aPlan = `{"day":"2022-01-31","time_limit_s":5}`

func TestSameKeySameAnswerOneEffect(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ path, body, other string }{
		{"/v1/plans", aPlan, `{"day":"2022-02-01"}`},
		{"/v1/runs", `{"flow":"train"}`, `{"flow":"train","parameters":{"seed":3}}`},
		{"/v1/predictions", aPrediction, strings.Replace(aPrediction, "40.7", "40.8", 1)},
		{"/v1/webhooks/test", `{"url":"https://example.com/a"}`, `{"url":"https://example.com/b"}`},
		{"/v1/ingestions?kind=depots", `[{"id":"D1"}]`, `[{"id":"D2"}]`},
	} {
		before := w.effects.Load()
		first := w.do("POST", c.path, c.body, headerIdempotency, "k1")
		again := w.do("POST", c.path, c.body, headerIdempotency, "k1")
		if first.Code/100 != 2 || first.Code != again.Code || first.Body.String() != again.Body.String() || first.Header().Get("Location") != again.Header().Get("Location") {
			t.Errorf("%s: first %d %s, again %d %s", c.path, first.Code, first.Body, again.Code, again.Body)
		}
		if first.Header().Get(headerReplayed) != "" || again.Header().Get(headerReplayed) != "true" {
			t.Errorf("%s: replay is not marked", c.path)
		}
		if n := w.effects.Load() - before; n != 1 {
			t.Errorf("%s: %d effects", c.path, n)
		}
		other := w.do("POST", c.path, c.other, headerIdempotency, "k1")
		if other.Code != 422 || !strings.Contains(other.Body.String(), string(rumbo.IdempotencyReused)) {
			t.Errorf("%s: another request under the key: %d %s", c.path, other.Code, other.Body)
		}
		if fresh := w.do("POST", c.path, c.other, headerIdempotency, "k2"); fresh.Code/100 != 2 || fresh.Body.String() == first.Body.String() {
			t.Errorf("%s: another key: %d %s", c.path, fresh.Code, fresh.Body)
		}
	}
}

func TestKeysAreApart(t *testing.T) {
	w := newWorld(t)
	first := w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k")
	other := w.addKey("other", ScopePlan)
	second := w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k", "Authorization", "Bearer "+other)
	if second.Code != 202 || second.Body.String() == first.Body.String() {
		t.Errorf("another caller got %d %s", second.Code, second.Body)
	}
	if r := w.do("POST", "/v1/runs", `{"flow":"train"}`, headerIdempotency, "k"); r.Code != 202 {
		t.Errorf("another endpoint: %d %s", r.Code, r.Body)
	}
}

func TestConcurrentDuplicatesHaveOneEffect(t *testing.T) {
	w := newWorld(t)
	answers := make([]string, 12)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			r := w.do("POST", "/v1/plans", aPlan, headerIdempotency, "storm")
			if r.Code != 202 {
				t.Errorf("status %d: %s", r.Code, r.Body)
			}
			answers[i] = r.Body.String()
		})
	}
	wg.Wait()
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("answers differ: %s and %s", a, answers[0])
		}
	}
	if n := w.effects.Load(); n != 1 {
		t.Errorf("%d effects", n)
	}
}

// A fault leaves nothing behind: the same key works once the fault is gone,
// with the same request or a corrected one.
func TestKeyAfterAFault(t *testing.T) {
	w := newWorld(t)
	if r := w.do("POST", "/v1/plans", `{"day":"tomorrow"}`, headerIdempotency, "k"); r.Code != 422 {
		t.Fatalf("bad day: %d", r.Code)
	}
	w.fail = rumbo.Fault(rumbo.Unavailable, "world", "down", nil)
	if r := w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k"); r.Code != 503 {
		t.Fatalf("down: %d %s", r.Code, r.Body)
	}
	w.fail = nil
	if r := w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k"); r.Code != 202 || r.Header().Get(headerReplayed) != "" {
		t.Errorf("after the fault: %d %s", r.Code, r.Body)
	}
	if n := w.effects.Load(); n != 1 {
		t.Errorf("%d effects", n)
	}
}

// The process dies after the effect and before the answer was kept: whoever
// sends it again, on the next process, gets the thing that was made.
func TestRetryAfterACrash(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, path, body string }{
		{"plan", "/v1/plans", aPlan}, {"run", "/v1/runs", `{"flow":"train"}`},
		{"ingestion", "/v1/ingestions?kind=orders", `[{"id":"A"}]`},
	} {
		before := w.effects.Load()
		w.after = func(string) { panic("killed") }
		if r := w.do("POST", c.path, c.body, headerIdempotency, "crash"); r.Code != 500 {
			t.Fatalf("%s: the crash was answered %d", c.name, r.Code)
		}
		w.after = nil
		restarted := w.serve()
		first := w.doOn(restarted, "POST", c.path, c.body, headerIdempotency, "crash")
		again := w.doOn(restarted, "POST", c.path, c.body, headerIdempotency, "crash")
		if first.Code/100 != 2 || again.Body.String() != first.Body.String() {
			t.Errorf("%s after the crash: %d %s, then %d %s", c.name, first.Code, first.Body, again.Code, again.Body)
		}
		if n := w.effects.Load() - before; n != 1 {
			t.Errorf("%s: %d effects", c.name, n)
		}
	}
}

// With several processes a claim without answer may belong to another one that
// is still working.
func TestClaimOfAnotherProcess(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.SoleProcess = false })
	w.after = func(string) { panic("killed") }
	w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k")
	w.after = nil
	r := w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k")
	if r.Code != 409 || r.Header().Get("Retry-After") != "1" || !strings.Contains(r.Body.String(), string(rumbo.IdempotencyPending)) {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}

// A claim is taken over when its process has been silent for the lease.
func TestClaimIsTakenOver(t *testing.T) {
	short := func(c *Config) { c.SoleProcess, c.ClaimLease = false, 30*time.Millisecond }
	w := newWorld(t, short)
	w.after = func(string) { panic("killed") }
	w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k")
	w.after = nil
	before, other := w.effects.Load(), w.serve(short)
	r := w.doOn(other, "POST", "/v1/plans", aPlan, headerIdempotency, "k")
	for ; r.Code == 409; r = w.doOn(other, "POST", "/v1/plans", aPlan, headerIdempotency, "k") {
		time.Sleep(5 * time.Millisecond)
	}
	if n := w.effects.Load() - before; n != 0 || r.Code/100 != 2 {
		t.Errorf("%d with %d further effects", r.Code, n)
	}
}

// A request of a living process keeps its claim longer than the lease.
func TestClaimOfALivingProcess(t *testing.T) {
	const lease = 2 * time.Second
	slow := func(c *Config) { c.SoleProcess, c.ClaimLease = false, lease }
	w := newWorld(t, slow)
	begun, other := make(chan struct{}), w.serve(slow)
	var calls atomic.Int32
	w.after = func(string) {
		if calls.Add(1) == 1 {
			close(begun)
			time.Sleep(3 * lease / 2)
		}
	}
	var first, second int
	var wg sync.WaitGroup
	wg.Go(func() { first = w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k").Code })
	<-begun
	for n := 0; n == 0 || second == 409; n++ {
		second = w.doOn(other, "POST", "/v1/plans", aPlan, headerIdempotency, "k").Code
		time.Sleep(20 * time.Millisecond)
	}
	wg.Wait()
	if first/100 != 2 || second/100 != 2 || w.effects.Load() != 1 {
		t.Errorf("answers %d and %d, %d effects", first, second, w.effects.Load())
	}
}

func TestIdempotencyKeyForm(t *testing.T) {
	w := newWorld(t)
	if r := w.do("POST", "/v1/plans", aPlan, headerIdempotency, strings.Repeat("k", maxIdempotencyKey+1)); r.Code != 422 {
		t.Errorf("long key: %d", r.Code)
	}
	req, _ := http.NewRequest("POST", "/v1/plans", nil)
	req.Header[headerIdempotency] = []string{"a", "b"}
	if faults := checkHeaders(&endpoint{Operation: operation("POST", "/", "x", "x", "x").Operation}, req); len(faults) != 1 || faults[0].Code != rumbo.DuplicateField {
		t.Errorf("two keys: %+v", faults)
	}
}
