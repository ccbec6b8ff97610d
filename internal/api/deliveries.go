package api

import (
	"context"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func (s *server) deliveryEndpoints() []*endpoint {
	d, tag := s.document, "webhooks"
	return []*endpoint{
		operation("GET", "/v1/deliveries", "list-deliveries", tag, "List deliveries, newest first").needs(ScopeRead).
			takes(textParam("subject", "Only events about this plan or prediction"),
				choiceParam("state", "Only this state", rumbo.DeliveryPending, rumbo.DeliveryDelivered, rumbo.DeliveryFailed)).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of deliveries with their attempts", client.Page[rumbo.Delivery]{Items: []rumbo.Delivery{exampleDelivery()}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				q := store.DeliveryQuery{Subject: r.params["subject"], State: r.params["state"]}
				p, err := s.Store.Deliveries(ctx, q, r.params["after"], r.params.number("limit"))
				for i := range p.Items {
					p.Items[i] = withAttempts(p.Items[i])
				}
				return pageAnswer(p, err)
			}),
		operation("GET", "/v1/deliveries/{id}", "read-delivery", tag, "Read a delivery").needs(ScopeRead).
			takes(pathParam("id", "ID of the delivery: the webhook-id of its messages"), waits()).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The delivery with its attempts", exampleDelivery()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				v, _, err := await(ctx, r.http, s.deliveryReader(r.params["id"]), deliveryEnded)
				return oneAnswer(withAttempts(v), err)
			}),
		operation("POST", "/v1/webhooks/test", "test-webhook", tag, "Send a test event").needs(ScopePlan).
			about("POSTs a signed `webhook.ping` to the address, so that a receiver can be tried before it matters.").
			takes(waits()).body(d, client.PingRequest{URL: "https://example.com/rumbo"}).
			answers(d, http.StatusAccepted, "The event is queued", exampleDelivery()).located(http.StatusAccepted).
			answers(d, http.StatusOK, "The event was delivered, or given up, while you waited", exampleDelivery()).located(http.StatusOK).
			by(s.ping),
	}
}

func (s *server) ping(ctx context.Context, r *request) (*answer, error) {
	body, err := decode(r, func(q client.PingRequest) []rumbo.FieldError { return s.Policy.ValidateURL("/url", q.URL) })
	if err != nil {
		return nil, err
	}
	v, err := s.Pings.Ping(ctx, r.token, body.URL)
	if err != nil {
		return nil, err
	}
	v, ended, err := await(ctx, r.http, s.deliveryReader(v.ID), deliveryEnded)
	return accepted("/v1/deliveries/"+v.ID, withAttempts(v), ended, err)
}

func (s *server) deliveryReader(id string) func(context.Context) (rumbo.Delivery, error) {
	return func(ctx context.Context) (rumbo.Delivery, error) { return s.Store.Delivery(ctx, id) }
}

func deliveryEnded(v rumbo.Delivery) bool { return v.State != rumbo.DeliveryPending }

// withAttempts gives a delivery that was never tried the empty list that the
// document promises.
func withAttempts(v rumbo.Delivery) rumbo.Delivery {
	if v.Attempts == nil {
		v.Attempts = []rumbo.DeliveryAttempt{}
	}
	return v
}
