package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/webhook/signature"
)

var noon = time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)

func testSecret(t *testing.T) signature.Secret {
	t.Helper()
	s, err := signature.NewSecret(bytes.NewReader(bytes.Repeat([]byte{1}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSender(t *testing.T, change func(*Config)) *Sender {
	t.Helper()
	cfg := Config{Secrets: []signature.Secret{testSecret(t)}, Policy: Policy{AllowPrivate: true}, Clock: func() time.Time { return noon }, Timeout: 5 * time.Second}
	if change != nil {
		change(&cfg)
	}
	s, err := NewSender(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func delivery(url string) rumbo.Delivery {
	return rumbo.Delivery{ID: "dlv_01", Type: rumbo.EventPing, URL: url, Payload: []byte(`{"type":"webhook.ping"}`)}
}

func TestAttemptDeliversSignedBytes(t *testing.T) {
	var body []byte
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	payload, err := Encode(rumbo.EventPing, noon, map[string]string{"hello": "world"})
	if err != nil {
		t.Fatal(err)
	}
	d := delivery(server.URL)
	d.Payload = payload
	attempt, next := newSender(t, nil).Attempt(t.Context(), d)
	if want := (rumbo.DeliveryAttempt{Number: 1, At: noon, Status: 204}); attempt != want || next != (Next{Verdict: Done}) {
		t.Errorf("attempt %+v, next %+v", attempt, next)
	}
	if got, want := string(body), `{"type":"webhook.ping","timestamp":"2022-01-31T12:00:00Z","data":{"hello":"world"}}`; got != want {
		t.Errorf("body %s", got)
	}
	if header.Get("Content-Type") != "application/json" || header.Get("User-Agent") != "Rumbo" {
		t.Errorf("headers %v", header)
	}
	m, err := signature.Verifier{Secrets: []signature.Secret{testSecret(t)}}.Verify(header, body, noon)
	if err != nil || m.ID != d.ID {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestAnswersAndWhatFollows(t *testing.T) {
	var hits atomic.Int64
	victim := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer victim.Close()
	for _, c := range []struct {
		name   string
		status int
		header map[string]string
		tried  int
		want   Next
		text   string
	}{
		{"created", 201, nil, 0, Next{Done, 0}, ""},
		{"first failure", 500, nil, 0, Next{Retry, 5 * time.Second}, "500 Internal Server Error"},
		{"second", 503, nil, 1, Next{Retry, 5 * time.Minute}, "503"},
		{"third", 404, nil, 2, Next{Retry, 30 * time.Minute}, "404"},
		{"fourth", 400, nil, 3, Next{Retry, 2 * time.Hour}, "400"},
		{"fifth", 500, nil, 4, Next{Retry, 5 * time.Hour}, "500"},
		{"sixth", 500, nil, 5, Next{Retry, 10 * time.Hour}, "500"},
		{"eleventh", 500, nil, 10, Next{Retry, 10 * time.Hour}, "500"},
		{"twelfth and last", 500, nil, 11, Next{GiveUp, 0}, "500"},
		{"gone", 410, nil, 0, Next{GiveUp, 0}, "wants no more"},
		{"asked to wait", 429, map[string]string{"Retry-After": "120"}, 0, Next{Retry, 2 * time.Minute}, "429"},
		{"asked for less", 503, map[string]string{"Retry-After": "1"}, 1, Next{Retry, 5 * time.Minute}, "503"},
		{"asked with a date", 503, map[string]string{"Retry-After": "Mon, 31 Jan 2022 12:10:00 GMT"}, 0, Next{Retry, 10 * time.Minute}, "503"},
		{"asked for ever", 503, map[string]string{"Retry-After": "2000000000"}, 0, Next{Retry, 24 * time.Hour}, "503"},
		{"asked nonsense", 503, map[string]string{"Retry-After": "soon"}, 0, Next{Retry, 5 * time.Second}, "503"},
		{"redirect", 302, map[string]string{"Location": victim.URL}, 0, Next{Retry, 5 * time.Second}, "not followed"},
		{"redirect of a POST", 307, map[string]string{"Location": victim.URL}, 0, Next{Retry, 5 * time.Second}, "not followed"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for k, v := range c.header {
				w.Header().Set(k, v)
			}
			w.WriteHeader(c.status)
		}))
		d := delivery(server.URL)
		d.Attempts = make([]rumbo.DeliveryAttempt, c.tried)
		attempt, next := newSender(t, nil).Attempt(t.Context(), d)
		server.Close()
		if next != c.want || attempt.Number != c.tried+1 || attempt.Status != c.status || !strings.Contains(attempt.Error, c.text) || (c.text == "") != (attempt.Error == "") {
			t.Errorf("%s: %+v, %+v", c.name, attempt, next)
		}
	}
	if hits.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

// The whole schedule: twelve attempts, the last one within three days.
func TestScheduleEndsWithinThreeDays(t *testing.T) {
	total, n := time.Duration(0), 1
	for ; ; n++ {
		next := after(n, 0)
		if next.Verdict == GiveUp {
			break
		}
		total += next.After
	}
	if n != MaxAttempts || total > 72*time.Hour || total+Wait(n) < 72*time.Hour {
		t.Errorf("%d attempts over %s", n, total)
	}
}

func TestNoAnswer(t *testing.T) {
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
	defer slow.Close()
	defer close(release)
	sender := newSender(t, func(c *Config) { c.Timeout = 30 * time.Millisecond })
	attempt, next := sender.Attempt(t.Context(), delivery(slow.URL))
	if attempt.Error != "no answer within 30ms" || attempt.Status != 0 || next.Verdict != Retry {
		t.Errorf("slow receiver: %+v %+v", attempt, next)
	}

	closed := httptest.NewServer(nil)
	closed.Close()
	attempt, next = newSender(t, nil).Attempt(t.Context(), delivery(closed.URL))
	if !strings.HasPrefix(attempt.Error, "no connection") || next != (Next{Retry, 5 * time.Second}) {
		t.Errorf("closed port: %+v %+v", attempt, next)
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("stopping"))
	attempt, next = newSender(t, nil).Attempt(ctx, delivery(slow.URL))
	if attempt.Error != "interrupted: stopping" || next != (Next{Verdict: Retry}) {
		t.Errorf("stopped: %+v %+v", attempt, next)
	}
}

// A receiver that answers without end, or with endless headers, holds nobody.
func TestEndlessAnswers(t *testing.T) {
	flood := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunk := make([]byte, 64<<10)
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer flood.Close()
	attempt, next := newSender(t, nil).Attempt(t.Context(), delivery(flood.URL))
	if attempt.Status != 200 || next.Verdict != Done {
		t.Errorf("endless body: %+v %+v", attempt, next)
	}
	headers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("a", 2*maxHeader))
	}))
	defer headers.Close()
	attempt, next = newSender(t, nil).Attempt(t.Context(), delivery(headers.URL))
	if attempt.Status != 0 || next.Verdict != Retry || len(attempt.Error) > 300 {
		t.Errorf("endless header: %+v %+v", attempt, next)
	}
}

func TestRefusedAddressesEndADelivery(t *testing.T) {
	var hits atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	sender := newSender(t, func(c *Config) { c.Policy = Policy{}; c.Resolver = resolveAllTo(t, [4]byte{127, 0, 0, 1}) })
	for _, url := range []string{
		server.URL,                               // a literal loopback address
		"http://localhost:" + port,               // a name that is refused as a name
		"http://rebind.attacker.example:" + port, // a public name that resolves to loopback
	} {
		attempt, next := sender.Attempt(t.Context(), delivery(url))
		if next != (Next{Verdict: GiveUp}) || !strings.Contains(attempt.Error, "refused by policy") || attempt.Status != 0 {
			t.Errorf("%s: %+v %+v", url, attempt, next)
		}
	}
	if hits.Load() != 0 {
		t.Error("a refused address was called")
	}
	admitted := newSender(t, func(c *Config) { c.Resolver = resolveAllTo(t, [4]byte{127, 0, 0, 1}) })
	if attempt, next := admitted.Attempt(t.Context(), delivery("http://receiver.example:"+port)); next.Verdict != Done {
		t.Errorf("the resolver of this test does not work: %+v", attempt)
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	attempt, next := newSender(t, nil).Attempt(t.Context(), delivery(server.URL))
	if next.Verdict != Retry || !strings.Contains(attempt.Error, "certificate") {
		t.Errorf("unknown certificate: %+v %+v", attempt, next)
	}
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	trusting := newSender(t, func(c *Config) { c.TLS = &tls.Config{RootCAs: pool} })
	if attempt, next := trusting.Attempt(t.Context(), delivery(server.URL)); next.Verdict != Done {
		t.Errorf("known certificate: %+v", attempt)
	}
}

func TestSenderNeedsSecretAndClock(t *testing.T) {
	for _, cfg := range []Config{{}, {Clock: time.Now}, {Secrets: []signature.Secret{testSecret(t)}}} {
		if _, err := NewSender(cfg); err == nil {
			t.Errorf("%+v accepted", cfg)
		}
	}
	if _, err := Encode("x", noon, func() {}); err == nil {
		t.Error("encoded a function")
	}
	if diff := cmp.Diff(Next{Verdict: GiveUp}, after(MaxAttempts+5, 0)); diff != "" {
		t.Error(diff)
	}
}

// resolveAllTo answers every question for an IPv4 address with the given one,
// through a small name server on loopback.
func resolveAllTo(t *testing.T, address [4]byte) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(nameAnswer(buf[:n], address), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

// nameAnswer builds a DNS answer (RFC 1035): the question back, and for type A
// one record that points at it.
func nameAnswer(question []byte, address [4]byte) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5 // root label, type, class
	isA := question[end-4] == 0 && question[end-3] == 1
	answer := append([]byte{}, question[:end]...)
	answer[2], answer[3] = 0x81, 0x80 // response, recursion available
	answer[6], answer[7], answer[8], answer[9], answer[10], answer[11] = 0, 0, 0, 0, 0, 0
	if isA {
		answer[7] = 1
		answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		answer = append(answer, address[:]...)
	}
	return answer
}
