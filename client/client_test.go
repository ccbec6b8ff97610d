package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/webhook/signature"
)

var noon = time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)

func newClient(t *testing.T, h http.HandlerFunc, options ...client.Option) *client.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c, err := client.New(server.URL+"/", "rumbo_k_s", append([]client.Option{client.WithPause(time.Millisecond)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(w http.ResponseWriter, status int, v any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func TestProblemsBecomeErrors(t *testing.T) {
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer rumbo_k_s" || r.Header.Get("Accept-Language") != "es" {
			t.Errorf("headers %v", r.Header)
		}
		answer(w, 422, client.Problem{Code: rumbo.Invalid, Title: "Mal", RequestID: "req_1", Hint: "ayuda",
			Errors: []rumbo.FieldError{{Pointer: "/day", Code: rumbo.BadTime, Message: "no"}}})
	}, client.WithLanguage(rumbo.Spanish))
	_, err := c.SubmitPlan(t.Context(), rumbo.PlanRequest{Day: "x"})
	var e *rumbo.Error
	if !errors.As(err, &e) || e.Code != rumbo.Invalid || len(e.Fields) != 1 || e.Fields[0].Pointer != "/day" || e.Hint != "ayuda" || !strings.Contains(e.Detail, "req_1") {
		t.Errorf("%#v", err)
	}
}

// A POST is sent again with the same key until it is answered for good, and a
// fault that will not go away is returned at once.
func TestRetries(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []int // status of each try; 0 breaks the connection
		code    rumbo.Code
		tries   int
		want    rumbo.Code
	}{
		{"at once", []int{202}, "", 1, ""},
		{"after a broken connection", []int{0, 202}, "", 2, ""},
		{"after 503 and 429", []int{503, 429, 202}, rumbo.Unavailable, 3, ""},
		{"proxy's 502", []int{502, 202}, "", 2, ""},
		{"first still served", []int{409, 202}, rumbo.IdempotencyPending, 2, ""},
		{"conflict", []int{409}, rumbo.NoModel, 1, rumbo.NoModel},
		{"fault", []int{422}, rumbo.Invalid, 1, rumbo.Invalid},
		{"internal", []int{500}, rumbo.Internal, 1, rumbo.Internal},
		{"down for good", []int{503, 503, 503, 503, 503}, rumbo.Unavailable, 5, rumbo.Unavailable},
		{"page of a proxy", []int{403}, "", 1, rumbo.Unavailable},
		{"redirect", []int{302}, "", 1, rumbo.Unavailable},
	} {
		var mu sync.Mutex
		keys, bodies, tries := map[string]bool{}, map[string]bool{}, 0
		cl := newClient(t, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			body, _ := io.ReadAll(r.Body)
			keys[r.Header.Get("Idempotency-Key")], bodies[string(body)] = true, true
			status := c.answers[min(tries, len(c.answers)-1)]
			tries++
			switch {
			case status == 0:
				panic(http.ErrAbortHandler)
			case status == 202:
				answer(w, 202, rumbo.Plan{ID: "plan_1"})
			case c.code == "":
				http.Error(w, "<html>", status)
			default:
				answer(w, status, client.Problem{Code: c.code})
			}
		})
		p, err := cl.SubmitPlan(t.Context(), rumbo.PlanRequest{Day: "2022-01-31"})
		if tries != c.tries || rumbo.CodeOf(err) != c.want || err == nil && p.ID != "plan_1" {
			t.Errorf("%s: %d tries, %v", c.name, tries, err)
		}
		if len(keys) != 1 || keys[""] || len(bodies) != 1 {
			t.Errorf("%s: keys %v, bodies %v", c.name, keys, bodies)
		}
	}
}

func TestIngestRewindsOrDoesNotRepeat(t *testing.T) {
	var tries atomic.Int64
	var last atomic.Value
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		last.Store(string(body) + " " + r.URL.RawQuery + " " + r.Header.Get("Content-Type") + " " + r.Header.Get("Content-Encoding"))
		if tries.Add(1)%2 == 1 {
			answer(w, 503, client.Problem{Code: rumbo.Unavailable})
			return
		}
		answer(w, 202, rumbo.Batch{ID: "batch_1"})
	})
	o := client.IngestOptions{Schema: "tlc_yellow", TimeZone: "America/New_York", Month: "2022-01", Gzip: true}
	b, err := c.Ingest(t.Context(), rumbo.KindTrips, "csv", strings.NewReader("a,b\n"), o)
	if err != nil || b.ID != "batch_1" || last.Load() != "a,b\n format=csv&kind=trips&month=2022-01&schema=tlc_yellow&time_zone=America%2FNew_York text/csv gzip" {
		t.Errorf("%+v %v, sent %q", b, err, last.Load())
	}
	if _, err := c.Ingest(t.Context(), rumbo.KindOrders, "json", io.MultiReader(strings.NewReader("[]")), client.IngestOptions{}); rumbo.CodeOf(err) != rumbo.Unavailable || tries.Load() != 3 {
		t.Errorf("a stream was sent again: %v, %d", err, tries.Load())
	}
}

