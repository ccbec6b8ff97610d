package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/logistica-inteligente/rumbo"
)

// Conn runs statements: on a pool, where each statement stands alone, or inside
// a transaction. Placeholders are $1, $2, …
type Conn interface {
	// Exec runs a statement and returns the number of rows it changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// Query runs a query; the caller closes the rows.
	Query(ctx context.Context, query string, args ...any) (Rows, error)
	// Insert adds rows in bulk, as fast as the database can. It may write into
	// the rows it is given.
	Insert(ctx context.Context, table string, columns []string, rows [][]any) error
	// Snapshot returns a Conn on which several queries see the same instant;
	// inside a transaction that is the transaction itself. done releases it.
	Snapshot(ctx context.Context) (c Conn, done func(), err error)
}

// Rows are the result of a query, as in database/sql and pgx.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Dialect is where the databases differ.
type Dialect struct {
	// Lock ends a query by ID so that the row stays as it is until the
	// transaction ends; empty where there is only one writer.
	Lock string
	// Share is Lock for transactions that may hold the same row together.
	Share string
	// InList is a condition that a text is one of a JSON array of texts; %s is
	// the placeholder of the array.
	InList string
	// SideBySide says that several write transactions may run at once.
	SideBySide bool
	// LockName is a statement that makes transactions with the same $1 (an
	// integer) wait for each other; only with SideBySide.
	LockName string
	// Grown asks whether the planner knows of fewer than $2 rows of table $1, and Analyze,
	// with the table behind it, tells it; empty where it needs no telling.
	Grown, Analyze string
	// Code recognizes a driver's error; empty when it knows none better than
	// Internal.
	Code func(error) rumbo.Code
}

// fail gives an error its code and operation. Errors that have a code keep it.
func (d *Dialect) fail(op string, err error) error {
	var coded *rumbo.Error
	switch {
	case err == nil || errors.As(err, &coded):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, sql.ErrTxDone): // nothing but the end of its context ends a transaction before its commit
		return rumbo.Fault(rumbo.Canceled, op, "the request ended first", err)
	}
	code := d.Code(err)
	if code == "" {
		code = rumbo.Internal
	}
	return rumbo.Fault(code, op, "database", err)
}

// Fail is fail for the drivers.
func (d *Dialect) Fail(op string, err error) error { return d.fail(op, err) }

func notFound(op, what, id string) error {
	return rumbo.Fault(rumbo.NotFound, op, fmt.Sprintf("no %s %q", what, id), nil)
}

func conflict(op, detail string) error { return rumbo.Fault(rumbo.Conflict, op, detail, nil) }

// one runs a query of at most one row; found is false when there is none.
func one(ctx context.Context, c Conn, query string, args []any, dest ...any) (found bool, err error) {
	rows, err := c.Query(ctx, query, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return false, rows.Err()
	}
	if err := rows.Scan(dest...); err != nil {
		return false, err
	}
	rows.Close()
	return true, rows.Err()
}

// each calls do for every row of a query; do scans it.
func each(ctx context.Context, c Conn, query string, args []any, do func(scan func(...any) error) error) error {
	rows, err := c.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows.Scan); err != nil {
			return err
		}
	}
	rows.Close()
	return rows.Err()
}
