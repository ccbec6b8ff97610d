package flow

import (
	"context"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/backup"
	"github.com/logistica-inteligente/rumbo/internal/registry"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Backups is where backups go and how they are tried out.
type Backups struct {
	*backup.Place
	// Scratch begins a database that done removes again; it has nothing to do with the
	// installation's own.
	Scratch func(ctx context.Context, dump store.Dump) (into store.Restore, done func() error, err error)
}

// Backup is the background half of a backup run: objects, the database, objects again (see
// package backup for why), and last the manifest, by which all of it appears.
func (l *Learn) Backup(ctx context.Context, id string) error {
	return l.walk(ctx, rumbo.FlowBackup, id, func(ctx context.Context, run *step.Run) error {
		var request rumbo.BackupRequest
		if err := run.Parameters(&request); err != nil {
			return err
		}
		if err := l.CanBackUp(request); err != nil {
			return err
		}
		// Not by the run's ID: one that repeats another from a later step on goes on with its backup.
		name, err := step.Do(ctx, run, "begin", "", func(ctx context.Context, w *step.Work, _ string) (begunBackup, error) {
			return l.beginBackup(ctx, w, run.ID())
		})
		if err != nil {
			return err
		}
		made, err := l.made(ctx, run, name)
		if err != nil {
			return err
		}
		if request.Verify != "" {
			if _, err = step.Do(ctx, run, "verify", verification{made, request.Verify}, l.verifyBackup); err != nil {
				return err
			}
		}
		_, err = step.Do(ctx, run, "prune", made, l.pruneBackups, step.Tries(5), step.Last())
		return err
	})
}

// CanBackUp says at once what a run could only fail for. Conflict.
func (l *Learn) CanBackUp(request rumbo.BackupRequest) error {
	const op = "flow.Backup"
	switch {
	case l.Backups == nil:
		return &rumbo.Error{Code: rumbo.Conflict, Op: op, Detail: "no place for backups is known", Hint: "start every process of the installation with --backups DIR or s3://bucket/prefix"}
	case request.Verify == rumbo.VerifyRestore && len(l.Backups.Keys.Texts) > 0 && len(l.Backups.Identities) == 0:
		return &rumbo.Error{Code: rumbo.Conflict, Op: op, Detail: "backups are encrypted, and nothing here opens them", Hint: "give workers --backup-identity FILE, or restore where the secret key is: rumbo restore"}
	}
	return nil
}

// begunBackup names a backup that is being made.
type begunBackup struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

func (l *Learn) beginBackup(ctx context.Context, w *step.Work, run string) (begunBackup, error) {
	name := begunBackup{ID: backupOf(run), At: l.Clock().UTC()}
	if len(l.Backups.Keys.Texts) == 0 {
		w.Log(rumbo.LogWarn, "the backup is not encrypted: whoever reads the place reads the data; --backup-recipients changes that")
	}
	return name, l.Backups.Begin(ctx, name.ID)
}

// made makes a backup, or finds that it is made: the process died after the manifest, or this
// very database was restored from it, in which its run is still under way.
func (l *Learn) made(ctx context.Context, run *step.Run, name begunBackup) (rumbo.Backup, error) {
	known, err := l.Backups.Manifest(ctx, name.ID)
	if err == nil {
		return known.Summary(), nil
	}
	if rumbo.CodeOf(err) != rumbo.NotFound {
		return rumbo.Backup{}, err
	}
	if _, err := step.Do(ctx, run, "objects", name, l.backUpObjects, step.Tries(5)); err != nil {
		return rumbo.Backup{}, err
	}
	database, err := step.Do(ctx, run, "database", name, l.backUpDatabase, step.Tries(5))
	if err != nil {
		return rumbo.Backup{}, err
	}
	late, err := step.Do(ctx, run, "late objects", lateBackup{name, database.TakenAt}, func(ctx context.Context, w *step.Work, late lateBackup) (backup.Objects, error) {
		return l.backUpObjects(ctx, w, late.Name)
	}, step.Tries(5))
	if err != nil {
		return rumbo.Backup{}, err
	}
	return step.Do(ctx, run, "publish", publication{name, database, late}, l.publishBackup)
}

// lateBackup is what the second round depends on: a snapshot taken anew wants another.
type lateBackup struct {
	Name     begunBackup `json:"name"`
	Snapshot time.Time   `json:"snapshot"`
}

func (l *Learn) backUpObjects(ctx context.Context, w *step.Work, name begunBackup) (backup.Objects, error) {
	return l.Backups.CopyObjects(ctx, name.ID, l.Blobs, w.Rows)
}

func (l *Learn) backUpDatabase(ctx context.Context, w *step.Work, name begunBackup) (backup.Database, error) {
	db, ok := l.Store.(store.Snapshotter)
	if !ok {
		return backup.Database{}, rumbo.Fault(rumbo.Internal, "flow.Backup", "this store takes no snapshots", nil)
	}
	out, err := l.Backups.CopyDatabase(ctx, name.ID, db, func(doing string, bytes int64) { w.Progress(doing, 0) })
	total := int64(0)
	for _, t := range out.Tables {
		total += t.Rows
	}
	w.Rows(total, total)
	return out, err
}

// publication is all that a manifest is made of.
type publication struct {
	Name     begunBackup     `json:"name"`
	Database backup.Database `json:"database"`
	Objects  backup.Objects  `json:"objects"`
}

func (l *Learn) publishBackup(ctx context.Context, w *step.Work, p publication) (rumbo.Backup, error) {
	m, err := l.Backups.Publish(ctx, p.Name.ID, p.Name.At, p.Database, p.Objects)
	if err != nil {
		return rumbo.Backup{}, err
	}
	w.Figures("backup", m.Summary())
	return m.Summary(), nil
}

// verification is which backup is to be looked at, and how.
type verification struct {
	Backup rumbo.Backup `json:"backup"`
	How    string       `json:"how"`
}

// verifyBackup reads a backup, or rehearses its restore. What is damaged ends the run: the
// backup stays for people to look at.
func (l *Learn) verifyBackup(ctx context.Context, w *step.Work, v verification) (out rumbo.Rehearsal, err error) {
	m, err := l.Backups.Manifest(ctx, v.Backup.ID)
	if err != nil {
		return out, err
	}
	if v.How == rumbo.VerifyRestore {
		if out, err = l.rehearse(ctx, w, m); err == nil {
			w.Figures("rehearsal", out)
		}
		return out, err
	}
	seen, err := l.Backups.Verify(ctx, m, func(s backup.Verified) { w.Rows(int64(s.Parts), int64(s.Parts)) })
	w.Figures("verified", seen)
	return rumbo.Rehearsal{BackupID: m.ID}, err
}

// rehearse restores the database of a backup into a scratch place and loads every model that the
// backup has.
func (l *Learn) rehearse(ctx context.Context, w *step.Work, m backup.Manifest) (out rumbo.Rehearsal, err error) {
	began := l.Clock()
	into, done, err := l.Backups.Scratch(ctx, m.Database.Dump)
	if err != nil {
		return out, err
	}
	defer func() {
		if undone := done(); err == nil {
			err = undone
		}
	}()
	err = l.Backups.RestoreDatabase(ctx, m, into, func(doing string, n, of int64) { w.Progress(doing, 0.8*float64(n)/float64(of)) })
	if err != nil {
		return out, err
	}
	view, err := l.Backups.View(ctx, m)
	if err != nil {
		return out, err
	}
	out.BackupID, out.Rows = m.ID, m.Summary().Rows
	out.Models, err = loadAll(ctx, registry.New(view, l.Clock))
	out.Seconds = l.Clock().Sub(began).Seconds()
	return out, err
}

// loadAll loads every version of every model, and says how many there are.
func loadAll(ctx context.Context, models *registry.Registry) (n int, err error) {
	newest, err := models.Models(ctx)
	if err != nil {
		return 0, err
	}
	for _, model := range newest {
		versions, err := models.Versions(ctx, model.Name)
		if err != nil {
			return n, err
		}
		for _, v := range versions {
			if err := loads(ctx, models, v); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// loads says whether a version is as good as it was: one of features that this program no
// longer has, and a foreign one that was refused, are of no use in the installation either.
func loads(ctx context.Context, models *registry.Registry, v rumbo.ModelVersion) error {
	_, err := models.Load(ctx, v.Name, v.Version)
	if rumbo.CodeOf(err) == rumbo.Conflict {
		_, _, err = models.LoadForeign(ctx, v.Name, v.Version)
	}
	switch rumbo.CodeOf(err) {
	case rumbo.NoModel, rumbo.Conflict:
		return nil
	}
	return err
}

// pruneBackups lets old backups go, and gives the run its result.
func (l *Learn) pruneBackups(ctx context.Context, w *step.Work, made rumbo.Backup) (rumbo.Backup, error) {
	gone, err := l.Backups.Prune(ctx)
	if err != nil {
		return made, err
	}
	if gone.Waits {
		w.Log(rumbo.LogWarn, "nothing was removed: another backup is being made, or was begun within two days and not finished, or a manifest cannot be read")
	}
	w.Rows(gone.Parts, gone.Parts)
	w.Figures("removed", gone)
	return made, nil
}