func TestWaiting(t *testing.T) {
	var polls atomic.Int64
	state, reason := "done", ""
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Prefer") != "wait=20" {
			t.Errorf("Prefer %q", r.Header.Get("Prefer"))
		}
		v := map[string]any{"id": "x/1", "state": "queued", "error": ""}
		if polls.Add(1) >= 3 {
			v["state"], v["error"] = state, reason
		}
		if !strings.HasSuffix(r.URL.EscapedPath(), "/x%2F1") {
			t.Errorf("path %s", r.URL.EscapedPath())
		}
		answer(w, 200, v)
	})
	if p, err := c.WaitPlan(t.Context(), "x/1"); err != nil || p.State != rumbo.PlanDone || polls.Load() != 3 {
		t.Errorf("%+v %v after %d", p, err, polls.Load())
	}
	state = "loaded"
	if b, err := c.WaitBatch(t.Context(), "x/1"); err != nil || b.State != rumbo.BatchLoaded {
		t.Errorf("%+v %v", b, err)
	}
	state, reason = "failed", "no roads"
	if r, err := c.WaitRun(t.Context(), "x/1"); err == nil || !strings.Contains(err.Error(), "no roads") || r.State != rumbo.RunFailed {
		t.Errorf("%+v %v", r, err)
	}
	state = "queued"
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.WaitDelivery(ctx, "x/1"); err == nil {
		t.Error("waited for ever")
	}
}

func TestPages(t *testing.T) {
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("rule") != "too_fast" || q.Get("limit") != "500" {
			t.Errorf("query %v", q)
		}
		p := client.Page[rumbo.Quarantine]{Items: []rumbo.Quarantine{{Row: 1}, {Row: 2}}, Next: "two"}
		if q.Get("after") == "two" {
			p = client.Page[rumbo.Quarantine]{Items: []rumbo.Quarantine{{Row: 3}}}
		}
		answer(w, 200, p)
	})
	var rows []int64
	for q, err := range c.Quarantine(t.Context(), "b", "too_fast") {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, q.Row)
	}
	if len(rows) != 3 {
		t.Errorf("rows %v", rows)
	}
	for q := range c.Quarantine(t.Context(), "b", "too_fast") {
		if q.Row == 2 {
			t.Error("went on after break")
		}
		break
	}
	broken := newClient(t, func(w http.ResponseWriter, r *http.Request) { answer(w, 404, client.Problem{Code: rumbo.NotFound}) })
	for _, err := range broken.Orders(t.Context(), "2022-01-31") {
		if rumbo.CodeOf(err) != rumbo.NotFound {
			t.Errorf("%v", err)
		}
	}
}

func TestNewRefusesNonsense(t *testing.T) {
	for _, base := range []string{"", "localhost:8080", "ftp://x", "http://", ":"} {
		if _, err := client.New(base, ""); rumbo.CodeOf(err) != rumbo.Invalid {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestWebhookHandler(t *testing.T) {
	secret, err := signature.NewSecret(bytes.NewReader(bytes.Repeat([]byte{3}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	v, err := client.NewVerifier(secret.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	var met []client.Event
	var fail error
	h := v.Handler(func(e client.Event) error {
		met = append(met, e)
		return fail
	})
	send := func(id, body string, at time.Time) int {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		signature.Sign(r.Header, []signature.Secret{secret}, id, at, []byte(body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	const body = `{"type":"plan.finished","timestamp":"2022-01-31T12:00:00Z","data":{"id":"plan_1"}}`
	now := time.Now()
	fail = errors.New("disk full")
	if got := send("dlv_1", body, now); got != 500 {
		t.Errorf("failing: %d", got)
	}
	fail = nil
	for range 3 {
		if got := send("dlv_1", body, now); got != 204 {
			t.Errorf("good: %d", got)
		}
	}
	if len(met) != 2 || met[1].ID != "dlv_1" || met[1].Type != rumbo.EventPlanFinished || string(met[1].Data) != `{"id":"plan_1"}` || !met[1].Timestamp.Equal(noon) {
		t.Errorf("met %+v", met)
	}
	if got := send("dlv_2", body, now.Add(-time.Hour)); got != 400 {
		t.Errorf("old: %d", got)
	}
	if got := send("dlv_3", "not json", now); got != 400 {
		t.Errorf("no event: %d", got)
	}
	if _, err := client.NewVerifier(); err == nil {
		t.Error("no secret")
	}
	if _, err := client.NewVerifier("whsec_x"); err == nil {
		t.Error("bad secret")
	}
}

// Events are sent a line each under one key, and read page by page.
func TestEvents(t *testing.T) {
	sent := []rumbo.VehicleEvent{{VehicleID: "v", At: noon, Kind: rumbo.VehiclePosition, Location: rumbo.Point{Lat: 1, Lon: 2}}, {VehicleID: "w", At: noon}}
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			if r.URL.Path != "/v1/events" || strings.Count(string(body), "\n") != 2 || r.Header.Get("Content-Type") != "application/x-ndjson" || r.Header.Get("Idempotency-Key") != "k" {
				t.Errorf("%s %v %s", r.URL, r.Header, body)
			}
			answer(w, 202, rumbo.Batch{ID: "batch_1"})
			return
		}
		q := r.URL.Query()
		if q.Get("vehicle_id") != "v" || q.Get("from") != "2022-01-31T12:00:00Z" || q.Has("until") {
			t.Errorf("%v", q)
		}
		page := client.Page[rumbo.VehicleEvent]{Items: sent[:1], Next: "n"}
		if q.Get("after") == "n" {
			page = client.Page[rumbo.VehicleEvent]{Items: sent[1:]}
		}
		answer(w, 200, page)
	})
	if b, err := c.SendEvents(t.Context(), sent, client.IngestOptions{IdempotencyKey: "k"}); err != nil || b.ID != "batch_1" {
		t.Errorf("%+v, %v", b, err)
	}
	n := 0
	for e, err := range c.Events(t.Context(), client.EventQuery{VehicleID: "v", From: noon}) {
		if err != nil || e != sent[n] {
			t.Errorf("%+v, %v", e, err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d events", n)
	}
}
