package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	modernc "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

// runner is a *sql.DB or a *sql.Tx.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// conn is a sqlstore.Conn on a pool or, without pool, in a transaction.
type conn struct {
	runner
	pool *sql.DB
}

// Exec implements sqlstore.Conn.
func (c conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := c.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Query implements sqlstore.Conn.
func (c conn) Query(ctx context.Context, query string, args ...any) (sqlstore.Rows, error) {
	r, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return rows{r}, nil
}

type rows struct{ *sql.Rows }

func (r rows) Close() { _ = r.Rows.Close() } // Err has told what went wrong

// Snapshot implements sqlstore.Conn: a read transaction sees the commit that
// was the last one at its first query.
func (c conn) Snapshot(ctx context.Context) (sqlstore.Conn, func(), error) {
	if c.pool == nil {
		return c, func() {}, nil
	}
	tx, err := c.pool.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	return conn{runner: tx}, func() { _ = tx.Rollback() }, nil
}

// insertRows is the number of rows in one INSERT: beyond some dozens a longer
// statement no longer pays, and SQLite allows 32,766 parameters.
const insertRows = 50

// Insert implements sqlstore.Conn with INSERT statements of many rows.
func (c conn) Insert(ctx context.Context, table string, columns []string, rows [][]any) error {
	tx, ok := c.runner.(*sql.Tx)
	if !ok {
		return errors.New("bulk insertion outside a transaction")
	}
	row := "(" + strings.Repeat("?, ", len(columns)-1) + "?)"
	head := "INSERT OR FAIL INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
	var stmt *sql.Stmt
	prepared := 0
	args := make([]any, 0, insertRows*len(columns))
	for len(rows) > 0 {
		n := min(len(rows), insertRows)
		if n != prepared {
			if stmt != nil {
				stmt.Close()
			}
			var err error
			if stmt, err = tx.PrepareContext(ctx, head+strings.Repeat(row+", ", n-1)+row); err != nil {
				return err
			}
			defer stmt.Close()
			prepared = n
		}
		args = args[:0]
		for _, values := range rows[:n] {
			args = append(args, values...)
		}
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func dialect() *sqlstore.Dialect {
	return &sqlstore.Dialect{InList: "IN (SELECT value FROM json_each(%s))", Code: code}
}

// code recognizes SQLite's errors.
func code(err error) rumbo.Code {
	var e *modernc.Error
	if errors.Is(err, sql.ErrConnDone) || err != nil && err.Error() == "sql: database is closed" {
		return rumbo.Unavailable
	}
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
		return rumbo.Conflict
	}
	switch e.Code() & 0xff { // the first byte is the class
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return rumbo.Unavailable
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return rumbo.Corrupt
	case sqlite3.SQLITE_INTERRUPT:
		return rumbo.Canceled
	}
	return ""
}
