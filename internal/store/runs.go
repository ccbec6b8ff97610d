package store

import (
	"context"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// MaxRunLog is the number of log lines that are kept of a run; older ones give way.
const MaxRunLog = 2000

// RunQuery selects runs; empty fields select all.
type RunQuery struct {
	Flow        string
	State       string
	Subject     string
	From, Until time.Time // of creation: From included, Until excluded
}

// RunReader reads runs, their steps and their logs.
type RunReader interface {
	// Run reads one run. NotFound.
	Run(ctx context.Context, id string) (rumbo.Run, error)
	// Runs lists by ID, newest first.
	Runs(ctx context.Context, q RunQuery, after string, limit int) (Page[rumbo.Run], error)
	// CountRuns counts runs by flow and state. O(runs), on an index.
	CountRuns(ctx context.Context) (map[string]map[string]int64, error)
	// Steps reads the steps of a run by position, without results that are
	// large. Empty when there is no such run.
	Steps(ctx context.Context, runID string) ([]rumbo.Step, error)
	// Step reads one step with its result, however large. NotFound.
	Step(ctx context.Context, runID, name string) (rumbo.Step, error)
	// RunLog lists lines in the order written; step "" is all. Invalid for a
	// cursor that is none; empty when there is no such run.
	RunLog(ctx context.Context, runID, step, after string, limit int) (Page[rumbo.LogLine], error)
}

// RunWriter writes runs.
type RunWriter interface {
	// AddRun adds a run. Conflict when the ID exists.
	AddRun(ctx context.Context, r rumbo.Run) error
	// SetRun replaces a run. NotFound.
	SetRun(ctx context.Context, r rumbo.Run) error
	// SetSteps adds steps to a run or replaces those of the same name. NotFound
	// for a run that is none.
	SetSteps(ctx context.Context, runID string, steps ...rumbo.Step) error
	// DropResults removes the results of a run's steps that are large.
	DropResults(ctx context.Context, runID string) error
	// AddFiring notes that an automation fires on a run, which need not be there yet, and says
	// whether it is the first time: of any number of callers, one hears so. It goes with its run.
	AddFiring(ctx context.Context, runID, rule string, at time.Time) (first bool, err error)
	// AddRunLog appends lines under the next numbers (LogLine.Number is
	// ignored) and lets the oldest go beyond MaxRunLog. NotFound.
	AddRunLog(ctx context.Context, runID string, lines ...rumbo.LogLine) error
}
