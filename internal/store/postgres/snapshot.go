package postgres

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

// Kind is this database's in a dump.
const Kind = "postgres"

// passing are tables of this package that no backup holds: the version is part of the dump; a
// load that is not in the table loading is taken for one that had company, which is always right.
var passing = []string{sqlstore.VersionTable, "loading"}

// Passing names tables of others in the same schema that no backup holds (the task queue's,
// of processes that live now); it returns the database.
func (db *Database) Passing(tables ...string) *Database {
	db.passing = append(db.passing, tables...)
	return db
}

// snapshot is a transaction in which every query sees the same instant. Each table is a
// part, as COPY writes it: text, which any later version of PostgreSQL reads.
type snapshot struct {
	tx   pgx.Tx
	dump store.Dump
}

var _ store.Snapshotter = (*Store)(nil)

// Snapshot implements store.Snapshotter. It holds one connection.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	out, err := s.db.snapshot(ctx)
	if err != nil {
		return nil, dialect().Fail("store.Snapshot", err)
	}
	return out, nil
}

func (db *Database) snapshot(ctx context.Context) (out *snapshot, err error) {
	tx, err := db.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, err
	}
	out = &snapshot{tx: tx, dump: store.Dump{Kind: Kind}}
	defer func() {
		if err != nil {
			out.Close()
		}
	}()
	// Between two tables the transaction waits for the target, which may be slow.
	if _, err = tx.Exec(ctx, `SET LOCAL idle_in_transaction_session_timeout = '1h'`); err != nil {
		return nil, err
	}
	if err = tx.QueryRow(ctx, `SELECT max(version_id), current_setting('server_version'), clock_timestamp() FROM `+sqlstore.VersionTable).
		Scan(&out.dump.Schema, &out.dump.Server, &out.dump.TakenAt); err != nil {
		return nil, err
	}
	out.dump.TakenAt = out.dump.TakenAt.UTC()
	if out.dump.Tables, err = tables(ctx, tx, append(slices.Clone(passing), db.passing...)); err != nil {
		return nil, err
	}
	for _, t := range out.dump.Tables {
		out.dump.Parts = append(out.dump.Parts, t.Name)
	}
	return out, nil
}

// tables are those of the schema that outlive a crash, with their columns and counters: each
// after those that it refers to.
func tables(ctx context.Context, tx pgx.Tx, leave []string) ([]store.Table, error) {
	rows, err := tx.Query(ctx, `SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p' AND c.relname <> ALL ($1)
		GROUP BY c.oid, c.relname ORDER BY c.relname`, leave)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t store.Table, err error) { return t, row.Scan(&t.Name, &t.Columns) })
	if err != nil {
		return nil, err
	}
	refers := map[string][]string{}
	rows, err = tx.Query(ctx, `SELECT a.relname::text, b.relname::text FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
		WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace`)
	if err != nil {
		return nil, err
	}
	var from, to string
	if _, err = pgx.ForEachRow(rows, []any{&from, &to}, func() error { refers[from] = append(refers[from], to); return nil }); err != nil {
		return nil, err
	}
	all = inOrder(all, refers)
	for i, t := range all {
		if all[i].Counters, err = counters(ctx, tx, t); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// inOrder puts every table after those that it refers to.
func inOrder(all []store.Table, refers map[string][]string) (out []store.Table) {
	done := map[string]bool{}
	for len(all) > 0 {
		next := slices.IndexFunc(all, func(t store.Table) bool {
			return !slices.ContainsFunc(refers[t.Name], func(other string) bool { return other != t.Name && !done[other] })
		})
		next = max(next, 0) // a circle is cut anywhere
		done[all[next].Name], out = true, append(out, all[next])
		all = slices.Delete(all, next, next+1)
	}
	return out
}

// counters reads what the numbered columns of a table have given out. No snapshot holds for
// them: they may be ahead of the rows, which is as good.
func counters(ctx context.Context, tx pgx.Tx, t store.Table) (map[string]int64, error) {
	rows, err := tx.Query(ctx, `SELECT name, s FROM unnest($2::text[]) name, pg_get_serial_sequence($1, name) s WHERE s IS NOT NULL`, quote(t.Name), t.Columns)
	if err != nil {
		return nil, err
	}
	sequences := map[string]string{}
	var column, sequence string
	if _, err = pgx.ForEachRow(rows, []any{&column, &sequence}, func() error { sequences[column] = sequence; return nil }); err != nil {
		return nil, err
	}
	var out map[string]int64
	for column, sequence := range sequences {
		var last int64
		if err := tx.QueryRow(ctx, `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM `+sequence).Scan(&last); err != nil { // its name comes quoted
			return nil, err
		}
		if out == nil {
			out = map[string]int64{}
		}
		out[column] = last
	}
	return out, nil
}

func quote(names ...string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = pgx.Identifier{name}.Sanitize()
	}
	return strings.Join(quoted, ", ")
}

// Dump implements store.Snapshot.
func (s *snapshot) Dump() store.Dump { return s.dump }

// WritePart implements store.Snapshot.
func (s *snapshot) WritePart(ctx context.Context, name string, w io.Writer) error {
	const op = "store.WritePart"
	i := slices.IndexFunc(s.dump.Tables, func(t store.Table) bool { return t.Name == name })
	if i < 0 {
		return rumbo.Fault(rumbo.NotFound, op, "no table "+name, nil)
	}
	tag, err := s.tx.Conn().PgConn().CopyTo(ctx, w, `COPY `+quote(name)+` (`+quote(s.dump.Tables[i].Columns...)+`) TO STDOUT`)
	if err != nil {
		return dialect().Fail(op, err)
	}
	s.dump.Tables = slices.Clone(s.dump.Tables)
	s.dump.Tables[i].Rows = tag.RowsAffected()
	return nil
}

// Close implements store.Snapshot.
func (s *snapshot) Close() error {
	err := s.tx.Rollback(context.Background())
	if errors.Is(err, pgx.ErrTxClosed) {
		return nil
	}
	return dialect().Fail("store.Snapshot", err)
}
