package flow

import (
	"context"
	"encoding/json"
	"strings"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// ListBackups are the published backups, the latest begun first, whoever made them: the place is
// read, not what this installation remembers of it. Conflict where no place is known.
func (l *Learn) ListBackups(ctx context.Context, after string, limit int) (page store.Page[rumbo.BackupInfo], err error) {
	if err := l.CanBackUp(rumbo.BackupRequest{}); err != nil {
		return page, err
	}
	ids, err := l.Backups.IDs(ctx)
	if err != nil {
		return page, err
	}
	for _, id := range ids {
		if after != "" && id >= after {
			continue
		}
		if len(page.Items) == store.Limit(limit) {
			page.Next = page.Items[len(page.Items)-1].ID
			break
		}
		info, err := l.backupInfo(ctx, id)
		if rumbo.CodeOf(err) == rumbo.NotFound {
			continue // pruned meanwhile
		}
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, info)
	}
	return page, l.addChecks(ctx, page.Items)
}

// backupInfo reads a manifest. One that is of no use is listed all the same: it keeps old backups
// from being pruned, and somebody has to look at it.
func (l *Learn) backupInfo(ctx context.Context, id string) (rumbo.BackupInfo, error) {
	m, err := l.Backups.Manifest(ctx, id)
	switch rumbo.CodeOf(err) {
	case rumbo.Corrupt, rumbo.Conflict:
		return rumbo.BackupInfo{Backup: rumbo.Backup{ID: id, Rows: map[string]int64{}}, State: rumbo.BackupUnreadable, Error: err.Error()}, nil
	}
	if err != nil {
		return rumbo.BackupInfo{}, err
	}
	return rumbo.BackupInfo{Backup: m.Summary(), State: rumbo.BackupComplete}, nil
}

// addChecks says of each backup what the last run that verified it found. That stands with the
// runs, since whoever only reads a place need not write to it.
func (l *Learn) addChecks(ctx context.Context, backups []rumbo.BackupInfo) error {
	if len(backups) == 0 {
		return nil
	}
	at := map[string]*rumbo.BackupInfo{}
	for i := range backups {
		at[backups[i].ID] = &backups[i]
	}
	runs, err := l.Store.Runs(ctx, store.RunQuery{Flow: rumbo.FlowBackup}, "", 0) // newest first: of older ones nothing is said
	if err != nil {
		return err
	}
	for _, run := range runs.Items {
		if at[backupOf(run.ID)] == nil && run.RerunOf == "" {
			continue
		}
		id, check, err := l.checkOf(ctx, run)
		if err != nil {
			return err
		}
		if info := at[id]; info != nil && info.Verified == nil {
			info.Verified = check
		}
	}
	return nil
}

// checkOf is what a run found when it verified a backup, nil when it did not. A run that repeats
// another from a later step on verifies the other's.
func (l *Learn) checkOf(ctx context.Context, run rumbo.Run) (id string, check *rumbo.BackupCheck, err error) {
	var asked rumbo.BackupRequest
	if json.Unmarshal(run.Parameters, &asked) != nil || asked.Verify == "" {
		return "", nil, nil
	}
	verify, err := l.Store.Step(ctx, run.ID, "verify")
	if rumbo.CodeOf(err) == rumbo.NotFound || err == nil && (verify.FinishedAt == nil || verify.State != rumbo.StepDone && verify.State != rumbo.StepFailed) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	begin, err := l.Store.Step(ctx, run.ID, "begin")
	if err != nil {
		return "", nil, err
	}
	var name begunBackup
	if err := json.Unmarshal(begin.Result, &name); err != nil {
		return "", nil, rumbo.Fault(rumbo.Corrupt, "flow.ListBackups", "what "+run.ID+" began cannot be read", err)
	}
	return name.ID, &rumbo.BackupCheck{How: asked.Verify, Passed: verify.State == rumbo.StepDone, At: *verify.FinishedAt, RunID: run.ID, Error: verify.Error}, nil
}

// backupOf names the backup that a run makes.
func backupOf(runID string) string { return "bkp_" + strings.TrimPrefix(runID, "run_") }
