package rumbo

import (
	"io"
	"time"
)

// MaxQueryMeters is the longest drive that a query may tell of itself.
const MaxQueryMeters = 10_000_000

// Validate reports every fault of the query by itself; whether its zones are known, only
// the zone map can say. Pointers begin with at.
func (q PredictionQuery) Validate(at string) []FieldError {
	out := append(q.From.asked(at+"/from"), q.To.asked(at+"/to")...)
	if q.DepartAt.IsZero() {
		out = append(out, FieldError{Pointer: at + "/depart_at", Code: MissingField})
	}
	if !(q.DistanceM >= 0 && q.DistanceM <= MaxQueryMeters) {
		out = append(out, FieldError{Pointer: at + "/distance_m", Code: OutOfRange, Value: q.DistanceM, Limit: "0 to 10000000"})
	}
	return out
}

// asked is Validate of an end that is asked about: it is known by its zone, its coordinates
// or both, and coordinates are what is missed first.
func (s Spot) asked(at string) []FieldError {
	switch {
	case s.Zone < 0:
		return []FieldError{{Pointer: at + "/zone", Code: OutOfRange, Value: s.Zone, Limit: "1 and above"}}
	case s.Point != nil:
		return s.Point.Validate(at + "/point")
	case s.Zone == 0:
		return []FieldError{{Pointer: at + "/point", Code: MissingField}}
	}
	return nil
}

// QueryFile is a file of queries on its way in: one PredictionQuery a line (NDJSON). Body is
// read as that of a Payload is.
type QueryFile struct {
	CallbackURL string
	Body        io.Reader
	Upload      string // ID of the upload that is the body, or ""
}

// PredictionParameters are what a predict run was asked: the file as it is kept, and whom
// to tell.
type PredictionParameters struct {
	Bytes       int64  `json:"bytes" doc:"Size of the file of queries, decompressed"`
	SHA256      string `json:"sha256" doc:"Checksum of the file of queries"`
	CallbackURL string `json:"callback_url,omitempty" doc:"Where the end is also POSTed, signed"`
}

// PredictionJob is a file of queries being answered. It is in the state of its run.
type PredictionJob struct {
	ID    string `json:"id"`
	RunID string `json:"run_id" doc:"The run that answers it: /v1/runs/{run_id} has its steps, and can cancel or repeat it"`
	State string `json:"state" doc:"queued, running, done, failed, crashed or canceled"`
	PredictionParameters
	PredictionSummary
	Results    string     `json:"results,omitempty" doc:"Path of the answers, when it is done"`
	Error      string     `json:"error,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	StartedAt  *time.Time `json:"started_at,omitempty"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// PredictionSummary is what is known of the answers: as far as they are while they are
// made, then for good.
type PredictionSummary struct {
	Counts PredictionCounts `json:"counts"`
	PredictionModel
	ResultsBytes  int64  `json:"results_bytes,omitempty"`
	ResultsSHA256 string `json:"results_sha256,omitempty" doc:"Checksum of the answers"`
	// Code is why the job failed, where that has a name.
	Code   Code         `json:"code,omitempty" doc:"Stable name of what it failed for"`
	Faults []LineFaults `json:"faults,omitempty" doc:"The first lines at fault"`
}

// PredictionModel says which model answers: fixed when the job begins, so that all its
// lines are answered by the same one, whatever happens in between.
type PredictionModel struct {
	Model      string `json:"model,omitempty"`
	Version    int    `json:"model_version,omitempty"`
	Correction int    `json:"model_correction,omitempty" doc:"Number of the correction in use, see the flow recalibrate"`
}

// PredictionCounts count the lines of a job.
type PredictionCounts struct {
	Queries  int64          `json:"queries" doc:"Lines that were read; empty ones are none"`
	Answered int64          `json:"answered"`
	Faulty   int64          `json:"faulty" doc:"Lines that have faults in place of an answer"`
	ByCode   map[Code]int64 `json:"by_code,omitempty" doc:"Number of faults by their code"`
}

// LineFaults are the faults of one line.
type LineFaults struct {
	Line   int64        `json:"line" doc:"Number of the line in the file, from 1"`
	Faults []FieldError `json:"faults"`
}

// PredictedLine is a line of the answers: a prediction, or the faults of the query.
type PredictedLine struct {
	Line       int64        `json:"line" doc:"Number of the query's line in its file, from 1"`
	Prediction *Prediction  `json:"prediction,omitempty"`
	Faults     []FieldError `json:"faults,omitempty"`
}

// Ended says that the job has come to one of its ends.
func (j PredictionJob) Ended() bool { return Run{State: j.State}.Ended() }
