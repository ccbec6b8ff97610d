package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3/s3test"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
)

// TestBackup backs up a directory and restores it into another.
func TestBackup(t *testing.T) {
	testBackup(t, settings{Data: t.TempDir()}, filepath.Join(t.TempDir(), "backups"), settings{Data: filepath.Join(t.TempDir(), "new")})
}

// TestBackupOnPostgres is TestBackup with PostgreSQL and S3.
func TestBackupOnPostgres(t *testing.T) {
	pgtest.Need(t, server)
	buckets := s3test.New(t)
	secret := "whsec_" + strings.Repeat("QUJD", 8)
	database := server.Database(t)
	testBackup(t, settings{Data: t.TempDir(), Database: database, Blobs: buckets.Bucket(t), WebhookSecret: secret}, buckets.Bucket(t),
		settings{Data: filepath.Join(t.TempDir(), "new"), Database: server.Database(t), Blobs: buckets.Bucket(t), WebhookSecret: secret})
	db, err := postgres.Open(t.Context(), database)
	must(t, err)
	defer db.Close()
	var left int
	must(t, db.Pool().QueryRow(t.Context(), `SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'rumbo%'`).Scan(&left))
	if left != 0 {
		t.Errorf("%d scratch schemas are left", left)
	}
}

// testBackup has an installation with trips, a model and a plan backed up by its own flow, tried
// out, verified and restored elsewhere by the commands, and looks whether life goes on there.
func testBackup(t *testing.T, s settings, place string, other settings) {
	identity := filepath.Join(t.TempDir(), "key.txt")
	recipient := printed(t, func(context.Context) error { return (&backupKey{File: identity}).Run() })
	if err := (&backupKey{File: identity}).Run(); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("a key was overwritten: %v", err)
	}
	s.backupSettings = backupSettings{Backups: place, BackupRecipients: recipient, BackupIdentity: identity, BackupKeepDays: 7}
	a, c, stop := startTownAs(t, s)
	trips := sendFile(t, c, rumbo.KindTrips, "csv", "trips.csv")
	for _, kind := range []string{rumbo.KindDepots, rumbo.KindVehicles, rumbo.KindOrders} {
		sendFile(t, c, kind, "json", kind+".json")
	}
	finished(t, c)(c.Train(t.Context(), rumbo.TrainRequest{Trees: 20, Leaves: 4}))
	run := finished(t, c)(c.StartRun(t.Context(), rumbo.FlowBackup, rumbo.RunParameters{Verify: rumbo.VerifyRestore}))
	var made rumbo.Backup
	must(t, json.Unmarshal(run.Result, &made))
	if made.Rows["trip"] != 40 || made.ObjectsCopied < 6 || !made.Encrypted {
		t.Errorf("%+v", made)
	}
	rehearsed(t, c, run.ID)
	again := finished(t, c)(c.StartRun(t.Context(), rumbo.FlowBackup, rumbo.RunParameters{Verify: rumbo.VerifyRead}))
	var second rumbo.Backup
	must(t, json.Unmarshal(again.Result, &second))
	if second.ObjectsCopied != 0 || second.Objects != made.Objects {
		t.Errorf("the second copied %+v", second)
	}
	secret := a.secret
	stop()

	listed := printed(t, (&backupList{backupPlace{Backups: place}}).Run)
	if strings.Count(listed, "bkp_") != 2 || !strings.Contains(listed, second.ID) {
		t.Errorf("rumbo backup list:\n%s", listed)
	}
	if text := printed(t, (&backupVerify{backupPlace: backupPlace{Backups: place}, Identity: identity}).Run); !strings.Contains(text, "all as they were written") {
		t.Error(text)
	}
	if text := printed(t, (&backupVerify{backupPlace: backupPlace{Backups: place}, ID: second.ID}).Run); !strings.Contains(text, "only checksums") {
		t.Error(text)
	}
	testRestore(t, place, identity, s, other, second)
	if other.WebhookSecret == "" {
		if kept, err := other.secret(); err != nil || kept != secret {
			t.Errorf("the webhook secret is another one, %v", err)
		}
	}
	other.backupSettings = s.backupSettings
	testLife(t, other, trips.ID, again.ID, second.ID)
}

// testRestore restores, after what must be refused.
func testRestore(t *testing.T, place, identity string, s, other settings, made rumbo.Backup) {
	t.Helper()
	command := restoreCommand{From: place, Data: other.Data, Database: other.Database, Blobs: other.Blobs}
	if err := command.Run(t.Context()); rumbo.CodeOf(err) != rumbo.Invalid || !strings.Contains(explain(err), "--identity FILE") {
		t.Errorf("without a key: %v", err)
	}
	command.Identity = identity
	if command.At = made.TakenAt.Add(-time.Hour); rumbo.CodeOf(command.Run(t.Context())) != rumbo.NotFound {
		t.Error("a backup from before all backups")
	}
	used := command
	used.Data, used.Database, used.Blobs = s.Data, s.Database, s.Blobs
	if used.At = (time.Time{}); rumbo.CodeOf(used.Run(t.Context())) != rumbo.Conflict {
		t.Error("restored into what is in use")
	}
	command.At = time.Now()
	if text := printed(t, command.Run); !strings.Contains(text, "restored "+made.ID) || !strings.Contains(text, "is lost") {
		t.Error(text)
	}
}

