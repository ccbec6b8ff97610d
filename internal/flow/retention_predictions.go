package flow

import (
	"context"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/step"
)

// removeJobFiles removes the files of prediction jobs that are too old, and counts them on.
// A file says by its name whose it is, so nothing has to be forgotten first: it is one of a
// job that ended long ago, which stays without it, or an orphan.
func (l *Learn) removeJobFiles(ctx context.Context, w *step.Work, at limits, total int64, tooOld func(file blob.Info, run rumbo.Run, known bool) bool) (int64, error) {
	for file, err := range l.Blobs.List(ctx, predictionFolder) {
		if err != nil {
			return total, err
		}
		run, err := l.Store.Run(ctx, runID(jobOfKey(file.Key)))
		if err != nil && rumbo.CodeOf(err) != rumbo.NotFound {
			return total, err
		}
		if !tooOld(file, run, err == nil) {
			continue
		}
		if !at.DryRun {
			if err := l.Blobs.Delete(ctx, file.Key); err != nil {
				return total, err
			}
		}
		total++
		w.Rows(total, removedOf(at, total))
	}
	return total, nil
}

// expiredFile is a file of a job that ended before payloads are kept from.
func (at limits) expiredFile(_ blob.Info, run rumbo.Run, known bool) bool {
	return known && run.FinishedAt != nil && run.FinishedAt.Before(at.Payloads)
}

// orphanFile is a file of no job: its run is gone, or it was never recorded.
func (at limits) orphanFile(file blob.Info, _ rumbo.Run, known bool) bool {
	return !known && file.ModifiedAt.Before(at.Orphans)
}
