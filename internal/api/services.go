package api

import (
	"context"
	"io"

	"github.com/logistica-inteligente/rumbo"
)

// This file is what the API asks of the rest of the platform beside the store,
// which it reads directly: internal/flow gives the verbs, the registry the
// models. One value may implement all of them.
//
// A token is 26 characters, sortable by time, that stands for one effect: the
// API makes one for every POST and keeps it with the Idempotency-Key, so that
// a retry, even after a crash between the effect and its answer, comes with
// the same token. A service that makes something names it by the token
// ("plan_" + token) and, when that thing exists already, returns it unchanged.
//
// Every method returns *rumbo.Error for a fault of the caller or of the
// state; anything else is answered as an internal fault and logged.

// Ingestions takes raw payloads in.
type Ingestions interface {
	// Receive keeps the payload, makes its batch and queues the cleaning, all
	// or nothing. When the same bytes of the same kind were received before,
	// it returns that first batch with Repeated set.
	Receive(ctx context.Context, token string, p rumbo.Payload) (rumbo.Batch, error)
	// Upload makes a place ("upl_" + token) where a payload can be put past the API,
	// for Payload.Upload. Conflict where there can be none, TooLarge.
	Upload(ctx context.Context, token string, r rumbo.UploadRequest) (rumbo.Upload, error)
}

// Runs starts flows that take long.
type Runs interface {
	// StartRun queues a run of one of rumbo.StartableFlows ("run_" + token). NoModel when
	// there is no champion for it to work on.
	StartRun(ctx context.Context, token, flow string, p rumbo.RunParameters) (rumbo.Run, error)
	// CancelRun ends a run and what it works on; again changes nothing.
	CancelRun(ctx context.Context, id, reason string) (rumbo.Run, error)
	// Rerun repeats a run that has ended ("run_" + token), from a step on or,
	// with from empty, whole.
	Rerun(ctx context.Context, token, id, from string) (rumbo.Run, error)
}

// Plans takes orders for plans.
type Plans interface {
	// SubmitPlan checks the request against what is stored (unknown orders,
	// vehicles, a day without orders) and queues the plan ("plan_" + token).
	SubmitPlan(ctx context.Context, token string, r rumbo.PlanRequest) (rumbo.Plan, error)
}

// Predictions answers how long drives take.
type Predictions interface {
	// Predict answers at once ("pred_" + token). When CallbackURL is set it
	// also queues the signed event with the same content.
	Predict(ctx context.Context, token string, r rumbo.PredictionRequest) (rumbo.PredictionSet, error)
	// SubmitQueries keeps a file of queries and queues the run that answers it ("pred_" +
	// token). NoModel.
	SubmitQueries(ctx context.Context, token string, q rumbo.QueryFile) (rumbo.PredictionJob, error)
	// Job reads such a job. NotFound.
	Job(ctx context.Context, id string) (rumbo.PredictionJob, error)
	// Results opens the answers of a job, for the caller to close. NotFound when there are
	// none, Conflict when there are none yet.
	Results(ctx context.Context, id string) (rumbo.PredictionJob, io.ReadSeekCloser, error)
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
