package flow

import (
	"context"
	"iter"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// portion is what one small transaction loads.
type portion struct {
	records  store.Records
	rejected []rumbo.Quarantine
	rows     int
}

// add takes one row of stage 2.
func (p *portion) add(row etl.Result) {
	p.rows++
	switch {
	case row.Rejected != nil:
		p.rejected = append(p.rejected, *row.Rejected)
	case row.Trip != nil:
		p.records.Trips = append(p.records.Trips, *row.Trip)
	case row.Order != nil:
		p.records.Orders = append(p.records.Orders, *row.Order)
	case row.Vehicle != nil:
		p.records.Vehicles = append(p.records.Vehicles, *row.Vehicle)
	case row.Depot != nil:
		p.records.Depots = append(p.records.Depots, *row.Depot)
	}
}

// loadRows stores cleaned rows in small transactions, invisible until the batch is
// finished. One portion is gathered while the one before is stored; when storing is
// the slower, gathering waits, and with it the cleaning and the reading.
func loadRows(ctx context.Context, s store.Store, batchID string, rows iter.Seq2[etl.Result, error]) (rumbo.BatchCounts, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	full, done := make(chan *portion), make(chan struct{})
	counts := rumbo.BatchCounts{ByRule: map[string]int64{}}
	go func() {
		defer close(done)
		for p := range full {
			if err := p.store(ctx, s, batchID, &counts); err != nil {
				cancel(err)
				return
			}
		}
	}()
	err := gather(ctx, rows, s.BulkRows(), full)
	close(full)
	<-done
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return counts, err
}

// gather cuts the rows into portions and hands them on.
func gather(ctx context.Context, rows iter.Seq2[etl.Result, error], size int, full chan<- *portion) error {
	hand := func(p *portion) error {
		select {
		case full <- p:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	next := &portion{}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if next.add(row); next.rows == size {
			if err := hand(next); err != nil {
				return err
			}
			next = &portion{}
		}
	}
	return hand(next)
}

// store loads the portion and counts what it did.
func (p *portion) store(ctx context.Context, s store.Store, batchID string, counts *rumbo.BatchCounts) error {
	var loaded store.LoadCounts
	err := s.InTx(ctx, func(tx store.Tx) (err error) {
		if loaded, err = p.insert(ctx, tx, batchID); err != nil {
			return err
		}
		return tx.AddQuarantine(ctx, batchID, p.rejected)
	})
	if err != nil {
		return err
	}
	counts.Rows += int64(p.rows)
	counts.Quarantined += int64(len(p.rejected))
	for _, q := range p.rejected {
		counts.ByRule[q.Rule]++
	}
	addLoaded(counts, loaded)
	return nil
}

// addLoaded counts records.
func addLoaded(counts *rumbo.BatchCounts, loaded store.LoadCounts) {
	counts.Added += loaded.Added
	counts.Replaced += loaded.Replaced
	counts.Unchanged += loaded.Unchanged
	counts.Accepted += loaded.Added + loaded.Replaced + loaded.Unchanged
}

// insert stores the records; a batch holds one kind, so the others are empty.
func (p *portion) insert(ctx context.Context, tx store.Tx, batchID string) (store.LoadCounts, error) {
	switch r := p.records; {
	case len(r.Trips) > 0:
		return tx.AddTrips(ctx, batchID, r.Trips)
	case len(r.Orders) > 0:
		return tx.AddOrders(ctx, batchID, r.Orders)
	case len(r.Vehicles) > 0:
		return tx.AddVehicles(ctx, batchID, r.Vehicles)
	default:
		return tx.AddDepots(ctx, batchID, r.Depots)
	}
}
