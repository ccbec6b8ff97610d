package postgres

import (
	"context"
	"errors"
	"net"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

// runner is a *pgxpool.Pool or a pgx.Tx.
type runner interface {
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error)
}

// conn is a sqlstore.Conn on a pool or, without pool, in a transaction.
type conn struct {
	runner
	pool *pgxpool.Pool
}

// Exec implements sqlstore.Conn.
func (c conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := c.runner.Exec(ctx, query, clean(args)...)
	return tag.RowsAffected(), err
}

// Query implements sqlstore.Conn.
func (c conn) Query(ctx context.Context, query string, args ...any) (sqlstore.Rows, error) {
	rows, err := c.runner.Query(ctx, query, clean(args)...)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// Insert implements sqlstore.Conn with COPY.
func (c conn) Insert(ctx context.Context, table string, columns []string, rows [][]any) error {
	for _, row := range rows {
		clean(row)
	}
	_, err := c.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
	return err
}

// Snapshot implements sqlstore.Conn.
func (c conn) Snapshot(ctx context.Context) (sqlstore.Conn, func(), error) {
	if c.pool == nil {
		return c, func() {}, nil
	}
	tx, err := c.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, nil, err
	}
	return conn{runner: tx}, func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }, nil
}

// clean replaces what PostgreSQL refuses in a text: bytes that are not UTF-8,
// and zero. An ID with such bytes is then simply unknown.
func clean(args []any) []any {
	for i, arg := range args {
		if s, ok := arg.(string); ok && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}

func dialect() *sqlstore.Dialect {
	return &sqlstore.Dialect{
		Lock:       " FOR UPDATE",
		Share:      " FOR SHARE",
		InList:     "= ANY (ARRAY(SELECT json_array_elements_text(%s::text::json)))",
		SideBySide: true,
		Grown:      "SELECT reltuples < $2 FROM pg_class WHERE oid = $1::text::regclass",
		Analyze:    "ANALYZE batch, ",
		LockName:   "SELECT pg_advisory_xact_lock($1)",
		Code:       code,
	}
}

// code recognizes PostgreSQL's errors by the class of their SQLSTATE and what
// means that the server cannot be reached.
func code(err error) rumbo.Code {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "23505": // unique violation
			return rumbo.Conflict
		case pg.Code == "57014": // canceled by request or by timeout
			return rumbo.Canceled
		case again(err):
			return rumbo.Unavailable
		}
		switch pg.Code[:2] {
		case "08", "53", "57", "55", "28", "3D", "25": // connection, resources, shutdown, locks, login, no such database, read-only
			return rumbo.Unavailable
		case "XX":
			return rumbo.Corrupt
		}
		return ""
	}
	var network net.Error
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) ||
		strings.Contains(err.Error(), "closed pool") || strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF") {
		return rumbo.Unavailable
	}
	return ""
}

// again says whether a transaction was ended for the sake of another and may
// succeed when it is run again.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
