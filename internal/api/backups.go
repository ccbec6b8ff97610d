package api

import (
	"context"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Backups knows the place that copies of the installation are kept in.
type Backups interface {
	// ListBackups are those published there, the latest begun first. Conflict when the process was
	// told of no place.
	ListBackups(ctx context.Context, after string, limit int) (store.Page[rumbo.BackupInfo], error)
	// CanBackUp says what a run could only fail for: no place, nothing that opens what it is to
	// restore. Conflict.
	CanBackUp(r rumbo.BackupRequest) error
}

func (s *server) backupEndpoints() []*endpoint {
	d := s.document
	return []*endpoint{
		operation("GET", "/v1/backups", "list-backups", "backups", "List backups, newest first").needs(ScopeRead).
			about("What lies in the place that the server was told of (`--backups`), whoever made it; 409 when it was told of none. "+
				"`verified` is what the last run with `verify` found of a backup. `unreadable` ones have a manifest that is damaged or of a newer version: "+
				"they cannot be restored by this one, and nothing is pruned until somebody has looked at them. "+
				"Backups are made by `POST /v1/runs` or a schedule of the flow `backup`, and restored by `rumbo restore`.").
			takes(pageParams()...).fails(http.StatusConflict).
			answers(d, http.StatusOK, "A page of backups", client.Page[rumbo.BackupInfo]{Items: []rumbo.BackupInfo{exampleBackup()}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return pageAnswer(s.Backups.ListBackups(ctx, r.params["after"], r.params.number("limit")))
			}),
	}
}

func exampleBackup() rumbo.BackupInfo {
	return rumbo.BackupInfo{State: rumbo.BackupComplete,
		Backup: rumbo.Backup{ID: "bkp_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", Build: "1.0.0", TakenAt: at(3, 0).UTC(), FinishedAt: at(3, 1).UTC(), Store: "postgres", Schema: 12, Encrypted: true,
			Rows: map[string]int64{"trip": 500000, "plan": 31}, DatabaseBytes: 23000000, Objects: 412, ObjectBytes: 603000000, ObjectsCopied: 3, CopiedBytes: 1200000},
		Verified: &rumbo.BackupCheck{How: rumbo.VerifyRestore, Passed: true, At: at(3, 2).UTC(), RunID: "run_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM"}}
}
