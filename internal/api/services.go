package api

import (
	"context"
	"io"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
)

// This file is the whole of what the API asks of the rest of the platform.
// internal/flow gives the verbs, the store gives the readers, the registry
// gives the models; api composes none of them.
//
// A token is 26 characters, sortable by time, that stands for one effect: the
// API makes one for every POST and keeps it with the Idempotency-Key, so that
// a retry, even after a crash between the effect and its answer, comes with
// the same token. A service that makes something names it by the token
// ("plan_" + token) and, when that thing exists already, returns it unchanged.
//
// Every method returns *rumbo.Error for a fault of the caller or of the
// state; anything else is answered as an internal fault and logged.

// Payload is one raw body on its way in. Body is read once, as it arrives,
// with any gzip already undone; its read error is a *rumbo.Error (too_large,
// truncated_payload) that Receive must wrap or return, keeping nothing.
type Payload struct {
	Kind     string // rumbo.KindTrips, ...
	Format   string // "csv" or "json"
	Schema   string // "tlc_yellow", "rumbo" or "" to tell by the columns
	TimeZone string // IANA name for local times without offset, or ""
	Month    string // "YYYY-MM" that the trips should lie in, or ""
	Body     io.Reader
}

// Ingestions takes raw payloads in.
type Ingestions interface {
	// Receive keeps the payload, makes its batch and queues the cleaning, all
	// or nothing. When the same bytes of the same kind were received before,
	// it returns that first batch with Repeated set.
	Receive(ctx context.Context, token string, p Payload) (rumbo.Batch, error)
}

// Runs starts flows that take long.
type Runs interface {
	// StartTraining queues a train run ("run_" + token).
	StartTraining(ctx context.Context, token string, r rumbo.TrainRequest) (rumbo.Run, error)
}

// Plans takes orders for plans.
type Plans interface {
	// SubmitPlan checks the request against what is stored (unknown orders,
	// vehicles, a day without orders) and queues the plan ("plan_" + token).
	SubmitPlan(ctx context.Context, token string, r rumbo.PlanRequest) (rumbo.Plan, error)
}

// PredictionRequest is the body of POST /v1/predictions.
type PredictionRequest struct {
	Queries     []rumbo.PredictionQuery `json:"queries" minItems:"1" maxItems:"10000" doc:"The drives to predict"`
	CallbackURL string                  `json:"callback_url,omitempty" doc:"Where the answer is also POSTed, signed"`
}

// Predictions answers how long drives take.
type Predictions interface {
	// Predict answers at once ("pred_" + token). When CallbackURL is set it
	// also queues the signed event with the same content.
	Predict(ctx context.Context, token string, r PredictionRequest) (rumbo.PredictionSet, error)
}

// Models reads the registry and moves its champion.
type Models interface {
	// Models is the newest version of every model by name.
	Models(ctx context.Context) ([]rumbo.ModelVersion, error)
	// Versions are all versions of one model, newest first.
	Versions(ctx context.Context, name string) ([]rumbo.ModelVersion, error)
	Version(ctx context.Context, name string, version int) (rumbo.ModelVersion, error)
	// Rollback makes the given earlier version champion; again changes nothing.
	Rollback(ctx context.Context, name string, version int) (rumbo.ModelVersion, error)
}

// Pings sends a test event.
type Pings interface {
	// Ping queues a webhook.ping to the address ("dlv_" + token).
	Ping(ctx context.Context, token, url string) (rumbo.Delivery, error)
}

// Reader reads what is stored. Lists come oldest or newest first as their
// table keeps them, at most limit rows after the cursor; next is "" at the end.
// An unknown ID is rumbo.NotFound.
type Reader interface {
	Batch(ctx context.Context, id string) (rumbo.Batch, error)
	Batches(ctx context.Context, after string, limit int) (list []rumbo.Batch, next string, err error)
	Quarantine(ctx context.Context, batchID, after string, limit int) (list []rumbo.Quarantine, next string, err error)
	Order(ctx context.Context, id string) (rumbo.Order, error)
	Orders(ctx context.Context, day, after string, limit int) (list []rumbo.Order, next string, err error)
	Vehicles(ctx context.Context, after string, limit int) (list []rumbo.Vehicle, next string, err error)
	Depots(ctx context.Context, after string, limit int) (list []rumbo.Depot, next string, err error)
	Trips(ctx context.Context, after string, limit int) (list []rumbo.Trip, next string, err error)
	Run(ctx context.Context, id string) (rumbo.Run, error)
	Runs(ctx context.Context, after string, limit int) (list []rumbo.Run, next string, err error)
	Plan(ctx context.Context, id string) (rumbo.Plan, error)
	Plans(ctx context.Context, after string, limit int) (list []rumbo.Plan, next string, err error)
	Prediction(ctx context.Context, id string) (rumbo.PredictionSet, error)
	Delivery(ctx context.Context, id string) (rumbo.Delivery, error)
	Deliveries(ctx context.Context, subject, after string, limit int) (list []rumbo.Delivery, next string, err error)
	// Ping says whether the store answers.
	Ping(ctx context.Context) error
}

// Key is one API key at rest: everything but the key.
type Key struct {
	Prefix    string // the part that is shown in lists and found in logs
	Name      string
	SHA256    string // hexadecimal, of the whole key
	Scopes    []string
	CreatedAt time.Time
	RevokedAt *time.Time
}

// Keys finds API keys by their prefix.
type Keys interface {
	// Key is rumbo.NotFound for an unknown prefix.
	Key(ctx context.Context, prefix string) (Key, error)
}

// Claim is what is kept about one Idempotency-Key.
type Claim struct {
	Key       string // hash of the API key's prefix and the client's key
	Request   string // hash of method, path, query and body
	Token     string // the token of the effect; the same for every try
	Holder    string // the process that is serving it; "" when nobody is
	CreatedAt time.Time
	// Answer of the finished request; Status is 0 until then.
	Status  int
	Headers []byte // JSON object
	Body    []byte
}

// Claims keeps what was answered to POSTs, for their retries.
type Claims interface {
	// Claim inserts c when its Key is unknown and returns it with won=true;
	// otherwise it returns what is stored with won=false.
	Claim(ctx context.Context, c Claim) (stored Claim, won bool, err error)
	// Take makes holder the one who serves an unfinished claim, if its holder
	// is still the expected one (compare and swap).
	Take(ctx context.Context, key, expected, holder string) (won bool, err error)
	// Finish stores the answer; Release forgets an unfinished claim whose
	// request had no effect.
	Finish(ctx context.Context, c Claim) error
	Release(ctx context.Context, key string) error
}
