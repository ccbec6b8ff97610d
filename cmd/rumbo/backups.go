package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/backup"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/dir"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3"
	"github.com/logistica-inteligente/rumbo/internal/flow"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
	"github.com/logistica-inteligente/rumbo/internal/schedule"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
)

// backupSettings are what an operator decides about the backups that a server makes.
type backupSettings struct {
	Backups          string `env:"RUMBO_BACKUPS" help:"Where the flow backup keeps copies: a directory outside of --data, or s3://bucket/prefix?region=…&endpoint=… apart from --blobs. Every process of the installation is told the same."`
	BackupRecipients string `env:"RUMBO_BACKUP_RECIPIENTS" help:"Whom backups are encrypted to: keys of age (age1…), separated by commas, or a file with one a line. Without any they are not encrypted."`
	BackupIdentity   string `env:"RUMBO_BACKUP_IDENTITY" help:"File with the secret key of one of them, only to rehearse restores (verify: restore); a server that only backs up is better off without."`
	BackupSchedule   string `default:"0 3 * * *" env:"RUMBO_BACKUP_SCHEDULE" help:"With --backups: cron, on the clock of --time-zone, of the schedule daily-backup that the first start makes, once, unless there is one of backups already. From then on it is changed, paused and deleted by /v1/schedules, and this flag changes nothing. none: it is not made."`
	BackupKeepDays   int    `default:"7" env:"RUMBO_BACKUP_KEEP_DAYS" help:"The newest backup of each of so many days stays, and all of the last 24 hours; with both this and --backup-keep-weeks 0 all stay."`
	BackupKeepWeeks  int    `default:"5" env:"RUMBO_BACKUP_KEEP_WEEKS" help:"The newest backup of each of so many weeks stays."`
}

// openBackups opens the place of backups, or nothing where none is known.
func (a *app) openBackups(ctx context.Context) (*flow.Backups, error) {
	s := a.settings
	if s.Backups == "" {
		return nil, nil
	}
	if err := s.apart(); err != nil {
		return nil, err
	}
	place, err := openPlace(ctx, s.Backups, s.BackupIdentity)
	if err != nil {
		return nil, err
	}
	if place.Keys, err = recipients(s.BackupRecipients); err != nil {
		return nil, err
	}
	place.Keep = backup.Keep{Days: s.BackupKeepDays, Weeks: s.BackupKeepWeeks}
	place.Skip = []string{ingest.UploadPrefix} // nobody has taken them in yet
	if s.WebhookSecret == "" {
		secret, err := s.secret()
		if err != nil {
			return nil, err
		}
		place.Files = map[string][]byte{secretFile: []byte(secret + "\n")}
	}
	return &flow.Backups{Place: place, Scratch: a.scratch}, nil
}

// dailyBackup is the schedule that an installation with a place for backups begins with, or
// nothing where the operator wants none.
func (s settings) dailyBackup() (rumbo.Schedule, bool) {
	if s.Backups == "" || s.BackupSchedule == "" || s.BackupSchedule == "none" {
		return rumbo.Schedule{}, false
	}
	return rumbo.Schedule{Name: "daily-backup", Flow: rumbo.FlowBackup, Cron: s.BackupSchedule, TimeZone: s.TimeZone}, true
}

// offerBackups makes that schedule, once: whoever names a place for backups expects some in it.
func (a *app) offerBackups(ctx context.Context) error {
	daily, wanted := a.settings.dailyBackup()
	if !wanted {
		return nil
	}
	made, err := schedule.Offer(ctx, a.store, daily, a.clock())
	if made {
		a.log.Info("backups are scheduled; /v1/schedules changes, pauses and deletes that", "schedule", daily.Name, "cron", daily.Cron, "time_zone", daily.TimeZone)
	}
	return err
}

