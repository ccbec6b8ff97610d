package flow

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// outlines are the steps of each flow, as they are shown before they begin.
func outlines(flow string) []step.Outline {
	switch flow {
	case rumbo.FlowIngest:
		return []step.Outline{{Name: "clean", Share: 0.99}, {Name: "show", After: []string{"clean"}, Share: 0.01}}
	case rumbo.FlowTrack:
		return []step.Outline{{Name: "derive"}}
	case rumbo.FlowTrain:
		return []step.Outline{{Name: "train", Share: 0.99}, {Name: "promote", After: []string{"train"}, Share: 0.01}}
	case rumbo.FlowRecalibrate:
		return []step.Outline{{Name: "fit", Share: 0.99}, {Name: "keep", After: []string{"fit"}, Share: 0.01}}
	case rumbo.FlowPredict:
		return []step.Outline{{Name: "check", Share: 0.2}, {Name: "predict", After: []string{"check"}, Share: 0.79}, {Name: "finish", After: []string{"predict"}, Share: 0.01}}
	case rumbo.FlowPlan:
		return []step.Outline{{Name: "predict", Share: 0.1}, {Name: "solve", After: []string{"predict"}, Share: 0.89}, {Name: "publish", After: []string{"solve"}, Share: 0.01}}
	case rumbo.FlowRegion:
		return []step.Outline{{Name: "predict", Share: 0.3}, {Name: "solve", After: []string{"predict"}, Share: 0.69}, {Name: "report", After: []string{"solve"}, Share: 0.01}}
	case rumbo.FlowDeliver:
		return []step.Outline{{Name: "post"}}
	case rumbo.FlowRetention:
		all := []step.Outline{{Name: "limits"}}
		for _, part := range (*Learn)(nil).retentionParts() {
			all = append(all, step.Outline{Name: part.name, After: []string{all[len(all)-1].Name}})
		}
		return append(all, step.Outline{Name: "report", After: []string{all[len(all)-1].Name}})
	case rumbo.FlowBackup:
		return []step.Outline{{Name: "begin", Share: 0.01}, {Name: "objects", After: []string{"begin"}, Share: 0.45}, {Name: "database", After: []string{"objects"}, Share: 0.45},
			{Name: "late objects", After: []string{"database"}, Share: 0.05}, {Name: "publish", After: []string{"late objects"}, Share: 0.02}, {Name: "prune", After: []string{"publish"}, Share: 0.02}}
	}
	return nil
}

// walk works one attempt at a run of a flow.
func (l *Learn) walk(ctx context.Context, flow, id string, do func(ctx context.Context, run *step.Run) error) error {
	return walk(ctx, runner(l.Store, l.Clock), flow, id, do)
}

func (p *Plan) walk(ctx context.Context, flow, id string, do func(ctx context.Context, run *step.Run) error) error {
	return walk(ctx, runner(p.Store, p.Clock), flow, id, do)
}

// runner runs flows under the installation's automations.
func runner(s store.Store, clock func() time.Time) *step.Runner {
	return &step.Runner{Store: s, Clock: clock, Hopeless: hopeless, Ending: ending(s, clock)}
}

func walk(ctx context.Context, r *step.Runner, flow, id string, do func(ctx context.Context, run *step.Run) error) error {
	id, err := adopt(ctx, r, flow, id)
	if err != nil {
		return err
	}
	return r.Work(ctx, id, outlines(flow), do)
}

// walkPlan is walk for a plan, whose steps depend on how large it is.
func (p *Plan) walkPlan(ctx context.Context, id string, do func(ctx context.Context, run *step.Run) error) error {
	r := runner(p.Store, p.Clock)
	id, err := adopt(ctx, r, rumbo.FlowPlan, id)
	if err != nil {
		return err
	}
	run, err := p.Store.Run(ctx, id)
	if err != nil {
		return err
	}
	plan, err := p.Store.Plan(ctx, run.Subject)
	if err != nil {
		return err
	}
	if plan.Summary.Orders > p.large() {
		return r.Work(ctx, id, largeOutline(), do)
	}
	return r.Work(ctx, id, outlines(rumbo.FlowPlan), do)
}

// adopt makes a run for a task of a version that had none for its flow: such a task names
// what it works on.
func adopt(ctx context.Context, r *step.Runner, flow, id string) (runID string, err error) {
	if strings.HasPrefix(id, "run_") {
		return id, nil
	}
	run := runOf(flow, id, r.Clock(), nil)
	err = r.Store.InTx(ctx, func(tx store.Tx) error {
		if _, err := tx.Run(ctx, run.ID); rumbo.CodeOf(err) != rumbo.NotFound {
			return err
		}
		return tx.AddRun(ctx, run)
	})
	return run.ID, err
}

