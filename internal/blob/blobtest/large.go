package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// large sizes are more than one part of an upload: what a driver sends in pieces. One is
// a multiple of the part.
const (
	part  = 8 << 20
	large = 2*part + 12345
)

func noise(n int) []byte {
	data := make([]byte, n)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(data)
	return data
}

func largePut(t *testing.T, b blob.Bucket) {
	for _, size := range []int{part - 1, part, 2 * part, large} {
		data := noise(size)
		info, err := b.Put(t.Context(), "large", bytes.NewReader(data), blob.PutOptions{})
		if err != nil || info.Bytes != int64(size) {
			t.Fatalf("Put of %d = %+v, %v", size, info, err)
		}
		if content(t, b, "large") != string(data) {
			t.Errorf("%d bytes: others came back", size)
		}
	}
}

func largeFails(t *testing.T, b blob.Bucket) {
	data, boom := noise(large), errors.New("boom")
	source := io.MultiReader(bytes.NewReader(data), iotest.ErrReader(boom))
	if _, err := b.Put(t.Context(), "large", source, blob.PutOptions{}); !errors.Is(err, boom) {
		t.Errorf("err = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	source = io.MultiReader(bytes.NewReader(data[:part+1]), onRead(cancel), bytes.NewReader(data))
	_, err := b.Put(ctx, "large", source, blob.PutOptions{})
	wantCode(t, "canceled put", err, rumbo.Canceled)
	if got := keys(t, b, ""); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func largeOnlyIfNew(t *testing.T, b blob.Bucket) {
	put(t, b, "m/1", "first")
	_, err := b.Put(t.Context(), "m/1", bytes.NewReader(noise(large)), blob.PutOptions{OnlyIfNew: true})
	wantCode(t, "second put", err, rumbo.Conflict)
	if got := content(t, b, "m/1"); got != "first" {
		t.Errorf("content is %d bytes", len(got))
	}
}

func hereAndThere(t *testing.T, b blob.Bucket) {
	data := noise(large)
	if _, err := b.Put(t.Context(), "k", bytes.NewReader(data), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	r, err := b.Open(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var readers sync.WaitGroup
	for lane := range 4 {
		readers.Go(func() {
			source := rand.New(rand.NewPCG(1, uint64(lane)))
			for range 50 {
				at := source.IntN(large)
				want := data[at:min(at+source.IntN(100_000), large)]
				got := make([]byte, len(want))
				if n, err := r.ReadAt(got, int64(at)); n != len(want) || (err != nil && err != io.EOF) || !bytes.Equal(got, want) {
					t.Errorf("ReadAt(%d bytes at %d) = %d, %v", len(want), at, n, err)
				}
			}
		})
	}
	readers.Wait()
	if n, err := r.ReadAt(make([]byte, 10), large-3); n != 3 || err != io.EOF {
		t.Errorf("ReadAt over the end = %d, %v", n, err)
	}
	wantSeek(t, r, 0, io.SeekEnd, large)
	wantSeek(t, r, part+7, io.SeekStart, part+7)
	if got, err := io.ReadAll(io.LimitReader(r, 100)); err != nil || !bytes.Equal(got, data[part+7:part+107]) {
		t.Errorf("%d bytes, %v after a seek", len(got), err)
	}
	wantSeek(t, r, -7, io.SeekCurrent, part+100)
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data[part+100:]) {
		t.Errorf("%d bytes, %v after another", len(got), err)
	}
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		t.Error("no fault before the begin")
	}
}

func wantSeek(t *testing.T, r io.Seeker, offset int64, whence int, want int64) {
	t.Helper()
	if at, err := r.Seek(offset, whence); err != nil || at != want {
		t.Errorf("Seek(%d, %d) = %d, %v, want %d", offset, whence, at, err, want)
	}
}

// onRead does something when it is read, and is empty.
type onRead func()

func (f onRead) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}
