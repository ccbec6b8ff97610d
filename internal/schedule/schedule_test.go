package schedule_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/schedule"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
)

var monday = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// TestTimes holds the times of expressions, the days of the changes of the clock too.
func TestTimes(t *testing.T) {
	for _, c := range []struct{ cron, zone, from, until, want string }{
		{"0 3 * * *", "America/Bogota", "2026-03-02T00:00:00Z", "2026-03-04T00:00:00Z", "2026-03-02T08:00:00Z 2026-03-03T08:00:00Z"},
		{"30 6 * * 1-5", "UTC", "2026-03-06T00:00:00Z", "2026-03-10T00:00:00Z", "2026-03-06T06:30:00Z 2026-03-09T06:30:00Z"},
		{"@monthly", "UTC", "2026-01-01T00:00:00Z", "2026-02-15T00:00:00Z", "2026-01-01T00:00:00Z 2026-02-01T00:00:00Z"},
		// New York skips 02:00 to 03:00 on March 8: that day has no 02:30.
		{"30 2 * * *", "America/New_York", "2026-03-07T00:00:00Z", "2026-03-10T00:00:00Z", "2026-03-07T07:30:00Z 2026-03-09T06:30:00Z"},
		// It repeats 01:00 to 02:00 on November 1: 01:30 is fired once, the first time.
		{"30 1 * * *", "America/New_York", "2026-10-31T00:00:00Z", "2026-11-03T00:00:00Z", "2026-10-31T05:30:00Z 2026-11-01T05:30:00Z 2026-11-02T06:30:00Z"},
		// By the hour nothing is skipped or left out.
		{"0 * * * *", "America/New_York", "2026-03-08T06:00:00Z", "2026-03-08T09:00:00Z", "2026-03-08T06:00:00Z 2026-03-08T07:00:00Z 2026-03-08T08:00:00Z"},
	} {
		times, faults := schedule.Parse(c.cron, c.zone, "")
		if len(faults) != 0 {
			t.Fatal(c.cron, faults)
		}
		from, _ := time.Parse(time.RFC3339, c.from)
		until, _ := time.Parse(time.RFC3339, c.until)
		var got []string
		for at := range times.Between(from, until) {
			got = append(got, at.Format(time.RFC3339))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s in %s: %s, want %s", c.cron, c.zone, got, c.want)
		}
	}
}

func TestCheckReportsEverything(t *testing.T) {
	s := rumbo.Schedule{Flow: "trian", Cron: "99 * * * *", TimeZone: "Mars/Base", Missed: "never", Parameters: rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{TestShare: 2}}}
	var at []string
	for _, f := range schedule.Check(&s, monday) {
		at = append(at, f.Pointer)
	}
	if want := "/time_zone /cron /name /flow /missed /parameters/test_share"; strings.Join(at, " ") != want {
		t.Errorf("faults at %s, want %s", at, want)
	}
	for _, bad := range []string{"", "* * *", "CRON_TZ=UTC 0 3 * * *", "@every 1s", "0 0 31 2 *"} {
		if _, faults := schedule.Parse(bad, "UTC", ""); len(faults) != 1 {
			t.Errorf("%q: %v", bad, faults)
		}
	}
}

// world is a store, a clock, and runs that are there once.
type world struct {
	store store.Store
	mu    sync.Mutex
	now   time.Time
	fired []string // every run that was really made, by its time
	past  bool     // the last one was asked for by a backfill
	fail  bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &world{store: db.Store(nil), now: monday}
}

func (w *world) keeper() *schedule.Keeper {
	return &schedule.Keeper{Store: w.store, Start: w.start, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Clock: func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }}
}

func (w *world) start(ctx context.Context, d schedule.Due) (rumbo.Run, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail {
		return rumbo.Run{}, fmt.Errorf("the database is away")
	}
	run := rumbo.Run{ID: "run_" + hex.EncodeToString(d.Seed), Flow: d.Schedule.Flow}
	err := w.store.InTx(ctx, func(tx store.Tx) error { return tx.AddRun(ctx, run) })
	if rumbo.CodeOf(err) == rumbo.Conflict {
		return run, nil
	}
	if err == nil {
		w.fired = append(w.fired, d.At.Format("02T15:04"))
		w.past = d.Past
	}
	return run, err
}

func (w *world) put(t *testing.T, s rumbo.Schedule) {
	t.Helper()
	s.Flow = rumbo.FlowTrain
	if faults := schedule.Check(&s, w.now); len(faults) != 0 {
		t.Fatal(faults)
	}
	if err := w.store.InTx(t.Context(), func(tx store.Tx) error { return tx.PutSchedule(t.Context(), s) }); err != nil {
		t.Fatal(err)
	}
}

