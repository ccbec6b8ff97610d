package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"net/url"
	"path/filepath"
	"sync"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

// ReadConns is the number of connections that read.
const ReadConns = 8

//go:embed migrations/*.sql
var migrations embed.FS

// Database is the open file: hand Writer to the task queue, then make the
// Store with it.
type Database struct {
	path            string
	writer, readers *sql.DB
	unlock          func() error
	closing         sync.Once
	closed          error
}

// Open opens or makes the database file, alone among processes, and brings its
// tables up to date. Errors: Locked when another process has it; Unavailable
// when the folder cannot be written; Corrupt when the file is no database;
// Conflict when a newer Rumbo made it.
func Open(ctx context.Context, path string) (*Database, error) {
	const op = "sqlite.Open"
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, op, "no such path", err)
	}
	unlock, err := lock(path + ".lock")
	if errors.Is(err, errHeld) {
		return nil, &rumbo.Error{Code: rumbo.Locked, Op: op, Err: err,
			Detail: "another rumbo process is using " + filepath.Dir(path),
			Hint:   "stop it first; several processes on the same data, and more workers, need PostgreSQL (--database postgres://…)"}
	}
	if err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, op, "cannot lock "+path, err)
	}
	db := &Database{path: path, unlock: unlock}
	if err := db.open(ctx, path); err != nil {
		return nil, errors.Join(dialect().Fail(op, err), db.Close())
	}
	return db, nil
}

func (db *Database) open(ctx context.Context, path string) (err error) {
	if db.writer, err = sql.Open("sqlite", dsn(path, "immediate", "journal_mode(WAL)", "synchronous(FULL)",
		"cache_size(-32768)", "temp_store(MEMORY)", "wal_autocheckpoint(1000)", "journal_size_limit(67108864)")); err != nil {
		return err
	}
	db.writer.SetMaxOpenConns(1)
	db.writer.SetMaxIdleConns(1)
	if err := migrate(ctx, db.writer); err != nil {
		return err
	}
	if db.readers, err = sql.Open("sqlite", dsn(path, "deferred", "query_only(1)", "cache_size(-8192)")); err != nil {
		return err
	}
	db.readers.SetMaxOpenConns(ReadConns)
	db.readers.SetMaxIdleConns(ReadConns)
	return db.readers.PingContext(ctx)
}

// dsn names the file with the settings of each connection. busy_timeout comes
// first so that it holds for the settings after it.
func dsn(path, begin string, pragmas ...string) string {
	values := url.Values{"_txlock": {begin}, "_pragma": append([]string{"busy_timeout(10000)", "foreign_keys(1)"}, pragmas...)}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: values.Encode()}).String()
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(database.DialectSQLite3, db, files, goose.WithTableName(sqlstore.VersionTable))
	if err != nil {
		return err
	}
	return sqlstore.Up(ctx, provider)
}

// newestSchema is the version that migrate brings tables to.
func newestSchema() (int64, error) { return sqlstore.Newest(migrations) }

// Writer is the pool of the one connection that writes; the task queue shares
// it so that tasks are enqueued in the data's transaction.
func (db *Database) Writer() *sql.DB { return db.writer }

// Close waits for running statements and gives the file up. A second call
// changes nothing.
func (db *Database) Close() error {
	db.closing.Do(func() {
		var errs []error
		for _, pool := range []*sql.DB{db.readers, db.writer} {
			if pool != nil {
				errs = append(errs, pool.Close())
			}
		}
		db.closed = errors.Join(append(errs, db.unlock())...)
	})
	return db.closed
}
