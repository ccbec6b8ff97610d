package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func (s *server) eventEndpoints() []*endpoint {
	d, tag := s.document, "events"
	post := operation("POST", "/v1/events", "send-events", tag, "Send vehicle events").needs(ScopeIngest).
		about("Positions, ignition, arrivals and departures of any number of vehicles, in any order: `POST /v1/ingestions?kind=events` by a shorter name. "+
			"They are kept as a batch, answered with 202 and loaded in the background. Events that a rule rejects go to the batch's quarantine. "+
			"The same payload sent again answers 200 with the first batch; an event known by its id, or by vehicle, time, kind and order, is not doubled. "+
			"Runs of the flow `track` find the drives in them and send those on as trips.").
		takes(choiceParam("format", "Format of the body; by Content-Type when absent", rumbo.FormatJSON, rumbo.FormatNDJSON), waits()).
		answers(d, http.StatusAccepted, "The events are being loaded", exampleEventBatch(rumbo.BatchReceived)).located(http.StatusAccepted).
		answers(d, http.StatusOK, "The same payload had been sent before, or the batch ended while you waited", exampleEventBatch(rumbo.BatchLoaded)).located(http.StatusOK).
		by(func(ctx context.Context, r *request) (*answer, error) { return s.receive(ctx, r, eventsOf(r)) })
	post.raw, post.check = true, func(r *request) []rumbo.FieldError { return checkPayload(eventsOf(r)) }
	post.RequestBody = &huma.RequestBody{Required: true, Description: "The events, at most 2 GiB; Content-Encoding: gzip is understood", Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{Type: huma.TypeArray, Items: schemaOf(d, rumbo.VehicleEvent{})}, Example: exampleEvents()},
		"application/x-ndjson": {Schema: &huma.Schema{Type: huma.TypeString}, Example: `{"vehicle_id":"van-1","at":"2022-01-31T08:15:00-05:00","kind":"position",` +
			`"location":{"lat":40.7447,"lon":-73.9485},"speed_kmh":31}` + "\n"},
	}}
	return []*endpoint{
		post,
		operation("GET", "/v1/events", "list-events", tag, "List vehicle events").needs(ScopeRead).
			takes(textParam("vehicle_id", "Only events of this vehicle"),
				timeParam("from", "Only events at or after this time"), timeParam("until", "Only events before this time")).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of events, by time", client.Page[rumbo.VehicleEvent]{Items: exampleEvents()}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				q := store.EventQuery{VehicleID: r.params["vehicle_id"], From: r.params.time("from"), Until: r.params.time("until")}
				return pageAnswer(s.Store.EventPage(ctx, q, r.params["after"], r.params.number("limit")))
			}),
	}
}

// eventsOf is the payload of a request that says by its path what it carries.
func eventsOf(r *request) rumbo.Payload {
	p := payloadOf(r)
	p.Kind = rumbo.KindEvents
	return p
}

func exampleEvents() []rumbo.VehicleEvent {
	return []rumbo.VehicleEvent{
		{VehicleID: "van-1", At: at(8, 15), Kind: rumbo.VehiclePosition, Location: rumbo.Point{Lat: 40.7447, Lon: -73.9485}, SpeedKMH: 31},
		{VehicleID: "van-1", At: at(8, 31), Kind: rumbo.VehicleArrived, Location: rumbo.Point{Lat: 40.7614, Lon: -73.9776}, OrderID: "A-1001"},
	}
}

func exampleEventBatch(state string) rumbo.Batch {
	b := exampleBatch(state)
	b.Kind, b.Format = rumbo.KindEvents, rumbo.FormatJSON
	if state == rumbo.BatchLoaded {
		b.Counts = rumbo.BatchCounts{Rows: 2, Accepted: 2, Added: 2}
	}
	return b
}