func (w *world) tick(t *testing.T, now time.Time) string {
	t.Helper()
	w.mu.Lock()
	w.now, w.fired = now, nil
	w.mu.Unlock()
	if err := w.keeper().Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.fired, " ")
}

// TestMissedTimes lets three hourly times pass without a process.
func TestMissedTimes(t *testing.T) {
	for _, c := range []struct{ missed, want string }{
		{rumbo.MissedOnce, "02T15:00"}, {rumbo.MissedSkip, ""}, {rumbo.MissedAll, "02T13:00 02T14:00 02T15:00"},
	} {
		w := newWorld(t)
		w.put(t, rumbo.Schedule{Name: "hourly", Cron: "@hourly", Missed: c.missed})
		if got := w.tick(t, monday.Add(30*time.Minute)); got != "" {
			t.Errorf("%s: %s before its time", c.missed, got)
		}
		if got := w.tick(t, monday.Add(3*time.Hour+20*time.Minute)); got != c.want {
			t.Errorf("%s: fired %q, want %q", c.missed, got, c.want)
		}
		if got := w.tick(t, monday.Add(4*time.Hour+2*time.Second)); got != "02T16:00" { // late by a little is not missed
			t.Errorf("%s: then %q", c.missed, got)
		}
		s, err := w.store.Schedule(t.Context(), "hourly")
		if err != nil || !s.NextAt.Equal(monday.Add(5*time.Hour)) || !s.LastAt.Equal(monday.Add(4*time.Hour)) || s.LastRunID == "" {
			t.Errorf("%s: %+v, %v", c.missed, s, err)
		}
	}
}

// TestFailedStartIsRepeated keeps a time due until its run was started.
func TestFailedStartIsRepeated(t *testing.T) {
	w := newWorld(t)
	w.put(t, rumbo.Schedule{Name: "hourly", Cron: "@hourly"})
	w.put(t, rumbo.Schedule{Name: "paused", Cron: "@hourly", Paused: true})
	w.fail = true
	if got := w.tick(t, monday.Add(time.Hour)); got != "" {
		t.Errorf("fired %s", got)
	}
	w.fail = false
	if got := w.tick(t, monday.Add(time.Hour+time.Second)); got != "02T13:00" {
		t.Errorf("fired %q", got)
	}
}

// TestEveryTimeOnce has many keepers look at the same schedules at the same times, some
// of which die after they have started the run.
func TestEveryTimeOnce(t *testing.T) {
	w := newWorld(t)
	for n := range 3 {
		w.put(t, rumbo.Schedule{Name: fmt.Sprint("s", n), Cron: "* * * * *", Missed: rumbo.MissedAll})
	}
	var wg sync.WaitGroup
	for step := range 20 {
		w.mu.Lock()
		w.now = monday.Add(time.Duration(step) * time.Minute)
		w.mu.Unlock()
		for n := range 4 {
			ctx, cancel := context.WithCancel(t.Context())
			k := w.keeper()
			if n == 0 {
				k.Start = func(ctx context.Context, d schedule.Due) (rumbo.Run, error) {
					run, _ := w.start(ctx, d)
					cancel() // killed before the next time was written down
					return run, ctx.Err()
				}
			}
			wg.Go(func() { _ = k.Tick(ctx); cancel() })
		}
		wg.Wait()
	}
	if len(w.fired) != 3*19 {
		t.Errorf("%d runs, want %d: %v", len(w.fired), 3*19, w.fired)
	}
}

func TestBackfill(t *testing.T) {
	w := newWorld(t)
	w.put(t, rumbo.Schedule{Name: "hourly", Cron: "@hourly"})
	k := w.keeper()
	for range 2 { // the second finds what the first has started
		runs, err := k.Backfill(t.Context(), "hourly", monday.Add(-3*time.Hour), monday)
		if err != nil || len(runs) != 3 {
			t.Errorf("%v, %v", runs, err)
		}
	}
	if want := []string{"02T09:00", "02T10:00", "02T11:00"}; !slices.Equal(w.fired, want) || !w.past {
		t.Errorf("fired %v", w.fired)
	}
	for _, bad := range [][2]time.Time{{monday.Add(-1000 * time.Hour), monday}, {monday, monday.Add(time.Hour)}} {
		if _, err := k.Backfill(t.Context(), "hourly", bad[0], bad[1]); rumbo.CodeOf(err) != rumbo.Invalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := k.Backfill(t.Context(), "nothing", monday, monday); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Error(err)
	}
}
