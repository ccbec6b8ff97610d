package flow

import (
	"context"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// load gathers cleaned rows and stores them in small transactions, invisible until the
// batch is finished.
type load struct {
	store    store.Store
	batchID  string
	counts   rumbo.BatchCounts
	trips    []rumbo.Trip
	orders   []rumbo.Order
	vehicles []rumbo.Vehicle
	depots   []rumbo.Depot
	rejected []rumbo.Quarantine
}

func newLoad(s store.Store, batchID string) *load {
	return &load{store: s, batchID: batchID, counts: rumbo.BatchCounts{ByRule: map[string]int64{}}}
}

// add takes one row of stage 2.
func (l *load) add(ctx context.Context, row etl.Result) error {
	l.counts.Rows++
	switch {
	case row.Rejected != nil:
		l.rejected = append(l.rejected, *row.Rejected)
		l.counts.Quarantined++
		l.counts.ByRule[row.Rejected.Rule]++
	case row.Trip != nil:
		l.trips = append(l.trips, *row.Trip)
	case row.Order != nil:
		l.orders = append(l.orders, *row.Order)
	case row.Vehicle != nil:
		l.vehicles = append(l.vehicles, *row.Vehicle)
	case row.Depot != nil:
		l.depots = append(l.depots, *row.Depot)
	}
	if l.counts.Rows%int64(l.store.BulkRows()) == 0 {
		return l.flush(ctx)
	}
	return nil
}

// flush stores what was gathered.
func (l *load) flush(ctx context.Context) error {
	var loaded store.LoadCounts
	err := l.store.InTx(ctx, func(tx store.Tx) (err error) {
		loaded, err = l.insert(ctx, tx)
		if err != nil {
			return err
		}
		return tx.AddQuarantine(ctx, l.batchID, l.rejected)
	})
	if err != nil {
		return err
	}
	l.counts.Added += loaded.Added
	l.counts.Replaced += loaded.Replaced
	l.counts.Unchanged += loaded.Unchanged
	l.counts.Accepted += loaded.Added + loaded.Replaced + loaded.Unchanged
	l.trips, l.orders, l.vehicles, l.depots, l.rejected = l.trips[:0], l.orders[:0], l.vehicles[:0], l.depots[:0], l.rejected[:0]
	return nil
}

// insert stores the records; a batch holds one kind, so the others are empty.
func (l *load) insert(ctx context.Context, tx store.Tx) (store.LoadCounts, error) {
	switch {
	case len(l.trips) > 0:
		return tx.AddTrips(ctx, l.batchID, l.trips)
	case len(l.orders) > 0:
		return tx.AddOrders(ctx, l.batchID, l.orders)
	case len(l.vehicles) > 0:
		return tx.AddVehicles(ctx, l.batchID, l.vehicles)
	}
	return tx.AddDepots(ctx, l.batchID, l.depots)
}
