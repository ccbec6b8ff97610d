package api

import (
	"context"
	"net/http"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

// Tracks says what vehicles did.
type Tracks interface {
	// Visits are the stays of a vehicle that began in a time, in order.
	Visits(ctx context.Context, vehicleID string, from, until time.Time) ([]rumbo.Visit, error)
}

func (s *server) visitEndpoints() []*endpoint {
	d := s.document
	list := operation("GET", "/v1/visits", "list-visits", "events", "List a vehicle's visits").needs(ScopeRead).
		about("The stays that began in a time of at most 48 h, found in the events loaded so far: where, how long, and for which orders. "+
			"`service_s` of a `whole` visit is how long serving took.").
		takes(required(textParam("vehicle_id", "The vehicle")), required(timeParam("from", "Only visits that began at or after this time")),
			required(timeParam("until", "Only visits that began before this time"))).
		fails(http.StatusRequestEntityTooLarge).
		answers(d, http.StatusOK, "All visits, by arrival", client.Page[rumbo.Visit]{Items: []rumbo.Visit{exampleVisit()}}).
		by(func(ctx context.Context, r *request) (*answer, error) {
			visits, err := s.Tracks.Visits(ctx, r.params["vehicle_id"], r.params.time("from"), r.params.time("until"))
			if err != nil {
				return nil, err
			}
			if visits == nil {
				visits = []rumbo.Visit{}
			}
			return jsonAnswer(http.StatusOK, client.Page[rumbo.Visit]{Items: visits})
		})
	list.check = func(r *request) []rumbo.FieldError {
		from, until := r.params.time("from"), r.params.time("until")
		switch {
		case from.IsZero() || until.IsZero():
			return nil // said already
		case until.Before(from):
			return []rumbo.FieldError{{Pointer: "until", Code: rumbo.ImpossibleWindow, Value: r.params["from"] + " to " + r.params["until"]}}
		case until.Sub(from) > rumbo.MaxVisitSpan:
			return []rumbo.FieldError{{Pointer: "until", Code: rumbo.OutOfRange, Value: r.params["until"], Limit: "at most 48 h"}}
		}
		return nil
	}
	return []*endpoint{list}
}

func exampleVisit() rumbo.Visit {
	return rumbo.Visit{VehicleID: "van-1", Location: rumbo.Point{Lat: 40.7614, Lon: -73.9776}, ArriveAt: at(8, 31).UTC(), DepartAt: at(8, 35).UTC(),
		ServiceS: 240, OrderIDs: []string{"A-1001"}, Whole: true}
}
