// Package dir keeps objects as files below one directory: the embedded driver
// of [blob.Bucket].
//
// A put writes to a file in the folder ".incoming", syncs it, gives it its name
// (link for a put only if new, rename otherwise, both atomic) and syncs the
// folders on the way, so that what was acknowledged survives kill -9 and a
// power cut, and a crash leaves at most a file in ".incoming", which the next
// Open clears.
//
// Why not gocloud.dev's fileblob (v0.47): it never syncs, and its IfNotExist
// looks first and renames afterwards under a lock that each writer has for
// itself, so two writers of one key can both succeed. Both promises are what
// the registry and ingestion stand on. The interface stays one that gocloud's
// S3 driver can serve.
//
// One process uses a directory at a time, or several of one machine with
// OpenShared: only the clearing of ".incoming" depends on it.
package dir

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// incoming holds objects on their way in. No key begins with a dot, so it can
// never be taken for one.
const incoming = ".incoming"

// Bucket is a directory of objects.
type Bucket struct{ root string }

// Open makes the directory when it is missing and clears what an earlier crash
// left on its way in.
func Open(root string) (*Bucket, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fault("Open", "", err)
	}
	if err := os.RemoveAll(filepath.Join(root, incoming)); err != nil {
		return nil, fault("Open", "", err)
	}
	if err := makeDir(filepath.Join(root, incoming)); err != nil {
		return nil, fault("Open", "", err)
	}
	return &Bucket{root: root}, nil
}

// abandoned is the age since its last write at which a file on its way in belongs to
// nobody any more.
const abandoned = 24 * time.Hour

// OpenShared is Open beside other processes of the same machine: it clears only
// what nobody has written to for a day.
func OpenShared(root string) (*Bucket, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fault("Open", "", err)
	}
	if err := makeDir(filepath.Join(root, incoming)); err != nil {
		return nil, fault("Open", "", err)
	}
	entries, err := os.ReadDir(filepath.Join(root, incoming))
	if err != nil {
		return nil, fault("Open", "", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(root, incoming, e.Name())) // another process may be quicker
		}
	}
	return &Bucket{root: root}, nil
}

func (b *Bucket) path(key string) string { return filepath.Join(b.root, filepath.FromSlash(key)) }

// Put implements [blob.Bucket]. It costs two syncs, one of the file and one of
// its folder, plus one for every folder that is new.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, o blob.PutOptions) (blob.Info, error) {
	if err := blob.CheckKey("blob.Put", key); err != nil {
		return blob.Info{}, err
	}
	f, err := os.CreateTemp(filepath.Join(b.root, incoming), "put-*")
	if err != nil {
		return blob.Info{}, fault("Put", key, err)
	}
	defer os.Remove(f.Name()) // fails once renamed, as it should
	defer f.Close()
	in := &reader{ctx: ctx, r: r}
	if _, err := io.Copy(f, in); err != nil {
		if in.err != nil {
			return blob.Info{}, in.err
		}
		return blob.Info{}, fault("Put", key, err)
	}
	if err := f.Sync(); err != nil {
		return blob.Info{}, fault("Put", key, err)
	}
	if err := b.name(f.Name(), b.path(key), o.OnlyIfNew); err != nil {
		return blob.Info{}, fault("Put", key, err)
	}
	return b.Stat(ctx, key)
}

// name gives a synced file its final name and makes the name itself durable.
func (b *Bucket) name(from, to string, onlyIfNew bool) error {
	if err := makeDir(filepath.Dir(to)); err != nil {
		return err
	}
	move := os.Rename
	if onlyIfNew {
		move = os.Link // fails when the name is taken, atomically
	}
	if err := move(from, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

// reader remembers the source's own error, to tell it from the disk's, and
// stops when the context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		r.err = rumbo.Fault(rumbo.Canceled, "blob.Put", "", err)
		return 0, r.err
	}
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// Open implements [blob.Bucket]; the reader is an *os.File.
func (b *Bucket) Open(_ context.Context, key string) (blob.Reader, error) {
	if err := blob.CheckKey("blob.Open", key); err != nil {
		return nil, err
	}
	if _, err := b.stat(key); err != nil { // a folder can be opened, an object it is not
		return nil, fault("Open", key, err)
	}
	f, err := os.Open(b.path(key))
	if err != nil {
		return nil, fault("Open", key, err)
	}
	return f, nil
}

// Stat implements [blob.Bucket].
func (b *Bucket) Stat(_ context.Context, key string) (blob.Info, error) {
	if err := blob.CheckKey("blob.Stat", key); err != nil {
		return blob.Info{}, err
	}
	info, err := b.stat(key)
	if err != nil {
		return blob.Info{}, fault("Stat", key, err)
	}
	return info, nil
}

func (b *Bucket) stat(key string) (blob.Info, error) {
	st, err := os.Stat(b.path(key))
	if err != nil {
		return blob.Info{}, err
	}
	if !st.Mode().IsRegular() {
		return blob.Info{}, fs.ErrNotExist
	}
	return blob.Info{Key: key, Bytes: st.Size(), ModifiedAt: st.ModTime()}, nil
}

// List implements [blob.Bucket]. It reads only the folders that can hold the
// prefix, one at a time.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		if _, err := b.walk(ctx, "", prefix, yield); err != nil {
			yield(blob.Info{}, err)
		}
	}
}

// walk yields the objects below folder ("" or ending in "/"); more is false
// when the caller has had enough.
func (b *Bucket) walk(ctx context.Context, folder, prefix string, yield func(blob.Info, error) bool) (more bool, err error) {
	entries, err := os.ReadDir(b.path(folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fault("List", folder, err)
	}
	sortByKey(entries)
	for _, entry := range entries {
		if ctx.Err() != nil {
			return false, rumbo.Fault(rumbo.Canceled, "blob.List", "", ctx.Err())
		}
		key := folder + entry.Name()
		switch {
		case strings.HasPrefix(entry.Name(), "."):
		case entry.IsDir() && (strings.HasPrefix(key+"/", prefix) || strings.HasPrefix(prefix, key+"/")):
			if more, err := b.walk(ctx, key+"/", prefix, yield); err != nil || !more {
				return false, err
			}
		case !entry.IsDir() && strings.HasPrefix(key, prefix):
			info, err := b.stat(key)
			if errors.Is(err, fs.ErrNotExist) {
				continue // deleted since the folder was read
			}
			if err != nil {
				return false, fault("List", key, err)
			}
			if !yield(info, nil) {
				return false, nil
			}
		}
	}
	return true, nil
}

// Delete implements [blob.Bucket].
func (b *Bucket) Delete(_ context.Context, key string) error {
	if err := blob.CheckKey("blob.Delete", key); err != nil {
		return err
	}
	if _, err := b.stat(key); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := os.Remove(b.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault("Delete", key, err)
	}
	if err := syncDir(filepath.Dir(b.path(key))); err != nil {
		return fault("Delete", key, err)
	}
	return nil
}
