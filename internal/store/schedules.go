package store

import (
	"context"

	"github.com/logistica-inteligente/rumbo"
)

// ScheduleReader reads schedules.
type ScheduleReader interface {
	// Schedule reads one by its name. NotFound.
	Schedule(ctx context.Context, name string) (rumbo.Schedule, error)
	// Schedules reads all, by name.
	Schedules(ctx context.Context) ([]rumbo.Schedule, error)
}

// ScheduleWriter writes schedules.
type ScheduleWriter interface {
	// PutSchedule adds or replaces the schedule of its name.
	PutSchedule(ctx context.Context, s rumbo.Schedule) error
	// DeleteSchedule removes a schedule. NotFound.
	DeleteSchedule(ctx context.Context, name string) error
}
