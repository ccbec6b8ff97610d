package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

const aPrediction = `{"queries":[{"from":{"point":{"lat":40.7,"lon":-73.9}},"to":{"zone":236},"depart_at":"2022-01-31T08:00:00-05:00"}]}`

func problem(t *testing.T, body []byte) client.Problem {
	t.Helper()
	var p client.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("not a problem: %s", body)
	}
	return p
}

func TestWhoMayDoWhat(t *testing.T) {
	w := newWorld(t)
	reader := w.addKey("reader", ScopeRead)
	for _, c := range []struct {
		name, header string
		method, path string
		want         int
	}{
		{"no key", "", "GET", "/v1/orders", 401},
		{"good key", "Bearer " + w.key, "GET", "/v1/orders", 200},
		{"scheme in capitals", "BEARER " + w.key, "GET", "/v1/orders", 200},
		{"other scheme", "Basic " + w.key, "GET", "/v1/orders", 401},
		{"no scheme", w.key, "GET", "/v1/orders", 401},
		{"wrong secret", "Bearer " + w.key[:len(w.key)-1] + "_", "GET", "/v1/orders", 401},
		{"unknown prefix", "Bearer rumbo_00000000_x", "GET", "/v1/orders", 401},
		{"half a key", "Bearer rumbo_0000", "GET", "/v1/orders", 401},
		{"prefix alone", "Bearer " + prefixOf(w.key) + "_", "GET", "/v1/orders", 401},
		{"space before", "Bearer  " + w.key, "GET", "/v1/orders", 401},
		{"reader reads", "Bearer " + reader, "GET", "/v1/plans", 200},
		{"reader plans", "Bearer " + reader, "POST", "/v1/plans", 403},
		{"reader ingests", "Bearer " + reader, "POST", "/v1/ingestions?kind=orders", 403},
		{"reader trains", "Bearer " + reader, "POST", "/v1/runs", 403},
		{"reader rolls back", "Bearer " + reader, "POST", "/v1/models/travel-time/rollback", 403},
		{"health needs none", "", "GET", "/healthz", 200},
		{"readiness needs none", "", "GET", "/readyz", 200},
		{"the document needs none", "", "GET", "/openapi.json", 200},
	} {
		r := w.do(c.method, c.path, "", "Authorization", c.header)
		if r.Code != c.want {
			t.Errorf("%s: %d, want %d: %s", c.name, r.Code, c.want, r.Body)
		}
		if (r.Code == 401) != (r.Header().Get("WWW-Authenticate") != "") {
			t.Errorf("%s: WWW-Authenticate %q", c.name, r.Header().Get("WWW-Authenticate"))
		}
	}
	if strings.Contains(w.log.String(), w.key) || strings.Contains(w.log.String(), reader) {
		t.Error("a key is in the log")
	}
	if !strings.Contains(w.log.String(), prefixOf(reader)) {
		t.Error("the log does not say who it was")
	}
}

func TestKeysAtRest(t *testing.T) {
	w := newWorld(t)
	keys, err := w.store.Keys(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatalf("%v, %v", keys, err)
	}
	if stored := fmt.Sprint(keys[0]); strings.Contains(stored, w.key) || len(keys[0].SHA256) != 64 || keys[0].Prefix != prefixOf(w.key) {
		t.Errorf("stored %s", stored)
	}
	if _, _, err := NewKey("x", []string{"everything"}, noon, nil); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Errorf("unknown scope: %v", err)
	}
	if _, _, err := NewKey("x", nil, noon, bytes.NewReader(nil)); err == nil {
		t.Error("a key without randomness")
	}
}

