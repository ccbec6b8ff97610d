package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func TestRatesArePerKeyAndPool(t *testing.T) {
	var now atomic.Int64
	w := newWorld(t, func(c *Config) {
		c.Rates = Rates{Ingest: 1, Work: 2, Read: 60}
		c.Clock = func() time.Time { return noon.Add(time.Duration(now.Load())) }
	})
	for i, want := range []int{202, 202, 429} {
		if r := w.do("POST", "/v1/plans", aPlan); r.Code != want {
			t.Errorf("plan %d: %d", i, r.Code)
		} else if want == 429 && (r.Header().Get("Retry-After") != "30" || problem(t, r.Body.Bytes()).Code != rumbo.RateLimited) {
			t.Errorf("Retry-After %s, %s", r.Header().Get("Retry-After"), r.Body)
		}
	}
	if r := w.do("GET", "/v1/plans", ""); r.Code != 200 {
		t.Errorf("reads have a pool of their own: %d", r.Code)
	}
	if r := w.do("POST", "/v1/ingestions?kind=orders", "[]"); r.Code != 202 {
		t.Errorf("ingestion has a pool of its own: %d", r.Code)
	}
	if r := w.do("POST", "/v1/plans", aPlan, "Authorization", "Bearer "+w.addKey("other", ScopePlan)); r.Code != 202 {
		t.Errorf("another key: %d", r.Code)
	}
	now.Store(int64(30 * time.Second))
	if r := w.do("POST", "/v1/plans", aPlan); r.Code != 202 {
		t.Errorf("after half a minute: %d", r.Code)
	}
	if r := w.do("POST", "/v1/plans", aPlan); r.Code != 429 {
		t.Errorf("and one more: %d", r.Code)
	}
	now.Store(int64(10 * time.Minute))
	w.do("GET", "/v1/plans", "")
	w.do("GET", "/healthz", "")
}

func TestLimiterForgetsWhatIsFull(t *testing.T) {
	l := limiter{rates: Rates{Read: 10}, buckets: map[bucketName]*bucket{}}
	ep := &endpoint{}
	for i := range 100 {
		l.take(strings.Repeat("k", i), ep, noon)
	}
	l.take("last", ep, noon.Add(2*time.Minute))
	if len(l.buckets) != 1 {
		t.Errorf("%d buckets kept", len(l.buckets))
	}
}

func TestCrossOrigin(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Origins = []string{"https://app.example.com"} })
	r := w.do("OPTIONS", "/v1/plans", "", "Origin", "https://app.example.com", "Access-Control-Request-Method", "POST", "Authorization", "")
	if r.Code != 204 || r.Header().Get("Access-Control-Allow-Origin") != "https://app.example.com" || !strings.Contains(r.Header().Get("Access-Control-Allow-Headers"), headerIdempotency) {
		t.Errorf("question: %d %v", r.Code, r.Header())
	}
	if r := w.do("GET", "/v1/plans", "", "Origin", "https://app.example.com"); r.Code != 200 || r.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("request: %d %v", r.Code, r.Header())
	}
	for _, origin := range []string{"https://evil.example", "null", "https://app.example.com.evil.example"} {
		if r := w.do("GET", "/v1/plans", "", "Origin", origin); r.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may read", origin)
		}
		if r := w.do("OPTIONS", "/v1/plans", "", "Origin", origin, "Access-Control-Request-Method", "POST"); r.Code != 405 {
			t.Errorf("%s: %d", origin, r.Code)
		}
	}
}

// A shutdown does not wait for those who only wait.
func TestShutdownEndsWaits(t *testing.T) {
	w := newWorld(t)
	p := examplePlan(rumbo.PlanQueued)
	w.addPlan(p)
	listening := httptest.NewUnstartedServer(nil)
	listening.Config = NewServer(w.handler)
	listening.Start()
	c, err := client.New(listening.URL, w.key, client.WithTries(1))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := http.NewRequest("GET", listening.URL+"/v1/plans/"+p.ID+"/progress", nil)
	if err != nil {
		t.Fatal(err)
	}
	stream.Header.Set("Authorization", "Bearer "+w.key)
	resp, err := http.DefaultClient.Do(stream)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	waited := make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, err := c.WaitPlan(ctx, p.ID)
		waited <- err
	}()
	if err := listening.Config.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	cancel()
	<-waited
}

func TestOldAnswersAreRemoved(t *testing.T) {
	var later atomic.Int64
	w := newWorld(t, func(c *Config) { c.Clock = func() time.Time { return noon.Add(time.Duration(later.Load())) } })
	first := w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k")
	later.Store(int64(keepReplies - time.Hour))
	w.do("POST", "/v1/plans", aPlan, headerIdempotency, "other")
	if r := w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k"); r.Body.String() != first.Body.String() {
		t.Error("forgotten within a week")
	}
	later.Store(int64(keepReplies + 2*time.Hour))
	w.do("POST", "/v1/plans", aPlan, headerIdempotency, "another")
	if r := w.do("POST", "/v1/plans", aPlan, headerIdempotency, "k"); r.Code != 202 || r.Body.String() == first.Body.String() {
		t.Errorf("kept for more than a week: %s", r.Body)
	}
	left := 0
	w.tx(func(ctx context.Context, tx store.Tx) error {
		n, err := tx.DeleteReplies(ctx, noon.Add(365*24*time.Hour), 100)
		left = n
		return err
	})
	if left > 8 {
		t.Errorf("%d answers were left", left)
	}
}
