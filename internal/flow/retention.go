package flow

import (
	"context"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// orphanAge is how old a payload without batch is before nobody can still be about to
// record its batch.
const orphanAge = 24 * time.Hour

// Retain is the background half of a retention run: what nobody needs any more is removed,
// a kind a step, a small transaction at a time; a run that is cut off goes on where it was.
func (l *Learn) Retain(ctx context.Context, id string) error {
	return l.walk(ctx, rumbo.FlowRetention, id, func(ctx context.Context, run *step.Run) error {
		var request rumbo.RetentionRequest
		if err := run.Parameters(&request); err != nil {
			return err
		}
		limits, err := step.Do(ctx, run, "limits", request, l.limits)
		if err != nil {
			return err
		}
		out := rumbo.RetentionResult{DryRun: request.DryRun, Counts: map[string]int64{}}
		for _, part := range l.retentionParts() {
			if out.Counts[part.name], err = step.Do(ctx, run, part.name, limits, part.remove, step.Tries(5)); err != nil {
				return err
			}
		}
		_, err = step.Do(ctx, run, "report", out, func(_ context.Context, w *step.Work, out rumbo.RetentionResult) (rumbo.RetentionResult, error) {
			w.Figures("counts", out.Counts)
			return out, nil
		}, step.Last())
		return err
	})
}

// limits are those of the installation when the run began, as instants. They are kept with
// the run, so that every step goes by the same, also after a crash; zero is never.
type limits struct {
	DryRun     bool      `json:"dry_run"`
	Versions   bool      `json:"versions"`
	Payloads   time.Time `json:"payloads,omitzero"`
	Quarantine time.Time `json:"quarantine,omitzero"`
	Runs       time.Time `json:"runs,omitzero"`
	Deliveries time.Time `json:"deliveries,omitzero"`
	Orphans    time.Time `json:"orphans"`
}

func (l *Learn) limits(ctx context.Context, _ *step.Work, r rumbo.RetentionRequest) (limits, error) {
	document, err := l.Retention(ctx)
	now := l.Clock().UTC()
	before := func(days int) (at time.Time) {
		if days > 0 {
			at = now.AddDate(0, 0, -days)
		}
		return at
	}
	return limits{DryRun: r.DryRun, Versions: document.SupersededVersions, Payloads: before(document.PayloadDays), Quarantine: before(document.QuarantineDays),
		Runs: before(document.RunDays), Deliveries: before(document.DeliveryDays), Orphans: now.Add(-orphanAge)}, err
}

// retentionPart removes one kind of thing, or counts it, and says how many.
type retentionPart struct {
	name   string
	remove func(ctx context.Context, w *step.Work, at limits) (int64, error)
}

// retentionParts are in an order of consequence: rows in quarantine keep their payload.
func (l *Learn) retentionParts() []retentionPart {
	prune := func(what string, before func(at limits) time.Time) func(context.Context, *step.Work, limits) (int64, error) {
		return func(ctx context.Context, w *step.Work, at limits) (int64, error) {
			if before(at).IsZero() {
				return 0, nil
			}
			return l.prune(ctx, w, at.DryRun, store.Prune{What: what, Before: before(at)})
		}
	}
	return []retentionPart{
		{rumbo.RetainedVersions, l.pruneVersions},
		{rumbo.RetainedQuarantine, prune(store.PruneQuarantine, func(at limits) time.Time { return at.Quarantine })},
		{rumbo.RetainedRuns, prune(store.PruneRuns, func(at limits) time.Time { return at.Runs })},
		{rumbo.RetainedDeliveries, prune(store.PruneDeliveries, func(at limits) time.Time { return at.Deliveries })},
		{rumbo.RetainedPayloads, l.removePayloads},
		{rumbo.RetainedOrphans, l.removeOrphans},
	}
}

// pruneVersions removes versions of records of all kinds.
func (l *Learn) pruneVersions(ctx context.Context, w *step.Work, at limits) (total int64, err error) {
	if !at.Versions {
		return 0, nil
	}
	var kinds []store.Prune
	for _, kind := range rumbo.Kinds() {
		kinds = append(kinds, store.Prune{What: store.PruneVersions, Kind: kind})
	}
	return l.prune(ctx, w, at.DryRun, kinds...)
}

// prune removes rows in transactions of a size that follows the machine, as loading does.
func (l *Learn) prune(ctx context.Context, w *step.Work, dry bool, what ...store.Prune) (total int64, err error) {
	size := newPace(l.Store)
	for _, p := range what {
		if dry {
			n, err := l.Store.CountPrunable(ctx, p)
			if err != nil {
				return total, err
			}
			total += n
			w.Rows(total, 0)
			continue
		}
		for after, more := "", true; more; more = after != "" {
			began, limit, gone, next := time.Now(), size.rows(), 0, ""
			if err := l.Store.InTx(ctx, func(tx store.Tx) (err error) {
				gone, next, err = tx.Prune(ctx, p, after, limit)
				return err
			}); err != nil {
				return total, err
			}
			size.took(limit, time.Since(began))
			after, total = next, total+int64(gone)
			w.Rows(total, total)
		}
	}
	return total, nil
}

// removePayloads lets batches forget payloads, then removes them: dying in between leaves an
// orphan, never a batch that names what is gone.
func (l *Learn) removePayloads(ctx context.Context, w *step.Work, at limits) (total int64, err error) {
	if at.Payloads.IsZero() {
		return 0, nil
	}
	for after := ""; ; {
		keys, err := l.Store.ExpiredPayloads(ctx, at.Payloads, after, store.MaxLimit)
		if err != nil {
			return total, err
		}
		if len(keys) == 0 {
			return l.removeJobFiles(ctx, w, at, total, at.expiredFile)
		}
		for _, key := range keys {
			after = key
			if !at.DryRun {
				dropped := false
				if err = l.Store.InTx(ctx, func(tx store.Tx) (err error) {
					dropped, err = tx.DropPayload(ctx, key, at.Payloads)
					return err
				}); err == nil && dropped {
					err = l.Blobs.Delete(ctx, key)
				}
				if err != nil {
					return total, err
				}
				if !dropped { // somebody repeats its batch
					continue
				}
			}
			total++
			w.Rows(total, removedOf(at, total))
		}
	}
}

// removeOrphans removes payloads that no batch names, and uploads that none has taken in;
// everything else in the bucket, as models, is not looked at.
func (l *Learn) removeOrphans(ctx context.Context, w *step.Work, at limits) (total int64, err error) {
	for _, prefix := range []string{ingest.KeyPrefix, ingest.UploadPrefix} {
		for info, err := range l.Blobs.List(ctx, prefix) {
			if err != nil {
				return total, err
			}
			if !info.ModifiedAt.Before(at.Orphans) {
				continue
			}
			named, err := l.Store.NamesPayload(ctx, info.Key)
			if err != nil {
				return total, err
			}
			if named {
				continue
			}
			if !at.DryRun {
				if err := l.Blobs.Delete(ctx, info.Key); err != nil {
					return total, err
				}
			}
			total++
			w.Rows(total, removedOf(at, total))
		}
	}
	return l.removeJobFiles(ctx, w, at, total, at.orphanFile)
}

func removedOf(at limits, n int64) int64 {
	if at.DryRun {
		return 0
	}
	return n
}

// Retention is the document of limits: the installation's own, or the defaults.
func (l *Learn) Retention(ctx context.Context) (rumbo.RetentionDocument, error) {
	return store.Document(ctx, l.Store, store.SettingRetention, rumbo.DefaultRetention())
}

// SetRetention replaces the document; runs that begin from now on go by it. Invalid with
// every fault of the document.
func (l *Learn) SetRetention(ctx context.Context, document rumbo.RetentionDocument) error {
	if err := rumbo.InvalidFields("flow.SetRetention", document.Validate()); err != nil {
		return err
	}
	return l.Store.InTx(ctx, func(tx store.Tx) error { return store.SetDocument(ctx, tx, store.SettingRetention, document) })
}
