package sqlite

import (
	"context"
	"database/sql"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Enqueuer adds a task inside a transaction; the task queue implements it.
type Enqueuer interface {
	EnqueueTx(ctx context.Context, tx *sql.Tx, spec task.Spec) error
}

// Store implements store.Store.
type Store struct {
	*sqlstore.Reader
	db    *Database
	tasks Enqueuer
}

var _ store.Store = (*Store)(nil)

// Store is the store on this database; Tx.Enqueue hands its tasks to the given
// queue. Without a queue (nil) everything but Enqueue works.
func (db *Database) Store(tasks Enqueuer) *Store {
	return &Store{sqlstore.NewReader(conn{db.readers, db.readers}, dialect()), db, tasks}
}

// tx implements store.Tx.
type tx struct {
	*sqlstore.Writer
	sql   *sql.Tx
	tasks Enqueuer
}

// Enqueue implements store.Tx.
func (t *tx) Enqueue(ctx context.Context, spec task.Spec) error {
	const op = "store.Enqueue"
	if t.tasks == nil {
		return rumbo.Fault(rumbo.Internal, op, "the store was opened without a task queue", nil)
	}
	return dialect().Fail(op, t.tasks.EnqueueTx(ctx, t.sql, spec))
}

// InTx implements store.Store: one transaction after the other.
func (s *Store) InTx(ctx context.Context, do func(store.Tx) error) error {
	const op = "store.InTx"
	d := dialect()
	begun, err := s.db.writer.BeginTx(ctx, nil)
	if err != nil {
		return d.Fail(op, err)
	}
	defer begun.Rollback() // also when do panics; after a commit it does nothing
	if err := do(&tx{sqlstore.NewWriter(conn{runner: begun}, d), begun, s.tasks}); err != nil {
		return err
	}
	return d.Fail(op, begun.Commit())
}

// BulkRows implements store.Store: half the time that writers may keep each other waiting.
func (s *Store) BulkRows() int { return 2000 }

// BulkLoaders implements store.Store: there is one writer.
func (s *Store) BulkLoaders() int { return 1 }

// Ping implements store.Store.
func (s *Store) Ping(ctx context.Context) error {
	var n int
	if err := s.db.readers.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM batch LIMIT 1)`).Scan(&n); err != nil {
		return rumbo.Fault(rumbo.Unavailable, "store.Ping", "the database does not answer", err)
	}
	return nil
}

// Close implements store.Store; it closes the database.
func (s *Store) Close() error { return s.db.Close() }
