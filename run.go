package rumbo

import (
	"encoding/json"
	"time"
)

// Flows that can be asked for as runs.
const FlowTrain = "train"

// States of a run.
const (
	RunQueued  = "queued"
	RunRunning = "running"
	RunDone    = "done"
	RunFailed  = "failed"
)

// Run is one execution of a flow that somebody asked for and may watch.
type Run struct {
	ID         string          `json:"id"`
	Flow       string          `json:"flow"`
	State      string          `json:"state"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
	Result     json.RawMessage `json:"result,omitempty"`
	Error      string          `json:"error,omitempty"`
	// Progress is the share done, 0 to 1, with the step under way.
	Progress   float64    `json:"progress"`
	Step       string     `json:"step,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
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
