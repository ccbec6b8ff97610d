package sqlstore

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Conditions of what may go. Literals, not parameters, let partial indexes serve.
const (
	expiredBatch = `b.finished > 0 AND b.finished < $1`
	// expiredPayload adds that nothing of it may still be mended and that no other batch,
	// as a repetition of a failed one, needs the same payload. The sums leave the index of
	// payloads as the only one to walk.
	expiredPayload = `b.finished + 0 > 0 AND b.finished + 0 < $1 AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.batch = b.seq)
		AND NOT EXISTS (SELECT 1 FROM batch o WHERE o.blob_key = b.blob_key AND o.blob_key <> '' AND (o.finished = 0 OR o.finished >= $1))`
	expiredRun      = `finished > 0 AND finished < $1`
	expiredDelivery = `state = 'delivered' AND created > 0 AND created < $1`
)

// superseded is the condition of a version v that a later loaded batch hides for good.
func superseded(table string) string {
	return `EXISTS (SELECT 1 FROM batch b WHERE b.seq = v.batch AND b.state = 'loaded') AND EXISTS (SELECT 1 FROM ` + table +
		` u JOIN batch c ON c.seq = u.batch WHERE u.id = v.id AND u.batch > v.batch AND c.state = 'loaded')`
}

// after is "" at the beginning, then where versions go on.
const (
	inFailed = "failed"
	afterID  = "after "
	more     = "more"
)

// unix is a time as a column has it; the zero time comes before all.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// unixOf is unix of a time that may be missing.
func unixOf(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return unix(*t)
}

func knownKind(op, kind string) error {
	if !slices.Contains(rumbo.Kinds(), kind) {
		return rumbo.Fault(rumbo.Invalid, op, "no such kind: "+kind, nil) // the kind names a table
	}
	return nil
}

// CountPrunable implements store.RetentionReader.
func (r *Reader) CountPrunable(ctx context.Context, p store.Prune) (n int64, err error) {
	const op = "store.CountPrunable"
	args := []any{unix(p.Before)}
	var queries []string
	switch p.What {
	case store.PruneVersions:
		if err := knownKind(op, p.Kind); err != nil {
			return 0, err
		}
		name := home(p.Kind)
		args = []any{p.Kind}
		queries = []string{`SELECT count(*) FROM batch b JOIN ` + name + ` v ON v.batch = b.seq WHERE b.state = 'failed' AND b.kind = $1`,
			`SELECT count(*) FROM ` + name + ` v WHERE v.rivals = 1 AND $1 <> '' AND ` + superseded(name)}
	case store.PruneQuarantine:
		queries = []string{`SELECT count(*) FROM batch b JOIN quarantine q ON q.batch = b.seq WHERE ` + expiredBatch + ` AND q.edited_at < $1`}
	case store.PruneRuns:
		queries = []string{`SELECT count(*) FROM run WHERE ` + expiredRun}
	case store.PruneDeliveries:
		queries = []string{`SELECT count(*) FROM delivery WHERE ` + expiredDelivery}
	default:
		return 0, rumbo.Fault(rumbo.Invalid, op, "no such thing to prune: "+p.What, nil)
	}
	for _, query := range queries {
		var part int64
		if _, err := one(ctx, r.conn, query, args, &part); err != nil {
			return n, r.dialect.fail(op, err)
		}
		n += part
	}
	return n, nil
}

// ExpiredPayloads implements store.RetentionReader.
func (r *Reader) ExpiredPayloads(ctx context.Context, before time.Time, after string, limit int) (keys []string, err error) {
	err = each(ctx, r.conn, `SELECT DISTINCT b.blob_key FROM batch b WHERE b.blob_key <> '' AND b.blob_key > $2 AND `+expiredPayload+
		` ORDER BY b.blob_key LIMIT `+strconv.Itoa(store.Limit(limit)), []any{unix(before), after}, func(scan func(...any) error) error {
		var key string
		err := scan(&key)
		keys = append(keys, key)
		return err
	})
	return keys, r.dialect.fail("store.ExpiredPayloads", err)
}

// NamesPayload implements store.RetentionReader.
func (r *Reader) NamesPayload(ctx context.Context, key string) (bool, error) {
	var seq int64
	found, err := one(ctx, r.conn, `SELECT seq FROM batch WHERE blob_key = $1 AND blob_key <> '' LIMIT 1`, []any{key}, &seq)
	return found, r.dialect.fail("store.NamesPayload", err)
}

