package rumbo

// RetentionDocument says how long an installation keeps what it no longer needs. 0 days are
// for ever. What is asked for by name (records as they are now, plans, models, batches and
// their counts) stays whatever it says.
type RetentionDocument struct {
	SupersededVersions bool `json:"superseded_versions" doc:"Remove versions of records that a later batch replaced, and what failed batches had loaded: nobody sees them"`
	PayloadDays        int  `json:"payload_days" minimum:"0" maximum:"3650" doc:"Days that payloads of loaded and failed batches are kept; those with rows left in quarantine stay"`
	QuarantineDays     int  `json:"quarantine_days" minimum:"0" maximum:"3650" doc:"Days that rows stay in quarantine after their batch ended, or after they were mended"`
	RunDays            int  `json:"run_days" minimum:"0" maximum:"3650" doc:"Days that ended runs are kept, with their steps and logs; 7 at least"`
	DeliveryDays       int  `json:"delivery_days" minimum:"0" maximum:"3650" doc:"Days that delivered events are kept; 7 at least"`
}

// DefaultRetention holds until another document is put: what nobody can see goes, the rest
// stays as long as anybody is likely to ask for it.
func DefaultRetention() RetentionDocument {
	return RetentionDocument{SupersededVersions: true, PayloadDays: 365, QuarantineDays: 180, RunDays: 90, DeliveryDays: 90}
}

// leastRunDays outlives the answers that are kept for repeated requests, which name runs and
// deliveries, and the days in which an event is tried again.
const leastRunDays = 7

// Validate reports every fault of the document.
func (d RetentionDocument) Validate() []FieldError {
	out := inRange("/payload_days", int64(d.PayloadDays), 0, 3650)
	out = append(out, inRange("/quarantine_days", int64(d.QuarantineDays), 0, 3650)...)
	for _, f := range []struct {
		at   string
		days int
	}{{"/run_days", d.RunDays}, {"/delivery_days", d.DeliveryDays}} {
		if f.days != 0 && (f.days < leastRunDays || f.days > 3650) {
			out = append(out, FieldError{Pointer: f.at, Code: OutOfRange, Value: f.days, Limit: "0, 7 to 3650"})
		}
	}
	return out
}

// RetentionRequest are the parameters of a retention run.
type RetentionRequest struct {
	DryRun bool `json:"dry_run,omitempty" doc:"Only count what would be removed"`
}

// What a retention run counts.
const (
	RetainedVersions   = "versions"
	RetainedQuarantine = "quarantine"
	RetainedRuns       = "runs"
	RetainedDeliveries = "deliveries"
	RetainedPayloads   = "payloads"
	RetainedOrphans    = "orphans" // payloads without batch, a day old
)

// RetentionResult is the result of a retention run.
type RetentionResult struct {
	DryRun bool             `json:"dry_run" doc:"It only counted"`
	Counts map[string]int64 `json:"counts" doc:"What was removed, or would be, by kind: versions, quarantine, runs, deliveries, payloads, orphans"`
}
