package sqlstore

import "context"

// Loads of one kind that run side by side cannot see each other's records before they commit,
// so the one that ends later looks for IDs that both added (markRivals). Most loads have their
// kind for themselves, and the search would then find nothing at a third of the cost of loading.
// The table loading tells the two apart. Its rows change only under the lock of the kind:
//
//   - the first records of a batch enter it (beginLoad). Whatever batches of the kind are there
//     already run beside it, and it beside them; whatever ended before is committed and seen by
//     every search for known IDs that follows;
//   - records that are added to a loaded batch run beside all that are there (disturbLoads);
//   - the batch leaves it when it is loaded or given up (endLoad).

// beginLoad enters a batch whose first records are about to be added.
func (w *Writer) beginLoad(ctx context.Context, kind string, seq int64) error {
	if !w.dialect.SideBySide {
		return nil
	}
	var beside bool
	if known, err := one(ctx, w.conn, `SELECT beside FROM loading WHERE batch = $1`, []any{seq}, &beside); known || err != nil {
		return err
	}
	if err := w.lockKind(ctx, kind); err != nil {
		return err
	}
	others, err := w.conn.Exec(ctx, `UPDATE loading SET beside = true WHERE kind = $1 AND batch <> $2`, kind, seq)
	if err != nil {
		return err
	}
	_, err = w.conn.Exec(ctx, `INSERT INTO loading (batch, kind, beside) VALUES ($1, $2, $3) ON CONFLICT (batch) DO NOTHING`, seq, kind, others > 0)
	return err
}

// disturbLoads tells all loads of a kind that records are being added beside them. The caller
// holds the lock of the kind.
func (w *Writer) disturbLoads(ctx context.Context, kind string) error {
	_, err := w.conn.Exec(ctx, `UPDATE loading SET beside = true WHERE kind = $1 AND NOT beside`, kind)
	return err
}

// endLoad takes a batch out and says whether it had company; one that never entered (a program
// from before the table may have loaded it) may have had. The caller holds the lock of the kind.
func (w *Writer) endLoad(ctx context.Context, seq int64) (beside bool, err error) {
	known, err := one(ctx, w.conn, `DELETE FROM loading WHERE batch = $1 RETURNING beside`, []any{seq}, &beside)
	return beside || !known, err
}