// Prune implements store.RetentionWriter.
func (w *Writer) Prune(ctx context.Context, p store.Prune, after string, limit int) (removed int, next string, err error) {
	const op = "store.Prune"
	limit = max(limit, 1)
	switch p.What {
	case store.PruneVersions:
		if err := knownKind(op, p.Kind); err != nil {
			return 0, "", err
		}
		removed, next, err = w.pruneVersions(ctx, p.Kind, after, limit)
	case store.PruneQuarantine:
		removed, next, err = w.pruneQuarantine(ctx, unix(p.Before), limit)
	case store.PruneRuns:
		removed, next, err = w.pruneRuns(ctx, unix(p.Before), limit)
	case store.PruneDeliveries:
		removed, next, err = w.pruneDeliveries(ctx, unix(p.Before), limit)
	default:
		err = rumbo.Fault(rumbo.Invalid, op, "no such thing to prune: "+p.What, nil)
	}
	return removed, next, w.dialect.fail(op, err)
}

// pruneVersions removes what failed batches had loaded, then what later batches hide. IDs
// that are left with one version lose the mark of rivals, which makes them quicker to read
// and not be met again. Where writers run side by side, one that adds a version meanwhile
// marks it when its batch is loaded, which waits for this transaction.
func (w *Writer) pruneVersions(ctx context.Context, kind, after string, limit int) (removed int, next string, err error) {
	name := home(kind)
	if !strings.HasPrefix(after, afterID) {
		if n, err := w.pruneFailed(ctx, kind, limit); err != nil || n > 0 {
			return n, inFailed, err
		}
	}
	if err := w.lockKind(ctx, kind); err != nil {
		return 0, "", err
	}
	ids, err := w.texts(ctx, `SELECT DISTINCT id FROM `+name+` WHERE rivals = 1 AND id > $1 ORDER BY id LIMIT `+strconv.Itoa(limit), strings.TrimPrefix(after, afterID))
	if err != nil || len(ids) == 0 {
		return 0, "", err
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return 0, "", err
	}
	n, err := w.conn.Exec(ctx, `DELETE FROM `+name+` AS v WHERE v.id `+w.inList(1)+` AND `+superseded(name), string(list))
	if err != nil {
		return 0, "", err
	}
	_, err = w.conn.Exec(ctx, `UPDATE `+name+` AS v SET rivals = 0 WHERE v.rivals = 1 AND v.id `+w.inList(1)+
		` AND NOT EXISTS (SELECT 1 FROM `+name+` u WHERE u.id = v.id AND u.batch <> v.batch)`, string(list))
	if len(ids) == limit {
		next = afterID + ids[len(ids)-1]
	}
	return int(n), next, err
}

// pruneFailed removes records of one failed batch: it will never show them.
func (w *Writer) pruneFailed(ctx context.Context, kind string, limit int) (int, error) {
	name := home(kind)
	var seq int64
	found, err := one(ctx, w.conn, `SELECT b.seq FROM batch b WHERE b.state = 'failed' AND b.kind = $1 AND EXISTS (SELECT 1 FROM `+name+
		` v WHERE v.batch = b.seq) LIMIT 1`, []any{kind}, &seq)
	if err != nil || !found {
		return 0, err
	}
	n, err := w.conn.Exec(ctx, `DELETE FROM `+name+` WHERE batch = $1 AND id IN (SELECT id FROM `+name+` WHERE batch = $1 LIMIT `+strconv.Itoa(limit)+`)`, seq)
	if err == nil && kind == rumbo.KindTrips && n < int64(limit) { // the last of them: nobody need look at it any more
		_, err = w.conn.Exec(ctx, `DELETE FROM trip_span WHERE batch = $1`, seq)
	}
	return int(n), err
}