// runOf is the run of a flow on a subject, named after it: a subject has one run, unless it
// is repeated.
func runOf(flow, subject string, at time.Time, parameters any) rumbo.Run {
	run := rumbo.Run{ID: runID(subject), Flow: flow, State: rumbo.RunQueued, Subject: subject, CreatedAt: at}
	if parameters != nil {
		run.Parameters, _ = json.Marshal(parameters) // what was read from JSON can be written so
	}
	return run
}

// runID names the run of a subject by the token in the subject's name. A delivery's comes
// after that of what it tells about.
func runID(subject string) string {
	kind, token, _ := strings.Cut(subject, "_")
	if kind != "dlv" {
		return "run_" + token
	}
	if _, inner, ok := strings.Cut(token, "_"); ok {
		token = inner
	}
	return "run_" + token + "_deliver"
}

// taskOf is the task that works a run.
func taskOf(run rumbo.Run) task.Spec {
	switch run.Flow {
	case rumbo.FlowIngest:
		return task.About(taskOfFlow(run.Flow), run.ID, task.Short, 5)
	case rumbo.FlowPlan, rumbo.FlowRegion:
		return task.About(taskOfFlow(run.Flow), run.ID, task.Long, 3).With(task.Urgent)
	case rumbo.FlowPredict:
		return task.About(taskOfFlow(run.Flow), run.ID, task.Long, 5)
	case rumbo.FlowDeliver:
		return task.About(taskOfFlow(run.Flow), run.ID, task.Short, deliveryAttempts)
	}
	return task.About(taskOfFlow(run.Flow), run.ID, task.Long, 3).With(task.Low)
}

// addRun stores a run with its task.
func addRun(ctx context.Context, tx store.Tx, run rumbo.Run) error {
	if err := tx.AddRun(ctx, run); err != nil {
		return err
	}
	return tx.Enqueue(ctx, taskOf(run))
}

// endRun ends a run that cannot be completed, and what it works on with it.
func endRun(ctx context.Context, learn *Learn, plan *Plan, id, state string, cause error) (rumbo.Run, error) {
	return runner(learn.Store, learn.Clock).End(ctx, id, state, cause, func(tx store.Tx, run rumbo.Run) error {
		switch run.Flow {
		case rumbo.FlowIngest:
			return learn.failBatch(ctx, tx, run.Subject, cause.Error())
		case rumbo.FlowPredict:
			return (&Predictions{Plan: plan, Learn: learn}).failJob(ctx, tx, run, cause)
		case rumbo.FlowPlan:
			return plan.fail(ctx, tx, run.Subject, cause.Error())
		case rumbo.FlowDeliver:
			return plan.failDelivery(ctx, tx, run.Subject)
		}
		return nil
	})
}

// stateOf is how a run ends for which its task was given up.
func stateOf(cause error) string {
	if errors.Is(cause, task.ErrCrashed) {
		return rumbo.RunCrashed
	}
	return rumbo.RunFailed
}

// Runs are what people ask of runs: starting, canceling, repeating.
type Runs struct {
	*Learn
	Plan *Plan
	// Desk tells the worker that a run was canceled; without it (nil) the worker finds out
	// by itself within a second or so.
	Desk task.Desk
}

// StartRun queues a run of one of rumbo.StartableFlows, for somebody who waits for the
// answer: what the run could only fail for is said at once. NoModel; Conflict
// for a backup that nobody knows a place for.
func (r *Runs) StartRun(ctx context.Context, token, flow string, p rumbo.RunParameters) (rumbo.Run, error) {
	if flow == rumbo.FlowRecalibrate {
		if _, err := r.champion(ctx, p.Recalibration()); err != nil {
			return rumbo.Run{}, err
		}
	}
	if flow == rumbo.FlowBackup {
		if err := r.CanBackUp(rumbo.BackupRequest{Verify: p.Verify}); err != nil {
			return rumbo.Run{}, err
		}
	}
	return r.Start(ctx, token, flow, p)
}

// CancelRun ends a run and what it works on, for a reason that may be empty: nothing of it
// becomes visible, unless it was done before. Again it changes nothing. NotFound; Conflict
// for a run that has ended otherwise.
func (r *Runs) CancelRun(ctx context.Context, id, reason string) (rumbo.Run, error) {
	cause := errors.New("the run was canceled")
	if reason != "" {
		cause = errors.New("the run was canceled: " + reason)
	}
	run, err := endRun(ctx, r.Learn, r.Plan, id, rumbo.RunCanceled, cause)
	switch {
	case err != nil:
		return run, err
	case run.State != rumbo.RunCanceled:
		return run, rumbo.Fault(rumbo.Conflict, "flow.CancelRun", "the run has ended: it is "+run.State, nil)
	case r.Desk != nil:
		// That the run has ended is what stops it; its task is told so that it stops at once.
		_, _ = r.Desk.Cancel(ctx, taskOf(run).Kind, run.ID)
	}
	return run, nil
}

