package rumbo

import (
	"encoding/json"
	"time"
)

// Flows: what runs are runs of.
const (
	FlowIngest      = "ingest"      // a batch: clean, load, show
	FlowTrack       = "track"       // batches of events: drives found, sent on as trips
	FlowTrain       = "train"       // a model: fit, evaluate, promote
	FlowRecalibrate = "recalibrate" // the champion's correction: fit to the latest trips, keep
	FlowPredict     = "predict"     // a file of queries: check, answer, tell
	FlowPlan        = "plan"        // a day: predict, search, publish
	FlowRegion      = "region"      // a part of a large day's plan, in one round of it: predict, search
	FlowDeliver     = "deliver"     // an event: post until it is taken
	FlowRetention   = "retention"   // what nobody needs any more: removed, a kind a step
	FlowBackup      = "backup"      // a copy in another place: objects, the database, what came meanwhile
)

// Flows are all of them, in walking order.
func Flows() []string {
	return []string{FlowIngest, FlowTrack, FlowTrain, FlowRecalibrate, FlowPredict, FlowPlan, FlowRegion, FlowDeliver, FlowRetention, FlowBackup}
}

// States of a run; the last four are its ends.
const (
	RunQueued   = "queued"
	RunRunning  = "running"
	RunDone     = "done"
	RunFailed   = "failed"   // a step returned an error that another try would not mend
	RunCrashed  = "crashed"  // the process died under it too often
	RunCanceled = "canceled" // somebody asked for its end
)

// RunStates are all of them.
func RunStates() []string {
	return []string{RunQueued, RunRunning, RunDone, RunFailed, RunCrashed, RunCanceled}
}

// Run is one execution of a flow that may be watched.
type Run struct {
	ID    string `json:"id"`
	Flow  string `json:"flow"`
	State string `json:"state"`
	// Subject is the ID of what the run works on: a batch, a prediction job, a plan, a delivery.
	Subject    string          `json:"subject,omitempty" doc:"ID of the batch, prediction job, plan or delivery that it works on"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
	Result     json.RawMessage `json:"result,omitempty"`
	Error      string          `json:"error,omitempty"`
	// Attempt counts how often work on it was begun, crashes included.
	Attempt int `json:"attempt,omitempty" doc:"How often work on it was begun"`
	// Progress is the share done, 0 to 1, with the step under way.
	Progress   float64    `json:"progress"`
	Step       string     `json:"step,omitempty"`
	Schedule   string     `json:"schedule,omitempty" doc:"The schedule that started it"`
	DueAt      *time.Time `json:"due_at,omitempty" doc:"The schedule's time that it is the run of; absent for a backfill"`
	RerunOf    string     `json:"rerun_of,omitempty" doc:"The run that this one repeats"`
	CreatedAt  time.Time  `json:"created_at"`
	StartedAt  *time.Time `json:"started_at,omitempty"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// TrainRequest are the parameters of a train run; zero values take defaults.
type TrainRequest struct {
	// Features is the feature set, R (the product's) or B (comparison).
	Features string `json:"features,omitempty" enum:"R,B" doc:"R, the default, or B"`
	// TestShare is the latest share of the trips, by pickup time, held out.
	TestShare float64 `json:"test_share,omitempty" minimum:"0" maximum:"0.5" doc:"0.2 when absent"`
	Trees     int     `json:"trees,omitempty" minimum:"0" maximum:"5000"`
	Leaves    int     `json:"leaves,omitempty" minimum:"0" maximum:"1024"`
	Seed      int64   `json:"seed,omitempty"`
}

// Validate reports every fault of the request.
func (r TrainRequest) Validate(at string) []FieldError {
	var out []FieldError
	if r.Features != "" && r.Features != "R" && r.Features != "B" {
		out = append(out, FieldError{Pointer: at + "/features", Code: NotOneOf, Value: r.Features, Limit: "R, B"})
	}
	if !(r.TestShare >= 0 && r.TestShare <= 0.5) {
		out = append(out, FieldError{Pointer: at + "/test_share", Code: OutOfRange, Value: r.TestShare, Limit: "0 to 0.5"})
	}
	out = append(out, inRange(at+"/trees", int64(r.Trees), 0, 5000)...)
	return append(out, inRange(at+"/leaves", int64(r.Leaves), 0, 1024)...)
}

// ModelOf is the name of the model that a feature set is registered under: only R, the
// default, is used for predictions and plans.
func ModelOf(features string) string {
	if features == "B" {
		return TravelTimeMetered
	}
	return TravelTime
}
