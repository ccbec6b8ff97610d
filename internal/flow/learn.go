package flow

import (
	"context"
	"encoding/json"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
	"github.com/logistica-inteligente/rumbo/internal/registry"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/train"
)

// Learn is the first half of the walk: from raw payload to a model in use.
type Learn struct {
	Inbox    *ingest.Receiver
	Blobs    blob.Bucket
	Store    store.Store
	Zones    etl.Zones
	Resolver *feature.Resolver
	Roads    train.Roads // nil without a map
	Registry *registry.Registry
	Clock    func() time.Time
	Build    string // for the lineage of models
	// MaxQuarantine is the share of rows above which a batch fails.
	MaxQuarantine float64
	Backups       *Backups // nil where no place for backups is known
}

// Receive keeps a payload and queues its cleaning. The same bytes sent before are
// answered with the batch they made then.
func (l *Learn) Receive(ctx context.Context, token string, p rumbo.Payload) (rumbo.Batch, error) {
	if p.Upload != "" {
		return l.receiveUpload(ctx, token, p)
	}
	batch, err := l.Inbox.Receive(ctx, "batch_"+token, l.Clock(), p)
	if err != nil {
		return rumbo.Batch{}, err
	}
	return l.record(ctx, batch)
}

// Clean is the background half of a batch: every row becomes a record or goes to
// quarantine, and all of them become visible at once.
func (l *Learn) Clean(ctx context.Context, id string) error {
	return l.walk(ctx, rumbo.FlowIngest, id, func(ctx context.Context, run *step.Run) error {
		batch, err := l.Store.Batch(ctx, run.Subject())
		if err != nil || batch.FinishedAt != nil {
			return err
		}
		rows, err := step.Do(ctx, run, "clean", batch.SHA256, func(ctx context.Context, w *step.Work, _ string) (cleaned, error) {
			return l.clean(ctx, w, batch)
		}, step.Tries(5))
		if err != nil {
			return err
		}
		_, err = step.Do(ctx, run, "show", rows, func(ctx context.Context, w *step.Work, c cleaned) (rumbo.BatchCounts, error) {
			l.show(ctx, w, batch, c)
			return c.Counts, nil
		}, step.Tries(5), step.Last())
		return err
	})
}

// cleaned is what cleaning leaves to be shown.
type cleaned struct {
	Counts  rumbo.BatchCounts  `json:"counts"`
	Quality rumbo.BatchQuality `json:"quality"`
	Failure string             `json:"failure,omitempty"` // why nothing is to be shown
}

// clean loads the rows of a batch, invisible yet, and holds them against the checks; what
// an earlier try has loaded is removed.
func (l *Learn) clean(ctx context.Context, w *step.Work, batch rumbo.Batch) (out cleaned, err error) {
	if err := l.clear(ctx, batch.ID); err != nil {
		return out, err
	}
	payload, err := l.Blobs.Open(ctx, batch.BlobKey)
	if err != nil {
		return out, err
	}
	defer payload.Close()
	checks, err := l.inspect(ctx, batch)
	if err != nil {
		return out, err
	}
	if out.Counts, err = loadRows(ctx, l.Store, batch.ID, checks.rows(payload, batch, l.Zones), w.Rows); err != nil {
		return out, err
	}
	out.Quality, out.Failure, err = checks.verdict(ctx, l, batch, out.Counts)
	return out, err
}

// Start queues a run of one of rumbo.StartableFlows.
func (l *Learn) Start(ctx context.Context, token, flow string, p rumbo.RunParameters) (rumbo.Run, error) {
	return l.start(ctx, rumbo.Run{ID: "run_" + token, Flow: flow}, p)
}

// StartDue queues the run of a schedule's time; one of the past is late for nobody.
func (l *Learn) StartDue(ctx context.Context, token string, s rumbo.Schedule, at time.Time, past bool) (rumbo.Run, error) {
	run := rumbo.Run{ID: "run_" + token, Flow: s.Flow, Schedule: s.Name, DueAt: &at}
	if past {
		run.DueAt = nil
	}
	return l.start(ctx, run, s.Parameters)
}

func (l *Learn) start(ctx context.Context, run rumbo.Run, p rumbo.RunParameters) (rumbo.Run, error) {
	err := rumbo.InvalidFields("flow.Start", p.Validate(run.Flow, "/parameters"))
	if err != nil {
		return rumbo.Run{}, err
	}
	run.State, run.CreatedAt = rumbo.RunQueued, l.Clock()
	if run.Parameters, err = json.Marshal(p.Of(run.Flow)); err != nil {
		return rumbo.Run{}, err
	}
	err = once(ctx, l.Store,
		func(tx store.Tx) error { return tx.AddRun(ctx, run) },
		func() (err error) { run, err = l.Store.Run(ctx, run.ID); return err },
		taskOf(run))
	return run, err
}

// Train is the background half of a train run: stored trips, the model and its figures
// beside the floors', a version in the registry, and the champion if the verdict allows.
func (l *Learn) Train(ctx context.Context, id string) error {
	return l.walk(ctx, rumbo.FlowTrain, id, func(ctx context.Context, run *step.Run) error {
		var request rumbo.TrainRequest
		if err := run.Parameters(&request); err != nil {
			return err
		}
		fitted, err := step.Do(ctx, run, "train", request, func(ctx context.Context, w *step.Work, r rumbo.TrainRequest) (fitted, error) {
			return l.fit(ctx, w, run.ID(), r)
		})
		if err != nil {
			return err
		}
		_, err = step.Do(ctx, run, "promote", fitted, l.promote, step.Last())
		return err
	})
}

// fitted is what training leaves to promotion.
type fitted struct {
	Version rumbo.ModelVersion `json:"version"`
	Passed  bool               `json:"passed"`
}

// fit trains, evaluates and registers a version; one that this run has registered before is
// taken as it is.
func (l *Learn) fit(ctx context.Context, w *step.Work, key string, r rumbo.TrainRequest) (fitted, error) {
	name, options, against, err := l.trainOptions(ctx, w, r)
	if err != nil {
		return fitted{}, err
	}
	if known, passed, err := l.Registry.Find(ctx, name, key); err == nil { // an earlier try got as far as here
		return fitted{known, passed}, nil
	}
	result, err := train.Train(ctx, train.Source{
		Trips: l.Store.Trips(ctx, store.TripQuery{}), Resolver: l.Resolver, Roads: l.Roads,
	}, options)
	if err != nil {
		return fitted{}, err
	}
	version, err := l.Registry.Add(ctx, name, registry.Addition{
		Key: key, Bundle: result.Bundle, Version: result.Version, Passed: result.Passed, Against: against,
	})
	if err == nil {
		w.Rows(version.Lineage.TrainRows+version.Lineage.TestRows, version.Lineage.TestRows)
		w.Note("evaluation", evaluation(version))
	}
	return fitted{version, result.Passed}, err
}

// promote makes a version that passed the champion; one that did not stays a version.
func (l *Learn) promote(ctx context.Context, w *step.Work, f fitted) (rumbo.ModelVersion, error) {
	if !f.Passed {
		w.Log(rumbo.LogInfo, "%s/%d stays a version: %s", f.Version.Name, f.Version.Version, f.Version.Verdict)
		return f.Version, nil
	}
	return l.Registry.Promote(ctx, f.Version.Name, f.Version.Version)
}
