package api

import (
	"context"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func (s *server) recordEndpoints() []*endpoint {
	d, tag := s.document, "records"
	return []*endpoint{
		operation("GET", "/v1/orders", "list-orders", tag, "List orders").needs(ScopeRead).
			takes(dateParam("day", "Only orders of this day of service")).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of orders, by ID", client.Page[rumbo.Order]{Items: []rumbo.Order{exampleOrder()}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return pageAnswer(s.Store.Orders(ctx, store.OrderQuery{Day: r.params["day"]}, r.params["after"], r.params.number("limit")))
			}),
		operation("GET", "/v1/orders/{id}", "read-order", tag, "Read an order").needs(ScopeRead).
			takes(pathParam("id", "ID of the order")).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The order", exampleOrder()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return oneAnswer(s.Store.Order(ctx, r.params["id"]))
			}),
		operation("GET", "/v1/vehicles", "list-vehicles", tag, "List vehicles").needs(ScopeRead).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of vehicles, by ID", client.Page[rumbo.Vehicle]{Items: []rumbo.Vehicle{exampleVehicle()}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return pageAnswer(s.Store.Vehicles(ctx, r.params["after"], r.params.number("limit")))
			}),
		operation("GET", "/v1/vehicles/{id}", "read-vehicle", tag, "Read a vehicle").needs(ScopeRead).
			takes(pathParam("id", "ID of the vehicle")).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The vehicle", exampleVehicle()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return oneAnswer(s.Store.Vehicle(ctx, r.params["id"]))
			}),
		operation("GET", "/v1/depots", "list-depots", tag, "List depots").needs(ScopeRead).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of depots, by ID", client.Page[rumbo.Depot]{Items: []rumbo.Depot{exampleDepot()}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return pageAnswer(s.Store.Depots(ctx, r.params["after"], r.params.number("limit")))
			}),
		operation("GET", "/v1/depots/{id}", "read-depot", tag, "Read a depot").needs(ScopeRead).
			takes(pathParam("id", "ID of the depot")).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The depot", exampleDepot()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return oneAnswer(s.Store.Depot(ctx, r.params["id"]))
			}),
		operation("GET", "/v1/trips", "list-trips", tag, "List trips").needs(ScopeRead).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of trips, by pickup time", client.Page[rumbo.Trip]{Items: []rumbo.Trip{exampleTrip()}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return pageAnswer(s.Store.TripPage(ctx, store.TripQuery{}, r.params["after"], r.params.number("limit")))
			}),
	}
}
