package sqlstore

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// quarantineColumns are read by scanQuarantine.
const quarantineColumns = "number, rule, reason, raw, edited_at, original"

func scanQuarantine(scan func(...any) error, batchID string) (rumbo.Quarantine, error) {
	q := rumbo.Quarantine{BatchID: batchID}
	var raw, original []byte
	var edited int64
	err := scan(&q.Row, &q.Rule, &q.Reason, &raw, &edited, &original)
	q.Raw, q.Original = string(raw), string(original)
	if edited != 0 {
		at := time.UnixMicro(edited).UTC()
		q.EditedAt = &at
	}
	return q, err
}

// QuarantineRows implements store.BatchReader.
func (r *Reader) QuarantineRows(ctx context.Context, batchID string, numbers []int64) ([]rumbo.Quarantine, error) {
	const op = "store.QuarantineRows"
	var seq int64
	found, err := one(ctx, r.conn, `SELECT seq FROM batch WHERE id = $1`, []any{batchID}, &seq)
	if err != nil {
		return nil, r.dialect.fail(op, err)
	}
	if !found {
		return nil, notFound(op, "batch", batchID)
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	var out []rumbo.Quarantine
	err = each(ctx, r.conn, `SELECT `+quarantineColumns+` FROM quarantine WHERE batch = $1 AND number IN (`+
		numberList(numbers)+`) ORDER BY number`, []any{seq}, func(scan func(...any) error) error {
		q, err := scanQuarantine(scan, batchID)
		out = append(out, q)
		return err
	})
	return out, r.dialect.fail(op, err)
}

func numberList(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(texts, ",")
}

// EditQuarantine implements store.QuarantineWriter.
func (w *Writer) EditQuarantine(ctx context.Context, q rumbo.Quarantine) error {
	const op = "store.EditQuarantine"
	batch, seq, err := w.batchState(ctx, op, q.BatchID)
	if err != nil {
		return err
	}
	if batch.State != rumbo.BatchLoaded && batch.State != rumbo.BatchFailed {
		return conflict(op, "batch "+q.BatchID+" is "+batch.State)
	}
	edited, original := int64(0), []byte(nil)
	if q.EditedAt != nil {
		edited, original = q.EditedAt.UnixMicro(), []byte(q.Original)
	}
	n, err := w.conn.Exec(ctx, `UPDATE quarantine SET rule = $1, reason = $2, raw = $3, edited_at = $4, original = $5
		WHERE batch = $6 AND number = $7`, text(q.Rule), text(q.Reason), []byte(q.Raw), edited, original, seq, q.Row)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	if n == 0 {
		return notFound(op, "row in quarantine", strconv.FormatInt(q.Row, 10))
	}
	return nil
}

// loadedBatch is the number of a batch that must be loaded.
func (w *Writer) loadedBatch(ctx context.Context, op, id string) (rumbo.Batch, int64, error) {
	batch, seq, err := w.batchState(ctx, op, id)
	if err == nil && batch.State != rumbo.BatchLoaded {
		err = conflict(op, "batch "+id+" is "+batch.State+", not loaded")
	}
	return batch, seq, err
}

// RemoveQuarantine implements store.QuarantineWriter.
func (w *Writer) RemoveQuarantine(ctx context.Context, batchID string, numbers []int64) (removed int, err error) {
	const op = "store.RemoveQuarantine"
	_, seq, err := w.loadedBatch(ctx, op, batchID)
	if err != nil || len(numbers) == 0 {
		return 0, err
	}
	n, err := w.conn.Exec(ctx, `DELETE FROM quarantine WHERE batch = $1 AND number IN (`+numberList(numbers)+`)`, seq)
	return int(n), w.dialect.fail(op, err)
}

// Amend implements store.QuarantineWriter. A batch of the same kind that is being
// loaded side by side marks rivals when it ends, as it does for others.
func (w *Writer) Amend(ctx context.Context, batchID string, r store.Records) (store.LoadCounts, error) {
	const op = "store.Amend"
	batch, seq, err := w.loadedBatch(ctx, op, batchID)
	if err != nil {
		return store.LoadCounts{}, err
	}
	if err := w.lockKind(ctx, batch.Kind); err != nil {
		return store.LoadCounts{}, w.dialect.fail(op, err)
	}
	if w.dialect.SideBySide {
		if err := w.disturbLoads(ctx, batch.Kind); err != nil {
			return store.LoadCounts{}, w.dialect.fail(op, err)
		}
	}
	amending := *w
	amending.amending = true
	counts, err := amending.addAll(ctx, batchID, r)
	if err != nil || !w.dialect.SideBySide {
		return counts, err
	}
	return counts, w.dialect.fail(op, w.markRivals(ctx, batch.Kind, seq))
}

// addAll adds records of whatever kind is there.
func (w *Writer) addAll(ctx context.Context, batchID string, r store.Records) (store.LoadCounts, error) {
	switch {
	case len(r.Trips) > 0:
		return w.AddTrips(ctx, batchID, r.Trips)
	case len(r.Orders) > 0:
		return w.AddOrders(ctx, batchID, r.Orders)
	case len(r.Vehicles) > 0:
		return w.AddVehicles(ctx, batchID, r.Vehicles)
	case len(r.Events) > 0:
		return w.AddEvents(ctx, batchID, r.Events)
	}
	return w.AddDepots(ctx, batchID, r.Depots)
}

// Setting implements store.SettingReader.
func (r *Reader) Setting(ctx context.Context, name string) (doc string, err error) {
	const op = "store.Setting"
	found, err := one(ctx, r.conn, `SELECT doc FROM setting WHERE name = $1`+r.lock, []any{name}, &doc)
	if err != nil {
		return "", r.dialect.fail(op, err)
	}
	if !found {
		return "", notFound(op, "setting", name)
	}
	return doc, nil
}

// SetSetting implements store.SettingWriter.
func (w *Writer) SetSetting(ctx context.Context, name, doc string) error {
	_, err := w.conn.Exec(ctx, `INSERT INTO setting (name, doc) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET doc = excluded.doc`, name, doc)
	return w.dialect.fail("store.SetSetting", err)
}
