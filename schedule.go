package rumbo

import "time"

// What becomes of times that passed while no process was there to fire them.
const (
	MissedOnce = "once" // one run for all of them; the default
	MissedSkip = "skip" // none
	MissedAll  = "all"  // a run for each, of the latest hundred
)

// Schedule starts a run of a flow again and again.
type Schedule struct {
	Name       string        `json:"name"`
	Flow       string        `json:"flow"`
	Parameters RunParameters `json:"parameters"`
	Cron       string        `json:"cron" doc:"Minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly, @monthly"`
	TimeZone   string        `json:"time_zone" doc:"IANA name; the clock that cron is read by"`
	Missed     string        `json:"missed" enum:"once,skip,all" doc:"What becomes of times that passed while nothing was running"`
	Paused     bool          `json:"paused"`
	NextAt     time.Time     `json:"next_at"`
	LastAt     *time.Time    `json:"last_at,omitempty" doc:"The time that was fired last"`
	LastRunID  string        `json:"last_run_id,omitempty"`
	CreatedAt  time.Time     `json:"created_at"`
}
