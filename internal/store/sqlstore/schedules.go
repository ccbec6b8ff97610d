package sqlstore

import (
	"context"

	"github.com/logistica-inteligente/rumbo"
)

// Schedule implements store.ScheduleReader.
func (r *Reader) Schedule(ctx context.Context, name string) (s rumbo.Schedule, err error) {
	const op = "store.Schedule"
	var doc string
	found, err := one(ctx, r.conn, `SELECT doc FROM schedule WHERE name = $1`+r.lock, []any{name}, &doc)
	if err != nil {
		return s, r.dialect.fail(op, err)
	}
	if !found {
		return s, notFound(op, "schedule", name)
	}
	return s, decode(doc, &s)
}

// Schedules implements store.ScheduleReader.
func (r *Reader) Schedules(ctx context.Context) (out []rumbo.Schedule, err error) {
	err = each(ctx, r.conn, `SELECT doc FROM schedule ORDER BY name`, nil, func(scan func(...any) error) error {
		var doc string
		var s rumbo.Schedule
		if err := scan(&doc); err != nil {
			return err
		}
		if err := decode(doc, &s); err != nil {
			return err
		}
		out = append(out, s)
		return nil
	})
	return out, r.dialect.fail("store.Schedules", err)
}

// PutSchedule implements store.ScheduleWriter.
func (w *Writer) PutSchedule(ctx context.Context, s rumbo.Schedule) error {
	const op = "store.PutSchedule"
	doc, err := encode(s)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	_, err = w.conn.Exec(ctx, `INSERT INTO schedule (name, doc) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET doc = excluded.doc`, s.Name, doc)
	return w.dialect.fail(op, err)
}

// DeleteSchedule implements store.ScheduleWriter.
func (w *Writer) DeleteSchedule(ctx context.Context, name string) error {
	return w.change(ctx, "store.DeleteSchedule", "schedule", name, `DELETE FROM schedule WHERE name = $1`, name)
}
