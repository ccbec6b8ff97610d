package rivertask

import (
	"context"
	"database/sql"
	"errors"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	modernc "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// OpenSQLite is the queue in a SQLite database that no other process works on.
// db is the one connection that writes (store/sqlite's Database.Writer). Errors:
// Unavailable when the tables cannot be brought up to date.
func OpenSQLite(ctx context.Context, db *sql.DB, config Config) (*Queue[*sql.Tx], error) {
	driver := riversqlite.New(db)
	config = config.withDefaults()
	err := migrate(ctx, driver, config)
	if err == nil {
		_, err = db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS task_rule (
			subject TEXT NOT NULL PRIMARY KEY, paused INTEGER NOT NULL, most INTEGER NOT NULL, kind TEXT NOT NULL, class TEXT NOT NULL) STRICT`)
	}
	if err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, "rivertask.OpenSQLite", "migrate the tables of the task queue", err)
	}
	return open(driver, &sqliteTable{db: db}, config)
}

// sqliteTable is River's table in SQLite.
type sqliteTable struct {
	db      *sql.DB
	resumed bool // by the only call that has anything to resume
}

// Join implements jobTable. A dead process may have been River's leader; without
// its row this one leads now and not when the other's term ends.
func (t *sqliteTable) Join(ctx context.Context) error {
	_, err := t.db.ExecContext(ctx, `DELETE FROM river_leader`)
	return err
}

// Leave implements jobTable.
func (t *sqliteTable) Leave(context.Context) error { return nil }

// Resume implements jobTable: before this process has begun, whatever runs
// belongs to a dead one; later there is no other.
func (t *sqliteTable) Resume(ctx context.Context) (int64, error) {
	if t.resumed {
		return 0, nil
	}
	result, err := t.db.ExecContext(ctx, `UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0),
		scheduled_at = datetime('now', 'subsec'),
		metadata = jsonb_set(metadata, '$.crashes', coalesce(metadata ->> '$.crashes', 0) + 1)
		WHERE state = 'running'`)
	if err != nil {
		return 0, err
	}
	t.resumed = true
	return result.RowsAffected()
}

// Running implements jobTable.
func (t *sqliteTable) Running(ctx context.Context) ([]attemptID, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT id, attempt FROM river_job WHERE state = 'running'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []attemptID
	for rows.Next() {
		var a attemptID
		if err := rows.Scan(&a.task, &a.number); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// Release implements jobTable.
func (t *sqliteTable) Release(ctx context.Context, a attemptID) error {
	_, err := t.db.ExecContext(ctx, `UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0),
		scheduled_at = datetime('now', 'subsec') WHERE id = ? AND attempt = ? AND state = 'running'`, a.task, a.number)
	return err
}

// Unfinished implements jobTable.
func (t *sqliteTable) Unfinished(ctx context.Context, kind, key string) (ids []int64, err error) {
	rows, err := t.db.QueryContext(ctx, `SELECT id FROM river_job WHERE kind = ? AND args ->> '$.key' = ? AND finalized_at IS NULL`, kind, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// Replay implements jobTable.
func (t *sqliteTable) Replay(ctx context.Context, id int64) (busy bool, err error) {
	result, err := t.db.ExecContext(ctx, `UPDATE river_job SET state = 'available', attempt = 0, finalized_at = NULL,
		scheduled_at = datetime('now', 'subsec'), metadata = jsonb_remove(metadata, '$.cancel_attempted_at', '$.crashes')
		WHERE id = ? AND state IN ('discarded', 'cancelled')`, id)
	var e *modernc.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return true, err
	}
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 0, err
}

// SetRule implements jobTable.
func (t *sqliteTable) SetRule(ctx context.Context, subject string, r task.Rule) error {
	if !r.Paused && r.Max == 0 {
		_, err := t.db.ExecContext(ctx, `DELETE FROM task_rule WHERE subject = ?`, subject)
		return err
	}
	_, err := t.db.ExecContext(ctx, `INSERT INTO task_rule (subject, paused, most, kind, class) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (subject) DO UPDATE SET paused = excluded.paused, most = excluded.most`, subject, r.Paused, r.Max, r.Kind, string(r.Class))
	return err
}

// Rules implements jobTable.
func (t *sqliteTable) Rules(ctx context.Context) (map[string]task.Rule, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT subject, paused, most, kind, class FROM task_rule`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[string]task.Rule)
	for rows.Next() {
		var subject string
		var r task.Rule
		if err := rows.Scan(&subject, &r.Paused, &r.Max, &r.Kind, &r.Class); err != nil {
			return nil, err
		}
		out[subject] = r
	}
	return out, rows.Err()
}

// Counts implements jobTable. A task that is available but not due yet waits
// for its time (River keeps short waits in that state).
func (t *sqliteTable) Counts(ctx context.Context) (task.Counts, error) {
	var c task.Counts
	rows, err := t.db.QueryContext(ctx, `SELECT state, scheduled_at > datetime('now', 'subsec'), count(*) FROM river_job GROUP BY 1, 2`)
	if err != nil {
		return c, err
	}
	defer rows.Close()
	for rows.Next() {
		var state string
		var later bool
		var n int64
		if err := rows.Scan(&state, &later, &n); err != nil {
			return c, err
		}
		count(&c, state, later, n)
	}
	return c, rows.Err()
}

// count adds n tasks in a River state.
func count(c *task.Counts, state string, later bool, n int64) {
	switch {
	case state == "running":
		c.Running += n
	case state == "completed":
		c.Done += n
	case state == "discarded" || state == "cancelled":
		c.Dead += n
	case state == "available" && !later:
		c.Waiting += n
	default:
		c.Scheduled += n
	}
}