func TestPathsAndMethods(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		method, path string
		want         int
		allow        string
	}{
		{"GET", "/nothing", 404, ""}, {"GET", "/v1", 404, ""}, {"POST", "/v2/plans", 404, ""}, {"GET", "/v1/plans/", 404, ""},
		{"GET", "//v1/plans", 404, ""}, {"GET", "/v1/../v1/plans", 404, ""}, {"GET", "/v1/./plans", 404, ""},
		{"DELETE", "/v1/plans", 405, "GET, HEAD, POST"}, {"PUT", "/v1/plans/x", 405, "GET, HEAD"}, {"GET", "/v1/predictions", 405, "POST"},
		{"POST", "/healthz", 405, "GET, HEAD"}, {"POST", "/docs", 405, "GET, HEAD"}, {"PUT", "/v1/keys/x", 405, "DELETE"}, {"OPTIONS", "/v1/plans", 405, "GET, HEAD, POST"},
		{"HEAD", "/v1/plans", 200, ""}, {"HEAD", "/docs", 200, ""}, {"HEAD", "/v1/plans/none", 404, ""},
		{"GET", "/v1/plans/none", 404, ""}, {"GET", "/v1/ingestions/none", 404, ""}, {"GET", "/v1/ingestions/none/quarantine", 404, ""},
		{"GET", "/v1/orders/none", 404, ""}, {"GET", "/v1/vehicles/none", 404, ""}, {"GET", "/v1/depots/none", 404, ""}, {"GET", "/v1/runs/none", 404, ""},
		{"GET", "/v1/deliveries/none", 404, ""}, {"GET", "/v1/predictions/none", 404, ""}, {"GET", "/v1/models/none", 404, ""},
		{"GET", "/v1/models/none/1", 404, ""}, {"GET", "/v1/models/none/x", 404, ""}, {"GET", "/v1/plans/none/progress", 404, ""},
		{"GET", "/", 302, ""},
	} {
		r := w.do(c.method, c.path, "")
		if r.Code != c.want || r.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: %d Allow %q, want %d %q", c.method, c.path, r.Code, r.Header().Get("Allow"), c.want, c.allow)
		}
		if r.Code >= 400 && c.method != "HEAD" {
			if p := problem(t, r.Body.Bytes()); r.Header().Get("Content-Type") != problemType || p.Status != c.want || p.RequestID != r.Header().Get(headerRequestID) {
				t.Errorf("%s %s: %s %+v", c.method, c.path, r.Header().Get("Content-Type"), p)
			}
		}
		if r.Header().Get("X-Content-Type-Options") != "nosniff" || r.Header().Get("Content-Security-Policy") == "" || r.Header().Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s %s: security headers %v", c.method, c.path, r.Header())
		}
	}
}

// An ID may hold a slash, a space or a #; in a path they are escaped.
func TestAwkwardIDs(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"A/1", "A 1", "A#1", "Ñandú:7", "a..b"} {
		o := exampleOrder()
		o.ID = id
		w.load(rumbo.KindOrders, func(ctx context.Context, tx store.Tx, batch string) error {
			_, err := tx.AddOrders(ctx, batch, []rumbo.Order{o})
			return err
		})
		r := w.do("GET", "/v1/orders/"+url.PathEscape(id), "")
		if r.Code != 200 || !strings.Contains(r.Body.String(), `"id":"`+id+`"`) {
			t.Errorf("%q: %d %s", id, r.Code, r.Body)
		}
	}
}

func TestRequestID(t *testing.T) {
	w := newWorld(t)
	if got := w.do("GET", "/healthz", "", headerRequestID, "mine-1").Header().Get(headerRequestID); got != "mine-1" {
		t.Errorf("own ID became %q", got)
	}
	for _, bad := range []string{"with space", "new\nline", strings.Repeat("a", 65), `"quote"`} {
		if got := w.do("GET", "/healthz", "", headerRequestID, bad).Header().Get(headerRequestID); !strings.HasPrefix(got, "req_") {
			t.Errorf("%q was kept: %q", bad, got)
		}
	}
}

func TestPanicsAreAnswered(t *testing.T) {
	w := newWorld(t)
	w.before = func(string) { panic("secret detail") }
	r := w.do("POST", "/v1/plans", aPlan)
	p := problem(t, r.Body.Bytes())
	if r.Code != 500 || p.Code != rumbo.Internal || p.RequestID == "" || strings.Contains(r.Body.String(), "secret") {
		t.Errorf("%d %s", r.Code, r.Body)
	}
	if !strings.Contains(w.log.String(), "secret detail") || !strings.Contains(w.log.String(), p.RequestID) {
		t.Error("the log does not tell of the panic")
	}
	if !strings.Contains(w.do("GET", "/metrics", "").Body.String(), "rumbo_http_panics_total 1") {
		t.Error("the panic was not counted")
	}
}

func TestInternalFaultsKeepTheirSecrets(t *testing.T) {
	w := newWorld(t)
	w.fail = fmt.Errorf("open /secret/path: denied")
	r := w.do("POST", "/v1/plans", aPlan)
	if r.Code != 500 || strings.Contains(r.Body.String(), "secret") || !strings.Contains(w.log.String(), "secret") {
		t.Errorf("%d %s", r.Code, r.Body)
	}
	w.fail = rumbo.Fault(rumbo.NoModel, "flow.Predict", "", nil)
	if r := w.do("POST", "/v1/predictions", aPrediction); r.Code != 409 || problem(t, r.Body.Bytes()).Code != rumbo.NoModel {
		t.Errorf("no model: %d %s", r.Code, r.Body)
	}
}

