package flow

import (
	"context"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Kinds of task.
const (
	taskClean       = "clean"
	taskTrack       = "track"
	taskTrain       = "train"
	taskRecalibrate = "recalibrate"
	taskSolve       = "solve"
	taskRegion      = "region"
	taskDeliver     = "deliver"
	taskRetain      = "retain"
	taskPredict     = "predict"
	taskBackup      = "backup"
)

// flowOfTask names the flow whose runs a kind of task works.
func flowOfTask() map[string]string {
	return map[string]string{taskClean: rumbo.FlowIngest, taskTrack: rumbo.FlowTrack, taskTrain: rumbo.FlowTrain, taskRecalibrate: rumbo.FlowRecalibrate,
		taskSolve: rumbo.FlowPlan, taskRegion: rumbo.FlowRegion, taskDeliver: rumbo.FlowDeliver, taskRetain: rumbo.FlowRetention, taskPredict: rumbo.FlowPredict, taskBackup: rumbo.FlowBackup}
}

// taskOfFlow is the kind of task that works a flow's runs.
func taskOfFlow(flow string) string {
	for kind, f := range flowOfTask() {
		if f == flow {
			return kind
		}
	}
	return ""
}

// Handlers are the background halves of the two walks, by kind of task.
func Handlers(learn *Learn, plan *Plan) map[string]task.Handler {
	return map[string]task.Handler{
		taskClean:       task.OnSubject(hopeless, learn.Clean),
		taskTrack:       task.OnSubject(hopeless, learn.Track),
		taskTrain:       task.OnSubject(hopeless, learn.Train),
		taskRecalibrate: task.OnSubject(hopeless, learn.Recalibrate),
		taskSolve:       task.OnSubject(hopeless, plan.Solve),
		taskRegion:      task.OnSubject(hopeless, plan.SolveRegion),
		taskDeliver:     task.OnSubject(hopeless, plan.Deliver),
		taskRetain:      task.OnSubject(hopeless, learn.Retain),
		taskBackup:      task.OnSubject(hopeless, learn.Backup),
		taskPredict:     task.OnSubject(hopeless, (&Predictions{Plan: plan, Learn: learn}).AnswerQueries),
	}
}

// GaveUp tells whoever waits for a task that it is dead.
func GaveUp(learn *Learn, plan *Plan) task.GaveUp {
	return func(ctx context.Context, a task.Attempt, cause error) error {
		id, err := a.Subject()
		if err != nil {
			return nil // not ours: nobody waits for it
		}
		flow, ours := flowOfTask()[a.Kind]
		if !ours {
			return nil
		}
		if id, err = adopt(ctx, &step.Runner{Store: learn.Store, Clock: learn.Clock}, flow, id); err != nil {
			return err
		}
		_, err = endRun(ctx, learn, plan, id, stateOf(cause), cause)
		if rumbo.CodeOf(err) == rumbo.NotFound {
			return nil // the run had ended so long ago that it is gone
		}
		return err
	}
}

// hopeless faults would be met again by another try.
func hopeless(err error) bool {
	switch rumbo.CodeOf(err) {
	case rumbo.Invalid, rumbo.NotFound, rumbo.NoData, rumbo.NoRoads, rumbo.NoModel, rumbo.Corrupt:
		return true
	}
	return false
}

// once stores something new and its task in one transaction. When a thing of that name
// exists already, nothing is stored and the one that exists is read instead.
func once(ctx context.Context, s store.Store, add func(tx store.Tx) error, read func() error, specs ...task.Spec) error {
	err := s.InTx(ctx, func(tx store.Tx) error {
		if err := add(tx); err != nil {
			return err
		}
		for _, spec := range specs {
			if err := tx.Enqueue(ctx, spec); err != nil {
				return err
			}
		}
		return nil
	})
	if rumbo.CodeOf(err) == rumbo.Conflict {
		if found := read(); rumbo.CodeOf(found) != rumbo.NotFound { // otherwise it contradicts something else
			return found
		}
	}
	return err
}
