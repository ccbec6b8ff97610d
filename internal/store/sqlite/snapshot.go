package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

// Kind is this database's in a dump.
const Kind = "sqlite"

// filePart is the only part of a dump: the file as it was at the instant.
const filePart = "rumbo.db"

// snapshot is a read transaction on a connection of its own. In it the file's pages are read
// through SQLite itself (the table sqlite_dbpage), those that are still in the write-ahead
// log included: a stream of the whole file as of one commit, without a copy beside it, and
// with the writer going on. The log grows meanwhile, as with every long reader.
type snapshot struct {
	pool *sql.DB
	tx   *sql.Tx
	dump store.Dump
}

var _ store.Snapshotter = (*Store)(nil)

// Snapshot implements store.Snapshotter.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	out, err := s.db.snapshot(ctx)
	return out, dialect().Fail("store.Snapshot", err)
}

func (db *Database) snapshot(ctx context.Context) (out *snapshot, err error) {
	pool, err := sql.Open("sqlite", dsn(db.path, "deferred", "cache_size(-8192)"))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	out = &snapshot{pool: pool}
	defer func() {
		if err != nil {
			out.Close()
		}
	}()
	if out.tx, err = pool.BeginTx(context.WithoutCancel(ctx), nil); err != nil {
		return nil, err
	}
	out.dump = store.Dump{Kind: Kind, Parts: []string{filePart}}
	// The first read fixes the instant.
	if err = out.tx.QueryRowContext(ctx, `SELECT max(version_id), sqlite_version() FROM `+sqlstore.VersionTable).Scan(&out.dump.Schema, &out.dump.Server); err != nil {
		return nil, err
	}
	out.dump.TakenAt = time.Now().UTC()
	out.dump.Tables, err = countRows(ctx, out.tx)
	return out, err
}

// countRows counts the rows of every table. O(rows), on the narrowest index of each.
func countRows(ctx context.Context, q interface {
	runner
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (out []store.Table, err error) {
	rows, err := q.QueryContext(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t store.Table
		if err := rows.Scan(&t.Name); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	for i, t := range out {
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM `+quote(t.Name)).Scan(&out[i].Rows); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Dump implements store.Snapshot.
func (s *snapshot) Dump() store.Dump { return s.dump }

// WritePart implements store.Snapshot.
func (s *snapshot) WritePart(ctx context.Context, name string, w io.Writer) error {
	const op = "store.WritePart"
	if name != filePart {
		return rumbo.Fault(rumbo.NotFound, op, "no part "+name, nil)
	}
	rows, err := s.tx.QueryContext(ctx, `SELECT data FROM sqlite_dbpage`)
	if err != nil {
		return dialect().Fail(op, err)
	}
	defer rows.Close()
	var page sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&page); err != nil {
			return dialect().Fail(op, err)
		}
		if _, err := w.Write(page); err != nil {
			return err
		}
	}
	return dialect().Fail(op, rows.Err())
}

// Close implements store.Snapshot. What the log has gathered meanwhile is taken back into the
// file here, without the writer, whose next commit would else wait for it.
func (s *snapshot) Close() error {
	var errs []error
	if s.tx != nil {
		errs = append(errs, s.tx.Rollback())
		_, err := s.pool.Exec(`PRAGMA wal_checkpoint(PASSIVE)`)
		errs = append(errs, err)
		s.tx = nil
	}
	return dialect().Fail("store.Snapshot", errors.Join(append(errs, s.pool.Close())...))
}
