package flow

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/quality"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// again cleans rows of a quarantine by the rules and checks of today.
type again struct {
	etl *etl.Again
	run *quality.Run
}

func (l *Learn) again(ctx context.Context, batch rumbo.Batch) (*again, error) {
	if err := hasPayload("flow.Replay", batch); err != nil {
		return nil, err
	}
	payload, err := l.Blobs.Open(ctx, batch.BlobKey)
	if err != nil {
		return nil, err
	}
	defer payload.Close()
	cleaner, err := etl.NewAgain(payload, batch, l.Zones)
	if err != nil {
		return nil, err
	}
	document, err := l.Quality(ctx)
	if err != nil {
		return nil, err
	}
	known, err := l.references(ctx, document.Of(batch.Kind))
	if err != nil {
		return nil, err
	}
	return &again{etl: cleaner, run: quality.NewRun(quality.WithoutUnique(document), batch, known, time.Time{})}, nil
}

// hasPayload refuses work on a payload that retention let go. Conflict.
func hasPayload(op string, batch rumbo.Batch) error {
	if batch.BlobKey != "" {
		return nil
	}
	return &rumbo.Error{Code: rumbo.Conflict, Op: op, Detail: "the payload of " + batch.ID + " is no longer kept", Hint: "send it again; /v1/retention says how long payloads are kept"}
}

// row cleans the text of a row. A repetition of an earlier row stays one until
// somebody mends it.
func (a *again) row(q rumbo.Quarantine, raw string, mended bool) etl.Result {
	res := a.etl.Row(q.Row, raw)
	if res.Rejected != nil {
		return res
	}
	if q.Rule == etl.RuleDuplicate && !mended {
		return res.Reject(q.Rule, q.Reason)
	}
	if rule, reason := a.run.Row(q.Row, recordOf(res)); rule != "" {
		return res.Reject(rule, reason)
	}
	return res
}

// quarantined reads one row of an ended batch's quarantine.
func quarantined(ctx context.Context, r store.Reader, batchID string, row int64) (rumbo.Quarantine, error) {
	rows, err := r.QuarantineRows(ctx, batchID, []int64{row})
	if err != nil {
		return rumbo.Quarantine{}, err
	}
	if len(rows) == 0 {
		return rumbo.Quarantine{}, rumbo.Fault(rumbo.NotFound, "flow.EditQuarantined", "no row "+strconv.FormatInt(row, 10)+" in the quarantine of "+batchID, nil)
	}
	return rows[0], nil
}

// EditQuarantined replaces the text of a row in quarantine by one that every rule and
// check lets pass; the row stays in quarantine until it is replayed. Invalid, with the
// rule that would still keep it out; NotFound; Conflict while the batch is being
// cleaned. The same edit again changes nothing.
func (l *Learn) EditQuarantined(ctx context.Context, batchID string, row int64, edit rumbo.QuarantineEdit) (rumbo.Quarantine, error) {
	none := rumbo.Quarantine{}
	batch, err := l.Store.Batch(ctx, batchID)
	if err != nil {
		return none, err
	}
	q, err := quarantined(ctx, l.Store, batchID, row)
	if err != nil {
		return none, err
	}
	cleaner, err := l.again(ctx, batch)
	if err != nil {
		return none, err
	}
	if res := cleaner.row(q, edit.Raw, true); res.Rejected != nil {
		return none, rumbo.InvalidFields("flow.EditQuarantined", []rumbo.FieldError{
			{Pointer: "/raw", Code: rumbo.BrokenRule, Value: res.Rejected.Rule, Limit: res.Rejected.Reason}})
	}
	at := l.Clock().UTC().Truncate(time.Microsecond)
	err = l.Store.InTx(ctx, func(tx store.Tx) error {
		if _, err := tx.Batch(ctx, batchID); err != nil { // held until the end, against a replay beside us
			return err
		}
		if q, err = quarantined(ctx, tx, batchID, row); err != nil || q.Raw == edit.Raw && q.EditedAt != nil {
			return err
		}
		if q.EditedAt == nil {
			q.Original = q.Raw
		}
		q.Raw, q.EditedAt = edit.Raw, &at
		return tx.EditQuarantine(ctx, q)
	})
	return q, err
}

