package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/train"
)

// record stores a received batch with its cleaning task, unless the same content was
// received before: then the blob is let go and the first batch returned.
func (l *Learn) record(ctx context.Context, batch rumbo.Batch) (rumbo.Batch, error) {
	known := rumbo.Batch{}
	err := l.Store.InTx(ctx, func(tx store.Tx) (err error) {
		known, err = tx.BatchByContent(ctx, batch.Kind, batch.SHA256)
		if err == nil && batch.DeclaredLike(known) || err != nil && rumbo.CodeOf(err) != rumbo.NotFound {
			return err
		}
		known = batch
		if err = tx.AddBatch(ctx, batch); err != nil {
			return err
		}
		return addRun(ctx, tx, runOf(rumbo.FlowIngest, batch.ID, batch.ReceivedAt, nil))
	})
	if err != nil || known.ID == batch.ID {
		return known, err
	}
	known.Repeated = true
	return known, l.Blobs.Delete(ctx, batch.BlobKey)
}

// Sweep deletes payloads that a crash left without a batch; it is called before requests
// are served.
func (l *Learn) Sweep(ctx context.Context) error {
	_, err := l.Inbox.Sweep(ctx, l.Clock(), func(ctx context.Context, id string) (bool, error) {
		_, err := l.Store.Batch(ctx, id)
		if rumbo.CodeOf(err) == rumbo.NotFound {
			return false, nil
		}
		return err == nil, err
	})
	return err
}

// clear removes what an earlier try had loaded, in small transactions.
func (l *Learn) clear(ctx context.Context, batchID string) error {
	for removed := 1; removed > 0; {
		err := l.Store.InTx(ctx, func(tx store.Tx) (err error) {
			removed, err = tx.ClearBatch(ctx, batchID, l.Store.BulkRows())
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// show makes the batch visible, or failed when too much of it was quarantined or a check of
// severity fail was broken.
func (l *Learn) show(ctx context.Context, w *step.Work, batch rumbo.Batch, c cleaned) {
	at := l.Clock()
	batch.State, batch.Counts, batch.Quality, batch.FinishedAt = rumbo.BatchLoaded, c.Counts, c.Quality, &at
	if batch.Error = c.Failure; batch.Error != "" {
		batch.State = rumbo.BatchFailed
		w.Refuse(batch.Error)
	}
	w.Rows(c.Counts.Rows, c.Counts.Accepted)
	w.Commit(func(tx store.Tx) error {
		if batch.State == rumbo.BatchLoaded {
			if err := advance(ctx, tx, batch, batch.Quality.EventUntil); err != nil {
				return err
			}
			if batch.Kind == rumbo.KindEvents {
				if err := l.follow(ctx, tx, batch, runID(batch.ID)+"_track"); err != nil {
					return err
				}
			}
		}
		return tx.SetBatch(ctx, batch)
	})
}

// failBatch ends a batch that cannot be cleaned; nothing of it becomes visible.
func (l *Learn) failBatch(ctx context.Context, tx store.Tx, id, cause string) error {
	batch, err := tx.Batch(ctx, id)
	if err != nil || batch.FinishedAt != nil {
		return err
	}
	at := l.Clock()
	batch.State, batch.Error, batch.FinishedAt = rumbo.BatchFailed, cause, &at
	return tx.SetBatch(ctx, batch)
}

// trainOptions are those of the request, with the champion as the one to beat.
func (l *Learn) trainOptions(ctx context.Context, w *step.Work, r rumbo.TrainRequest) (name string, o train.Options, against int, err error) {
	name = rumbo.ModelOf(r.Features)
	o = train.Options{
		Set: feature.Set(r.Features), TestShare: r.TestShare, Trees: r.Trees, Leaves: r.Leaves, Seed: r.Seed, Code: l.Build,
		Progress: w.Progress,
	}
	champion, err := l.Registry.Champion(ctx, name)
	if rumbo.CodeOf(err) == rumbo.NoModel {
		return name, o, 0, nil
	}
	if err == nil {
		o.Champion, o.ChampionUntil, against = champion.Bundle, champion.Version.Lineage.TrainUntil, champion.Version.Version
	}
	return name, o, against, err
}

// evaluation is how a model did beside the floors, as a table.
func evaluation(v rumbo.ModelVersion) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s/%d: %s\n\n| | rows | RMSE s | MAE s | RMSLE |\n|---|---|---|---|---|\n", v.Name, v.Version, v.Verdict)
	row := func(name string, m rumbo.Metrics) {
		fmt.Fprintf(&b, "| %s | %d | %.1f | %.1f | %.4f |\n", name, m.Rows, m.RMSES, m.MAES, m.RMSLE)
	}
	row("model", v.Metrics)
	for _, name := range slices.Sorted(maps.Keys(v.Floors)) {
		row(name, v.Floors[name])
	}
	return b.String()
}
