package flow

import (
	"context"
	"encoding/json"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
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
		return tx.Enqueue(ctx, task.About(taskClean, batch.ID, task.Short, 5))
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

// finishBatch makes the batch visible, or failed when too much of it was quarantined
// or a check of severity fail was broken.
func (l *Learn) finishBatch(ctx context.Context, batch rumbo.Batch, counts rumbo.BatchCounts, checks *inspection) (err error) {
	at := l.Clock()
	batch.State, batch.Counts, batch.FinishedAt = rumbo.BatchLoaded, counts, &at
	if batch.Quality, batch.Error, err = checks.verdict(ctx, l, batch, counts); err != nil {
		return err
	}
	if batch.Error != "" {
		batch.State = rumbo.BatchFailed
	}
	return l.Store.InTx(ctx, func(tx store.Tx) error {
		if batch.State == rumbo.BatchLoaded {
			if err := advance(ctx, tx, batch, batch.Quality.EventUntil); err != nil {
				return err
			}
		}
		return tx.SetBatch(ctx, batch)
	})
}

// failBatch ends a batch that cannot be cleaned; nothing of it becomes visible.
func (l *Learn) failBatch(ctx context.Context, id string, cause error) error {
	return l.Store.InTx(ctx, func(tx store.Tx) error {
		batch, err := tx.Batch(ctx, id)
		if err != nil || batch.FinishedAt != nil {
			return err
		}
		at := l.Clock()
		batch.State, batch.Error, batch.FinishedAt = rumbo.BatchFailed, cause.Error(), &at
		return tx.SetBatch(ctx, batch)
	})
}

// beginRun marks a run as running and reads its parameters.
func (l *Learn) beginRun(ctx context.Context, id string) (run rumbo.Run, request rumbo.TrainRequest, err error) {
	err = l.Store.InTx(ctx, func(tx store.Tx) error {
		if run, err = tx.Run(ctx, id); err != nil || run.FinishedAt != nil {
			return err
		}
		run.State = rumbo.RunRunning
		return tx.SetRun(ctx, run)
	})
	if err == nil {
		err = json.Unmarshal(run.Parameters, &request)
	}
	return run, request, err
}

// trainOptions are those of the request, with the champion as the one to beat.
func (l *Learn) trainOptions(ctx context.Context, run rumbo.Run, r rumbo.TrainRequest) (name string, o train.Options, against int, err error) {
	name = rumbo.ModelOf(r.Features)
	o = train.Options{
		Set: feature.Set(r.Features), TestShare: r.TestShare, Trees: r.Trees, Leaves: r.Leaves, Seed: r.Seed, Code: l.Build,
		Progress: func(step string, done float64) { l.report(ctx, &run, step, done) },
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

// report shows the progress of a run; a report that cannot be stored is no reason to stop.
func (l *Learn) report(ctx context.Context, run *rumbo.Run, step string, done float64) {
	if step == run.Step && done < run.Progress+0.02 {
		return
	}
	run.Step, run.Progress = step, done
	_ = l.Store.InTx(ctx, func(tx store.Tx) error { return tx.SetRun(ctx, *run) })
}

// conclude makes a version that passed the champion (one that did not stays a version) and
// ends the run with it.
func (l *Learn) conclude(ctx context.Context, run rumbo.Run, version rumbo.ModelVersion, passed bool) (err error) {
	if passed {
		if version, err = l.Registry.Promote(ctx, version.Name, version.Version); err != nil {
			return err
		}
	}
	result, err := json.Marshal(version)
	if err != nil {
		return err
	}
	at := l.Clock()
	run.State, run.Result, run.FinishedAt, run.Step, run.Progress = rumbo.RunDone, result, &at, "", 1
	return l.Store.InTx(ctx, func(tx store.Tx) error { return tx.SetRun(ctx, run) })
}

// failRun ends a run that cannot be completed.
func (l *Learn) failRun(ctx context.Context, id string, cause error) error {
	return l.Store.InTx(ctx, func(tx store.Tx) error {
		run, err := tx.Run(ctx, id)
		if err != nil || run.FinishedAt != nil {
			return err
		}
		at := l.Clock()
		run.State, run.Error, run.FinishedAt = rumbo.RunFailed, cause.Error(), &at
		return tx.SetRun(ctx, run)
	})
}
