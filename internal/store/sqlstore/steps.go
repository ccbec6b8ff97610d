package sqlstore

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// maxResult is the size in bytes of the largest result that is kept in the document of its
// step; larger ones stand beside it, so that lists stay small.
const maxResult = 4 << 10

func decodeStep(text string) (s rumbo.Step, err error) { return s, decode(text, &s) }

// Steps implements store.RunReader.
func (r *Reader) Steps(ctx context.Context, runID string) ([]rumbo.Step, error) {
	var out []rumbo.Step
	err := each(ctx, r.conn, `SELECT doc FROM run_step WHERE run = $1 ORDER BY position`, []any{runID}, func(scan func(...any) error) error {
		var doc string
		if err := scan(&doc); err != nil {
			return err
		}
		s, err := decodeStep(doc)
		out = append(out, s)
		return err
	})
	return out, r.dialect.fail("store.Steps", err)
}

// Step implements store.RunReader.
func (r *Reader) Step(ctx context.Context, runID, name string) (rumbo.Step, error) {
	const op = "store.Step"
	var doc, large string
	found, err := one(ctx, r.conn, `SELECT doc, result FROM run_step WHERE run = $1 AND name = $2`+r.lock, []any{runID, name}, &doc, &large)
	if err != nil {
		return rumbo.Step{}, r.dialect.fail(op, err)
	}
	if !found {
		return rumbo.Step{}, notFound(op, "step", runID+" "+name)
	}
	s, err := decodeStep(doc)
	if large != "" {
		s.Result = json.RawMessage(large)
	}
	return s, err
}

// SetSteps implements store.RunWriter.
func (w *Writer) SetSteps(ctx context.Context, runID string, steps ...rumbo.Step) error {
	const op = "store.SetSteps"
	if err := w.needRun(ctx, op, runID); err != nil {
		return err
	}
	for _, s := range steps {
		large := ""
		if len(s.Result) > 0 {
			s.ResultBytes = int64(len(s.Result))
		}
		if len(s.Result) > maxResult {
			large, s.Result = string(s.Result), nil
		}
		doc, err := encode(s)
		if err != nil {
			return w.dialect.fail(op, err)
		}
		_, err = w.conn.Exec(ctx, `INSERT INTO run_step (run, name, position, state, doc, result) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (run, name) DO UPDATE SET position = excluded.position, state = excluded.state, doc = excluded.doc, result = excluded.result`,
			runID, s.Name, s.Position, s.State, doc, large)
		if err != nil {
			return w.dialect.fail(op, err)
		}
	}
	return nil
}

// DropResults implements store.RunWriter.
func (w *Writer) DropResults(ctx context.Context, runID string) error {
	_, err := w.conn.Exec(ctx, `UPDATE run_step SET result = '' WHERE run = $1 AND result <> ''`, runID)
	return w.dialect.fail("store.DropResults", err)
}

// needRun finds a run and keeps others from writing to it until the transaction ends.
func (w *Writer) needRun(ctx context.Context, op, runID string) error {
	var id string
	found, err := one(ctx, w.conn, `SELECT id FROM run WHERE id = $1`+w.lock, []any{runID}, &id)
	if err == nil && !found {
		return notFound(op, "run", runID)
	}
	return w.dialect.fail(op, err)
}

// AddRunLog implements store.RunWriter.
func (w *Writer) AddRunLog(ctx context.Context, runID string, lines ...rumbo.LogLine) error {
	const op = "store.AddRunLog"
	if err := w.needRun(ctx, op, runID); err != nil {
		return err
	}
	var last int64
	if _, err := one(ctx, w.conn, `SELECT coalesce(max(number), 0) FROM run_log WHERE run = $1`, []any{runID}, &last); err != nil {
		return w.dialect.fail(op, err)
	}
	for _, line := range lines {
		last++
		line.Number = last
		doc, err := encode(line)
		if err != nil {
			return w.dialect.fail(op, err)
		}
		if _, err = w.conn.Exec(ctx, `INSERT INTO run_log (run, number, step, doc) VALUES ($1, $2, $3, $4)`, runID, last, text(line.Step), doc); err != nil {
			return w.dialect.fail(op, err)
		}
	}
	_, err := w.conn.Exec(ctx, `DELETE FROM run_log WHERE run = $1 AND number <= $2`, runID, last-store.MaxRunLog)
	return w.dialect.fail(op, err)
}

// RunLog implements store.RunReader.
func (r *Reader) RunLog(ctx context.Context, runID, step, after string, limit int) (store.Page[rumbo.LogLine], error) {
	const op = "store.RunLog"
	var c clause
	c.add("run = %s", runID)
	c.equal("step", step)
	if after != "" {
		number, err := strconv.ParseInt(after, 10, 64)
		if err != nil {
			return store.Page[rumbo.LogLine]{}, badCursor(op, after)
		}
		c.add("number > %s", number)
	}
	limit = store.Limit(limit)
	var lines []rumbo.LogLine
	err := each(ctx, r.conn, `SELECT doc FROM run_log`+c.String()+` ORDER BY number LIMIT `+strconv.Itoa(limit+1), c.args, func(scan func(...any) error) error {
		var doc string
		var line rumbo.LogLine
		if err := scan(&doc); err != nil {
			return err
		}
		err := decode(doc, &line)
		lines = append(lines, line)
		return err
	})
	if err != nil {
		return store.Page[rumbo.LogLine]{}, r.dialect.fail(op, err)
	}
	return page(lines, limit, func(l rumbo.LogLine) string { return strconv.FormatInt(l.Number, 10) }), nil
}
