package rumbo

import (
	"encoding/json"
	"time"
)

// States of a step.
const (
	StepPending  = "pending"  // not begun, or waiting for another try
	StepRunning  = "running"  // under way
	StepDone     = "done"     // its effect has happened, once
	StepCached   = "cached"   // taken over from the run that this one repeats
	StepFailed   = "failed"   // its last try returned an error
	StepCrashed  = "crashed"  // the process died under it
	StepSkipped  = "skipped"  // never begun: the run ended before
	StepCanceled = "canceled" // under way when the run was canceled
)

// StepStates are all of them.
func StepStates() []string {
	return []string{StepPending, StepRunning, StepDone, StepCached, StepFailed, StepCrashed, StepSkipped, StepCanceled}
}

// Step is one step of a run, as a Gantt chart wants it: when, after what, with what end.
type Step struct {
	Name      string   `json:"name"`
	Position  int      `json:"position" doc:"Place in the flow, from 0"`
	DependsOn []string `json:"depends_on,omitempty" doc:"Steps that end before this one begins"`
	State     string   `json:"state"`
	// Attempt is the number of the last try, from 1; Crashes of them ended with the process.
	Attempt    int        `json:"attempt"`
	Crashes    int        `json:"crashes,omitempty" doc:"Tries that ended with the death of the process"`
	StartedAt  *time.Time `json:"started_at,omitempty" doc:"Of the last try"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	RetryAt    *time.Time `json:"retry_at,omitempty" doc:"When the next try begins"`
	RowsIn     int64      `json:"rows_in,omitempty"`
	RowsOut    int64      `json:"rows_out,omitempty"`
	Progress   float64    `json:"progress" doc:"Share done, 0 to 1"`
	Doing      string     `json:"doing,omitempty" doc:"What it is at"`
	// InputHash tells whether a step that is done would be done again with the same input.
	InputHash string `json:"input_hash,omitempty"`
	// Result is absent when it is large (ResultBytes says how large).
	Result      json.RawMessage `json:"result,omitempty"`
	ResultBytes int64           `json:"result_bytes,omitempty" doc:"Size of the result, which is left out when it is large"`
	Error       string          `json:"error,omitempty" doc:"Of the last try that failed"`
	Artifacts   []Artifact      `json:"artifacts,omitempty"`
}

// Ended says that nothing more will happen to the step in its run.
func (s Step) Ended() bool { return s.State != StepPending && s.State != StepRunning }

// Artifact is something that a step leaves for people to look at: one of a small value, a
// text in Markdown, or the key of a blob.
type Artifact struct {
	Name     string          `json:"name"`
	Data     json.RawMessage `json:"data,omitempty"`
	Markdown string          `json:"markdown,omitempty"`
	BlobKey  string          `json:"blob_key,omitempty"`
}

// Levels of a log line.
const (
	LogInfo  = "info"
	LogWarn  = "warn"
	LogError = "error"
)

// LogLine is a line that a run wrote.
type LogLine struct {
	Number int64     `json:"number" doc:"Place in the run's log, from 1"`
	At     time.Time `json:"at"`
	Step   string    `json:"step,omitempty"`
	Level  string    `json:"level"`
	Text   string    `json:"text"`
}

// Ended says that the run has come to one of its ends.
func (r Run) Ended() bool {
	return r.State == RunDone || r.State == RunFailed || r.State == RunCrashed || r.State == RunCanceled
}
