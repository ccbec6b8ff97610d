// Package blobtest is the conformance suite of internal/blob: what every driver
// promises, as tests. A driver's own test calls [Run] with a function that
// makes an empty bucket.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// Run runs the whole suite; open makes an empty bucket for one test.
func Run(t *testing.T, open func(t *testing.T) blob.Bucket) {
	for _, c := range []struct {
		name string
		test func(*testing.T, blob.Bucket)
	}{
		{"a put is read back", putAndOpen},
		{"a put replaces", putReplaces},
		{"a put only if new keeps the first", putOnlyIfNew},
		{"one of many racing puts only if new wins", putRace},
		{"a failing source leaves nothing", failingSource},
		{"a canceled put leaves nothing", canceledPut},
		{"an open reader outlives replace and delete", readerOutlives},
		{"a reader goes here and there", hereAndThere},
		{"what is missing is not found", missing},
		{"delete twice is no fault", deleteTwice},
		{"list goes by prefix and key", list},
		{"list stops when told", listStops},
		{"bad keys are refused everywhere", badKeys},
		{"an empty object is an object", emptyObject},
		{"a large put appears whole", largePut},
		{"a large put that fails or is canceled leaves nothing", largeFails},
		{"a large put only if new keeps the first", largeOnlyIfNew},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func put(t *testing.T, b blob.Bucket, key, content string) {
	t.Helper()
	info, err := b.Put(t.Context(), key, strings.NewReader(content), blob.PutOptions{})
	if err != nil || info.Key != key || info.Bytes != int64(len(content)) || info.ModifiedAt.IsZero() {
		t.Fatalf("Put(%s) = %+v, %v", key, info, err)
	}
}

func content(t *testing.T, b blob.Bucket, key string) string {
	t.Helper()
	r, err := b.Open(t.Context(), key)
	if err != nil {
		t.Fatalf("Open(%s): %v", key, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func keys(t *testing.T, b blob.Bucket, prefix string) []string {
	t.Helper()
	var out []string
	for info, err := range b.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, info.Key)
	}
	return out
}

func wantCode(t *testing.T, what string, err error, code rumbo.Code) {
	t.Helper()
	if rumbo.CodeOf(err) != code {
		t.Errorf("%s: %v, want code %s", what, err, code)
	}
}

func putAndOpen(t *testing.T, b blob.Bucket) {
	big := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB
	put(t, b, "raw/batch_1.csv", big)
	if content(t, b, "raw/batch_1.csv") != big {
		t.Error("other bytes came back")
	}
	if info, err := b.Stat(t.Context(), "raw/batch_1.csv"); err != nil || info.Bytes != 1<<20 {
		t.Errorf("Stat = %+v, %v", info, err)
	}
}

func putReplaces(t *testing.T, b blob.Bucket) {
	put(t, b, "k", "a longer first content")
	put(t, b, "k", "second")
	if got := content(t, b, "k"); got != "second" {
		t.Errorf("content = %q", got)
	}
}

func putOnlyIfNew(t *testing.T, b blob.Bucket) {
	only := blob.PutOptions{OnlyIfNew: true}
	if _, err := b.Put(t.Context(), "m/1", strings.NewReader("first"), only); err != nil {
		t.Fatal(err)
	}
	_, err := b.Put(t.Context(), "m/1", strings.NewReader("second"), only)
	wantCode(t, "second put", err, rumbo.Conflict)
	if got := content(t, b, "m/1"); got != "first" {
		t.Errorf("content = %q", got)
	}
}

func putRace(t *testing.T, b blob.Bucket) {
	for round := range 20 {
		var wins atomic.Int32
		var winner atomic.Value
		var all sync.WaitGroup
		key := fmt.Sprintf("alias/%d", round)
		for i := range 8 {
			all.Go(func() {
				text := fmt.Sprint("writer ", i)
				_, err := b.Put(context.Background(), key, strings.NewReader(text), blob.PutOptions{OnlyIfNew: true})
				if err == nil {
					wins.Add(1)
					winner.Store(text)
				} else if rumbo.CodeOf(err) != rumbo.Conflict {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if wins.Load() != 1 || content(t, b, key) != winner.Load() {
			t.Fatalf("%d writers won", wins.Load())
		}
	}
}

func failingSource(t *testing.T, b blob.Bucket) {
	boom := errors.New("boom")
	source := io.MultiReader(strings.NewReader("half of it"), iotest.ErrReader(boom))
	if _, err := b.Put(t.Context(), "half", source, blob.PutOptions{}); !errors.Is(err, boom) {
		t.Errorf("err = %v", err)
	}
	if got := keys(t, b, ""); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func canceledPut(t *testing.T, b blob.Bucket) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.Put(ctx, "k", bytes.NewReader(make([]byte, 1<<20)), blob.PutOptions{})
	wantCode(t, "canceled put", err, rumbo.Canceled)
	if got := keys(t, b, ""); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func readerOutlives(t *testing.T, b blob.Bucket) {
	put(t, b, "k", "old content")
	r, err := b.Open(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	put(t, b, "k", "new")
	if err := b.Delete(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(r); err != nil || string(data) != "old content" {
		t.Errorf("read %q, %v", data, err)
	}
}

func missing(t *testing.T, b blob.Bucket) {
	put(t, b, "a/b", "x")
	for _, key := range []string{"nothing", "a", "a/b/c"} {
		_, err := b.Stat(t.Context(), key)
		wantCode(t, "Stat "+key, err, rumbo.NotFound)
		_, err = b.Open(t.Context(), key)
		wantCode(t, "Open "+key, err, rumbo.NotFound)
	}
}

func deleteTwice(t *testing.T, b blob.Bucket) {
	put(t, b, "a/b", "x")
	for range 2 {
		if err := b.Delete(t.Context(), "a/b"); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Delete(t.Context(), "a"); err != nil {
		t.Error(err)
	}
	if got := keys(t, b, ""); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func list(t *testing.T, b blob.Bucket) {
	all := []string{"a-1", "a.csv", "a/b", "a/c/d", "a0", "ab", "b/1", "b/10", "b/2"}
	for _, key := range []string{"b/2", "a0", "a/c/d", "ab", "a-1", "b/10", "a/b", "b/1", "a.csv"} {
		put(t, b, key, key)
	}
	for prefix, want := range map[string][]string{
		"": all, "a": all[:6], "a/": all[2:4], "a/c": all[3:4], "b/1": all[6:8], "z": nil, "b/2/": nil, "zz/y": nil,
	} {
		if got := keys(t, b, prefix); !slices.Equal(got, want) {
			t.Errorf("List(%q) = %v, want %v", prefix, got, want)
		}
	}
}

func listStops(t *testing.T, b blob.Bucket) {
	for i := range 5 {
		put(t, b, fmt.Sprintf("f%d/x", i), "x")
	}
	seen := 0
	for _, err := range b.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 2 {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range b.List(ctx, "") {
		wantCode(t, "canceled list", err, rumbo.Canceled)
	}
}

func badKeys(t *testing.T, b blob.Bucket) {
	for _, key := range []string{"", "/a", "a/", "a//b", "..", "a/../b", ".hidden", "a/.b", "a b", "a\\b", "ñ", "a\x00b",
		strings.Repeat("k", blob.MaxKeyLength+1), strings.Repeat("k", 201)} {
		_, err := b.Put(t.Context(), key, strings.NewReader("x"), blob.PutOptions{})
		wantCode(t, fmt.Sprintf("Put %q", key), err, rumbo.Invalid)
		_, err = b.Open(t.Context(), key)
		wantCode(t, fmt.Sprintf("Open %q", key), err, rumbo.Invalid)
		_, err = b.Stat(t.Context(), key)
		wantCode(t, fmt.Sprintf("Stat %q", key), err, rumbo.Invalid)
		wantCode(t, fmt.Sprintf("Delete %q", key), b.Delete(t.Context(), key), rumbo.Invalid)
	}
}

func emptyObject(t *testing.T, b blob.Bucket) {
	put(t, b, "empty", "")
	if got := content(t, b, "empty"); got != "" {
		t.Errorf("content = %q", got)
	}
	if got := keys(t, b, ""); !slices.Equal(got, []string{"empty"}) {
		t.Errorf("List = %v", got)
	}
}
