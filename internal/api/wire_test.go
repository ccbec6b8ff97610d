package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// dial opens a connection to a real server and writes text on it.
func dial(t *testing.T, server *httptest.Server, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // rather than hang
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

func (w *world) listen(change ...func(*Config)) *httptest.Server {
	w.t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.Config = NewServer(w.serve(change...))
	server.Start()
	w.t.Cleanup(server.Close)
	return server
}

// Clients that stop in the middle of a body, or hang up, leave nothing behind.
func TestClientsThatStopInTheMiddle(t *testing.T) {
	w := newWorld(t)
	server := w.listen(func(c *Config) { c.stall = 50 * time.Millisecond })
	for _, path := range []string{"/v1/plans", "/v1/ingestions?kind=orders"} {
		head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{", path, w.key)
		conn := dial(t, server, head)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: the silent client got no answer: %v", path, err)
		}
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 400 || !strings.Contains(string(body), "truncated_payload") {
			t.Errorf("%s: the silent client got %d %s", path, resp.StatusCode, body)
		}
		conn.Close()
		dial(t, server, head).Close()
		refused := dial(t, server, strings.Replace(head, "Bearer ", "Bearer x", 1)) // refused before its body is read
		if resp, err := http.ReadResponse(bufio.NewReader(refused), nil); err != nil || resp.StatusCode != 401 {
			t.Errorf("%s: the refused silent client got %v %v", path, resp, err)
		}
		refused.Close()
	}
	if n := w.effects.Load(); n != 0 {
		t.Errorf("%d effects", n)
	}
	resp, err := http.Get(server.URL + "/healthz")
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("afterwards: %v %v", resp, err)
	}
}

// A slow body that keeps coming is served.
func TestSlowBodiesAreServed(t *testing.T) {
	w := newWorld(t)
	server := w.listen(func(c *Config) { c.stall = 2 * time.Second })
	body := aPlan
	conn := dial(t, server, fmt.Sprintf("POST /v1/plans HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", w.key, len(body)))
	defer conn.Close()
	for _, c := range body {
		if _, err := io.WriteString(conn, string(c)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != 202 {
		t.Errorf("%v %v", resp, err)
	}
}

func TestNonsenseOnTheWire(t *testing.T) {
	w := newWorld(t)
	server := w.listen()
	for name, text := range map[string]string{
		"no HTTP":         "hello\r\n\r\n",
		"long header":     "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 100<<10) + "\r\n\r\n",
		"two lengths":     "POST /v1/plans HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"negative length": "POST /v1/plans HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"no host":         "GET / HTTP/1.1\r\n\r\n",
		"bad chunk":       "POST /v1/plans HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + w.key + "\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"absolute path":   "GET http://other/v1/plans HTTP/1.1\r\nHost: x\r\n\r\n",
		"star":            "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		"authority":       "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
		"unknown method":  "BREW /v1/plans HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + w.key + "\r\n\r\n",
	} {
		conn := dial(t, server, text)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: no answer: %v", name, err)
		} else if resp.StatusCode >= 500 || resp.StatusCode < 200 || resp.StatusCode == 200 && name != "star" {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
		conn.Close()
	}
}

// Each POST is sent five times at once to each of two servers that follow each
// other on one store, as by clients that lost patience: every effect happens
// once, and everybody gets the same answer.
func TestRetryStormAcrossARestart(t *testing.T) {
	w := newWorld(t)
	requests := map[string]string{
		"/v1/plans": aPlan, "/v1/runs": `{"flow":"train"}`, "/v1/webhooks/test": `{"url":"https://example.com/a"}`,
		"/v1/ingestions?kind=depots": `[{"id":"D"}]`, "/v1/predictions": strings.Replace(aPrediction, "{", `{"callback_url":"https://example.com/p",`, 1),
	}
	answers := map[string]map[string]bool{}
	var mu sync.Mutex
	for _, handler := range []http.Handler{w.handler, w.serve()} {
		var wg sync.WaitGroup
		for path, body := range requests {
			for range 5 {
				wg.Go(func() {
					r := w.doOn(handler, "POST", path, body, headerIdempotency, "storm")
					mu.Lock()
					defer mu.Unlock()
					if answers[path] == nil {
						answers[path] = map[string]bool{}
					}
					answers[path][fmt.Sprint(r.Code)+r.Body.String()] = true
				})
			}
		}
		wg.Wait()
	}
	for path, set := range answers {
		if len(set) != 1 {
			t.Errorf("%s: %d different answers: %v", path, len(set), set)
		}
	}
	if n := w.effects.Load(); n != int64(len(requests)) {
		t.Errorf("%d effects of %d requests", n, len(requests))
	}
}
