package registry_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// failing is a bucket whose puts fail after some that went well.
type failing struct {
	blob.Bucket
	after int
}

func (f *failing) Put(ctx context.Context, key string, r io.Reader, o blob.PutOptions) (blob.Info, error) {
	if f.after == 0 {
		return blob.Info{}, errors.New("no more")
	}
	f.after--
	return f.Bucket.Put(ctx, key, r, o)
}

func read(t *testing.T, on blob.Bucket, key string) []byte {
	t.Helper()
	in, err := on.Open(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
