package flow

import (
	"context"
	"fmt"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/optimize"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// SolveRegion is the background half of one region of one round: its tables with the
// learned times, and a part of the annealing, refereed as any plan is.
func (p *Plan) SolveRegion(ctx context.Context, id string) error {
	return p.walk(ctx, rumbo.FlowRegion, id, func(ctx context.Context, run *step.Run) error {
		var at rumbo.RegionRequest
		if err := run.Parameters(&at); err != nil {
			return err
		}
		plan, err := p.Store.Plan(ctx, run.Subject())
		if err != nil {
			return err
		}
		if plan.State != rumbo.PlanSolving {
			return task.Permanent(fmt.Errorf("its plan is %s", plan.State))
		}
		times, err := step.Read(ctx, run, "predict", "solve", at, func(ctx context.Context, w *step.Work, at rumbo.RegionRequest) (regionTimes, error) {
			return p.regionTimes(ctx, w, plan, at)
		})
		if err != nil {
			return err
		}
		solved, err := step.Do(ctx, run, "solve", at, func(ctx context.Context, w *step.Work, at rumbo.RegionRequest) (rumbo.Plan, error) {
			return p.searchRegion(ctx, w, plan, at, times)
		})
		if err != nil {
			return err
		}
		_, err = step.Do(ctx, run, "report", at, func(context.Context, *step.Work, rumbo.RegionRequest) (rumbo.PlanSummary, error) {
			return solved.Summary, nil
		}, step.Keep()) // its plan reads what it found
		return err
	})
}

// regionTimes are the times of a region, and what it began with.
type regionTimes struct {
	dayTimes
	region optimize.Region
	orders int // of the whole day
}

func (p *Plan) regionTimes(ctx context.Context, w *step.Work, plan rumbo.Plan, at rumbo.RegionRequest) (out regionTimes, err error) {
	regions, err := resultOf[[]optimize.Region](ctx, p.Store, runID(plan.ID), divideStep(at.Round))
	if err != nil {
		return out, err
	}
	if at.Part > len(regions) {
		return out, rumbo.Fault(rumbo.NotFound, "flow.SolveRegion", fmt.Sprintf("region %d of %d", at.Part, len(regions)), nil)
	}
	out.region = regions[at.Part-1]
	whole, err := p.day(ctx, plan.Request)
	if err != nil {
		return out, err
	}
	out.orders = len(whole.Orders)
	if out.day, err = whole.Part(out.region); err != nil {
		return out, err
	}
	places := int64(len(out.day.Places()))
	out.times, err = p.Times.Day(ctx, out.day)
	w.Rows(places, places*places)
	return out, err
}

// searchRegion is search for a region: its share of the effort, one part of the annealing.
func (p *Plan) searchRegion(ctx context.Context, w *step.Work, plan rumbo.Plan, at rumbo.RegionRequest, t regionTimes) (rumbo.Plan, error) {
	share := (1 - outlineShare) / regionRounds * float64(len(t.day.Orders)) / float64(t.orders)
	request := partOf(budgeted(plan.Request, t.orders), share, int64(at.Round*10_000+at.Part))
	solved, err := t.day.Solve(ctx, t.times.Travel, optimize.Options{Request: request, Elapsed: stopwatch(p.Clock), Initial: t.region.Routes,
		Stage: optimize.Stage{From: float64(at.Round-1) / regionRounds, To: float64(at.Round) / regionRounds}})
	if err != nil {
		return solved, err
	}
	solved.Summary.Seed, solved.Summary.Build = plan.Request.Seed, p.Build
	w.Rows(int64(solved.Summary.Orders), int64(solved.Summary.Served))
	if at.Round < regionRounds {
		return solved, nil // nobody sees its times
	}
	return t.times.Annotate(solved), nil
}
