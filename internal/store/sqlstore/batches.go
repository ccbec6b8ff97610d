package sqlstore

import (
	"context"
	"strconv"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// batchDoc is a batch as it is kept: with the fields that the wire form hides.
type batchDoc struct {
	rumbo.Batch
	BlobKey string `json:"blob_key,omitempty"`
}

func encodeBatch(b rumbo.Batch) (string, error) {
	b.Repeated = false // tells about a request, not about the batch
	return encode(batchDoc{b, b.BlobKey})
}

func decodeBatch(text string) (rumbo.Batch, error) {
	var doc batchDoc
	err := decode(text, &doc)
	doc.Batch.BlobKey = doc.BlobKey
	return doc.Batch, err
}

// Batch implements store.BatchReader.
func (r *Reader) Batch(ctx context.Context, id string) (rumbo.Batch, error) {
	const op = "store.Batch"
	var doc string
	found, err := one(ctx, r.conn, `SELECT doc FROM batch WHERE id = $1`+r.lock, []any{id}, &doc)
	if err != nil {
		return rumbo.Batch{}, r.dialect.fail(op, err)
	}
	if !found {
		return rumbo.Batch{}, notFound(op, "batch", id)
	}
	return decodeBatch(doc)
}

// BatchByContent implements store.BatchReader.
func (r *Reader) BatchByContent(ctx context.Context, kind, sha256 string) (rumbo.Batch, error) {
	const op = "store.BatchByContent"
	var doc string
	found, err := one(ctx, r.conn, `SELECT doc FROM batch WHERE sha256 = $1 AND kind = $2 AND state <> 'failed'
		ORDER BY seq LIMIT 1`, []any{sha256, kind}, &doc)
	if err != nil {
		return rumbo.Batch{}, r.dialect.fail(op, err)
	}
	if !found {
		return rumbo.Batch{}, notFound(op, "batch with checksum", sha256)
	}
	return decodeBatch(doc)
}

// Settled implements store.BatchReader.
func (r *Reader) Settled(ctx context.Context, id string) (bool, error) {
	const op = "store.Settled"
	var pending int64
	found, err := one(ctx, r.conn, `SELECT (SELECT count(*) FROM batch p WHERE p.kind = b.kind AND p.seq <= b.seq AND `+unfinished+`) FROM batch b WHERE b.id = $1`, []any{id}, &pending)
	if err == nil && !found {
		err = notFound(op, "batch", id)
	}
	return pending == 0, r.dialect.fail(op, err)
}

// unfinished is the condition of a batch p that may still change what is visible, by the index
// of such batches.
const unfinished = `p.state NOT IN ('loaded', 'failed')`

// Batches implements store.BatchReader.
func (r *Reader) Batches(ctx context.Context, q store.BatchQuery, after string, limit int) (store.Page[rumbo.Batch], error) {
	var c clause
	c.equal("kind", q.Kind)
	c.equal("state", q.State)
	return newestFirst(ctx, r, "store.Batches", "batch", "doc", &c, after, limit,
		decodeBatch, func(b rumbo.Batch) string { return b.ID })
}

// newestFirst lists documents by descending ID.
func newestFirst[T any](ctx context.Context, r *Reader, op, table, column string, c *clause, after string, limit int,
	decode func(string) (T, error), id func(T) string) (store.Page[T], error) {
	limit = store.Limit(limit)
	if after != "" {
		c.add("id < %s", after)
	}
	query := `SELECT ` + column + ` FROM ` + table + c.String() + ` ORDER BY id DESC LIMIT ` + strconv.Itoa(limit+1)
	var items []T
	err := each(ctx, r.conn, query, c.args, func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		item, err := decode(text)
		items = append(items, item)
		return err
	})
	if err != nil {
		return store.Page[T]{}, r.dialect.fail(op, err)
	}
	return page(items, limit, id), nil
}

// Quarantine implements store.BatchReader.
func (r *Reader) Quarantine(ctx context.Context, batchID, rule, after string, limit int) (store.Page[rumbo.Quarantine], error) {
	const op = "store.Quarantine"
	none := store.Page[rumbo.Quarantine]{}
	conn, done, err := r.conn.Snapshot(ctx)
	if err != nil {
		return none, r.dialect.fail(op, err)
	}
	defer done()
	var seq int64
	var state string
	found, err := one(ctx, conn, `SELECT seq, state FROM batch WHERE id = $1`, []any{batchID}, &seq, &state)
	if err != nil {
		return none, r.dialect.fail(op, err)
	}
	if !found {
		return none, notFound(op, "batch", batchID)
	}
	if state != rumbo.BatchLoaded && state != rumbo.BatchFailed {
		return none, nil
	}
	var c clause
	c.add("batch = %s", seq)
	c.equal("rule", rule)
	if after != "" {
		number, err := strconv.ParseInt(after, 10, 64)
		if err != nil {
			return none, badCursor(op, after)
		}
		c.add("number > %s", number)
	}
	limit = store.Limit(limit)
	var items []rumbo.Quarantine
	err = each(ctx, conn, `SELECT `+quarantineColumns+` FROM quarantine`+c.String()+` ORDER BY number LIMIT `+
		strconv.Itoa(limit+1), c.args, func(scan func(...any) error) error {
		q, err := scanQuarantine(scan, batchID)
		items = append(items, q)
		return err
	})
	if err != nil {
		return none, r.dialect.fail(op, err)
	}
	return page(items, limit, func(q rumbo.Quarantine) string { return strconv.FormatInt(q.Row, 10) }), nil
}

