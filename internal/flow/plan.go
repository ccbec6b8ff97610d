package flow

import (
	"context"
	"runtime"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/optimize"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/webhook"
)

// Plan is the second half of the walk: from stored orders to a signed plan, and from
// queries to predictions.
type Plan struct {
	Store  store.Store
	Times  *Times
	Sender *webhook.Sender
	Policy webhook.Policy
	Clock  func() time.Time
	Build  string // what the plan says it was made with
	// Threads is how many searches one plan may run at a time, 0 meaning one.
	Threads int
}

// SubmitPlan checks the request against what is stored and queues the plan.
func (p *Plan) SubmitPlan(ctx context.Context, token string, r rumbo.PlanRequest) (rumbo.Plan, error) {
	if err := rumbo.InvalidFields("flow.SubmitPlan", append(r.Validate(""), p.callback(r.CallbackURL)...)); err != nil {
		return rumbo.Plan{}, err
	}
	if _, err := p.day(ctx, r); err != nil {
		return rumbo.Plan{}, err
	}
	plan := rumbo.Plan{ID: "plan_" + token, State: rumbo.PlanQueued, Request: r, CreatedAt: p.Clock()}
	err := once(ctx, p.Store,
		func(tx store.Tx) error { return tx.AddPlan(ctx, plan) },
		func() (err error) { plan, err = p.Store.Plan(ctx, plan.ID); return err },
		task.About(taskSolve, plan.ID, task.Long, 3).With(task.Urgent))
	return plan, err
}

// Solve is the background half of a plan: orders and fleet, their table, the learned
// times, the search and its referee; then the plan, its event and the event's task.
func (p *Plan) Solve(ctx context.Context, id string) error {
	plan, err := p.begin(ctx, id)
	if err != nil || plan.State != rumbo.PlanSolving {
		return err
	}
	day, err := p.day(ctx, plan.Request)
	if err != nil {
		return err
	}
	times, err := p.Times.Day(ctx, day)
	if err != nil {
		return err
	}
	solved, err := day.Solve(ctx, times.Travel, optimize.Options{
		Request: plan.Request, Elapsed: stopwatch(p.Clock), Threads: p.Threads})
	if err != nil {
		return err
	}
	solved = times.Annotate(solved)
	solved.ID, solved.Request, solved.CreatedAt = plan.ID, plan.Request, plan.CreatedAt
	solved.Summary.Build, solved.Summary.Arch = p.Build, runtime.GOARCH
	return p.finish(ctx, solved, rumbo.PlanDone, rumbo.EventPlanFinished)
}

// Deliver is one attempt to POST a signed event, logged whatever comes of it.
func (p *Plan) Deliver(ctx context.Context, id string) error {
	delivery, err := p.Store.Delivery(ctx, id)
	if err != nil || delivery.State != rumbo.DeliveryPending {
		return err
	}
	attempt, next := p.Sender.Attempt(ctx, delivery)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	state := map[webhook.Verdict]string{
		webhook.Done: rumbo.DeliveryDelivered, webhook.Retry: rumbo.DeliveryPending, webhook.GiveUp: rumbo.DeliveryFailed,
	}[next.Verdict]
	err = p.Store.InTx(ctx, func(tx store.Tx) error {
		_, err := tx.AddAttempt(ctx, id, attempt, state)
		return err
	})
	if err == nil && next.Verdict == webhook.Retry {
		return task.RetryAfter(next.After, nil)
	}
	return err
}

// Predict answers how long drives take, now, and queues the signed event when asked to.
func (p *Plan) Predict(ctx context.Context, token string, r rumbo.PredictionRequest) (rumbo.PredictionSet, error) {
	if err := rumbo.InvalidFields("flow.Predict", p.callback(r.CallbackURL)); err != nil {
		return rumbo.PredictionSet{}, err
	}
	set, err := p.Times.Predict(ctx, r.Queries)
	if err != nil {
		return set, err
	}
	set.ID = "pred_" + token
	event, specs, err := p.event(rumbo.EventPredictionFinished, set.ID, r.CallbackURL, set)
	if err != nil {
		return set, err
	}
	err = once(ctx, p.Store,
		func(tx store.Tx) error {
			if err := tx.AddPredictions(ctx, set, p.Clock()); err != nil {
				return err
			}
			return addDeliveries(ctx, tx, event)
		},
		func() (err error) { set, err = p.Store.Predictions(ctx, set.ID); return err },
		specs...)
	return set, err
}
