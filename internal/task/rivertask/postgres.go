package rivertask

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// OpenPostgres is the queue in a PostgreSQL database, for any number of
// processes. Errors: Unavailable when the tables cannot be brought up to date.
func OpenPostgres(ctx context.Context, pool *pgxpool.Pool, config Config) (*Queue[pgx.Tx], error) {
	driver := riverpgxv5.New(pool)
	config = config.withDefaults()
	config.listen = true
	config.id = "rumbo-" + rand.Text()
	if err := migratePostgres(ctx, pool, driver, config); err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, "rivertask.OpenPostgres", "migrate the tables of the task queue", err)
	}
	return open(&fenced{driver, config.id}, &postgresTable{pool: pool, id: config.id, rescue: config.Rescue}, config)
}

// Passing names the tables that tell of processes, or of the version of the others: a backup
// leaves them out. Tasks and rules are worth keeping: what runs in a backup belongs to a process
// that is not there where it is restored, and is resumed as after a crash.
func Passing() []string {
	return []string{"task_worker", "river_migration", "river_leader", "river_queue", "river_client", "river_client_queue", "river_notification"}
}

// migratePostgres makes River's tables and ours, one process at a time.
func migratePostgres(ctx context.Context, pool *pgxpool.Pool, driver *riverpgxv5.Driver, config Config) (err error) {
	const lockName = 0x72756d626f // "rumbo"
	c, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	if _, err := c.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(lockName)); err != nil {
		return err
	}
	defer func() {
		_, unlock := c.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(lockName))
		err = errors.Join(err, unlock)
	}()
	if _, err := c.Exec(ctx, `CREATE TABLE IF NOT EXISTS task_worker (
		id      TEXT PRIMARY KEY,
		beat_at TIMESTAMPTZ NOT NULL);
		CREATE TABLE IF NOT EXISTS task_rule (
		subject TEXT PRIMARY KEY,
		paused  BOOLEAN NOT NULL,
		most    BIGINT NOT NULL,
		kind    TEXT NOT NULL,
		class   TEXT NOT NULL)`); err != nil {
		return err
	}
	return migrate(ctx, driver, config)
}

// postgresTable is River's table in PostgreSQL and beside it task_worker, in
// which every working process says that it lives. All times are the server's.
type postgresTable struct {
	pool   *pgxpool.Pool
	id     string // of this process, also River's
	rescue time.Duration
}

// Join implements jobTable.
func (t *postgresTable) Join(ctx context.Context) error { return t.beat(ctx) }

// beat says that this process lives. It does not wait for the disk: a beat that
// is lost in a crash is followed by another, but one that is late behind the
// writes of others would make a living process look dead.
func (t *postgresTable) beat(ctx context.Context) error {
	_, err := t.pool.Exec(ctx, `WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
		INSERT INTO task_worker (id, beat_at) SELECT $1, clock_timestamp() FROM quick
		ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at`, t.id)
	return err
}

// Leave implements jobTable; it also forgets processes that died long ago.
func (t *postgresTable) Leave(ctx context.Context) error {
	_, err := t.pool.Exec(ctx, `DELETE FROM task_worker WHERE id = $1 OR beat_at < now() - interval '1 day'`, t.id)
	return err
}

// holder is the process that took the running attempt of a task.
const holder = `attempted_by[array_upper(attempted_by, 1)]`

// Resume implements jobTable.
func (t *postgresTable) Resume(ctx context.Context) (int64, error) {
	if err := t.beat(ctx); err != nil {
		return 0, err
	}
	tag, err := t.pool.Exec(ctx, `UPDATE river_job SET state = 'available', attempt = greatest(attempt - 1, 0), scheduled_at = now(),
		metadata = jsonb_set(metadata, '{crashes}', to_jsonb(coalesce((metadata ->> 'crashes')::int, 0) + 1))
		WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM task_worker w
			WHERE w.id = `+holder+` AND w.beat_at > clock_timestamp() - make_interval(secs => $1))`, t.rescue.Seconds())
	return tag.RowsAffected(), err
}

// Running implements jobTable.
func (t *postgresTable) Running(ctx context.Context) ([]attemptID, error) {
	rows, err := t.pool.Query(ctx, `SELECT id, attempt FROM river_job WHERE state = 'running' AND `+holder+` = $1`, t.id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a attemptID, err error) {
		return a, row.Scan(&a.task, &a.number)
	})
}

// Release implements jobTable.
func (t *postgresTable) Release(ctx context.Context, a attemptID) error {
	_, err := t.pool.Exec(ctx, `UPDATE river_job SET state = 'available', attempt = greatest(attempt - 1, 0), scheduled_at = now()
		WHERE id = $1 AND attempt = $2 AND state = 'running' AND `+holder+` = $3`, a.task, a.number, t.id)
	return err
}

// Unfinished implements jobTable.
func (t *postgresTable) Unfinished(ctx context.Context, kind, key string) ([]int64, error) {
	rows, err := t.pool.Query(ctx, `SELECT id FROM river_job WHERE kind = $1 AND args ->> 'key' = $2 AND finalized_at IS NULL`, kind, key)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// Replay implements jobTable.
func (t *postgresTable) Replay(ctx context.Context, id int64) (busy bool, err error) {
	tag, err := t.pool.Exec(ctx, `UPDATE river_job SET state = 'available', attempt = 0, finalized_at = NULL,
		scheduled_at = now(), metadata = metadata - 'cancel_attempted_at' - 'crashes'
		WHERE id = $1 AND state IN ('discarded', 'cancelled')`, id)
	var e *pgconn.PgError
	if errors.As(err, &e) && e.Code == "23505" {
		return true, err
	}
	return err == nil && tag.RowsAffected() == 0, err
}

// SetRule implements jobTable.
func (t *postgresTable) SetRule(ctx context.Context, subject string, r task.Rule) error {
	if !r.Paused && r.Max == 0 {
		_, err := t.pool.Exec(ctx, `DELETE FROM task_rule WHERE subject = $1`, subject)
		return err
	}
	_, err := t.pool.Exec(ctx, `INSERT INTO task_rule (subject, paused, most, kind, class) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (subject) DO UPDATE SET paused = excluded.paused, most = excluded.most`, subject, r.Paused, r.Max, r.Kind, string(r.Class))
	return err
}

// Rules implements jobTable.
func (t *postgresTable) Rules(ctx context.Context) (map[string]task.Rule, error) {
	rows, err := t.pool.Query(ctx, `SELECT subject, paused, most, kind, class FROM task_rule`)
	if err != nil {
		return nil, err
	}
	out := make(map[string]task.Rule)
	var subject string
	var r task.Rule
	_, err = pgx.ForEachRow(rows, []any{&subject, &r.Paused, &r.Max, &r.Kind, &r.Class}, func() error {
		out[subject] = r
		return nil
	})
	return out, err
}

// Counts implements jobTable.
func (t *postgresTable) Counts(ctx context.Context) (task.Counts, error) {
	var c task.Counts
	rows, err := t.pool.Query(ctx, `SELECT state::text, scheduled_at > now(), count(*) FROM river_job GROUP BY 1, 2`)
	if err != nil {
		return c, err
	}
	var state string
	var later bool
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&state, &later, &n}, func() error {
		count(&c, state, later, n)
		return nil
	})
	return c, err
}
