package flow

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/optimize"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// A large day has no table of all its places: at 5,000 one takes 100 MB for each hour of the
// day, at 20,000 it would be 1.6 GB.
// It is divided into regions, each a run of its own that any worker may take, round after
// round with borders elsewhere; the rounds together are one annealing. See
// docs/decisions/0018-large-days.md for the figures.
const (
	defaultLarge  = 5_000 // orders above which a day is divided
	regionsLarge  = 5     // regions of a day of just that many
	routesLeast   = 16    // routes of a region: fewer have too little to exchange
	regionRounds  = 4
	outlineShare  = 0.05                 // of the search time, for the routes that the first regions are cut along
	largePerOrder = 5 * time.Millisecond // of search time, where the request leaves it open
	sampledPlaces = 200                  // for how roads differ from straight lines
)

// large is the number of orders above which a day is divided.
func (p *Plan) large() int { return cmp.Or(p.Large, defaultLarge) }

// regions is how many regions a large day is divided into, at most.
func (p *Plan) regions(orders int) int {
	each := max(1, p.large()/regionsLarge)
	return (orders + each - 1) / each
}

// budgeted is a request whose search has an end: for a large day longer than for others.
func budgeted(r rumbo.PlanRequest, orders int) rumbo.PlanRequest {
	if r.TimeLimitS == 0 && r.Iterations == 0 {
		r.TimeLimitS = max(optimize.DefaultTimeLimit, time.Duration(orders)*largePerOrder).Seconds()
	}
	return r
}

// part is the request of a search that gets a share of the whole one's effort.
func partOf(r rumbo.PlanRequest, share float64, seed int64) rumbo.PlanRequest {
	r.TimeLimitS *= share
	if r.Iterations > 0 {
		r.Iterations = max(1, int64(float64(r.Iterations)*share))
	}
	r.Seed = r.Seed*1_000_003 + seed
	return r
}

// round is one division of the day.
type round struct {
	Number int               `json:"number"` // from 1
	Routes []optimize.Sketch `json:"routes"` // what is divided
}

func divideStep(number int) string { return fmt.Sprintf("divide %d", number) }
func gatherStep(number int) string { return fmt.Sprintf("gather %d", number) }

// largeOutline are the steps of a plan that is made by regions.
func largeOutline() []step.Outline {
	all := []step.Outline{{Name: "outline", Share: outlineShare}}
	after := func(name string, share float64) {
		all = append(all, step.Outline{Name: name, After: []string{all[len(all)-1].Name}, Share: share})
	}
	for k := range regionRounds {
		after(divideStep(k+1), 0.01)
		after(gatherStep(k+1), (0.98-outlineShare)/regionRounds-0.01)
	}
	after("publish", 0.02)
	return all
}

// ofRegions reports whether what a step left belongs to the regions of one plan, so that a
// repetition, whose plan is another, cannot take it over.
func ofRegions(name string) bool {
	return strings.HasPrefix(name, "divide ") || strings.HasPrefix(name, "gather ")
}

// regionRun names the run of a region.
func regionRun(plan string, number, part int) string {
	return fmt.Sprintf("%s_%d_%d", runID(plan), number, part+1)
}

// solveLarge is Solve for a large day.
func (p *Plan) solveLarge(ctx context.Context, run *step.Run, plan rumbo.Plan) error {
	routes, err := step.Do(ctx, run, "outline", budgeted(plan.Request, plan.Summary.Orders), p.outline)
	if err != nil {
		return err
	}
	var regions []optimize.Region
	var effort effort
	for k := range regionRounds {
		at := round{k + 1, routes}
		regions, err = step.Do(ctx, run, divideStep(at.Number), at, func(ctx context.Context, w *step.Work, at round) ([]optimize.Region, error) {
			return p.divide(ctx, w, plan, at)
		})
		if err != nil {
			return err
		}
		got, err := step.Do(ctx, run, gatherStep(at.Number), len(regions), func(ctx context.Context, w *step.Work, parts int) (gathered, error) {
			return p.gather(ctx, w, plan, at.Number, parts)
		})
		if err != nil {
			return err
		}
		routes = got.Routes
		effort.add(got.effort)
	}
	_, err = step.Do(ctx, run, "publish", plan.ID, func(ctx context.Context, w *step.Work, _ string) (rumbo.PlanSummary, error) {
		return p.publishLarge(ctx, w, plan, len(regions), effort)
	}, step.Tries(5), step.Last())
	return err
}

// outline plans the day by straight lines, scaled as the roads between some of its places are.
func (p *Plan) outline(ctx context.Context, w *step.Work, r rumbo.PlanRequest) ([]optimize.Sketch, error) {
	day, err := p.day(ctx, r)
	if err != nil {
		return nil, err
	}
	crow, err := p.Times.crow(ctx, day)
	if err != nil {
		return nil, err
	}
	w.Figures("detour", crow)
	routes, err := day.Outline(ctx, crow, optimize.Options{Request: partOf(r, outlineShare, 0), Elapsed: stopwatch(p.Clock), Threads: p.Threads})
	w.Rows(int64(len(day.Orders)), int64(len(routes)))
	return routes, err
}

