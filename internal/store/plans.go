package store

import (
	"context"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// PlanQuery selects plans; empty fields select all.
type PlanQuery struct {
	Day   string
	State string
}

// PlanReader reads plans and predictions.
type PlanReader interface {
	// Plan reads one plan, whole. NotFound.
	Plan(ctx context.Context, id string) (rumbo.Plan, error)
	// Plans lists by ID, newest first, without Routes and Unassigned.
	Plans(ctx context.Context, q PlanQuery, after string, limit int) (Page[rumbo.Plan], error)
	// Predictions reads one answered set. NotFound.
	Predictions(ctx context.Context, id string) (rumbo.PredictionSet, error)
}

// PlanWriter writes plans and predictions.
type PlanWriter interface {
	// AddPlan adds a plan. Conflict when the ID exists.
	AddPlan(ctx context.Context, p rumbo.Plan) error
	// SetPlan replaces a plan. NotFound.
	SetPlan(ctx context.Context, p rumbo.Plan) error
	// AddPredictions adds an answered set. Conflict when the ID exists.
	AddPredictions(ctx context.Context, s rumbo.PredictionSet, at time.Time) error
}
