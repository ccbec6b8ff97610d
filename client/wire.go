package client

import (
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// Problem is the answer to a request that could not be served: RFC 9457 with
// our code, the request's ID and every faulty field.
type Problem struct {
	Type      string             `json:"type" doc:"Where the code is explained, relative to this server"`
	Title     string             `json:"title" doc:"The code in the caller's language"`
	Status    int                `json:"status"`
	Code      rumbo.Code         `json:"code" doc:"Stable name of the fault; programs may switch on it"`
	Detail    string             `json:"detail,omitempty" doc:"More about this occurrence, in English"`
	Hint      string             `json:"hint,omitempty" doc:"What can be done about it, in English"`
	Instance  string             `json:"instance,omitempty" doc:"Path of the request"`
	RequestID string             `json:"request_id,omitempty" doc:"Name of the request in our logs"`
	Errors    []rumbo.FieldError `json:"errors,omitempty" doc:"Every fault of the request"`
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Send it as after to get the next page; absent at the end"`
}

// RunRequest is the body of POST /v1/runs.
type RunRequest struct {
	Flow       string              `json:"flow" doc:"What to run"`
	Parameters rumbo.RunParameters `json:"parameters,omitzero" doc:"Defaults when absent"`
}

// RunDetail is a run with its steps, by position: what a Gantt chart shows.
type RunDetail struct {
	rumbo.Run
	Steps []rumbo.Step `json:"steps"`
}

// CancelRequest is the body of POST /v1/runs/{id}/cancel; it may be left out.
type CancelRequest struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Kept with the run"`
}

// RerunRequest is the body of POST /v1/runs/{id}/rerun; it may be left out.
type RerunRequest struct {
	From string `json:"from,omitempty" maxLength:"100" doc:"Step to begin with; what the steps before it left is taken over. Everything is done again when absent"`
}

// FlowInfo is a flow: what runs are runs of.
type FlowInfo struct {
	Name       string           `json:"name"`
	About      string           `json:"about"`
	StartedBy  string           `json:"started_by" doc:"The request that starts a run of it"`
	Parameters map[string]any   `json:"parameters" doc:"JSON Schema of what a run can be told; empty when it takes nothing"`
	Runs       map[string]int64 `json:"runs" doc:"Number of runs by state"`
	LastRuns   []rumbo.Run      `json:"last_runs" doc:"Newest first, five at most"`
}

// RollbackRequest is the body of POST /v1/models/{name}/rollback. The version
// is named, not "the one before", so that a repetition changes nothing.
type RollbackRequest struct {
	Version int `json:"version" minimum:"1" doc:"The version that becomes champion"`
}

// PingRequest is the body of POST /v1/webhooks/test.
type PingRequest struct {
	URL string `json:"url" doc:"Where the test event is POSTed, signed"`
}

// Health is the answer of /healthz and /readyz.
type Health struct {
	Status string `json:"status" enum:"ok"`
	Build  string `json:"build"`
}

// PlanProgress is the data of one event of GET /v1/plans/{id}/progress.
type PlanProgress struct {
	ID      string            `json:"id"`
	State   string            `json:"state"`
	Summary rumbo.PlanSummary `json:"summary,omitzero"`
	Error   string            `json:"error,omitempty"`
}

// KeyRequest is the body of POST /v1/keys.
type KeyRequest struct {
	Name   string   `json:"name" minLength:"1" maxLength:"100" doc:"Who will use the key"`
	Scopes []string `json:"scopes" minItems:"1" doc:"What it may do: read, ingest, plan, learn, keys, or all"`
}

// KeyInfo is an API key as it may be shown.
type KeyInfo struct {
	Prefix    string    `json:"prefix" doc:"The key's beginning, which names it"`
	Name      string    `json:"name"`
	Scopes    []string  `json:"scopes"`
	CreatedAt time.Time `json:"created_at"`
}

// NewKey is the answer of POST /v1/keys.
type NewKey struct {
	Key string `json:"key,omitempty" doc:"The key itself, shown this once: absent when the answer is a repetition"`
	KeyInfo
}

// Limits is the answer of GET /v1/limits.
type Limits struct {
	JSONBytes          int64      `json:"json_bytes" doc:"Largest body of every endpoint but ingestion, unpacked"`
	PayloadBytes       int64      `json:"payload_bytes" doc:"Largest payload of one ingestion, unpacked"`
	PredictionQueries  int        `json:"prediction_queries" doc:"Most queries of one request for predictions"`
	PlanIDs            int        `json:"plan_ids" doc:"Most order_ids, and most vehicle_ids, of one request for a plan"`
	PlanTimeLimitS     int        `json:"plan_time_limit_s" doc:"Longest search, seconds"`
	WaitS              int        `json:"wait_s" doc:"Longest Prefer: wait, seconds"`
	PageItems          int        `json:"page_items" doc:"Most items of one page"`
	IdempotencyDays    int        `json:"idempotency_days" doc:"How long the answer to an Idempotency-Key is kept"`
	WebhookAttempts    int        `json:"webhook_attempts" doc:"How often a webhook is tried"`
	RequestsEachMinute RateLimits `json:"requests_each_minute" doc:"For one API key; 0 is no bound"`
}

// RateLimits bound the requests of one API key, by kind.
type RateLimits struct {
	Ingest int `json:"ingest" doc:"POST /v1/ingestions and /v1/events"`
	Work   int `json:"work" doc:"Other POSTs"`
	Read   int `json:"read" doc:"GETs"`
}