// divide cuts the day and queues a run for each region.
func (p *Plan) divide(ctx context.Context, w *step.Work, plan rumbo.Plan, at round) ([]optimize.Region, error) {
	day, err := p.day(ctx, plan.Request)
	if err != nil {
		return nil, err
	}
	parts := min(p.regions(len(day.Orders)), max(1, len(at.Routes)/cmp.Or(p.routesLeast, routesLeast)))
	regions := day.Divide(at.Routes, parts, at.Number)
	w.Rows(int64(len(at.Routes)), int64(len(regions)))
	w.Commit(func(tx store.Tx) error {
		for k := range regions {
			child := runOf(rumbo.FlowRegion, plan.ID, p.Clock(), rumbo.RegionRequest{Round: at.Number, Part: k + 1})
			child.ID = regionRun(plan.ID, at.Number, k)
			if err := addRun(ctx, tx, child); err != nil {
				return err
			}
		}
		return nil
	})
	return regions, nil
}

// effort is what searching took.
type effort struct {
	SearchS    float64 `json:"search_s"`
	Iterations int64   `json:"iterations"`
}

func (e *effort) add(more effort) {
	e.SearchS += more.SearchS
	e.Iterations += more.Iterations
}

// gathered is what the regions of a round found.
type gathered struct {
	Routes []optimize.Sketch `json:"routes"`
	effort
}

// gather waits for the regions of a round, through the queue: no worker is held meanwhile.
func (p *Plan) gather(ctx context.Context, w *step.Work, plan rumbo.Plan, number, parts int) (all gathered, err error) {
	ended := 0
	for k := range parts {
		child, err := p.Store.Run(ctx, regionRun(plan.ID, number, k))
		switch {
		case err != nil:
			return all, err
		case child.State == rumbo.RunDone:
			ended++
		case child.Ended():
			return all, task.Permanent(fmt.Errorf("region %d of round %d %s: %s", k+1, number, child.State, child.Error))
		}
	}
	w.Progress(fmt.Sprintf("%d of %d regions", ended, parts), float64(ended)/float64(parts))
	w.Rows(int64(parts), int64(ended))
	if ended < parts {
		return all, task.RetryAfter(p.waitForRegions(plan, parts-ended), nil)
	}
	var cost int64
	for k := range parts {
		done, err := p.solved(ctx, plan, number, k)
		if err != nil {
			return all, err
		}
		all.Routes = append(all.Routes, optimize.Sketches(done)...)
		all.add(effort{done.Summary.SearchS, done.Summary.Iterations})
		cost += done.Summary.CostCents
	}
	w.Log(rumbo.LogInfo, "round %d: %d regions, %d routes, %d cents", number, parts, len(all.Routes), cost)
	return all, nil
}

// waitForRegions is when to look again: a part of what the regions left take one worker.
func (p *Plan) waitForRegions(plan rumbo.Plan, left int) time.Duration {
	const soonest, latest = 200 * time.Millisecond, 5 * time.Second
	orders := plan.Summary.Orders
	each := budgeted(plan.Request, orders).TimeLimitS / regionRounds / float64(p.regions(orders))
	return min(max(time.Duration(each*float64(left)/4*float64(time.Second)), soonest), latest)
}

// solved reads what a region's run found.
func (p *Plan) solved(ctx context.Context, plan rumbo.Plan, number, part int) (rumbo.Plan, error) {
	return resultOf[rumbo.Plan](ctx, p.Store, regionRun(plan.ID, number, part), "solve")
}

// publishLarge joins the regions of the last round.
func (p *Plan) publishLarge(ctx context.Context, w *step.Work, plan rumbo.Plan, parts int, e effort) (rumbo.PlanSummary, error) {
	day, err := p.day(ctx, plan.Request)
	if err != nil {
		return rumbo.PlanSummary{}, err
	}
	all := make([]rumbo.Plan, parts)
	for k := range parts {
		if all[k], err = p.solved(ctx, plan, regionRounds, k); err != nil {
			return rumbo.PlanSummary{}, err
		}
	}
	joined, err := day.Join(all)
	if err != nil {
		return rumbo.PlanSummary{}, err
	}
	joined.Summary.SearchS, joined.Summary.Iterations = e.SearchS, e.Iterations
	joined.ID, joined.Request, joined.CreatedAt = plan.ID, plan.Request, plan.CreatedAt
	w.Rows(int64(joined.Summary.Orders), int64(joined.Summary.Served))
	w.Figures("summary", joined.Summary)
	w.Commit(func(tx store.Tx) error {
		for number := range regionRounds {
			for k := range p.regions(plan.Summary.Orders) { // at most so many
				if err := tx.DropResults(ctx, regionRun(plan.ID, number+1, k)); err != nil {
					return err
				}
			}
		}
		return p.finish(ctx, tx, joined, rumbo.PlanDone, rumbo.EventPlanFinished)
	})
	return joined.Summary, nil
}
