package backup

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// CopyDatabase writes the database down as of one instant; tell hears the bytes so far.
func (p *Place) CopyDatabase(ctx context.Context, id string, db store.Snapshotter, tell func(doing string, bytes int64)) (Database, error) {
	snapshot, err := db.Snapshot(ctx)
	if err != nil {
		return Database{}, err
	}
	defer snapshot.Close() // it only read
	var parts []Part
	passed := int64(0)
	for _, name := range snapshot.Dump().Parts {
		tell(name, passed)
		part, err := p.put(ctx, name, partKey(id, "database/"+name), p.Keys.keys, func(w io.Writer) error {
			return snapshot.WritePart(ctx, name, told{w, func(n int) { passed += int64(n); tell(name, passed) }})
		})
		if err != nil {
			return Database{}, err
		}
		parts = append(parts, part)
	}
	return Database{Dump: snapshot.Dump(), Parts: parts}, snapshot.Close()
}

// told tells of what is written.
type told struct {
	io.Writer
	tell func(n int)
}

func (t told) Write(p []byte) (int, error) {
	n, err := t.Writer.Write(p)
	t.tell(n)
	return n, err
}

// Publish looks whether every part is there and makes the backup visible. Conflict when
// something was removed meanwhile.
func (p *Place) Publish(ctx context.Context, id string, begunAt time.Time, db Database, objects Objects) (Manifest, error) {
	m := Manifest{Format: Format, ID: id, Build: p.Build, BegunAt: begunAt.UTC(), TakenAt: db.TakenAt, FinishedAt: p.Clock().UTC(), Recipients: p.Keys.Texts, Database: db, Objects: objects}
	if len(p.Keys.keys) > 0 {
		for _, name := range slices.Sorted(maps.Keys(p.Files)) {
			part, err := p.put(ctx, name, partKey(id, "files/"+name), p.Keys.keys, func(w io.Writer) error { _, err := w.Write(p.Files[name]); return err })
			if err != nil {
				return m, err
			}
			m.Files = append(m.Files, part)
		}
	}
	if err := p.complete(ctx, m); err != nil {
		return m, err
	}
	return m, p.publish(ctx, m)
}

// complete looks for every part by its name and size.
func (p *Place) complete(ctx context.Context, m Manifest) error {
	there, err := p.stored(ctx)
	if err != nil {
		return err
	}
	for info, err := range p.Bucket.List(ctx, partKey(m.ID, "")) {
		if err != nil {
			return err
		}
		there[info.Key] = info.Bytes
	}
	missing := func(part Part) error {
		if n, ok := there[part.Key]; !ok || n != part.Bytes {
			return rumbo.Fault(rumbo.Conflict, "backup.Publish", fmt.Sprintf("the part %s of %s is gone, or has changed, while the backup was made", part.Key, m.ID), nil)
		}
		return nil
	}
	for _, part := range m.own() {
		if err := missing(part); err != nil {
			return err
		}
	}
	entries, err := p.entries(ctx, m)
	for _, e := range entries {
		if err := missing(e.Part); err != nil {
			return err
		}
	}
	return err
}
