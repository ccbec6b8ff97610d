package rumbo

import "time"

// What a backup run does with the backup that it made.
const (
	VerifyRead    = "read"    // every part is read again and held against its checksums
	VerifyRestore = "restore" // it is restored into a scratch place, and its models are loaded
)

// BackupRequest are the parameters of a backup run.
type BackupRequest struct {
	Verify string `json:"verify,omitempty" enum:"read,restore" doc:"Look at the new backup: read reads every part again, restore restores it into a scratch place and loads its models; nothing when absent"`
}

// Validate reports every fault of the request.
func (r BackupRequest) Validate(at string) []FieldError {
	switch r.Verify {
	case "", VerifyRead, VerifyRestore:
		return nil
	}
	return []FieldError{{Pointer: at + "/verify", Code: NotOneOf, Value: r.Verify, Limit: VerifyRead + ", " + VerifyRestore}}
}

// Backup is what is known of a backup without reading it; it is the result of a backup run.
type Backup struct {
	ID            string           `json:"id"`
	Build         string           `json:"build" doc:"The Rumbo that made it"`
	TakenAt       time.Time        `json:"taken_at" doc:"The instant that it brings back"`
	FinishedAt    time.Time        `json:"finished_at"`
	Store         string           `json:"store" doc:"sqlite or postgres"`
	Schema        int64            `json:"schema" doc:"Version of the tables"`
	Encrypted     bool             `json:"encrypted"`
	Rows          map[string]int64 `json:"rows" doc:"Rows by table"`
	DatabaseBytes int64            `json:"database_bytes" doc:"Of the database, compressed"`
	Objects       int64            `json:"objects" doc:"Payloads, models and the like"`
	ObjectBytes   int64            `json:"object_bytes"`
	ObjectsCopied int64            `json:"objects_copied" doc:"Those that no earlier backup held"`
	CopiedBytes   int64            `json:"copied_bytes"`
}

// Rehearsal is what a restore into a scratch place showed.
type Rehearsal struct {
	BackupID string           `json:"backup_id"`
	Rows     map[string]int64 `json:"rows" doc:"Rows restored by table, as many as were backed up"`
	Models   int              `json:"models" doc:"Versions of models that were loaded"`
	Seconds  float64          `json:"seconds"`
}