// testLife serves the restored installation: its run of the backup finds that it was made, its trips,
// model and payloads are there, and it takes in more.
func testLife(t *testing.T, s settings, batch, backupRun, id string) {
	t.Helper()
	a, c, stop := startTownAs(t, s)
	defer stop()
	n, err := a.store.CountRecords(t.Context())
	if err != nil || n.Trips != 40 || n.Orders == 0 {
		t.Errorf("%+v, %v", n, err)
	}
	plan, err := c.SubmitPlan(t.Context(), rumbo.PlanRequest{Day: "2026-03-16", Iterations: 500})
	must(t, err)
	plan, err = c.WaitPlan(t.Context(), plan.ID)
	must(t, err)
	checkPlan(t, plan)
	if again := sendFile(t, c, rumbo.KindTrips, "csv", "trips.csv"); again.ID != batch {
		t.Error("a payload from before is not known")
	}
	if dirty := sendFile(t, c, rumbo.KindTrips, "csv", "trips-dirty.csv"); dirty.State != rumbo.BatchLoaded {
		t.Errorf("%+v", dirty)
	}
	run, err := c.WaitRun(t.Context(), backupRun)
	if err != nil || run.State != rumbo.RunDone || !strings.Contains(string(run.Result), id) {
		t.Errorf("the run that made %s is %s: %s, %v", id, run.State, run.Error, err)
	}
}

// rehearsed looks at the figures that a rehearsal leaves.
func rehearsed(t *testing.T, c *client.Client, id string) {
	t.Helper()
	detail, err := c.RunDetail(t.Context(), id)
	must(t, err)
	i := slices.IndexFunc(detail.Steps, func(s rumbo.Step) bool { return s.Name == "verify" })
	if i < 0 || len(detail.Steps[i].Artifacts) != 1 {
		t.Fatalf("no rehearsal in %+v", detail.Steps)
	}
	var r rumbo.Rehearsal
	must(t, json.Unmarshal(detail.Steps[i].Artifacts[0].Data, &r))
	if r.Models != 1 || r.Rows["trip"] != 40 {
		t.Errorf("%+v", r)
	}
}

// finished waits for a run that must end well.
func finished(t *testing.T, c *client.Client) func(rumbo.Run, error) rumbo.Run {
	return func(run rumbo.Run, err error) rumbo.Run {
		t.Helper()
		must(t, err)
		run, err = c.WaitRun(t.Context(), run.ID)
		must(t, err)
		if run.State != rumbo.RunDone {
			t.Fatalf("%s is %s: %s", run.Flow, run.State, run.Error)
		}
		return run
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestBackupPlaces refuses places that share the fate of the data, runs without a place, and keys
// that are none.
func TestBackupPlaces(t *testing.T) {
	data := t.TempDir()
	for _, bad := range []settings{
		{Data: data, backupSettings: backupSettings{Backups: filepath.Join(data, "backups")}},
		{Data: data, backupSettings: backupSettings{Backups: data}},
		{Data: data, backupSettings: backupSettings{Backups: filepath.Dir(data)}},
		{Data: data, Blobs: "s3://b/acme", backupSettings: backupSettings{Backups: "s3://b/acme/backups"}},
		{Data: data, Blobs: "s3://b/acme", backupSettings: backupSettings{Backups: "s3://b"}},
	} {
		if rumbo.CodeOf(bad.apart()) != rumbo.Invalid {
			t.Errorf("%s beside %s and %s is taken", bad.Backups, bad.Data, bad.Blobs)
		}
	}
	for _, good := range []settings{
		{Data: data, backupSettings: backupSettings{Backups: data + "-backups"}},
		{Data: data, Blobs: "s3://b/acme", backupSettings: backupSettings{Backups: "s3://b/acme-backups"}},
		{Data: data, Blobs: "s3://b/acme", backupSettings: backupSettings{Backups: "s3://c/acme"}},
	} {
		must(t, good.apart())
	}
	if _, err := recipients("age1nonsense"); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Error(err)
	}
	_, c, stop := startTown(t, data)
	defer stop()
	if _, err := c.StartRun(t.Context(), rumbo.FlowBackup, rumbo.RunParameters{}); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("without a place: %v", err)
	}
	if err := (&backupList{backupPlace{Backups: filepath.Join(data, "nowhere")}}).Run(t.Context()); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("a place that is not there: %v", err)
	}
}

// printed is what a command writes to its output.
func printed(t *testing.T, run func(ctx context.Context) error) string {
	t.Helper()
	from, to, err := os.Pipe()
	must(t, err)
	before := os.Stdout
	os.Stdout = to
	defer func() { os.Stdout = before }()
	text := make(chan string)
	go func() {
		all, _ := io.ReadAll(from)
		text <- string(all)
	}()
	err = run(t.Context())
	to.Close()
	out := <-text
	if err != nil {
		t.Fatal(explain(err))
	}
	return out
}