func TestBodies(t *testing.T) {
	w := newWorld(t)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(aPlan))
	_ = z.Close()
	var bomb bytes.Buffer
	z = gzip.NewWriter(&bomb)
	_, _ = z.Write(bytes.Repeat([]byte(" "), maxJSON+1))
	_ = z.Close()
	for _, c := range []struct {
		name, body, media, encoding string
		want                        int
	}{
		{"plain", aPlan, "application/json", "", 202},
		{"no type", aPlan, "", "", 202},
		{"charset", aPlan, "application/json; charset=UTF-8", "", 202},
		{"other charset", aPlan, "application/json; charset=latin1", "", 415},
		{"form", aPlan, "application/x-www-form-urlencoded", "", 415},
		{"nonsense type", aPlan, "///", "", 415},
		{"gzip", zipped.String(), "application/json", "gzip", 202},
		{"gzip cut", zipped.String()[:zipped.Len()-9], "application/json", "gzip", 400},
		{"gzip with a wrong sum", zipped.String()[:zipped.Len()-8] + "12345678", "application/json", "gzip", 400},
		{"not gzip", aPlan, "application/json", "gzip", 400},
		{"empty gzip", "", "application/json", "gzip", 400},
		{"bomb", bomb.String(), "application/json", "gzip", 413},
		{"brotli", aPlan, "application/json", "br", 415},
		{"largest", aPlan + strings.Repeat(" ", maxJSON-len(aPlan)), "application/json", "", 202},
		{"too large", aPlan + strings.Repeat(" ", maxJSON-len(aPlan)+1), "application/json", "", 413},
		{"empty", "", "application/json", "", 400},
	} {
		r := w.do("POST", "/v1/plans", c.body, "Content-Type", c.media, "Content-Encoding", c.encoding)
		if r.Code != c.want {
			t.Errorf("%s: %d, want %d: %s", c.name, r.Code, c.want, r.Body)
		}
	}
}

func TestIngestion(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxPayload = 1000 })
	first := w.do("POST", "/v1/ingestions?kind=trips&schema=tlc_yellow&time_zone=America/New_York&month=2022-01", exampleCSV, "Content-Type", "text/csv")
	var b rumbo.Batch
	if err := json.Unmarshal(first.Body.Bytes(), &b); err != nil || first.Code != 202 || b.Format != "csv" || b.Schema != "tlc_yellow" || first.Header().Get("Location") != "/v1/ingestions/"+b.ID {
		t.Fatalf("%d %s %v", first.Code, first.Body, first.Header())
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(exampleCSV))
	_ = z.Close()
	again := w.do("POST", "/v1/ingestions?kind=trips", zipped.String(), "Content-Type", "text/csv", "Content-Encoding", "gzip")
	var second rumbo.Batch
	if err := json.Unmarshal(again.Body.Bytes(), &second); err != nil || again.Code != 200 || second.ID != b.ID || !second.Repeated {
		t.Errorf("the same payload, compressed: %d %s", again.Code, again.Body)
	}
	if r := w.do("POST", "/v1/ingestions?kind=orders", strings.Repeat("x", 1001)); r.Code != 413 {
		t.Errorf("large payload: %d %s", r.Code, r.Body)
	}
	if r := w.do("POST", "/v1/ingestions?kind=orders", zipped.String()[:20], "Content-Encoding", "gzip"); r.Code != 400 {
		t.Errorf("truncated payload: %d %s", r.Code, r.Body)
	}
	if n := w.effects.Load(); n != 1 {
		t.Errorf("%d batches", n)
	}
	if !strings.Contains(w.do("GET", "/metrics", "").Body.String(), "rumbo_payload_bytes_total") {
		t.Error("bytes are not counted")
	}
}

