package flow

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

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
	case row.Event != nil:
		p.records.Events = append(p.records.Events, *row.Event)
	}
}

// loadRows stores cleaned rows in small transactions, invisible until the batch is
// finished. One portion is gathered while others are stored, side by side where the
// store gains by it; when storing is the slower, gathering waits, and with it the cleaning
// and the reading. What portions count does not depend on their order: no ID is in two. told
// hears of the rows cleaned and kept so far.
func loadRows(ctx context.Context, s store.Store, batchID string, rows iter.Seq2[etl.Result, error], told func(in, out int64)) (rumbo.BatchCounts, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	full := make(chan *portion)
	counts := rumbo.BatchCounts{ByRule: map[string]int64{}}
	var counting sync.Mutex
	var loaders sync.WaitGroup
	size := newPace(s)
	for range s.BulkLoaders() {
		loaders.Go(func() {
			for p := range full {
				began := time.Now()
				loaded, err := p.store(ctx, s, batchID)
				if err != nil {
					cancel(err)
					return
				}
				size.took(p.rows, time.Since(began))
				counting.Lock()
				p.count(&counts, loaded)
				told(counts.Rows, counts.Accepted)
				counting.Unlock()
			}
		})
	}
	err := gather(ctx, rows, size, full)
	close(full)
	loaders.Wait()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return counts, err
}

// pace is the size of portions. Where writers wait for each other it follows the machine,
// so that a transaction stays well under the 200 ms that they may be kept waiting.
type pace struct {
	now    atomic.Int64
	most   int64
	follow bool
}

// Bounds of a transaction's time between which the size stays, and the least size.
const (
	paceSlow  = 80 * time.Millisecond
	paceFast  = 30 * time.Millisecond
	paceLeast = 100
)

func newPace(s store.Store) *pace {
	p := &pace{most: int64(s.BulkRows()), follow: s.BulkLoaders() == 1}
	p.now.Store(p.most)
	if p.follow {
		p.now.Store(max(paceLeast, p.most/4)) // nobody knows yet how slow the disk is
	}
	return p
}

func (p *pace) rows() int { return int(p.now.Load()) }

// took learns from a portion of some rows.
func (p *pace) took(rows int, d time.Duration) {
	now := p.now.Load()
	switch {
	case !p.follow:
	case d > paceSlow:
		p.now.Store(max(paceLeast, min(now, int64(rows))/2))
	case d < paceFast:
		p.now.Store(min(p.most, now*5/4))
	}
}

// gather cuts the rows into portions and hands them on.
func gather(ctx context.Context, rows iter.Seq2[etl.Result, error], size *pace, full chan<- *portion) error {
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
		if next.add(row); next.rows >= size.rows() {
			if err := hand(next); err != nil {
				return err
			}
			next = &portion{records: store.Records{Trips: make([]rumbo.Trip, 0, len(next.records.Trips))}}
		}
	}
	return hand(next)
}

// store loads the portion.
func (p *portion) store(ctx context.Context, s store.Store, batchID string) (loaded store.LoadCounts, err error) {
	err = s.InTx(ctx, func(tx store.Tx) (err error) {
		if loaded, err = p.insert(ctx, tx, batchID); err != nil {
			return err
		}
		return tx.AddQuarantine(ctx, batchID, p.rejected)
	})
	return loaded, err
}

// count adds what the portion did.
func (p *portion) count(counts *rumbo.BatchCounts, loaded store.LoadCounts) {
	counts.Rows += int64(p.rows)
	counts.Quarantined += int64(len(p.rejected))
	for _, q := range p.rejected {
		counts.ByRule[q.Rule]++
	}
	addLoaded(counts, loaded)
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
	case len(r.Events) > 0:
		return tx.AddEvents(ctx, batchID, r.Events)
	default:
		return tx.AddDepots(ctx, batchID, r.Depots)
	}
}
