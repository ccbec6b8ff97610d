package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Schedules knows times.
type Schedules interface {
	// Check reports every fault of a schedule and completes it with its next time.
	Check(s *rumbo.Schedule) []rumbo.FieldError
	// Backfill fires the times from from on and before until; those that were fired
	// already are found, not fired again. NotFound, Invalid.
	Backfill(ctx context.Context, name string, from, until time.Time) ([]rumbo.Run, error)
}

func (s *server) scheduleEndpoints() []*endpoint {
	d, tag := s.document, "schedules"
	remove := operation("DELETE", "/v1/schedules/{name}", "delete-schedule", tag, "Delete a schedule").needs(ScopeLearn).
		about("Runs that it started stay.").
		takes(pathParam("name", "Name of the schedule")).fails(http.StatusNotFound).by(s.deleteSchedule)
	remove.Responses["204"] = &huma.Response{Description: "It is gone"}
	return []*endpoint{
		operation("POST", "/v1/schedules", "put-schedule", tag, "Create or replace a schedule").needs(ScopeLearn).
			about("Starts a run of a flow again and again, on the clock of a time zone: a time in the hour that spring skips is left out that day, one in the hour that autumn repeats is fired once. "+
				"Each time is fired once, however many processes work. To pause a schedule, send it again with `paused`. "+
				"A schedule of backups is refused (409) where none could be made.").
			body(d, client.ScheduleRequest{Name: "travel-time", Flow: rumbo.FlowTrain, Parameters: rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{Features: "R"}}, Cron: "0 3 * * 1", TimeZone: "America/Bogota", Missed: rumbo.MissedOnce}).
			answers(d, http.StatusOK, "The schedule with its next time", exampleSchedule()).
			by(s.putSchedule),
		operation("GET", "/v1/schedules", "list-schedules", tag, "List schedules by name").needs(ScopeRead).
			answers(d, http.StatusOK, "All schedules", client.Page[rumbo.Schedule]{Items: []rumbo.Schedule{exampleSchedule()}}).
			by(func(ctx context.Context, _ *request) (*answer, error) {
				list, err := s.Store.Schedules(ctx)
				return pageAnswer(store.Page[rumbo.Schedule]{Items: list}, err)
			}),
		operation("GET", "/v1/schedules/{name}", "read-schedule", tag, "Read a schedule").needs(ScopeRead).
			takes(pathParam("name", "Name of the schedule")).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The schedule with its next and its last time", exampleSchedule()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return oneAnswer(s.Store.Schedule(ctx, r.params["name"]))
			}),
		operation("POST", "/v1/schedules/{name}/backfill", "backfill-schedule", tag, "Fire times of the past").needs(ScopeLearn).
			about("Starts a run for every time of the schedule in the range, a hundred at most. A time that was fired already is answered with the run that it started.").
			takes(pathParam("name", "Name of the schedule")).fails(http.StatusNotFound).
			body(d, client.BackfillRequest{From: at(0, 0).UTC(), Until: at(6, 0).UTC()}).
			answers(d, http.StatusOK, "The runs, by their times", client.Page[rumbo.Run]{Items: []rumbo.Run{exampleRun(rumbo.RunQueued)}}).
			by(s.backfill),
		remove,
	}
}

func exampleSchedule() rumbo.Schedule {
	return rumbo.Schedule{Name: "travel-time", Flow: rumbo.FlowTrain, Parameters: rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{Features: "R"}}, Cron: "0 3 * * 1", TimeZone: "America/Bogota",
		Missed: rumbo.MissedOnce, NextAt: at(3, 0).UTC(), CreatedAt: at(2, 0).UTC()}
}

func (s *server) putSchedule(ctx context.Context, r *request) (*answer, error) {
	var wanted rumbo.Schedule
	_, err := decode(r, func(q client.ScheduleRequest) []rumbo.FieldError {
		wanted = rumbo.Schedule{Name: q.Name, Flow: q.Flow, Parameters: q.Parameters, Cron: q.Cron, TimeZone: q.TimeZone,
			Missed: q.Missed, Paused: q.Paused, CreatedAt: s.Clock().UTC()}
		return s.Schedules.Check(&wanted)
	})
	if err != nil {
		return nil, err
	}
	if wanted.Flow == rumbo.FlowBackup && !wanted.Paused { // nobody is there at night to be told
		if err := s.Backups.CanBackUp(rumbo.BackupRequest{Verify: wanted.Parameters.Verify}); err != nil {
			return nil, err
		}
	}
	note(ctx, "schedule", wanted.Name)
	return oneAnswer(wanted, s.Store.InTx(ctx, func(tx store.Tx) error {
		old, err := tx.Schedule(ctx, wanted.Name)
		if err == nil {
			wanted.CreatedAt, wanted.LastAt, wanted.LastRunID = old.CreatedAt, old.LastAt, old.LastRunID
		} else if rumbo.CodeOf(err) != rumbo.NotFound {
			return err
		}
		return tx.PutSchedule(ctx, wanted)
	}))
}

func (s *server) backfill(ctx context.Context, r *request) (*answer, error) {
	body, err := decode(r, func(q client.BackfillRequest) []rumbo.FieldError {
		if !q.From.Before(q.Until) {
			return []rumbo.FieldError{{Pointer: "/until", Code: rumbo.OutOfRange, Value: q.Until.Format(time.RFC3339), Limit: "after from"}}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	runs, err := s.Schedules.Backfill(ctx, r.params["name"], body.From, body.Until)
	return pageAnswer(store.Page[rumbo.Run]{Items: runs}, err)
}

func (s *server) deleteSchedule(ctx context.Context, r *request) (*answer, error) {
	if err := s.Store.InTx(ctx, func(tx store.Tx) error { return tx.DeleteSchedule(ctx, r.params["name"]) }); err != nil {
		return nil, err
	}
	note(ctx, "deleted", r.params["name"])
	return &answer{status: http.StatusNoContent, header: http.Header{}}, nil
}
