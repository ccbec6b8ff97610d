package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Format is the version of the form of manifests, parts and index.
const Format = 1

// Part is an object of the place.
type Part struct {
	Name          string `json:"name"`
	Key           string `json:"key"`
	Bytes         int64  `json:"bytes"`
	SHA256        string `json:"sha256"`         // as it lies there
	ContentBytes  int64  `json:"content_bytes"`  // decrypted and unpacked
	ContentSHA256 string `json:"content_sha256"` // likewise
}

// Objects are the installation's objects in a backup.
type Objects struct {
	Count       int64  `json:"count"`
	Bytes       int64  `json:"bytes"`
	Copied      int64  `json:"copied"`       // those that no earlier backup held
	CopiedBytes int64  `json:"copied_bytes"` // of the installation, not of the place
	Index       []Part `json:"index"`
}

// Database is the database in a backup.
type Database struct {
	store.Dump
	Parts []Part `json:"contents"` // one for each of Dump.Parts, in their order
}

// Manifest describes a whole backup.
type Manifest struct {
	Format     int       `json:"format"`
	ID         string    `json:"id"`
	Build      string    `json:"build"` // of Rumbo
	BegunAt    time.Time `json:"begun_at"`
	TakenAt    time.Time `json:"taken_at"` // the instant that it brings back
	FinishedAt time.Time `json:"finished_at"`
	// Recipients are the age keys that it is encrypted to; none when it is not encrypted.
	Recipients []string `json:"recipients,omitempty"`
	Database   Database `json:"database"`
	Objects    Objects  `json:"objects"`
	// Files are small files beside the database, such as the webhook secret; only encrypted.
	Files []Part `json:"files,omitempty"`
}

// Summary is what a person wants to know of a backup.
func (m Manifest) Summary() rumbo.Backup {
	out := rumbo.Backup{ID: m.ID, Build: m.Build, TakenAt: m.TakenAt, FinishedAt: m.FinishedAt, Store: m.Database.Kind, Schema: m.Database.Schema,
		Encrypted: len(m.Recipients) > 0, Rows: map[string]int64{}, Objects: m.Objects.Count, ObjectsCopied: m.Objects.Copied}
	for _, t := range m.Database.Tables {
		out.Rows[t.Name] = t.Rows
	}
	for _, p := range m.Database.Parts {
		out.DatabaseBytes += p.Bytes
	}
	out.ObjectBytes, out.CopiedBytes = m.Objects.Bytes, m.Objects.CopiedBytes
	return out
}

// own are the parts that are this backup's alone; objects are those of the index.
func (m Manifest) own() []Part {
	return slices.Concat(m.Database.Parts, m.Objects.Index, m.Files)
}

// Keys of the place.
const (
	manifestFolder = "manifests/"
	partFolder     = "parts/"
	objectFolder   = "objects/"
	begunName      = "begun.json"
)

func manifestKey(id string) string { return manifestFolder + id + ".json" }

func partKey(id, name string) string { return partFolder + id + "/" + name }

// maxManifest is far above what tables there are.
const maxManifest = 16 << 20

// Manifest reads one. NotFound; Corrupt; Conflict for a form that a newer Rumbo made.
func (p *Place) Manifest(ctx context.Context, id string) (m Manifest, err error) {
	const op = "backup.Manifest"
	if !validID(id) {
		return m, rumbo.Fault(rumbo.NotFound, op, fmt.Sprintf("no backup %q", id), nil)
	}
	text, err := p.small(ctx, manifestKey(id))
	switch {
	case rumbo.CodeOf(err) == rumbo.NotFound:
		return m, rumbo.Fault(rumbo.NotFound, op, fmt.Sprintf("no backup %q", id), nil)
	case err != nil:
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil || m.ID != id || m.Format < 1 || len(m.Database.Parts) != len(m.Database.Dump.Parts) {
		return m, rumbo.Fault(rumbo.Corrupt, op, "the manifest of "+id+" cannot be read", err)
	}
	if m.Format > Format {
		return m, &rumbo.Error{Code: rumbo.Conflict, Op: op, Detail: fmt.Sprintf("backup %s is of format %d, this program reads up to %d", id, m.Format, Format), Hint: "use the newer rumbo that made it"}
	}
	return m, nil
}

// validID says whether a text may name a backup: it becomes part of keys.
func validID(id string) bool {
	return !strings.Contains(id, "/") && blob.CheckKey("backup", id) == nil
}

func (p *Place) small(ctx context.Context, key string) ([]byte, error) {
	in, err := p.Bucket.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, maxManifest))
}

// publish writes the manifest, which makes the backup visible; again it changes nothing.
func (p *Place) publish(ctx context.Context, m Manifest) error {
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return rumbo.Fault(rumbo.Internal, "backup.Publish", "", err)
	}
	_, err = p.Bucket.Put(ctx, manifestKey(m.ID), bytes.NewReader(text), blob.PutOptions{OnlyIfNew: true})
	if rumbo.CodeOf(err) == rumbo.Conflict {
		return nil
	}
	return err
}

// IDs are those of the published backups, the latest begun first, as IDs go by time. Manifests are
// not read: a page of them needs only its own.
func (p *Place) IDs(ctx context.Context) ([]string, error) {
	var out []string
	for info, err := range p.Bucket.List(ctx, manifestFolder) {
		if err != nil {
			return nil, err
		}
		out = append(out, strings.TrimSuffix(path.Base(info.Key), ".json"))
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, nil
}

// List reads all manifests, the newest backup first. One that cannot be read is told by
// damaged, which may be nil; then it is the error.
func (p *Place) List(ctx context.Context, damaged func(id string, err error)) ([]Manifest, error) {
	ids, err := p.IDs(ctx)
	if err != nil {
		return nil, err
	}
	var out []Manifest
	for _, id := range ids {
		m, err := p.Manifest(ctx, id)
		switch code := rumbo.CodeOf(err); {
		case err == nil:
			out = append(out, m)
		case code == rumbo.NotFound: // removed meanwhile
		case damaged != nil && (code == rumbo.Corrupt || code == rumbo.Conflict):
			damaged(id, err)
		default:
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b Manifest) int { return b.TakenAt.Compare(a.TakenAt) })
	return out, nil
}

// Find is the backup of an ID, or with an empty one the last that was taken at or before a time;
// the newest when that is zero. NotFound.
func (p *Place) Find(ctx context.Context, id string, at time.Time) (Manifest, error) {
	if id != "" {
		return p.Manifest(ctx, id)
	}
	all, err := p.List(ctx, func(string, error) {})
	if err != nil {
		return Manifest{}, err
	}
	for _, m := range all {
		if at.IsZero() || !m.TakenAt.After(at) {
			return m, nil
		}
	}
	detail := "there is no backup"
	if !at.IsZero() {
		detail += " of " + at.Format(time.RFC3339) + " or before"
	}
	if len(all) > 0 {
		detail += "; the oldest is of " + all[len(all)-1].TakenAt.Format(time.RFC3339)
	}
	return Manifest{}, rumbo.Fault(rumbo.NotFound, "backup.Find", detail, nil)
}
