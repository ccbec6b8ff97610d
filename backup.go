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
	TakenAt       time.Time        `json:"taken_at,omitzero" doc:"The instant that it brings back"`
	FinishedAt    time.Time        `json:"finished_at,omitzero"`
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

// States of a backup in its place.
const (
	BackupComplete   = "complete"   // its manifest stands: every part was written
	BackupUnreadable = "unreadable" // its manifest is damaged, or of a newer Rumbo; nothing is pruned beside it
)

// BackupStates are all of them.
func BackupStates() []string { return []string{BackupComplete, BackupUnreadable} }

// BackupInfo is a backup as it lies in its place. Of one that cannot be read, little is known.
type BackupInfo struct {
	Backup
	State    string       `json:"state"`
	Error    string       `json:"error,omitempty" doc:"unreadable: why"`
	Verified *BackupCheck `json:"verified,omitempty" doc:"What the last run that looked at it found; absent when none did, or when that run is gone"`
}

// BackupCheck is what a run of the flow backup with verify found.
type BackupCheck struct {
	How    string    `json:"how" enum:"read,restore"`
	Passed bool      `json:"passed"`
	At     time.Time `json:"at"`
	RunID  string    `json:"run_id"`
	Error  string    `json:"error,omitempty" doc:"What was wrong"`
}
