package sqlstore

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// table says how records of one kind are kept. K is the content of a record
// without its ID: two records are the same when ID and K are.
type table[K comparable] struct {
	name    string
	columns []string // of the content
	dest    func(*K) []any
	values  func(K) []any
	spans   bool // portions of IDs that no other batch has are told by their spans
}

// version is what is known about one ID while records are loaded.
type version[K comparable] struct {
	base    K // newest visible content of the batches received before
	baseSeq int64
	own     K // content in the batch that is being loaded
	hasOwn  bool
	stored  bool // own is in the database, perhaps with other content
	changed bool // own must be written
	rivals  bool // other batches have versions
}

// load adds records of a batch: ids[i] with contents[i]. See the package
// comment for what it keeps. O(n log stored), one query and one bulk insertion.
func load[K comparable](ctx context.Context, w *Writer, op, batchID, kind string, t table[K], ids []string, contents []K) (store.LoadCounts, error) {
	var counts store.LoadCounts
	batch, seq, err := w.sharedBatch(ctx, op, batchID)
	switch {
	case err != nil:
		return counts, err
	case w.amending != (batch.State == rumbo.BatchLoaded) || batch.State == rumbo.BatchFailed:
		return counts, conflict(op, "batch "+batchID+" is "+batch.State)
	case len(ids) == 0:
		return counts, nil
	case batch.Kind != kind:
		return counts, conflict(op, "batch "+batchID+" holds "+batch.Kind)
	}
	if !w.amending {
		if err := w.beginLoad(ctx, kind, seq); err != nil {
			return counts, w.dialect.fail(op, err)
		}
	}
	counts, err = (&loading[K]{table: t, seq: seq, ids: ids, contents: contents}).run(ctx, w, kind)
	return counts, w.dialect.fail(op, err)
}

// loading is a portion of records on its way into a batch.
type loading[K comparable] struct {
	table[K]
	seq      int64
	ids      []string
	contents []K
	settled  bool // see settledBefore
	counts   store.LoadCounts
}

func (l *loading[K]) run(ctx context.Context, w *Writer, kind string) (_ store.LoadCounts, err error) {
	if l.settled, err = w.settledBefore(ctx, kind, l.seq); err != nil {
		return l.counts, err
	}
	if l.spans {
		alone, err := w.addSpans(ctx, l.seq, l.ids)
		if err != nil {
			return l.counts, err
		}
		if alone {
			if refused, err := loadUnseen(ctx, w, l); !refused {
				return l.counts, err
			}
		}
	}
	known, err := versions(ctx, w, l.table, l.seq, l.ids)
	if err != nil {
		return l.counts, err
	}
	return l.counts, l.store(ctx, w, known)
}

// store counts what the records do to the known versions and stores those that change any.
func (l *loading[K]) store(ctx context.Context, w *Writer, known map[string]*version[K]) error {
	l.counts = store.LoadCounts{}
	fresh := make([]version[K], len(l.ids)) // one piece of memory for what nobody knows yet
	for i, id := range l.ids {
		v := known[id]
		if v == nil {
			v = &fresh[i]
			known[id] = v
		}
		v.take(l.contents[i], l.settled, &l.counts)
	}
	return write(ctx, w, l.table, l.seq, known, l.ids)
}

// take adds one record to what is known about its ID and counts it.
func (v *version[K]) take(content K, settled bool, counts *store.LoadCounts) {
	switch {
	case v.hasOwn && v.own == content:
		counts.Unchanged++
		return
	case v.hasOwn:
		counts.Replaced++
	case v.baseSeq > 0 && v.base == content:
		counts.Unchanged++
		if settled {
			return
		}
	case v.baseSeq > 0:
		counts.Replaced++
	default:
		counts.Added++
	}
	v.own, v.hasOwn, v.changed = content, true, true
}

// settledBefore says whether all batches of a kind received before seq have
// ended, so that nothing can still come between them and seq.
func (w *Writer) settledBefore(ctx context.Context, kind string, seq int64) (bool, error) {
	var n int64
	pending, err := one(ctx, w.conn, `SELECT seq FROM batch WHERE kind = $1 AND seq < $2
		AND state NOT IN ('loaded', 'failed') LIMIT 1`, []any{kind, seq}, &n)
	return !pending, err
}

// versions reads what is stored under the given IDs.
func versions[K comparable](ctx context.Context, w *Writer, t table[K], seq int64, ids []string) (map[string]*version[K], error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	known := make(map[string]*version[K], len(ids))
	query := `SELECT v.id, v.batch, b.state, v.` + strings.Join(t.columns, ", v.") +
		` FROM ` + t.name + ` v CROSS JOIN batch b WHERE b.seq = v.batch AND v.id ` + w.inList(1)
	err = each(ctx, w.conn, query, []any{string(list)}, func(scan func(...any) error) error {
		var id, state string
		var number int64
		var content K
		if err := scan(append([]any{&id, &number, &state}, t.dest(&content)...)...); err != nil {
			return err
		}
		v := known[id]
		if v == nil {
			v = &version[K]{}
			known[id] = v
		}
		v.rivals = v.rivals || number != seq
		switch {
		case number == seq:
			v.own, v.hasOwn, v.stored = content, true, true
		case number < seq && number > v.baseSeq && state == rumbo.BatchLoaded:
			v.base, v.baseSeq = content, number
		}
		return nil
	})
	return known, err
}