// AddBatch implements store.BatchWriter.
func (w *Writer) AddBatch(ctx context.Context, b rumbo.Batch) error {
	const op = "store.AddBatch"
	if b.State == rumbo.BatchLoaded || b.State == rumbo.BatchFailed {
		return conflict(op, "a batch begins in a state before loaded, not in "+b.State)
	}
	if err := knownKind(op, b.Kind); err != nil {
		return err
	}
	doc, err := encodeBatch(b)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	if err := w.lockKind(ctx, b.Kind); err != nil { // seq must follow the order of commits
		return w.dialect.fail(op, err)
	}
	_, err = w.conn.Exec(ctx, `INSERT INTO batch (id, kind, state, sha256, doc, finished, blob_key) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		b.ID, b.Kind, b.State, b.SHA256, doc, unixOf(b.FinishedAt), b.BlobKey)
	return w.dialect.fail(op, err)
}

// lockKind makes transactions that add or finish batches of a kind wait for
// each other where several writers may run.
func (w *Writer) lockKind(ctx context.Context, kind string) error {
	if !w.dialect.SideBySide {
		return nil
	}
	name := int64(0x72756d62) // apart from other users of such locks
	for _, c := range []byte(kind) {
		name = name*31 + int64(c)
	}
	_, err := w.conn.Exec(ctx, w.dialect.LockName, name)
	return err
}

// SetBatch implements store.BatchWriter.
func (w *Writer) SetBatch(ctx context.Context, b rumbo.Batch) error {
	const op = "store.SetBatch"
	old, seq, err := w.batchState(ctx, op, b.ID)
	if err != nil {
		return err
	}
	if old.State == rumbo.BatchLoaded && b.State != rumbo.BatchLoaded {
		return conflict(op, "a loaded batch stays loaded")
	}
	ends := b.State == rumbo.BatchLoaded || b.State == rumbo.BatchFailed
	if w.dialect.SideBySide && ends && old.State != rumbo.BatchLoaded { // what is added later, Amend settles
		if err := w.settle(ctx, old.Kind, seq, b); err != nil {
			return w.dialect.fail(op, err)
		}
	}
	doc, err := encodeBatch(merged(old, b))
	if err != nil {
		return w.dialect.fail(op, err)
	}
	_, err = w.conn.Exec(ctx, `UPDATE batch SET state = $1, doc = $2, finished = $3 WHERE seq = $4`, b.State, doc, unixOf(b.FinishedAt), seq)
	return w.dialect.fail(op, err)
}

// settle ends the load of a batch among others of its kind: it is about to be seen, or given up.
func (w *Writer) settle(ctx context.Context, kind string, seq int64, b rumbo.Batch) error {
	if err := w.lockKind(ctx, kind); err != nil {
		return err
	}
	beside, err := w.endLoad(ctx, seq)
	if err != nil || b.State != rumbo.BatchLoaded {
		return err
	}
	if beside {
		if err := w.markRivals(ctx, kind, seq); err != nil {
			return err
		}
	}
	return w.tellPlanner(ctx, kind, b.Counts.Added)
}

// manyRows is how many rows of a batch are worth telling the database's planner about.
const manyRows = 10_000

// tellPlanner has the database look at a table that a batch has at least doubled. By itself it
// would within a minute or two; until then it plans as if the table were empty, and a page
// of trips takes a thousand times as long.
func (w *Writer) tellPlanner(ctx context.Context, kind string, added int64) error {
	if w.dialect.Analyze == "" || added < manyRows {
		return nil
	}
	var grown bool
	if _, err := one(ctx, w.conn, w.dialect.Grown, []any{home(kind), added}, &grown); err != nil || !grown {
		return err
	}
	_, err := w.conn.Exec(ctx, w.dialect.Analyze+home(kind))
	return err
}

// merged is the stored batch with what SetBatch may change.
func merged(old, b rumbo.Batch) rumbo.Batch {
	b.ID, b.Kind, b.SHA256, b.ReceivedAt, b.Bytes, b.BlobKey = old.ID, old.Kind, old.SHA256, old.ReceivedAt, old.Bytes, old.BlobKey
	return b
}

// batchState reads a batch and its number, held until the transaction ends.
func (w *Writer) batchState(ctx context.Context, op, id string) (rumbo.Batch, int64, error) {
	return w.heldBatch(ctx, op, id, w.lock)
}

// sharedBatch is batchState for loaders, which may run side by side: the batch does not
// end before they do.
func (w *Writer) sharedBatch(ctx context.Context, op, id string) (rumbo.Batch, int64, error) {
	return w.heldBatch(ctx, op, id, w.dialect.Share)
}

func (w *Writer) heldBatch(ctx context.Context, op, id, lock string) (rumbo.Batch, int64, error) {
	var seq int64
	var doc string
	found, err := one(ctx, w.conn, `SELECT seq, doc FROM batch WHERE id = $1`+lock, []any{id}, &seq, &doc)
	if err != nil {
		return rumbo.Batch{}, 0, w.dialect.fail(op, err)
	}
	if !found {
		return rumbo.Batch{}, 0, notFound(op, "batch", id)
	}
	b, err := decodeBatch(doc)
	return b, seq, err
}
