package s3_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3/s3test"
)

// What is signed can be put by a plain HTTP client, once, in the size that was said, until
// the time is up.
func TestSignPut(t *testing.T) {
	server := s3test.New(t)
	b := open(t, server.Bucket(t))
	sign := func(key string, bytes int64, life time.Duration) blob.Signed {
		t.Helper()
		signed, err := b.SignPut(t.Context(), key, bytes, life)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	for _, c := range []struct {
		what   string
		signed blob.Signed
		body   string
		alter  func(*http.Request)
		status int
	}{
		{"another size", sign("uploads/a", 5, time.Minute), "sixsix", nil, http.StatusForbidden},
		{"without the condition", sign("uploads/a", 5, time.Minute), "first", func(r *http.Request) { r.Header.Del("If-None-Match") }, http.StatusForbidden},
		{"another key", sign("uploads/a", 5, time.Minute), "first", func(r *http.Request) { r.URL.Path += "b" }, http.StatusForbidden},
		{"as signed", sign("uploads/a", 5, time.Minute), "first", nil, http.StatusOK},
		{"again", sign("uploads/a", 6, time.Minute), "second", nil, http.StatusPreconditionFailed},
	} {
		if got := send(t, c.signed, c.body, c.alter); got != c.status {
			t.Errorf("%s: status %d, want %d", c.what, got, c.status)
		}
	}
	late := sign("uploads/late", 1, time.Second)
	time.Sleep(2100 * time.Millisecond)
	if got := send(t, late, "x", nil); got != http.StatusForbidden {
		t.Errorf("late: status %d", got)
	}
	if got, err := readAll(t, b, "uploads/a"); err != nil || got != "first" {
		t.Errorf("%q, %v", got, err)
	}
	_, err := b.SignPut(t.Context(), "../x", 1, time.Minute)
	want(t, "bad key", err, rumbo.Invalid, "dot")
}

func send(t *testing.T, signed blob.Signed, body string, alter func(*http.Request)) (status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range signed.Header {
		req.Header.Set(name, value)
	}
	if alter != nil {
		alter(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
