package s3_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/blobtest"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3/s3test"
)

func open(t *testing.T, address string) *s3.Bucket {
	t.Helper()
	b, err := s3.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBucket(t *testing.T) {
	server := s3test.New(t)
	blobtest.Run(t, func(t *testing.T) blob.Bucket { return open(t, server.Bucket(t)) })
}

// More objects than one answer holds are all listed, in order, and those of another
// prefix of the bucket are not.
func TestListGoesOverPages(t *testing.T) {
	server := s3test.New(t)
	address := server.Bucket(t)
	b, other := open(t, address), open(t, strings.Replace(address, "/acme", "/acme-2", 1))
	const n = 1100
	var all sync.WaitGroup
	for lane := range 4 {
		all.Go(func() {
			for i := lane; i < n; i += 4 {
				if _, err := b.Put(t.Context(), fmt.Sprintf("k/%04d", i), strings.NewReader("x"), blob.PutOptions{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if _, err := other.Put(t.Context(), "k/0000", strings.NewReader("y"), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for info, err := range b.List(t.Context(), "k/") {
		if want := fmt.Sprintf("k/%04d", seen); err != nil || info.Key != want {
			t.Fatalf("%v, %v, want %s", info, err, want)
		}
		seen++
	}
	if seen != n {
		t.Errorf("%d objects listed", seen)
	}
}

// An operator's mistakes are told apart.
func TestOpenTellsWhatIsWrong(t *testing.T) {
	server := s3test.New(t)
	_, err := s3.Open(t.Context(), server.Address("nowhere", server.Host))
	want(t, "no such bucket", err, rumbo.NotFound, "bucket nowhere")
	address := server.Bucket(t)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	_, err = s3.Open(t.Context(), address)
	want(t, "bad secret", err, rumbo.Unavailable, "refuses the credentials")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	_, err = s3.Open(t.Context(), address)
	want(t, "no credentials", err, rumbo.Unavailable, "no credentials")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	t.Setenv("AWS_ACCESS_KEY_ID", "y")
	_, err = s3.Open(t.Context(), server.Address("b", "127.0.0.1:1"))
	want(t, "nobody there", err, rumbo.Unavailable, "does not answer")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s3.Open(ctx, address)
	want(t, "canceled", err, rumbo.Canceled, "")
	for address, part := range map[string]string{
		"dir/blobs": "s3://bucket", "s3:///x": "s3://bucket", "s3://ana:pw@b": "credentials", "s3://b?x=1": "region, endpoint",
		"s3://b/a b": "prefix", "s3://b?endpoint=host:1": "endpoint like", "s3://b?silence_timeout=5": "like 30s",
	} {
		_, err := s3.ParseAddress(address)
		want(t, address, err, rumbo.Invalid, part)
		if strings.Contains(fmt.Sprint(err), ":pw@") {
			t.Errorf("the message tells the password: %v", err)
		}
	}
}

func want(t *testing.T, what string, err error, code rumbo.Code, text string) {
	t.Helper()
	if rumbo.CodeOf(err) != code || !strings.Contains(fmt.Sprint(err), text) {
		t.Errorf("%s: %v, want %s with %q", what, err, code, text)
	}
}
