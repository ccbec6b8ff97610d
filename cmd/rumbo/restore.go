package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/backup"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
)

// restoreCommand brings a backup back into an empty installation.
type restoreCommand struct {
	From     string    `required:"" env:"RUMBO_BACKUPS" help:"Where the backups are: a directory, or s3://bucket/prefix?region=…&endpoint=…."`
	ID       string    `help:"ID of the backup (rumbo backup list); the newest when neither this nor --at is given."`
	At       time.Time `help:"The last backup that was taken at or before this time (RFC 3339)."`
	Identity string    `env:"RUMBO_BACKUP_IDENTITY" help:"File with the secret key of age that opens the backup."`
	Data     string    `env:"RUMBO_DATA_DIR" help:"New directory of the installation."`
	Database string    `env:"RUMBO_DATABASE" help:"postgres://… of a new database, for a backup of PostgreSQL."`
	Blobs    string    `env:"RUMBO_BLOBS" help:"s3://bucket/prefix… for payloads and models; a folder of the data directory when absent."`
	JSON     bool      `name:"json" help:"JSON instead of sentences."`
}

// Run restores and says what, and what is lost.
func (c *restoreCommand) Run(ctx context.Context) error {
	if err := c.validate(); err != nil {
		return err
	}
	place, err := openKnownPlace(ctx, c.From, c.Identity)
	if err != nil {
		return err
	}
	m, err := place.Find(ctx, c.ID, c.At)
	if err != nil {
		return err
	}
	into, err := c.into(ctx)
	if err != nil {
		return err
	}
	last := time.Now()
	out, err := place.Restore(ctx, m, into, func(doing string, done, of int64) {
		if !c.JSON && time.Since(last) > 2*time.Second {
			last = time.Now()
			fmt.Fprintf(os.Stderr, "%s: %d of %d\n", doing, done, of)
		}
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(out)
	}
	c.tell(out)
	return nil
}

func (c *restoreCommand) validate() error {
	var faults []rumbo.FieldError
	if c.ID != "" && !c.At.IsZero() {
		faults = append(faults, rumbo.FieldError{Pointer: "--at", Code: rumbo.Conflicting, Value: "--at", Limit: "no --id"})
	}
	if c.Data == "" && (c.Database == "" || c.Blobs == "") {
		faults = append(faults, rumbo.FieldError{Pointer: "--data", Code: rumbo.MissingField})
	}
	return rumbo.InvalidFields("rumbo", faults)
}

// into is the new installation; nothing of it is made yet.
func (c *restoreCommand) into(ctx context.Context) (into backup.Into, err error) {
	address := c.Blobs
	if address == "" {
		address = filepath.Join(c.Data, "blobs")
	}
	if c.Data != "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return into, rumbo.Fault(rumbo.Unavailable, "rumbo", "cannot make the data directory", err)
		}
	}
	if into.Blobs, err = openBucket(ctx, address); err != nil {
		return into, err
	}
	into.Database = func(ctx context.Context, dump store.Dump) (store.Restore, error) {
		if c.Database != "" {
			return postgres.Restore(ctx, c.Database, dump, queueTables)
		}
		return sqlite.Restore(ctx, filepath.Join(c.Data, "rumbo.db"), dump)
	}
	if c.Data != "" {
		into.File = func(name string, content []byte) error {
			if name != secretFile { // of a newer Rumbo
				return nil
			}
			path := filepath.Join(c.Data, name)
			if kept, err := os.ReadFile(path); err == nil && string(kept) != string(content) {
				return rumbo.Fault(rumbo.Conflict, "rumbo", path+" is there, with another content", nil)
			} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return keep(path, string(content))
		}
	}
	return into, nil
}

// tell says what was restored, in words.
func (c *restoreCommand) tell(out backup.Restored) {
	b := out.Backup
	fmt.Printf("restored %s: %d rows in %d tables and %d objects (%s), in %.1f s\n", b.ID, rowsOf(b), len(b.Rows), b.Objects, size(b.ObjectBytes), out.Took)
	fmt.Printf("as of %s: what came after that, %s before now, is lost\n", b.TakenAt.Format(time.RFC3339), time.Since(b.TakenAt).Round(time.Second))
	fmt.Println("work that was under way goes on when a server is started; events that had not been delivered are sent, perhaps again")
	if len(out.Files) > 0 {
		fmt.Println("also restored: " + strings.Join(out.Files, ", "))
	} else {
		fmt.Println("the webhook secret is not part of it: give RUMBO_WEBHOOK_SECRET, or receivers cannot verify")
	}
}