// Replay cleans rows of a loaded batch's quarantine again. Those that pass become
// records of the batch and leave the quarantine in the same transaction as the batch's
// counts, so that a repeat, even after a crash half-way, makes no record twice.
// Conflict for a batch that is not loaded.
func (l *Learn) Replay(ctx context.Context, batchID string, r rumbo.ReplayRequest) (out rumbo.ReplayResult, err error) {
	if out.Batch, err = l.Store.Batch(ctx, batchID); err != nil {
		return out, err
	}
	if out.Batch.State != rumbo.BatchLoaded {
		return out, &rumbo.Error{Code: rumbo.Conflict, Op: "flow.Replay", Detail: "the batch is " + out.Batch.State + ", not loaded",
			Hint: "nothing of a failed batch was loaded: mend the payload and send it again, or raise the limit"}
	}
	cleaner, err := l.again(ctx, out.Batch)
	if err != nil {
		return out, err
	}
	for chunk := range slices.Chunk(r.Rows, l.Store.BulkRows()) {
		if err := l.replay(ctx, cleaner, chunk, r.Rule, &out); err != nil {
			return out, err
		}
	}
	for after, more := "", len(r.Rows) == 0; more; {
		page, err := l.Store.Quarantine(ctx, batchID, r.Rule, after, min(store.MaxLimit, l.Store.BulkRows()))
		if err != nil {
			return out, err
		}
		numbers := make([]int64, len(page.Items))
		for i, q := range page.Items {
			numbers[i] = q.Row
		}
		after, more = page.Next, page.Next != ""
		if err := l.replay(ctx, cleaner, numbers, r.Rule, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// replay takes some rows in one transaction.
func (l *Learn) replay(ctx context.Context, cleaner *again, numbers []int64, rule string, total *rumbo.ReplayResult) error {
	var out rumbo.ReplayResult
	err := l.Store.InTx(ctx, func(tx store.Tx) (err error) {
		out = rumbo.ReplayResult{}
		if out.Batch, err = tx.Batch(ctx, total.Batch.ID); err != nil {
			return err
		}
		rows, err := tx.QuarantineRows(ctx, out.Batch.ID, numbers)
		if err != nil {
			return err
		}
		passed, gone := portion{}, []int64(nil)
		for _, q := range rows {
			if rule != "" && q.Rule != rule {
				continue
			}
			out.Replayed++
			res := cleaner.row(q, q.Raw, q.EditedAt != nil)
			if res.Rejected == nil {
				passed.add(res)
				gone = append(gone, q.Row)
				uncount(&out.Batch.Counts, q.Rule)
				continue
			}
			if err := keep(ctx, tx, q, *res.Rejected, &out.Batch.Counts); err != nil {
				return err
			}
		}
		out.Accepted, out.Kept = int64(len(gone)), out.Replayed-int64(len(gone))
		if err := settle(ctx, tx, &out.Batch, passed, gone); err != nil || out.Accepted == 0 || out.Batch.Kind != rumbo.KindEvents {
			return err
		}
		// What was accepted so far only grows, so that the name is nobody else's.
		return l.follow(ctx, tx, out.Batch, fmt.Sprintf("%s_track_%d", runID(out.Batch.ID), out.Batch.Counts.Accepted))
	})
	if err != nil {
		return err
	}
	total.Batch = out.Batch
	total.Replayed, total.Accepted, total.Kept = total.Replayed+out.Replayed, total.Accepted+out.Accepted, total.Kept+out.Kept
	return nil
}

// uncount takes a row out of the quarantine's counts.
func uncount(c *rumbo.BatchCounts, rule string) {
	c.Quarantined--
	if c.ByRule[rule]--; c.ByRule[rule] <= 0 {
		delete(c.ByRule, rule)
	}
}

// keep notes the rule that keeps a row out now, when it is another one.
func keep(ctx context.Context, tx store.Tx, q, now rumbo.Quarantine, counts *rumbo.BatchCounts) error {
	if q.Rule == now.Rule && q.Reason == now.Reason {
		return nil
	}
	uncount(counts, q.Rule)
	counts.Quarantined++
	if counts.ByRule == nil {
		counts.ByRule = map[string]int64{}
	}
	counts.ByRule[now.Rule]++
	q.Rule, q.Reason = now.Rule, now.Reason
	return tx.EditQuarantine(ctx, q)
}

// settle moves what passed from the quarantine to the records.
func settle(ctx context.Context, tx store.Tx, batch *rumbo.Batch, passed portion, gone []int64) error {
	if len(gone) == 0 {
		return tx.SetBatch(ctx, *batch)
	}
	loaded, err := tx.Amend(ctx, batch.ID, passed.records)
	if err != nil {
		return err
	}
	addLoaded(&batch.Counts, loaded)
	if _, err := tx.RemoveQuarantine(ctx, batch.ID, gone); err != nil {
		return err
	}
	return tx.SetBatch(ctx, *batch)
}
