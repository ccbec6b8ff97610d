package ingest

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// oneBlob is a bucket in memory that keeps the last object.
type oneBlob struct {
	Blobs
	kept []byte
}

func (o *oneBlob) Put(_ context.Context, key string, r io.Reader, _ blob.PutOptions) (blob.Info, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return blob.Info{}, err
	}
	o.kept = data
	return blob.Info{Key: key, Bytes: int64(len(data))}, nil
}

func (o *oneBlob) Open(context.Context, string) (blob.Reader, error) {
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(o.kept), io.NopCloser(nil)}, nil
}

func (o *oneBlob) Delete(context.Context, string) error {
	o.kept = nil
	return nil
}

// FuzzReceive holds that any bytes are either kept as they are (or decompressed)
// or refused with a coded error that leaves nothing.
func FuzzReceive(f *testing.F) {
	for _, body := range []string{yellowHeader + "\n" + yellowRow + "\n", zipped(ownHeader + "\n" + ownRow), squeezed(ownHeader + "\n" + ownRow),
		"\xef\xbb\xbf" + ownHeader + "\r\n\"x", `{"trips":[{"id":"A"}]}`, "{}\n{}", "PAR1"} {
		for i := range formats[rumbo.KindTrips] {
			f.Add([]byte(body), i)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, format int) {
		all := formats[rumbo.KindTrips]
		bucket := &oneBlob{}
		rc := &Receiver{Blobs: bucket, MaxBytes: 1 << 20}
		b, err := rc.Receive(t.Context(), "batch_1", received, rumbo.Payload{
			Kind: rumbo.KindTrips, Format: all[uint(format)%uint(len(all))], Body: bytes.NewReader(body)})
		switch {
		case err != nil && (bucket.kept != nil || rumbo.CodeOf(err) == rumbo.Internal):
			t.Fatalf("refused with %d bytes kept: %v", len(bucket.kept), err)
		case err == nil && (b.SHA256 != sha(string(bucket.kept)) || b.Bytes != int64(len(bucket.kept)) || b.Schema == ""):
			t.Fatalf("got %+v", b)
		}
	})
}
