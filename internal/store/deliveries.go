package store

import (
	"context"

	"github.com/logistica-inteligente/rumbo"
)

// DeliveryQuery selects deliveries; empty fields select all.
type DeliveryQuery struct {
	Subject string // ID of the plan or prediction
	State   string
}

// DeliveryReader reads the events that are sent out and their attempts.
type DeliveryReader interface {
	// Delivery reads one delivery with its payload and attempts. NotFound.
	Delivery(ctx context.Context, id string) (rumbo.Delivery, error)
	// Deliveries lists by ID, newest first, with attempts, without payload.
	Deliveries(ctx context.Context, q DeliveryQuery, after string, limit int) (Page[rumbo.Delivery], error)
}

// DeliveryWriter writes deliveries.
type DeliveryWriter interface {
	// AddDelivery adds a delivery; its Attempts are ignored. Conflict when the
	// ID exists.
	AddDelivery(ctx context.Context, d rumbo.Delivery) error
	// AddAttempt logs one attempt under the next free number, which it returns
	// (a.Number is ignored), and sets the delivery's state. NotFound.
	AddAttempt(ctx context.Context, deliveryID string, a rumbo.DeliveryAttempt, state string) (number int, err error)
	// SetDeliveryState changes the state alone, as for a replay. NotFound.
	SetDeliveryState(ctx context.Context, deliveryID, state string) error
}
