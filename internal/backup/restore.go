package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Into is the empty place that a backup is restored into.
type Into struct {
	// Database begins to fill the database. Conflict when it is not empty.
	Database func(ctx context.Context, dump store.Dump) (store.Restore, error)
	Blobs    blob.Bucket
	// File keeps one of the small files; nil leaves them.
	File func(name string, content []byte) error
}

// Restored is what a restore brought back.
type Restored struct {
	Backup rumbo.Backup `json:"backup"`
	Files  []string     `json:"files,omitempty"`
	Took   float64      `json:"seconds"`
}

// markerKey is an object that lies among those that are being restored, until the database is
// there: a restore that was cut off may go on, another backup or a used bucket is refused.
const markerKey = "restore-under-way.json"

type marker struct {
	Backup string `json:"backup"`
}

// Restore brings a backup back into an empty place: objects first, the database last and at
// once, so that nothing is named that is not there. Every part is held against its checksums and
// every table against its rows. When anything fails, what was put is removed, and no
// database is to be seen. Errors: Conflict for a place that is not empty, Corrupt for a damaged
// part, Invalid when no identity opens the backup.
func (p *Place) Restore(ctx context.Context, m Manifest, into Into, tell func(doing string, done, of int64)) (out Restored, err error) {
	began := p.Clock()
	if err := p.opens(ctx, m); err != nil {
		return out, err
	}
	db, err := into.Database(ctx, m.Database.Dump)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	entries, err := p.entries(ctx, m)
	if err != nil {
		return out, err
	}
	if err := p.claim(ctx, m, into.Blobs, entries); err != nil {
		return out, err
	}
	put := &restoring{place: p, into: into.Blobs, tell: tell, of: int64(len(entries))}
	if err := put.all(ctx, entries); err != nil {
		return out, errors.Join(err, put.undo(ctx))
	}
	if err := p.restoreDatabase(ctx, m, db, tell); err != nil {
		return out, errors.Join(err, put.undo(ctx))
	}
	for _, part := range m.Files {
		content, err := p.content(ctx, part)
		if err == nil && into.File != nil {
			err = into.File(part.Name, content)
			out.Files = append(out.Files, part.Name)
		}
		if err != nil {
			return out, errors.Join(err, put.undo(ctx))
		}
	}
	switch err := db.Commit(ctx); {
	case rumbo.CodeOf(err) == rumbo.Corrupt:
		return out, errors.Join(err, put.undo(ctx))
	case err != nil: // perhaps the database is there; if not, the objects wait for another try
		return out, err
	}
	out.Backup, out.Took = m.Summary(), p.Clock().Sub(began).Seconds()
	return out, into.Blobs.Delete(ctx, markerKey)
}

// opens looks whether the keys are right, before anything is done: at the smallest part.
func (p *Place) opens(ctx context.Context, m Manifest) error {
	parts := slices.Clone(m.Database.Parts)
	slices.SortFunc(parts, func(a, b Part) int { return int(min(max(a.Bytes-b.Bytes, -1), 1)) })
	if len(parts) == 0 {
		return nil
	}
	_, err := p.content(ctx, parts[0])
	return err
}

// content reads a small part whole.
func (p *Place) content(ctx context.Context, part Part) ([]byte, error) {
	in, err := p.open(ctx, part)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if part.ContentBytes > maxContent {
		_, err := io.Copy(io.Discard, in)
		return nil, err
	}
	return io.ReadAll(in)
}

// maxContent is what content holds in memory; of a larger part only the checksums are looked at.
const maxContent = 64 << 20

// claim refuses a bucket that holds anything, but for what an earlier restore of the same backup
// left when it was killed.
func (p *Place) claim(ctx context.Context, m Manifest, blobs blob.Bucket, entries map[string]entry) error {
	const op = "backup.Restore"
	resumed := false
	if in, err := blobs.Open(ctx, markerKey); err == nil {
		var known marker
		err = json.NewDecoder(in).Decode(&known)
		in.Close()
		resumed = err == nil && known.Backup == m.ID
	} else if rumbo.CodeOf(err) != rumbo.NotFound {
		return err
	}
	for info, err := range blobs.List(ctx, "") {
		if err != nil {
			return err
		}
		if _, ours := entries[info.Key]; resumed && (ours || info.Key == markerKey) {
			continue
		}
		return &rumbo.Error{Code: rumbo.Conflict, Op: op, Detail: "the place of the objects is not empty: " + info.Key + " is there",
			Hint: "restore into a new directory or prefix; nothing was changed"}
	}
	text, err := json.Marshal(marker{m.ID})
	if err != nil {
		return err
	}
	_, err = blobs.Put(ctx, markerKey, bytes.NewReader(text), blob.PutOptions{})
	return err
}

// restoring puts objects, and remembers which.
type restoring struct {
	place *Place
	into  blob.Bucket
	tell  func(doing string, done, of int64)
	of    int64

	mu   sync.Mutex
	keys []string
}

// all puts every object. What has begun is brought to its end whatever happens: of a put that was
// called off nobody knows whether the object will still appear, behind undo.
func (r *restoring) all(ctx context.Context, entries map[string]entry) error {
	more, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ctx = context.WithoutCancel(ctx)
	var working sync.WaitGroup
	slots := make(chan struct{}, copiers)
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		slots <- struct{}{}
		if more.Err() != nil {
			break
		}
		working.Go(func() {
			defer func() { <-slots }()
			if err := r.put(ctx, entries[key]); err != nil {
				stop(err)
			}
		})
	}
	working.Wait()
	return context.Cause(more)
}

// put restores one object; it appears when its part was read to a good end.
func (r *restoring) put(ctx context.Context, e entry) error {
	in, err := r.place.open(ctx, e.Part)
	if err != nil {
		return err
	}
	defer in.Close()
	r.mu.Lock()
	r.keys = append(r.keys, e.Key) // also of a put that fails: its answer may have got lost
	r.tell("objects", int64(len(r.keys)), r.of)
	r.mu.Unlock()
	_, err = r.into.Put(ctx, e.Key, in, blob.PutOptions{})
	return err
}

// undo removes what was put, also when nobody waits any more.
func (r *restoring) undo(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Minute)
	defer cancel()
	for _, key := range append(r.keys, markerKey) {
		if err := r.into.Delete(ctx, key); err != nil {
			return fmt.Errorf("objects that were restored before could not be removed: %w", err)
		}
	}
	return nil
}

func (p *Place) restoreDatabase(ctx context.Context, m Manifest, db store.Restore, tell func(doing string, done, of int64)) error {
	for i, part := range m.Database.Parts {
		tell("database "+part.Name, int64(i), int64(len(m.Database.Parts)))
		if err := p.readInto(ctx, part, db); err != nil {
			return err
		}
	}
	return nil
}

func (p *Place) readInto(ctx context.Context, part Part, db store.Restore) error {
	in, err := p.open(ctx, part)
	if err != nil {
		return err
	}
	defer in.Close()
	return db.ReadPart(ctx, part.Name, in)
}
