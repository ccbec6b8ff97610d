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
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
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
}

// Receive keeps a payload and queues its cleaning. The same bytes sent before are
// answered with the batch they made then.
func (l *Learn) Receive(ctx context.Context, token string, p rumbo.Payload) (rumbo.Batch, error) {
	batch, err := l.Inbox.Receive(ctx, "batch_"+token, l.Clock(), p)
	if err != nil {
		return rumbo.Batch{}, err
	}
	return l.record(ctx, batch)
}

// Clean is the background half of a batch: every row becomes a record or goes to
// quarantine, and all of them become visible at once.
func (l *Learn) Clean(ctx context.Context, id string) error {
	batch, err := l.Store.Batch(ctx, id)
	if err != nil || batch.FinishedAt != nil {
		return err
	}
	if err := l.clear(ctx, id); err != nil {
		return err
	}
	payload, err := l.Blobs.Open(ctx, batch.BlobKey)
	if err != nil {
		return err
	}
	defer payload.Close()
	checks, err := l.inspect(ctx, batch)
	if err != nil {
		return err
	}
	counts, err := loadRows(ctx, l.Store, id, checks.rows(payload, batch, l.Zones))
	if err != nil {
		return err
	}
	return l.finishBatch(ctx, batch, counts, checks)
}

// StartTraining queues a train run.
func (l *Learn) StartTraining(ctx context.Context, token string, r rumbo.TrainRequest) (rumbo.Run, error) {
	if err := rumbo.InvalidFields("flow.StartTraining", r.Validate("/parameters")); err != nil {
		return rumbo.Run{}, err
	}
	parameters, err := json.Marshal(r)
	if err != nil {
		return rumbo.Run{}, err
	}
	run := rumbo.Run{ID: "run_" + token, Flow: rumbo.FlowTrain, State: rumbo.RunQueued, Parameters: parameters, CreatedAt: l.Clock()}
	err = once(ctx, l.Store,
		func(tx store.Tx) error { return tx.AddRun(ctx, run) },
		func() (err error) { run, err = l.Store.Run(ctx, run.ID); return err },
		task.About(taskTrain, run.ID, task.Long, 3).With(task.Low))
	return run, err
}

// Train is the background half of a train run: stored trips, the model and its figures
// beside the floors', a version in the registry, and the champion if the verdict allows.
func (l *Learn) Train(ctx context.Context, id string) error {
	run, request, err := l.beginRun(ctx, id)
	if err != nil || run.FinishedAt != nil {
		return err
	}
	name, options, against, err := l.trainOptions(ctx, run, request)
	if err != nil {
		return err
	}
	if known, passed, err := l.Registry.Find(ctx, name, id); err == nil { // an earlier try got as far as here
		return l.conclude(ctx, run, known, passed)
	}
	result, err := train.Train(ctx, train.Source{
		Trips: l.Store.Trips(ctx, store.TripQuery{}), Resolver: l.Resolver, Roads: l.Roads,
	}, options)
	if err != nil {
		return err
	}
	version, err := l.Registry.Add(ctx, name, registry.Addition{
		Key: id, Bundle: result.Bundle, Version: result.Version, Passed: result.Passed, Against: against,
	})
	if err != nil {
		return err
	}
	return l.conclude(ctx, run, version, result.Passed)
}
