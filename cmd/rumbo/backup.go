package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/backup"
)

// backupCommand makes backups over the API and looks at them without it.
type backupCommand struct {
	Run    backupRun    `cmd:"" help:"Start a backup on a server that is up, and wait for its end."`
	List   backupList   `cmd:"" help:"List the backups in a place, newest first; needs no server and no key."`
	Verify backupVerify `cmd:"" help:"Read a whole backup and hold every part against its checksums; needs no server."`
	Key    backupKey    `cmd:"" help:"Make a pair of keys: the secret one goes to a file, the one to encrypt to is printed."`
}

type backupKey struct {
	File string `arg:"" help:"New file for the secret key. Without it no encrypted backup can be restored: keep it, and a copy, away from the server."`
}

// Run prints the recipient alone, so that a script can take it.
func (c *backupKey) Run() error {
	secret, recipient, err := backup.NewKey()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(c.File); err == nil {
		return rumbo.Fault(rumbo.Conflict, "rumbo", c.File+" is there already", nil)
	}
	if err := keep(c.File, "# recipient: "+recipient+"\n"+secret+"\n"); err != nil {
		return err
	}
	_, err = fmt.Println(recipient)
	return err
}

type backupRun struct {
	apiServer
	Verify string `help:"Look at the new backup: read every part again (read), or restore it into a scratch place and load its models (restore)."`
}

// Run prints what the backup holds.
func (c *backupRun) Run(ctx context.Context) error {
	return c.with(func(api *client.Client) error {
		run, err := api.StartRun(ctx, rumbo.FlowBackup, rumbo.RunParameters{Verify: c.Verify})
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, "run "+run.ID+" (rumbo runs show tells of its steps)")
		if run, err = api.WaitRun(ctx, run.ID); err != nil {
			return err
		}
		if run.State != rumbo.RunDone {
			return rumbo.Fault(rumbo.Conflict, "rumbo", "the run "+run.State+": "+run.Error, nil)
		}
		var b rumbo.Backup
		if err := json.Unmarshal(run.Result, &b); err != nil {
			return rumbo.Fault(rumbo.Corrupt, "rumbo", "the result of "+run.ID+" cannot be read", err)
		}
		return c.print(b, func(w io.Writer) { showBackups(w, []rumbo.Backup{b}) })
	})
}

// backupPlace is where backups are, for commands that read them.
type backupPlace struct {
	Backups string `required:"" env:"RUMBO_BACKUPS" help:"Where the backups are: a directory, or s3://bucket/prefix?region=…&endpoint=…."`
	JSON    bool   `name:"json" help:"JSON, one value a line."`
}

func (p backupPlace) open(ctx context.Context, identity string) (*backup.Place, error) {
	return openKnownPlace(ctx, p.Backups, identity)
}

// openKnownPlace is openPlace for one that should be there: a misspelled directory is not made.
func openKnownPlace(ctx context.Context, address, identity string) (*backup.Place, error) {
	if !strings.HasPrefix(address, "s3://") {
		if st, err := os.Stat(address); err != nil || !st.IsDir() {
			return nil, rumbo.Fault(rumbo.NotFound, "rumbo", address+" is no directory", err)
		}
	}
	return openPlace(ctx, address, identity)
}

type backupList struct{ backupPlace }

// Run prints a table, or manifests as JSON lines.
func (c *backupList) Run(ctx context.Context) error {
	place, err := c.open(ctx, "")
	if err != nil {
		return err
	}
	all, err := place.List(ctx, func(id string, err error) { fmt.Fprintln(os.Stderr, id+": "+err.Error()) })
	if err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		for _, m := range all {
			if err := out.Encode(m); err != nil {
				return err
			}
		}
		return nil
	}
	var rows []rumbo.Backup
	for _, m := range all {
		rows = append(rows, m.Summary())
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	showBackups(table, rows)
	return table.Flush()
}

func showBackups(w io.Writer, all []rumbo.Backup) {
	fmt.Fprintln(w, "ID\tTAKEN\tSTORE\tROWS\tDATABASE\tOBJECTS\tCOPIED\tENCRYPTED")
	for _, b := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%d, %s\t%d, %s\t%t\n", b.ID, b.TakenAt.Format(time.RFC3339), b.Store, rowsOf(b), size(b.DatabaseBytes),
			b.Objects, size(b.ObjectBytes), b.ObjectsCopied, size(b.CopiedBytes), b.Encrypted)
	}
}

func rowsOf(b rumbo.Backup) (n int64) {
	for _, rows := range b.Rows {
		n += rows
	}
	return n
}

// size is a number of bytes for people.
func size(n int64) string { return humanize.IBytes(uint64(n)) }

type backupVerify struct {
	backupPlace
	ID       string `arg:"" optional:"" help:"ID of the backup; the newest when absent."`
	Identity string `env:"RUMBO_BACKUP_IDENTITY" help:"File with a secret key of age. Of an encrypted backup only the checksums can be looked at without."`
}

// Run says what was read, or names every damaged part.
func (c *backupVerify) Run(ctx context.Context) error {
	place, err := c.open(ctx, c.Identity)
	if err != nil {
		return err
	}
	m, err := place.Find(ctx, c.ID, time.Time{})
	if err != nil {
		return err
	}
	seen, err := place.Verify(ctx, m, func(backup.Verified) {})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(struct {
			ID string `json:"id"`
			backup.Verified
		}{m.ID, seen})
	}
	fmt.Printf("%s of %s: %d parts, %s, all as they were written\n", m.ID, m.TakenAt.Format(time.RFC3339), seen.Parts, size(seen.Bytes))
	if !seen.Opened {
		fmt.Println("it is encrypted, and without --identity only checksums were looked at: that it can be opened is not known")
	}
	return nil
}