// write stores the changed versions.
func write[K comparable](ctx context.Context, w *Writer, t table[K], seq int64, known map[string]*version[K], ids []string) error {
	rows := make([][]any, 0, len(ids))
	cells := make([]any, 0, len(ids)*(len(t.columns)+3))
	var stale, contested []string
	for _, id := range ids {
		v := known[id]
		if !v.changed {
			continue
		}
		v.changed = false // an ID may be in ids twice
		if v.stored {
			stale = append(stale, id)
		}
		rivals := 0
		if v.rivals {
			rivals, contested = 1, append(contested, id)
		}
		from := len(cells)
		cells = append(append(cells, id, seq, rivals), t.values(v.own)...)
		rows = append(rows, cells[from:len(cells):len(cells)])
	}
	if err := w.forIDs(ctx, `DELETE FROM `+t.name+` WHERE batch = `+strconv.FormatInt(seq, 10)+` AND id `, stale); err != nil {
		return err
	}
	if err := w.forIDs(ctx, `UPDATE `+t.name+` SET rivals = 1 WHERE rivals = 0 AND id `, contested); err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	return w.conn.Insert(ctx, t.name, append([]string{"id", "batch", "rivals"}, t.columns...), rows)
}

// forIDs runs a statement that ends before its list of IDs.
func (w *Writer) forIDs(ctx context.Context, statement string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	_, err = w.conn.Exec(ctx, statement+w.inList(1), string(list))
	return err
}

func (r *Reader) inList(placeholder int) string {
	return strings.Replace(r.dialect.InList, "%s", "$"+strconv.Itoa(placeholder), 1)
}

// home is the table of a kind of records.
func home(kind string) string {
	if kind == rumbo.KindTrips {
		return "trip"
	}
	return strings.TrimSuffix(kind, "s") + "_record"
}

// markRivals sets the flag on versions that were added side by side, when
// neither writer saw the other's.
func (w *Writer) markRivals(ctx context.Context, kind string, seq int64) error {
	name := home(kind)
	// Written so that ids are looked up one by one: PostgreSQL would rather read the whole table,
	// twice, and the larger it is the longer every batch would take.
	_, err := w.conn.Exec(ctx, `UPDATE `+name+` SET rivals = 1 WHERE rivals = 0 AND id = ANY (ARRAY(
		SELECT v.id FROM `+name+` v CROSS JOIN LATERAL (SELECT 1 FROM `+name+` u
			WHERE u.id = v.id AND u.batch <> v.batch AND (v.rivals = 0 OR u.rivals = 0) LIMIT 1) AS met
		WHERE v.batch = $1))`, seq)
	return err
}

// ClearBatch implements store.BatchWriter.
func (w *Writer) ClearBatch(ctx context.Context, batchID string, limit int) (removed int, err error) {
	const op = "store.ClearBatch"
	batch, seq, err := w.batchState(ctx, op, batchID)
	if err != nil {
		return 0, err
	}
	if batch.State == rumbo.BatchLoaded {
		return 0, conflict(op, "batch "+batchID+" is loaded")
	}
	for _, s := range []struct{ table, key string }{{home(batch.Kind), "id"}, {"quarantine", "number"}} {
		if removed >= limit {
			break
		}
		n, err := w.conn.Exec(ctx, `DELETE FROM `+s.table+` WHERE batch = $1 AND `+s.key+` IN (SELECT `+s.key+` FROM `+s.table+
			` WHERE batch = $1 LIMIT `+strconv.Itoa(limit-removed)+`)`, seq)
		if err != nil {
			return removed, w.dialect.fail(op, err)
		}
		removed += int(n)
	}
	return removed, nil
}

// AddQuarantine implements store.BatchWriter.
func (w *Writer) AddQuarantine(ctx context.Context, batchID string, rows []rumbo.Quarantine) error {
	const op = "store.AddQuarantine"
	batch, seq, err := w.sharedBatch(ctx, op, batchID)
	if err != nil {
		return err
	}
	if batch.State == rumbo.BatchLoaded || batch.State == rumbo.BatchFailed {
		return conflict(op, "batch "+batchID+" is "+batch.State)
	}
	if len(rows) == 0 {
		return nil
	}
	last := make(map[int64]int, len(rows)) // of a number given twice the last one holds
	numbers := make([]string, 0, len(rows))
	for i, q := range rows {
		if _, twice := last[q.Row]; !twice {
			numbers = append(numbers, strconv.FormatInt(q.Row, 10))
		}
		last[q.Row] = i
	}
	_, err = w.conn.Exec(ctx, `DELETE FROM quarantine WHERE batch = $1 AND number IN (`+strings.Join(numbers, ",")+`)`, seq)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	values := make([][]any, 0, len(last))
	for i, q := range rows {
		if last[q.Row] == i {
			values = append(values, []any{seq, q.Row, text(q.Rule), text(q.Reason), []byte(q.Raw)})
		}
	}
	return w.dialect.fail(op, w.conn.Insert(ctx, "quarantine", []string{"batch", "number", "rule", "reason", "raw"}, values))
}

// text is s as every database can keep it: UTF-8 without zero bytes.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
