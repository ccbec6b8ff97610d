package client

import (
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// ScheduleRequest is the body of POST /v1/schedules.
type ScheduleRequest struct {
	Name       string              `json:"name" minLength:"1" maxLength:"200" doc:"Names the schedule; the one of this name is replaced"`
	Flow       string              `json:"flow" doc:"What to run"`
	Parameters rumbo.RunParameters `json:"parameters,omitempty"`
	Cron       string              `json:"cron" doc:"Minute, hour, day of month, month, day of week, such as 0 3 * * 1; or @hourly, @daily, @weekly, @monthly"`
	TimeZone   string              `json:"time_zone,omitempty" doc:"IANA name of the clock that cron is read by; UTC when absent"`
	Missed     string              `json:"missed,omitempty" enum:"once,skip,all" doc:"What becomes of times that passed while nothing was running: one run for all of them (once, the default), none (skip), or one for each of the latest hundred (all)"`
	Paused     bool                `json:"paused,omitempty" doc:"No time is fired; times that pass are missed"`
}

// BackfillRequest is the body of POST /v1/schedules/{name}/backfill.
type BackfillRequest struct {
	From  time.Time `json:"from" doc:"The first time that may be fired"`
	Until time.Time `json:"until" doc:"Times are before this one, which is not in the future"`
}