// pruneQuarantine removes rows of one batch, which nobody mends or replays meanwhile.
func (w *Writer) pruneQuarantine(ctx context.Context, before int64, limit int) (int, string, error) {
	var id string
	found, err := one(ctx, w.conn, `SELECT b.id FROM batch b WHERE `+expiredBatch+` AND EXISTS (SELECT 1 FROM quarantine q WHERE q.batch = b.seq AND q.edited_at < $1)
		ORDER BY b.finished LIMIT 1`, []any{before}, &id)
	if err != nil || !found {
		return 0, "", err
	}
	_, seq, err := w.batchState(ctx, "store.Prune", id)
	if err != nil {
		return 0, "", err
	}
	n, err := w.conn.Exec(ctx, `DELETE FROM quarantine WHERE batch = $1 AND number IN (SELECT number FROM quarantine WHERE batch = $1 AND edited_at < $2 LIMIT `+
		strconv.Itoa(limit)+`)`, seq, before)
	return int(n), more, err
}

// maxRunsAtOnce bounds the runs that one transaction removes, however short their logs.
const maxRunsAtOnce = 50

// pruneRuns removes runs, the oldest first; a long log may take several transactions.
func (w *Writer) pruneRuns(ctx context.Context, before int64, limit int) (removed int, next string, err error) {
	ids, err := w.texts(ctx, `SELECT id FROM run WHERE `+expiredRun+` ORDER BY finished LIMIT `+strconv.Itoa(min(limit, maxRunsAtOnce))+w.lock, before)
	if err != nil || len(ids) == 0 {
		return 0, "", err
	}
	for _, id := range ids {
		lines, err := w.conn.Exec(ctx, `DELETE FROM run_log WHERE run = $1 AND number IN (SELECT number FROM run_log WHERE run = $1 LIMIT `+strconv.Itoa(limit)+`)`, id)
		if limit -= int(lines) + 1; err != nil || limit <= 0 {
			return removed, more, err
		}
		for _, statement := range []string{`DELETE FROM firing WHERE run = $1`, `DELETE FROM run_step WHERE run = $1`, `DELETE FROM run WHERE id = $1`} {
			if _, err := w.conn.Exec(ctx, statement, id); err != nil {
				return removed, "", err
			}
		}
		removed++
	}
	return removed, more, nil
}

// pruneDeliveries removes events that were taken, the oldest first.
func (w *Writer) pruneDeliveries(ctx context.Context, before int64, limit int) (int, string, error) {
	ids, err := w.texts(ctx, `SELECT id FROM delivery WHERE `+expiredDelivery+` ORDER BY created LIMIT `+strconv.Itoa(limit)+w.lock, before)
	if err != nil || len(ids) == 0 {
		return 0, "", err
	}
	if err := w.forIDs(ctx, `DELETE FROM delivery_attempt WHERE delivery `, ids); err != nil {
		return 0, "", err
	}
	return len(ids), more, w.forIDs(ctx, `DELETE FROM delivery WHERE id `, ids)
}

// texts reads one column.
func (w *Writer) texts(ctx context.Context, query string, args ...any) (out []string, err error) {
	err = each(ctx, w.conn, query, args, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		out = append(out, text)
		return err
	})
	return out, err
}

// DropPayload implements store.RetentionWriter. The batches are held first and judged after:
// whoever repeats one of them holds it too, so that either the repetition is seen here, or it
// sees that the payload is gone.
func (w *Writer) DropPayload(ctx context.Context, key string, before time.Time) (bool, error) {
	const op = "store.DropPayload"
	ids, err := w.texts(ctx, `SELECT id FROM batch WHERE blob_key = $1 AND blob_key <> ''`+w.lock, key)
	if err != nil || len(ids) == 0 {
		return false, w.dialect.fail(op, err)
	}
	var kept int64
	if _, err := one(ctx, w.conn, `SELECT count(*) FROM batch b WHERE b.blob_key = $2 AND b.blob_key <> '' AND NOT (`+expiredPayload+`)`,
		[]any{unix(before), key}, &kept); err != nil || kept > 0 {
		return false, w.dialect.fail(op, err)
	}
	for _, id := range ids {
		b, seq, err := w.batchState(ctx, op, id)
		if err != nil {
			return false, err
		}
		b.BlobKey = ""
		doc, err := encodeBatch(b)
		if err == nil {
			_, err = w.conn.Exec(ctx, `UPDATE batch SET blob_key = '', doc = $1 WHERE seq = $2`, doc, seq)
		}
		if err != nil {
			return false, w.dialect.fail(op, err)
		}
	}
	return true, nil
}
