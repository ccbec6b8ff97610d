package store

import (
	"context"
	"iter"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// TripQuery selects trips by pickup time: From included, Until excluded; a zero
// time is no bound.
type TripQuery struct {
	From, Until time.Time
}

// OrderQuery selects orders; empty fields select all.
type OrderQuery struct {
	Day string // YYYY-MM-DD
}

// EventQuery selects vehicle events by time (From included, Until excluded; a zero time is
// no bound), and by vehicle; empty fields select all.
type EventQuery struct {
	VehicleID   string
	From, Until time.Time
	// Settled leaves out what was received after a batch of events that has not ended: nothing
	// can come between the others any more.
	Settled bool
}

// EventDay is a day of a vehicle that events tell of: its beginning, in UTC, and the times of
// the first and the last of them.
type EventDay struct {
	VehicleID   string
	Day         time.Time
	First, Last time.Time
}

// RecordCounts are the visible records.
type RecordCounts struct {
	Trips, Orders, Vehicles, Depots, Events int64
}

// RecordReader reads the visible records.
type RecordReader interface {
	// Trips iterates over trips by pickup time, then ID, without holding them
	// in memory. It yields one error at most, the last thing it yields.
	Trips(ctx context.Context, q TripQuery) iter.Seq2[rumbo.Trip, error]
	// TripPage lists trips by pickup time, then ID.
	TripPage(ctx context.Context, q TripQuery, after string, limit int) (Page[rumbo.Trip], error)
	// Trip reads one trip. NotFound.
	Trip(ctx context.Context, id string) (rumbo.Trip, error)

	// OrdersOfDay reads all orders of a day, by ID.
	OrdersOfDay(ctx context.Context, day string) ([]rumbo.Order, error)
	// Orders lists orders by ID.
	Orders(ctx context.Context, q OrderQuery, after string, limit int) (Page[rumbo.Order], error)
	// Order reads one order. NotFound.
	Order(ctx context.Context, id string) (rumbo.Order, error)

	// Fleet reads all vehicles and depots, by ID, of one instant.
	Fleet(ctx context.Context) ([]rumbo.Vehicle, []rumbo.Depot, error)
	// Vehicles lists vehicles by ID.
	Vehicles(ctx context.Context, after string, limit int) (Page[rumbo.Vehicle], error)
	// Vehicle reads one vehicle. NotFound.
	Vehicle(ctx context.Context, id string) (rumbo.Vehicle, error)
	// Depots lists depots by ID.
	Depots(ctx context.Context, after string, limit int) (Page[rumbo.Depot], error)
	// Depot reads one depot. NotFound.
	Depot(ctx context.Context, id string) (rumbo.Depot, error)

	// Events iterates over events by time, then ID, without holding them in memory. It
	// yields one error at most, the last thing it yields.
	Events(ctx context.Context, q EventQuery) iter.Seq2[rumbo.VehicleEvent, error]
	// EventPage lists events by time, then ID.
	EventPage(ctx context.Context, q EventQuery, after string, limit int) (Page[rumbo.VehicleEvent], error)

	// EventDays are the vehicles of a batch's events with the days (UTC) that they tell of, by
	// day, then vehicle; events that were known before may be left out. Empty when there is no
	// such batch. O(events of the batch).
	EventDays(ctx context.Context, batchID string) ([]EventDay, error)

	// CountRecords counts the visible records. O(records).
	CountRecords(ctx context.Context) (RecordCounts, error)
}