// apart refuses a place of backups that shares the fate of what is backed up.
func (s settings) apart() error {
	fault := func(limit string) error {
		return rumbo.InvalidFields("rumbo", []rumbo.FieldError{{Pointer: "--backups", Code: rumbo.NotOneOf, Value: s.Backups, Limit: limit}})
	}
	if !strings.HasPrefix(s.Backups, "s3://") {
		here, err := filepath.Abs(s.Data)
		if err != nil {
			return err
		}
		there, err := filepath.Abs(s.Backups)
		if err != nil {
			return err
		}
		if within(there, here) || within(here, there) {
			return fault("a directory outside of --data, and not around it")
		}
		return nil
	}
	if !strings.HasPrefix(s.Blobs, "s3://") {
		return nil
	}
	of, err := s3.ParseAddress(s.Blobs)
	if err != nil {
		return err
	}
	to, err := s3.ParseAddress(s.Backups)
	if err != nil {
		return err
	}
	if of.Bucket == to.Bucket && of.Endpoint == to.Endpoint && (strings.HasPrefix(of.Prefix, to.Prefix) || strings.HasPrefix(to.Prefix, of.Prefix)) {
		return fault("another bucket or prefix than that of --blobs, neither within the other")
	}
	return nil
}

// within says whether a path is a folder or lies in it.
func within(path, folder string) bool {
	rest, err := filepath.Rel(folder, path)
	return err == nil && rest != ".." && !strings.HasPrefix(rest, ".."+string(filepath.Separator))
}

// openPlace opens the place of backups for whoever reads it.
func openPlace(ctx context.Context, address, identity string) (p *backup.Place, err error) {
	p = &backup.Place{Clock: time.Now, Build: build()}
	if p.Bucket, err = openBucket(ctx, address); err != nil {
		return nil, err
	}
	if identity == "" {
		return p, nil
	}
	text, err := os.ReadFile(identity)
	if err != nil {
		return nil, rumbo.Fault(rumbo.Invalid, "rumbo", "the identity cannot be read", err)
	}
	p.Identities, err = backup.ParseIdentities(string(text))
	return p, err
}

// openBucket opens a directory, which others may use too, or a bucket.
func openBucket(ctx context.Context, address string) (blob.Bucket, error) {
	if strings.HasPrefix(address, "s3://") {
		return s3.Open(ctx, address)
	}
	return dir.OpenShared(address)
}

// recipients reads keys, or the file that has them.
func recipients(given string) (backup.Recipients, error) {
	given = strings.TrimSpace(given)
	switch {
	case given == "":
		return backup.Recipients{}, nil
	case strings.HasPrefix(given, "age1"):
		return backup.ParseRecipients(strings.ReplaceAll(given, ",", "\n"))
	}
	text, err := os.ReadFile(given)
	if err != nil {
		return backup.Recipients{}, rumbo.Fault(rumbo.Invalid, "rumbo", "--backup-recipients is neither age1… nor a file that can be read", err)
	}
	return backup.ParseRecipients(string(text))
}

// scratch begins a database of no consequence: a file beside the installation's, or a
// schema beside its own.
func (a *app) scratch(ctx context.Context, dump store.Dump) (into store.Restore, done func() error, err error) {
	if !a.settings.shared() {
		folder, err := os.MkdirTemp(a.settings.Data, "rehearsal-")
		if err != nil {
			return nil, nil, rumbo.Fault(rumbo.Unavailable, "rumbo", "no scratch directory", err)
		}
		into, err := sqlite.Restore(ctx, filepath.Join(folder, "rumbo.db"), dump)
		if err != nil {
			return nil, nil, errors.Join(err, os.RemoveAll(folder))
		}
		return into, func() error { return errors.Join(into.Close(), os.RemoveAll(folder)) }, nil
	}
	return postgres.Rehearse(ctx, a.settings.Database, dump, queueTables)
}

// queueTables makes the tables of the task queue.
func queueTables(ctx context.Context, db *postgres.Database) error {
	_, err := rivertask.OpenPostgres(ctx, db.Pool(), rivertask.Config{})
	return err
}

// sweepRehearsals removes what a killed process left of them.
func (s settings) sweepRehearsals() error {
	left, err := filepath.Glob(filepath.Join(s.Data, "rehearsal-*"))
	for _, folder := range left {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
