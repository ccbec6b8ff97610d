package backup

import (
	"bytes"
	"context"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// View is the objects of a backup as a bucket that can only be read: what a registry would
// find after a restore. An object is held in memory while it is read.
type View struct {
	place   *Place
	entries map[string]entry
}

var _ blob.Bucket = (*View)(nil)

// View opens a backup's objects.
func (p *Place) View(ctx context.Context, m Manifest) (*View, error) {
	entries, err := p.entries(ctx, m)
	return &View{p, entries}, err
}

func readOnly(op string) error {
	return rumbo.Fault(rumbo.Internal, op, "a backup is only read", nil)
}

// Put implements blob.Bucket.
func (v *View) Put(context.Context, string, io.Reader, blob.PutOptions) (blob.Info, error) {
	return blob.Info{}, readOnly("blob.Put")
}

// Delete implements blob.Bucket.
func (v *View) Delete(context.Context, string) error { return readOnly("blob.Delete") }

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// Open implements blob.Bucket.
func (v *View) Open(ctx context.Context, key string) (blob.Reader, error) {
	if _, err := v.Stat(ctx, key); err != nil {
		return nil, err
	}
	in, err := v.place.open(ctx, v.entries[key].Part)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	content, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	return inMemory{bytes.NewReader(content)}, nil
}

// Stat implements blob.Bucket.
func (v *View) Stat(_ context.Context, key string) (blob.Info, error) {
	e, ok := v.entries[key]
	if !ok {
		return blob.Info{}, rumbo.Fault(rumbo.NotFound, "blob.Stat", key, nil)
	}
	return blob.Info{Key: key, Bytes: e.Bytes, ModifiedAt: e.Modified}, nil
}

// List implements blob.Bucket.
func (v *View) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(v.entries)) {
			if !strings.HasPrefix(key, prefix) {
				continue
			}
			info, err := v.Stat(ctx, key)
			if !yield(info, err) || err != nil {
				return
			}
		}
	}
}

// RestoreDatabase fills a scratch database and commits it, which holds the rows of every
// table against the manifest.
func (p *Place) RestoreDatabase(ctx context.Context, m Manifest, db store.Restore, tell func(doing string, done, of int64)) error {
	if err := p.restoreDatabase(ctx, m, db, tell); err != nil {
		return err
	}
	return db.Commit(ctx)
}
