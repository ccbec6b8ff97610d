package sqlstore

import (
	"context"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func decodeRun(text string) (r rumbo.Run, err error) { return r, decode(text, &r) }

// Run implements store.RunReader.
func (r *Reader) Run(ctx context.Context, id string) (rumbo.Run, error) {
	const op = "store.Run"
	var doc string
	found, err := one(ctx, r.conn, `SELECT doc FROM run WHERE id = $1`+r.lock, []any{id}, &doc)
	if err != nil {
		return rumbo.Run{}, r.dialect.fail(op, err)
	}
	if !found {
		return rumbo.Run{}, notFound(op, "run", id)
	}
	return decodeRun(doc)
}

// Runs implements store.RunReader.
func (r *Reader) Runs(ctx context.Context, q store.RunQuery, after string, limit int) (store.Page[rumbo.Run], error) {
	var c clause
	c.equal("flow", q.Flow)
	c.equal("state", q.State)
	c.equal("subject", q.Subject)
	if !q.From.IsZero() {
		c.add("created >= %s", q.From.UnixMicro())
	}
	if !q.Until.IsZero() {
		c.add("created < %s", q.Until.UnixMicro())
	}
	return newestFirst(ctx, r, "store.Runs", "run", "doc", &c, after, limit,
		decodeRun, func(r rumbo.Run) string { return r.ID })
}

// CountRuns implements store.RunReader.
func (r *Reader) CountRuns(ctx context.Context) (map[string]map[string]int64, error) {
	out := map[string]map[string]int64{}
	err := each(ctx, r.conn, `SELECT flow, state, count(*) FROM run GROUP BY flow, state`, nil, func(scan func(...any) error) error {
		var flow, state string
		var n int64
		if err := scan(&flow, &state, &n); err != nil {
			return err
		}
		if out[flow] == nil {
			out[flow] = map[string]int64{}
		}
		out[flow][state] = n
		return nil
	})
	return out, r.dialect.fail("store.CountRuns", err)
}

// AddRun implements store.RunWriter.
func (w *Writer) AddRun(ctx context.Context, r rumbo.Run) error {
	const op = "store.AddRun"
	doc, err := encode(r)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	_, err = w.conn.Exec(ctx, `INSERT INTO run (id, flow, state, subject, created, finished, doc) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.ID, r.Flow, r.State, text(r.Subject), r.CreatedAt.UnixMicro(), unixOf(r.FinishedAt), doc)
	return w.dialect.fail(op, err)
}

// SetRun implements store.RunWriter.
func (w *Writer) SetRun(ctx context.Context, r rumbo.Run) error {
	const op = "store.SetRun"
	doc, err := encode(r)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	return w.change(ctx, op, "run", r.ID, `UPDATE run SET flow = $1, state = $2, subject = $3, created = $4, finished = $5, doc = $6 WHERE id = $7`,
		r.Flow, r.State, text(r.Subject), r.CreatedAt.UnixMicro(), unixOf(r.FinishedAt), doc, r.ID)
}

// AddFiring implements store.RunWriter.
func (w *Writer) AddFiring(ctx context.Context, runID, rule string, at time.Time) (first bool, err error) {
	n, err := w.conn.Exec(ctx, `INSERT INTO firing (run, rule, at) VALUES ($1, $2, $3) ON CONFLICT (run, rule) DO NOTHING`, text(runID), text(rule), unix(at))
	return n == 1, w.dialect.fail("store.AddFiring", err)
}
