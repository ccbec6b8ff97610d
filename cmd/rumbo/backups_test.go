package main

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
)

// TestDailyBackup lets the time of the schedule that --backups brings pass, and then has people do
// with it what they like: no start brings it back as it was.
func TestDailyBackup(t *testing.T) {
	testDailyBackup(t, settings{Data: t.TempDir()})
}

// TestDailyBackupOnPostgres is TestDailyBackup with processes that begin at the same time.
func TestDailyBackupOnPostgres(t *testing.T) {
	pgtest.Need(t, server)
	s := settings{Data: t.TempDir(), Database: server.Database(t)}
	worker := s
	worker.Roles = []string{roleWorker}
	testDailyBackup(t, s, worker, worker)
}

func testDailyBackup(t *testing.T, s settings, beside ...settings) {
	place := filepath.Join(t.TempDir(), "backups")
	s.backupSettings = backupSettings{Backups: place, BackupSchedule: "none", BackupKeepDays: 7}
	a, _, stop := startTownAs(t, s)
	asker(t, a) // it has begun
	if all, err := a.store.Schedules(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("none: %+v, %v", all, err)
	}
	stop()
	s.BackupSchedule = "30 2 * * *"
	var together sync.WaitGroup
	for _, other := range beside {
		other.backupSettings = s.backupSettings
		together.Go(func() {
			_, stop := startProcess(t, other)
			t.Cleanup(stop)
		})
	}
	a, c, stop := startTownAs(t, s)
	together.Wait()
	ask := asker(t, a)
	daily := onlySchedule(t, a)
	if daily.Name != "daily-backup" || daily.Flow != rumbo.FlowBackup || daily.Cron != "30 2 * * *" || daily.TimeZone != a.settings.TimeZone || daily.Paused {
		t.Errorf("%+v", daily)
	}
	daily.NextAt = daily.NextAt.AddDate(0, 0, -1) // it should have been fired since
	must(t, a.store.InTx(t.Context(), func(tx store.Tx) error { return tx.PutSchedule(t.Context(), daily) }))
	for until := time.Now().Add(30 * time.Second); daily.LastAt == nil && time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		daily = onlySchedule(t, a)
	}
	run := finished(t, c)(c.Run(t.Context(), daily.LastRunID))
	var listed []rumbo.BackupInfo
	for b, err := range c.Backups(t.Context()) {
		must(t, err)
		listed = append(listed, b)
	}
	if len(listed) != 1 || listed[0].ID != "bkp_"+strings.TrimPrefix(run.ID, "run_") || listed[0].State != rumbo.BackupComplete || listed[0].Verified != nil {
		t.Errorf("%+v of %s", listed, run.ID)
	}
	ask("POST", "/v1/schedules", `{"name":"daily-backup","flow":"backup","parameters":{"verify":"read"},"cron":"0 4 * * *","paused":true}`, 200)
	stop()
	a, _, stop = startTownAs(t, s)
	ask = asker(t, a)
	if again := onlySchedule(t, a); !again.Paused || again.Cron != "0 4 * * *" || again.Parameters.Verify != rumbo.VerifyRead {
		t.Errorf("a start undid what somebody had decided: %+v", again)
	}
	ask("DELETE", "/v1/schedules/daily-backup", "", 204)
	stop()
	a, _, stop = startTownAs(t, s)
	defer stop()
	asker(t, a)
	if all, err := a.store.Schedules(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("a start brought it back: %+v, %v", all, err)
	}
}

// TestBackupsWithoutAPlace makes no schedule, and says why there is no list.
func TestBackupsWithoutAPlace(t *testing.T) {
	a, c, stop := startTownAs(t, settings{Data: t.TempDir(), backupSettings: backupSettings{BackupSchedule: "0 3 * * *"}})
	defer stop()
	ask := asker(t, a)
	if all, err := a.store.Schedules(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	for _, err := range c.Backups(t.Context()) {
		if rumbo.CodeOf(err) != rumbo.Conflict || !strings.Contains(err.Error(), "no place for backups") {
			t.Errorf("%v", err)
		}
	}
	text := ask("POST", "/v1/schedules", `{"name":"nightly","flow":"backup","cron":"0 3 * * *"}`, 409)
	if !strings.Contains(text, "--backups DIR") {
		t.Error(text)
	}
	bad := settings{Data: t.TempDir(), backupSettings: backupSettings{Backups: t.TempDir(), BackupSchedule: "at three"}}
	if err := bad.validate(); rumbo.CodeOf(err) != rumbo.Invalid || !strings.Contains(explain(err), "--backup-schedule") {
		t.Errorf("a time that is none: %v", err)
	}
}

func onlySchedule(t *testing.T, a *app) rumbo.Schedule {
	t.Helper()
	all, err := a.store.Schedules(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}

// asker waits until a process serves, which it does when all else has begun, and sends requests
// that the Go client has no method for.
func asker(t *testing.T, a *app) func(method, path, body string, status int) string {
	t.Helper()
	key, err := createKey(t.Context(), a.store, "asker", []string{"all"})
	must(t, err)
	ask := func(method, path, body string, status int) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, a.url()+path, strings.NewReader(body))
		must(t, err)
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		got, err := http.DefaultClient.Do(r)
		must(t, err)
		defer got.Body.Close()
		text, err := io.ReadAll(got.Body)
		must(t, err)
		if got.StatusCode != status {
			t.Errorf("%s %s: %d %s", method, path, got.StatusCode, text)
		}
		return string(text)
	}
	ask("GET", "/readyz", "", 200)
	return ask
}
