package store

import (
	"context"

	"github.com/logistica-inteligente/rumbo"
)

// Records are records of one kind; the other lists are empty.
type Records struct {
	Trips    []rumbo.Trip
	Orders   []rumbo.Order
	Vehicles []rumbo.Vehicle
	Depots   []rumbo.Depot
	Events   []rumbo.VehicleEvent
}

// QuarantineWriter mends what was kept out of a batch that has ended.
type QuarantineWriter interface {
	// EditQuarantine replaces rule, reason, text, edit time and original of a row.
	// NotFound without the row, Conflict while the batch is being cleaned.
	EditQuarantine(ctx context.Context, q rumbo.Quarantine) error
	// RemoveQuarantine removes rows of a loaded batch and says how many there
	// were. Conflict when the batch is not loaded.
	RemoveQuarantine(ctx context.Context, batchID string, numbers []int64) (removed int, err error)
	// Amend adds records to a loaded batch, visible when the transaction commits;
	// counts are those of AddTrips. Conflict when the batch is not loaded.
	Amend(ctx context.Context, batchID string, r Records) (LoadCounts, error)
}
