package flow

import (
	"context"
	"fmt"
	"runtime"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/optimize"
	"github.com/logistica-inteligente/rumbo/internal/step"
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
	// Large is the number of orders above which a day is solved by regions of a fifth of
	// that, which several workers may take; 0 means 5,000.
	Large int

	routesLeast int // of a region; 0 but in tests of small towns
}

// SubmitPlan checks the request against what is stored and queues the plan.
func (p *Plan) SubmitPlan(ctx context.Context, token string, r rumbo.PlanRequest) (rumbo.Plan, error) {
	if err := rumbo.InvalidFields("flow.SubmitPlan", append(r.Validate(""), p.callback(r.CallbackURL)...)); err != nil {
		return rumbo.Plan{}, err
	}
	day, err := p.day(ctx, r)
	if err != nil {
		return rumbo.Plan{}, err
	}
	plan := rumbo.Plan{ID: "plan_" + token, State: rumbo.PlanQueued, Request: r, CreatedAt: p.Clock()}
	plan.Summary.Orders = len(day.Orders)
	run := runOf(rumbo.FlowPlan, plan.ID, plan.CreatedAt, r)
	err = once(ctx, p.Store,
		func(tx store.Tx) error {
			if err := tx.AddPlan(ctx, plan); err != nil {
				return err
			}
			return tx.AddRun(ctx, run)
		},
		func() (err error) { plan, err = p.Store.Plan(ctx, plan.ID); return err },
		taskOf(run))
	return plan, err
}

// Solve is the background half of a plan: orders and fleet, their table, the learned
// times, the search and its referee; then the plan, its event and the event's task.
func (p *Plan) Solve(ctx context.Context, id string) error {
	return p.walkPlan(ctx, id, func(ctx context.Context, run *step.Run) error {
		plan, err := p.begin(ctx, run.Subject())
		if err != nil || plan.State != rumbo.PlanSolving {
			return err
		}
		if plan.Summary.Orders > p.large() {
			return p.solveLarge(ctx, run, plan)
		}
		times, err := step.Read(ctx, run, "predict", "solve", plan.Request, p.times)
		if err != nil {
			return err
		}
		solved, err := step.Do(ctx, run, "solve", plan.Request, func(ctx context.Context, w *step.Work, r rumbo.PlanRequest) (rumbo.Plan, error) {
			return p.search(ctx, w, r, times)
		})
		if err != nil {
			return err
		}
		_, err = step.Do(ctx, run, "publish", plan.ID, func(ctx context.Context, w *step.Work, _ string) (rumbo.PlanSummary, error) {
			solved.ID, solved.Request, solved.CreatedAt = plan.ID, plan.Request, plan.CreatedAt
			w.Commit(func(tx store.Tx) error { return p.finish(ctx, tx, solved, rumbo.PlanDone, rumbo.EventPlanFinished) })
			return solved.Summary, nil
		}, step.Tries(5), step.Last())
		return err
	})
}

// dayTimes are a day with its travel times.
type dayTimes struct {
	day   *optimize.Day
	times *DayTimes
}

// times reads the day of a request and predicts its travel times.
func (p *Plan) times(ctx context.Context, w *step.Work, r rumbo.PlanRequest) (out dayTimes, err error) {
	if out.day, err = p.day(ctx, r); err != nil {
		return out, err
	}
	places := int64(len(out.day.Places()))
	out.times, err = p.Times.Day(ctx, out.day)
	w.Rows(places, places*places)
	return out, err
}

// search finds the routes; the plan is nobody's yet.
func (p *Plan) search(ctx context.Context, w *step.Work, r rumbo.PlanRequest, d dayTimes) (rumbo.Plan, error) {
	solved, err := d.day.Solve(ctx, d.times.Travel, optimize.Options{
		Request: r, Elapsed: stopwatch(p.Clock), Threads: p.Threads})
	if err != nil {
		return solved, err
	}
	solved = d.times.Annotate(solved)
	solved.Summary.Build, solved.Summary.Arch = p.Build, runtime.GOARCH
	w.Rows(int64(solved.Summary.Orders), int64(solved.Summary.Served))
	w.Figures("summary", solved.Summary)
	return solved, nil
}

// Deliver POSTs a signed event; every attempt is logged, whatever comes of it.
func (p *Plan) Deliver(ctx context.Context, id string) error {
	return p.walk(ctx, rumbo.FlowDeliver, id, func(ctx context.Context, run *step.Run) error {
		delivery, err := p.Store.Delivery(ctx, run.Subject())
		if err != nil || delivery.State != rumbo.DeliveryPending {
			return err
		}
		_, err = step.Do(ctx, run, "post", delivery.ID, func(ctx context.Context, w *step.Work, _ string) (rumbo.DeliveryAttempt, error) {
			return p.post(ctx, w, delivery)
		}, step.Tries(deliveryAttempts), step.Last())
		return err
	})
}

// post is one attempt to deliver; the attempt that settles it is logged with the end of
// the run.
func (p *Plan) post(ctx context.Context, w *step.Work, delivery rumbo.Delivery) (rumbo.DeliveryAttempt, error) {
	attempt, next := p.Sender.Attempt(ctx, delivery)
	if ctx.Err() != nil {
		return attempt, ctx.Err()
	}
	log := func(state string) func(tx store.Tx) error {
		return func(tx store.Tx) error {
			_, err := tx.AddAttempt(ctx, delivery.ID, attempt, state)
			return err
		}
	}
	switch next.Verdict {
	case webhook.Retry:
		w.Log(rumbo.LogWarn, "status %d %s; again in %s", attempt.Status, attempt.Error, next.After)
		if err := p.Store.InTx(ctx, log(rumbo.DeliveryPending)); err != nil {
			return attempt, err
		}
		return attempt, task.RetryAfter(next.After, nil)
	case webhook.GiveUp:
		w.Refuse(fmt.Sprintf("given up: status %d %s", attempt.Status, attempt.Error))
		w.Commit(log(rumbo.DeliveryFailed))
		return attempt, nil
	}
	w.Commit(log(rumbo.DeliveryDelivered))
	return attempt, nil
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
	event, err := p.event(rumbo.EventPredictionFinished, set.ID, r.CallbackURL, set)
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
		func() (err error) { set, err = p.Store.Predictions(ctx, set.ID); return err })
	return set, err
}
