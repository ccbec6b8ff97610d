package postgres

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

// checking is how long the server may be silent when it has all rows of a table and looks
// whether what they refer to is there.
const checking = time.Hour

// restore is one transaction that fills every table.
type restore struct {
	db   *Database
	tx   pgx.Tx
	dump store.Dump
	read map[string]int64 // rows by table
}

// Restore begins to fill the empty database at an address: its tables are made as they were when
// the dump was, others (the task queue's) by prepare. The next Open brings them up to date. Errors: those of Open; Conflict when there
// are rows, or tables of another version, or when the dump is of another kind or of a newer
// Rumbo.
func Restore(ctx context.Context, address string, dump store.Dump, prepare func(ctx context.Context, db *Database) error) (store.Restore, error) {
	return restoreAt(ctx, address, "", dump, prepare)
}

// restoreAt is Restore in a schema, or where the address leads.
func restoreAt(ctx context.Context, address, schema string, dump store.Dump, prepare func(ctx context.Context, db *Database) error) (store.Restore, error) {
	const op = "postgres.Restore"
	newest, err := sqlstore.Newest(migrations)
	if err != nil {
		return nil, rumbo.Fault(rumbo.Internal, op, "", err)
	}
	if err := sqlstore.Restorable(op, dump, Kind, newest); err != nil {
		return nil, err
	}
	db, err := connect(ctx, address, checking, schema)
	if err != nil {
		return nil, err
	}
	r := &restore{db: db, dump: dump, read: map[string]int64{}}
	if err := r.begin(ctx, prepare); err != nil {
		r.Close()
		return nil, dialect().Fail(op, err)
	}
	return r, nil
}

// begin makes the tables, takes hold of them and looks whether they are empty.
func (r *restore) begin(ctx context.Context, prepare func(ctx context.Context, db *Database) error) error {
	provider, done, err := r.db.provider()
	if err != nil {
		return err
	}
	defer done()
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if version > r.dump.Schema {
		return &rumbo.Error{Code: rumbo.Conflict, Op: "postgres.Restore", Detail: fmt.Sprintf("the database has tables of version %d, the backup is of version %d", version, r.dump.Schema),
			Hint: "restore into a new database; nothing was changed"}
	}
	if err := r.empty(ctx, r.db.pool); err != nil { // before anything is made
		return err
	}
	if _, err := provider.UpTo(ctx, r.dump.Schema); err != nil {
		return err
	}
	if err := prepare(ctx, r.db); err != nil {
		return err
	}
	if r.tx, err = r.db.pool.Begin(ctx); err != nil {
		return err
	}
	// It waits until all objects are there, and keeps nobody from anything.
	if _, err := r.tx.Exec(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		return err
	}
	for _, t := range r.dump.Tables {
		if _, err := r.tx.Exec(ctx, `LOCK TABLE `+quote(t.Name)+` IN ACCESS EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	return r.empty(ctx, r.tx)
}

// empty looks whether tables of the dump that exist have rows. Conflict.
func (r *restore) empty(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}) error {
	for _, t := range r.dump.Tables {
		var there, filled bool
		if err := q.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, quote(t.Name)).Scan(&there); err != nil {
			return err
		}
		if !there {
			continue
		}
		if err := q.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM `+quote(t.Name)+`)`).Scan(&filled); err != nil {
			return err
		}
		if filled {
			return &rumbo.Error{Code: rumbo.Conflict, Op: "postgres.Restore", Detail: "the database holds an installation: table " + t.Name + " has rows",
				Hint: "restore into a new database; nothing was changed"}
		}
	}
	return nil
}

// ReadPart implements store.Restore.
func (r *restore) ReadPart(ctx context.Context, name string, from io.Reader) error {
	const op = "store.ReadPart"
	i := slices.IndexFunc(r.dump.Tables, func(t store.Table) bool { return t.Name == name })
	if i < 0 {
		return rumbo.Fault(rumbo.Corrupt, op, "the backup has a part "+name+" and no table of that name", nil)
	}
	told := &teller{r: from}
	tag, err := r.tx.Conn().PgConn().CopyFrom(ctx, told, `COPY `+quote(name)+` (`+quote(r.dump.Tables[i].Columns...)+`) FROM STDIN`)
	if told.err != nil {
		return told.err // PostgreSQL only says that it ended early
	}
	r.read[name] = tag.RowsAffected()
	return dialect().Fail(op, err)
}

// teller remembers the reader's own error.
type teller struct {
	r   io.Reader
	err error
}

func (t *teller) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if err != nil && err != io.EOF {
		t.err = err
	}
	return n, err
}

// Commit implements store.Restore.
func (r *restore) Commit(ctx context.Context) error {
	const op = "store.Restore"
	var got []store.Table
	for name, n := range r.read {
		got = append(got, store.Table{Name: name, Rows: n})
	}
	if err := sqlstore.SameRows(op, r.dump.Tables, got); err != nil {
		return err
	}
	for _, t := range r.dump.Tables {
		for _, column := range slices.Sorted(maps.Keys(t.Counters)) {
			if _, err := r.tx.Exec(ctx, `SELECT setval(pg_get_serial_sequence($1, $2), greatest($3, 1), $3 > 0)`, quote(t.Name), column, t.Counters[column]); err != nil {
				return dialect().Fail(op, err)
			}
		}
	}
	if err := r.tx.Commit(ctx); err != nil {
		return dialect().Fail(op, err)
	}
	r.tx = nil
	_, _ = r.db.pool.Exec(ctx, `ANALYZE`) // autovacuum would, later
	return nil
}

// Close implements store.Restore.
func (r *restore) Close() error {
	if r.tx != nil {
		_ = r.tx.Rollback(context.Background()) // the connection is closed next
		r.tx = nil
	}
	return r.db.Close()
}
