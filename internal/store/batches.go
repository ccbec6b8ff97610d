package store

import (
	"context"

	"github.com/logistica-inteligente/rumbo"
)

// BatchQuery selects batches; empty fields select all.
type BatchQuery struct {
	Kind  string
	State string
}

// BatchReader reads batches and their quarantine.
type BatchReader interface {
	// Batch reads one batch. NotFound.
	Batch(ctx context.Context, id string) (rumbo.Batch, error)
	// BatchByContent finds the batch of the first sending of a payload: same
	// kind and checksum, not failed. NotFound.
	BatchByContent(ctx context.Context, kind, sha256 string) (rumbo.Batch, error)
	// Batches lists by ID, newest first.
	Batches(ctx context.Context, q BatchQuery, after string, limit int) (Page[rumbo.Batch], error)
	// Settled says whether a batch has ended, and every batch of its kind that was received
	// before it. NotFound.
	Settled(ctx context.Context, id string) (bool, error)
	// Quarantine lists a batch's rejected rows by row number, once the batch is
	// loaded or failed; before that it is empty. rule selects one rule; empty,
	// all. NotFound when there is no such batch.
	Quarantine(ctx context.Context, batchID, rule, after string, limit int) (Page[rumbo.Quarantine], error)
	// QuarantineRows reads rows of a quarantine by number, in the order of the
	// numbers; those that are not there are left out. NotFound when there is no
	// such batch.
	QuarantineRows(ctx context.Context, batchID string, numbers []int64) ([]rumbo.Quarantine, error)
}

// BatchWriter loads batches; see the package comment for the order of calls.
type BatchWriter interface {
	// AddBatch adds a batch in a state before loaded. Conflict when the ID
	// exists, Invalid for an unknown kind.
	AddBatch(ctx context.Context, b rumbo.Batch) error
	// SetBatch replaces state, schema, counts, finish and error of a batch; state
	// loaded makes its records visible. NotFound.
	SetBatch(ctx context.Context, b rumbo.Batch) error
	// ClearBatch removes up to limit records and quarantined rows of a batch
	// that is not loaded and says how many it removed; 0 means that none is
	// left. Conflict when the batch is loaded.
	ClearBatch(ctx context.Context, batchID string, limit int) (removed int, err error)
	// AddQuarantine adds rejected rows; a row number that is there already is
	// replaced.
	AddQuarantine(ctx context.Context, batchID string, rows []rumbo.Quarantine) error
	// AddTrips loads records of a batch, invisible until it is loaded, and says
	// what they will do to the visible ones. BatchID of the records is ignored.
	// Of an ID given twice in one batch the last one holds. NotFound without
	// the batch, Conflict when it is loaded or failed. O(rows · log stored).
	AddTrips(ctx context.Context, batchID string, trips []rumbo.Trip) (LoadCounts, error)
	// AddOrders is AddTrips for orders.
	AddOrders(ctx context.Context, batchID string, orders []rumbo.Order) (LoadCounts, error)
	// AddVehicles is AddTrips for vehicles.
	AddVehicles(ctx context.Context, batchID string, vehicles []rumbo.Vehicle) (LoadCounts, error)
	// AddDepots is AddTrips for depots.
	AddDepots(ctx context.Context, batchID string, depots []rumbo.Depot) (LoadCounts, error)
	// AddEvents is AddTrips for events.
	AddEvents(ctx context.Context, batchID string, events []rumbo.VehicleEvent) (LoadCounts, error)
}

// LoadCounts says what records did: Added were unknown, Replaced were known
// with other content, Unchanged with the same. They add up to the records given.
type LoadCounts struct {
	Added     int64
	Replaced  int64
	Unchanged int64
}

// Plus adds two counts.
func (c LoadCounts) Plus(d LoadCounts) LoadCounts {
	return LoadCounts{c.Added + d.Added, c.Replaced + d.Replaced, c.Unchanged + d.Unchanged}
}