func TestPreferWait(t *testing.T) {
	w := newWorld(t)
	w.finish = true
	for _, c := range []struct{ path, body string }{{"/v1/plans", aPlan}, {"/v1/ingestions?kind=orders", `[{"id":"A"}]`}} {
		if r := w.do("POST", c.path, c.body, "Prefer", "respond-async, wait=5"); r.Code != 200 {
			t.Errorf("%s: %d %s", c.path, r.Code, r.Body)
		}
	}
	w.finish = false
	r := w.do("POST", "/v1/plans", aPlan, "Prefer", "wait=0")
	var p rumbo.Plan
	if err := json.Unmarshal(r.Body.Bytes(), &p); err != nil || r.Code != 202 {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	go func() {
		p.State, p.FinishedAt = rumbo.PlanDone, &noon
		_ = w.store.InTx(context.Background(), func(tx store.Tx) error { return tx.SetPlan(context.Background(), p) })
	}()
	r = w.do("GET", "/v1/plans/"+p.ID, "", "Prefer", "wait=30")
	if r.Code != 200 || !strings.Contains(r.Body.String(), `"state":"done"`) {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}

func TestLists(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		p := examplePlan(rumbo.PlanQueued)
		p.ID = fmt.Sprintf("plan_%02d", i)
		w.tx(func(ctx context.Context, tx store.Tx) error { return tx.AddPlan(ctx, p) })
	}
	var seen []string
	after := ""
	for range 10 {
		r := w.do("GET", "/v1/plans?limit=3"+after, "")
		var p client.Page[rumbo.Plan]
		if err := json.Unmarshal(r.Body.Bytes(), &p); err != nil || r.Code != 200 {
			t.Fatalf("%d %s", r.Code, r.Body)
		}
		for _, item := range p.Items {
			seen = append(seen, item.ID)
		}
		if p.Next == "" {
			break
		}
		after = "&after=" + p.Next
	}
	if got := strings.Join(seen, " "); got != "plan_06 plan_05 plan_04 plan_03 plan_02 plan_01 plan_00" {
		t.Errorf("pages: %s", got)
	}
	if r := w.do("GET", "/v1/vehicles", ""); r.Body.String() != "{\"items\":[]}\n" {
		t.Errorf("an empty list: %s", r.Body)
	}
	if r := w.do("GET", "/v1/trips?after=nonsense", ""); r.Code != 422 {
		t.Errorf("a cursor that is none: %d %s", r.Code, r.Body)
	}
}

func TestConditionalReads(t *testing.T) {
	w := newWorld(t)
	first := w.do("GET", "/v1/plans", "")
	tag := first.Header().Get("ETag")
	for header, want := range map[string]int{tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200} {
		if r := w.do("GET", "/v1/plans", "", "If-None-Match", header); r.Code != want || want == 304 && r.Body.Len() > 0 {
			t.Errorf("%s: %d", header, r.Code)
		}
	}
}

func TestModels(t *testing.T) {
	w := newWorld(t)
	w.models = []rumbo.ModelVersion{{Name: "travel-time", Version: 2}, {Name: "travel-time", Version: 1}}
	for path, want := range map[string]int{"/v1/models": 200, "/v1/models/travel-time": 200, "/v1/models/travel-time/2": 200, "/v1/models/travel-time/3": 404, "/v1/models/travel-time/0": 404} {
		if r := w.do("GET", path, ""); r.Code != want || strings.Contains(r.Body.String(), "null") {
			t.Errorf("%s: %d %s", path, r.Code, r.Body)
		}
	}
	if r := w.do("POST", "/v1/models/travel-time/rollback", `{"version":1}`); r.Code != 200 || !strings.Contains(r.Body.String(), `"version":1`) {
		t.Errorf("rollback: %d %s", r.Code, r.Body)
	}
	if r := w.do("POST", "/v1/models/travel-time/rollback", `{"version":9}`); r.Code != 404 {
		t.Errorf("rollback to nothing: %d %s", r.Code, r.Body)
	}
}

func TestReadinessAsksTheStore(t *testing.T) {
	w := newWorld(t)
	broken := w.serve(func(c *Config) { c.Store = deadStore{w.store} })
	r := w.doOn(broken, "GET", "/readyz", "")
	if r.Code != 503 || r.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", r.Code, r.Body)
	}
	if r := w.doOn(broken, "GET", "/healthz", ""); r.Code != 200 {
		t.Errorf("alive: %d", r.Code)
	}
}

type deadStore struct{ store.Store }

func (deadStore) Ping(context.Context) error { return fmt.Errorf("gone") }

func TestLimits(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxPayload, c.Rates = 1000, Rates{Read: 60} })
	var l client.Limits
	r := w.do("GET", "/v1/limits", "")
	if err := json.Unmarshal(r.Body.Bytes(), &l); err != nil || r.Code != 200 || l.PayloadBytes != 1000 || l.RequestsEachMinute.Read != 60 ||
		l.JSONBytes != maxJSON || l.IdempotencyDays != 7 || l.WebhookAttempts != 12 || l.WaitS != 120 {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}

func TestNewRefusesHoles(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("an empty configuration")
	}
}

func TestTokensSortByTime(t *testing.T) {
	zero := bytes.NewReader(make([]byte, 1000))
	var last string
	for i := range 20 {
		token, err := newToken(noon.Add(time.Duration(i)*time.Hour), zero)
		if err != nil || len(token) != 26 || token <= last {
			t.Fatalf("%q after %q, %v", token, last, err)
		}
		last = token
	}
	if token, _ := newToken(time.UnixMilli(1469918176385), bytes.NewReader(make([]byte, 10))); !strings.HasPrefix(token, "01ARYZ6S41") {
		t.Errorf("not the layout of a ULID: %s", token)
	}
	if _, err := newToken(noon, bytes.NewReader(nil)); err == nil {
		t.Error("a token without randomness")
	}
}
