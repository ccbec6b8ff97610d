package client

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// EventQuery selects vehicle events; empty fields select all.
type EventQuery struct {
	VehicleID string
	From      time.Time // at or after this time
	Until     time.Time // before this time
}

// SendEvents sends what vehicles told of themselves, in any order. Of the options only
// IdempotencyKey is used. For more events than belong in memory there is Ingest with
// rumbo.KindEvents.
func (c *Client) SendEvents(ctx context.Context, events []rumbo.VehicleEvent, o IngestOptions) (rumbo.Batch, error) {
	var body bytes.Buffer
	lines := json.NewEncoder(&body)
	for _, e := range events {
		if err := lines.Encode(e); err != nil {
			return rumbo.Batch{}, rumbo.Fault(rumbo.Invalid, "client.SendEvents", "an event cannot be written as JSON", err)
		}
	}
	return decode[rumbo.Batch](c.do(ctx, call{method: http.MethodPost, path: "/v1/events", media: "application/x-ndjson",
		idempotency: o.IdempotencyKey, body: bytes.NewReader(body.Bytes())}))
}

// Visits reads the stays of a vehicle that began in a time of at most rumbo.MaxVisitSpan, from
// included, until excluded.
func (c *Client) Visits(ctx context.Context, vehicleID string, from, until time.Time) ([]rumbo.Visit, error) {
	query := url.Values{"vehicle_id": {vehicleID}, "from": {from.Format(time.RFC3339Nano)}, "until": {until.Format(time.RFC3339Nano)}}
	p, err := get[Page[rumbo.Visit]](ctx, c, "/v1/visits", query, 0)
	return p.Items, err
}

// Events iterates over the events of a selection, by time.
func (c *Client) Events(ctx context.Context, q EventQuery) iter.Seq2[rumbo.VehicleEvent, error] {
	query := url.Values{}
	if q.VehicleID != "" {
		query.Set("vehicle_id", q.VehicleID)
	}
	for name, t := range map[string]time.Time{"from": q.From, "until": q.Until} {
		if !t.IsZero() {
			query.Set(name, t.Format(time.RFC3339Nano))
		}
	}
	return pages[rumbo.VehicleEvent](ctx, c, "/v1/events", query)
}