// Rerun repeats a run that has ended ("run_" + token), from a step on or, with from empty,
// whole: what the steps before it left is taken over. A plan, or a file of answers, is made
// anew beside the old one; a batch that failed is received again; an event is sent again. NotFound; Invalid for
// a step that the run has not; Conflict for a run that has not ended and for a batch that
// is loaded.
func (r *Runs) Rerun(ctx context.Context, token, id, from string) (rumbo.Run, error) {
	const op = "flow.Rerun"
	old, err := r.Store.Run(ctx, id)
	if err != nil {
		return old, err
	}
	if !old.Ended() {
		return old, rumbo.Fault(rumbo.Conflict, op, "the run has not ended: cancel it first", nil)
	}
	if old.Flow == rumbo.FlowIngest {
		batch, err := r.Store.Batch(ctx, old.Subject)
		if err != nil {
			return old, err
		}
		if batch.State != rumbo.BatchFailed {
			return old, rumbo.Fault(rumbo.Conflict, op, "the batch is "+batch.State+": there is nothing to do again", nil)
		}
	}
	if old.Flow == rumbo.FlowPredict {
		if err := r.copyQueries(ctx, old.Subject, "pred_"+token); err != nil {
			return old, err
		}
	}
	run := rumbo.Run{ID: "run_" + token, Flow: old.Flow, State: rumbo.RunQueued, Subject: old.Subject,
		Parameters: old.Parameters, RerunOf: old.ID, CreatedAt: r.Clock()}
	steps, err := r.takenOver(ctx, old, from)
	if err != nil {
		return run, err
	}
	err = once(ctx, r.Store, func(tx store.Tx) error {
		if err := r.anew(ctx, tx, &run, token); err != nil {
			return err
		}
		if err := addRun(ctx, tx, run); err != nil {
			return err
		}
		return tx.SetSteps(ctx, run.ID, steps...)
	}, func() (err error) { run, err = r.Store.Run(ctx, run.ID); return err })
	return run, err
}

// takenOver are the steps before the one named, with their results, as a repetition of the
// run begins with them.
func (r *Runs) takenOver(ctx context.Context, old rumbo.Run, from string) (out []rumbo.Step, err error) {
	if from == "" {
		return nil, nil
	}
	steps, err := r.Store.Steps(ctx, old.ID)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range steps {
		if names = append(names, s.Name); s.Name == from {
			return out, nil
		}
		if s, err = r.Store.Step(ctx, old.ID, s.Name); err != nil {
			return nil, err
		}
		if old.Flow == rumbo.FlowIngest || ofRegions(s.Name) || s.State != rumbo.StepDone && s.State != rumbo.StepCached || len(s.Result) == 0 {
			continue // nothing was left: it is taken again
		}
		s.State, s.Attempt, s.Crashes, s.StartedAt, s.FinishedAt = rumbo.StepCached, 0, 0, nil, nil
		out = append(out, s)
	}
	return nil, rumbo.InvalidFields("flow.Rerun", []rumbo.FieldError{{Pointer: "/from", Code: rumbo.NotOneOf, Value: from, Limit: strings.Join(names, ", ")}})
}

// anew prepares what a repeated run works on.
func (r *Runs) anew(ctx context.Context, tx store.Tx, run *rumbo.Run, token string) error {
	switch run.Flow {
	case rumbo.FlowIngest:
		batch, err := tx.Batch(ctx, run.Subject) // held: retention does not let its payload go meanwhile
		if err == nil {
			err = hasPayload("flow.Rerun", batch)
		}
		if err != nil {
			return err
		}
		batch.ID, batch.State, batch.ReceivedAt = "batch_"+token, rumbo.BatchReceived, run.CreatedAt
		batch.Counts, batch.FinishedAt, batch.Error = rumbo.BatchCounts{}, nil, ""
		run.Subject = batch.ID
		return tx.AddBatch(ctx, batch)
	case rumbo.FlowPredict:
		run.Subject = "pred_" + token
	case rumbo.FlowPlan:
		old, err := tx.Plan(ctx, run.Subject)
		if err != nil {
			return err
		}
		plan := rumbo.Plan{ID: "plan_" + token, State: rumbo.PlanQueued, Request: old.Request, CreatedAt: run.CreatedAt}
		run.Subject = plan.ID
		return tx.AddPlan(ctx, plan)
	case rumbo.FlowDeliver:
		return tx.SetDeliveryState(ctx, run.Subject, rumbo.DeliveryPending)
	}
	return nil
}
