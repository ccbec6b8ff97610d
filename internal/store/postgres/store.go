package postgres

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Enqueuer adds a task inside a transaction; the task queue implements it.
type Enqueuer interface {
	EnqueueTx(ctx context.Context, tx pgx.Tx, spec task.Spec) error
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
	return &Store{sqlstore.NewReader(conn{db.pool, db.pool}, dialect()), db, tasks}
}

// tx implements store.Tx.
type tx struct {
	*sqlstore.Writer
	pgx   pgx.Tx
	tasks Enqueuer
}

// Enqueue implements store.Tx.
func (t *tx) Enqueue(ctx context.Context, spec task.Spec) error {
	const op = "store.Enqueue"
	if t.tasks == nil {
		return rumbo.Fault(rumbo.Internal, op, "the store was opened without a task queue", nil)
	}
	return dialect().Fail(op, t.tasks.EnqueueTx(ctx, t.pgx, spec))
}

// maxTries is how often a transaction is run that was ended for another's sake.
const maxTries = 5

// InTx implements store.Store.
func (s *Store) InTx(ctx context.Context, do func(store.Tx) error) error {
	for try := 1; ; try++ {
		err := s.inTx(ctx, do)
		if err == nil || !again(err) || try == maxTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(rand.IntN(20*try)) * time.Millisecond):
		}
	}
}

func (s *Store) inTx(ctx context.Context, do func(store.Tx) error) error {
	const op = "store.InTx"
	d := dialect()
	begun, err := s.db.pool.Begin(ctx)
	if err != nil {
		return d.Fail(op, err)
	}
	// Also when do panics; after a commit it does nothing. The end of ctx must
	// not keep it from telling the server.
	defer begun.Rollback(context.WithoutCancel(ctx))
	if err := do(&tx{sqlstore.NewWriter(conn{runner: begun}, d), begun, s.tasks}); err != nil {
		return err
	}
	return d.Fail(op, begun.Commit(ctx))
}

// BulkRows implements store.Store: with COPY twice as fast as 2,000, and nobody waits.
func (s *Store) BulkRows() int { return 10000 }

// BulkLoaders implements store.Store: one copies while the other looks for known IDs.
func (s *Store) BulkLoaders() int { return 2 }

// Ping implements store.Store.
func (s *Store) Ping(ctx context.Context) error {
	var n int
	if err := s.db.pool.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM batch LIMIT 1) b`).Scan(&n); err != nil {
		return rumbo.Fault(rumbo.Unavailable, "store.Ping", "the database does not answer", err)
	}
	return nil
}

// Close implements store.Store; it closes the database.
func (s *Store) Close() error { return s.db.Close() }
