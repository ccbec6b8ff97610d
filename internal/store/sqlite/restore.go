package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

// restore is a file beside the place of the database, which gets its name when all is well.
type restore struct {
	path   string
	file   *os.File
	dump   store.Dump
	unlock func() error
}

// Restore begins to make the file at path from a dump. Errors: Conflict when a database is
// there, or when the dump is of another kind or of a newer Rumbo; Locked when another
// process uses the place.
func Restore(_ context.Context, path string, dump store.Dump) (store.Restore, error) {
	const op = "sqlite.Restore"
	newest, err := newestSchema()
	if err != nil {
		return nil, rumbo.Fault(rumbo.Internal, op, "", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, op, "no such path", err)
	}
	if err := sqlstore.Restorable(op, dump, Kind, newest); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, op, "cannot make "+filepath.Dir(path), err)
	}
	unlock, err := lock(path + ".lock")
	if errors.Is(err, errHeld) {
		return nil, rumbo.Fault(rumbo.Locked, op, "another rumbo process is using "+filepath.Dir(path), err)
	}
	if err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, op, "cannot lock "+path, err)
	}
	r := &restore{path: path, dump: dump, unlock: unlock}
	for _, name := range []string{path, path + "-wal", path + "-journal"} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			r.Close()
			return nil, &rumbo.Error{Code: rumbo.Conflict, Op: op, Detail: filepath.Dir(path) + " holds an installation: " + filepath.Base(name) + " is there", Err: err,
				Hint: "restore into a new directory; nothing was changed"}
		}
	}
	if r.file, err = os.OpenFile(r.temporary(), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
		r.Close()
		return nil, rumbo.Fault(rumbo.Unavailable, op, "", err)
	}
	return r, nil
}

func (r *restore) temporary() string { return r.path + ".restoring" }

// ReadPart implements store.Restore.
func (r *restore) ReadPart(_ context.Context, name string, from io.Reader) error {
	const op = "store.ReadPart"
	if name != filePart {
		return rumbo.Fault(rumbo.Corrupt, op, "a part "+name+" is in no dump of this kind", nil)
	}
	if _, err := io.Copy(r.file, from); err != nil {
		return dialect().Fail(op, err)
	}
	if err := r.file.Sync(); err != nil {
		return rumbo.Fault(rumbo.Unavailable, op, "", err)
	}
	return nil
}

// Commit implements store.Restore.
func (r *restore) Commit(ctx context.Context) error {
	const op = "store.Restore"
	if err := r.file.Close(); err != nil {
		return rumbo.Fault(rumbo.Unavailable, op, "", err)
	}
	if err := r.inspect(ctx); err != nil {
		return dialect().Fail(op, err)
	}
	err := os.Rename(r.temporary(), r.path)
	if err == nil {
		err = syncFolder(filepath.Dir(r.path))
	}
	if err != nil {
		return rumbo.Fault(rumbo.Unavailable, op, "", err)
	}
	return nil
}

// inspect looks at every page and counts every row. Immutable means that SQLite makes no files
// beside this one.
func (r *restore) inspect(ctx context.Context) error {
	name := (&url.URL{Scheme: "file", Path: filepath.ToSlash(r.temporary()), RawQuery: "immutable=1&mode=ro"}).String()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return rumbo.Fault(rumbo.Corrupt, "store.Restore", "the restored file: "+verdict, nil)
	}
	tables, err := countRows(ctx, db)
	if err != nil {
		return err
	}
	return sqlstore.SameRows("store.Restore", r.dump.Tables, tables)
}

// Close implements store.Restore.
func (r *restore) Close() error {
	if r.unlock == nil {
		return nil
	}
	var errs []error
	if r.file != nil {
		if err := r.file.Close(); !errors.Is(err, fs.ErrClosed) {
			errs = append(errs, err)
		}
		if err := os.Remove(r.temporary()); !errors.Is(err, fs.ErrNotExist) { // once committed it has another name
			errs = append(errs, err)
		}
	}
	errs = append(errs, r.unlock())
	r.unlock = nil
	if err := errors.Join(errs...); err != nil {
		return rumbo.Fault(rumbo.Unavailable, "store.Restore", "", err)
	}
	return nil
}

// syncFolder makes a name durable, where the file system can.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}
