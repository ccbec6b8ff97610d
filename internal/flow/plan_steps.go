package flow

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/optimize"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/webhook"
)

// deliveryAttempts outlives the schedule of package webhook, which decides when to stop.
const deliveryAttempts = 100

// begin marks a queued plan as being solved; a plan that has ended is left as it is.
func (p *Plan) begin(ctx context.Context, id string) (plan rumbo.Plan, err error) {
	err = p.Store.InTx(ctx, func(tx store.Tx) error {
		if plan, err = tx.Plan(ctx, id); err != nil || plan.State == rumbo.PlanDone || plan.State == rumbo.PlanFailed {
			return err
		}
		plan.State = rumbo.PlanSolving
		return tx.SetPlan(ctx, plan)
	})
	return plan, err
}

// day reads the orders and the fleet that a request names.
func (p *Plan) day(ctx context.Context, r rumbo.PlanRequest) (*optimize.Day, error) {
	orders, err := p.Store.OrdersOfDay(ctx, r.Day)
	if err != nil {
		return nil, err
	}
	vehicles, depots, err := p.Store.Fleet(ctx)
	if err != nil {
		return nil, err
	}
	return optimize.SelectDay(r, orders, vehicles, depots)
}

// resultOf reads the result of a step that is done.
func resultOf[T any](ctx context.Context, s store.Store, run, name string) (out T, err error) {
	kept, err := s.Step(ctx, run, name)
	if err != nil {
		return out, err
	}
	if kept.State != rumbo.StepDone && kept.State != rumbo.StepCached {
		return out, rumbo.Fault(rumbo.Conflict, "flow.resultOf", "step "+name+" of "+run+" is "+kept.State, nil)
	}
	return out, json.Unmarshal(kept.Result, &out)
}

// finish stores the ended plan, its event and the event's task in one transaction. A plan
// that has ended meanwhile stays as it is.
func (p *Plan) finish(ctx context.Context, tx store.Tx, plan rumbo.Plan, state, kind string) error {
	if now, err := tx.Plan(ctx, plan.ID); err != nil || now.FinishedAt != nil {
		return err
	}
	at := p.Clock()
	plan.State, plan.FinishedAt = state, &at
	event, err := p.event(kind, plan.ID, plan.Request.CallbackURL, plan)
	if err != nil {
		return err
	}
	if err := tx.SetPlan(ctx, plan); err != nil {
		return err
	}
	return addDeliveries(ctx, tx, event)
}

// fail ends a plan that cannot be made and tells the client.
func (p *Plan) fail(ctx context.Context, tx store.Tx, id, cause string) error {
	plan, err := tx.Plan(ctx, id)
	if err != nil {
		return err
	}
	plan.Error = cause
	return p.finish(ctx, tx, plan, rumbo.PlanFailed, rumbo.EventPlanFailed)
}

// failDelivery gives an event up.
func (p *Plan) failDelivery(ctx context.Context, tx store.Tx, id string) error {
	d, err := tx.Delivery(ctx, id)
	if err != nil || d.State != rumbo.DeliveryPending {
		return err
	}
	return tx.SetDeliveryState(ctx, id, rumbo.DeliveryFailed)
}

// Ping sends a test event.
func (p *Plan) Ping(ctx context.Context, token, url string) (rumbo.Delivery, error) {
	if err := rumbo.InvalidFields("flow.Ping", p.Policy.ValidateURL("/url", url)); err != nil {
		return rumbo.Delivery{}, err
	}
	event, err := p.event(rumbo.EventPing, token, url, map[string]string{"message": "ping"})
	if err != nil {
		return rumbo.Delivery{}, err
	}
	event[0].Subject = "ping"
	err = once(ctx, p.Store,
		func(tx store.Tx) error { return addDeliveries(ctx, tx, event) },
		func() (err error) { event[0], err = p.Store.Delivery(ctx, event[0].ID); return err })
	return event[0], err
}

// event makes the delivery of an event; none without an address. The
// delivery's ID follows from its subject, so an event is never sent under two IDs.
func (p *Plan) event(kind, subject, url string, data any) ([]rumbo.Delivery, error) {
	if url == "" {
		return nil, nil
	}
	at := p.Clock()
	body, err := webhook.Encode(kind, at, data)
	if err != nil {
		return nil, err
	}
	d := rumbo.Delivery{ID: "dlv_" + subject, Type: kind, Subject: subject, URL: url,
		State: rumbo.DeliveryPending, CreatedAt: at, Payload: body}
	return []rumbo.Delivery{d}, nil
}

// addDeliveries stores deliveries with the runs that send them.
func addDeliveries(ctx context.Context, tx store.Tx, deliveries []rumbo.Delivery) error {
	for _, d := range deliveries {
		if err := tx.AddDelivery(ctx, d); err != nil {
			return err
		}
		if err := addRun(ctx, tx, runOf(rumbo.FlowDeliver, d.ID, d.CreatedAt, nil)); err != nil {
			return err
		}
	}
	return nil
}

// callback judges an address that may be absent.
func (p *Plan) callback(url string) []rumbo.FieldError {
	return slices.DeleteFunc(p.Policy.ValidateURL("/callback_url", url), func(rumbo.FieldError) bool { return url == "" })
}

// stopwatch measures from now on.
func stopwatch(clock func() time.Time) func() time.Duration {
	start := clock()
	return func() time.Duration { return clock().Sub(start) }
}
