package schedule_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/schedule"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
)

// TestOffer offers a daily backup at every start of an installation: it is made once, and is
// its users' from then on.
func TestOffer(t *testing.T) {
	daily := rumbo.Schedule{Name: "daily-backup", Flow: rumbo.FlowBackup, Cron: "0 3 * * *", TimeZone: "America/Bogota"}
	own := rumbo.Schedule{Name: "mine", Flow: rumbo.FlowBackup, Cron: "@hourly", TimeZone: "UTC"}
	namesake := rumbo.Schedule{Name: "daily-backup", Flow: rumbo.FlowTrain, Cron: "@hourly", TimeZone: "UTC"}
	paused, hourly := daily, daily
	paused.Paused, hourly.Cron = true, "0 * * * *"
	put := func(s rumbo.Schedule) func(context.Context, store.Tx) error {
		return func(ctx context.Context, tx store.Tx) error { return tx.PutSchedule(ctx, s) }
	}
	remove := func(name string) func(context.Context, store.Tx) error {
		return func(ctx context.Context, tx store.Tx) error { return tx.DeleteSchedule(ctx, name) }
	}
	for _, c := range []struct {
		what          string
		before, after func(context.Context, store.Tx) error // the first start, and between it and the next
		first         bool                                  // it is made
		want          []rumbo.Schedule
	}{
		{"as it is", nil, nil, true, []rumbo.Schedule{daily}},
		{"paused", nil, put(paused), true, []rumbo.Schedule{paused}},
		{"changed", nil, put(hourly), true, []rumbo.Schedule{hourly}},
		{"deleted", nil, remove("daily-backup"), true, nil},
		{"beside one of one's own", put(own), nil, false, []rumbo.Schedule{own}},
		{"after one of one's own was deleted", put(own), remove("mine"), false, nil},
		{"where another has the name", put(namesake), nil, false, []rumbo.Schedule{namesake}},
	} {
		t.Run(c.what, func(t *testing.T) {
			st := openStore(t)
			change(t, st, c.before)
			if made, err := schedule.Offer(t.Context(), st, daily, monday); err != nil || made != c.first {
				t.Errorf("the first start: %t, %v", made, err)
			}
			change(t, st, c.after)
			for range 2 {
				if made, err := schedule.Offer(t.Context(), st, daily, monday.Add(time.Hour)); err != nil || made {
					t.Errorf("a later start: %t, %v", made, err)
				}
			}
			got, err := st.Schedules(t.Context())
			if err != nil || len(got) != len(c.want) {
				t.Fatalf("%+v, %v", got, err)
			}
			for i, s := range got {
				if w := c.want[i]; s.Name != w.Name || s.Flow != w.Flow || s.Cron != w.Cron || s.Paused != w.Paused {
					t.Errorf("%+v, want %+v", s, w)
				}
			}
		})
	}
	st := openStore(t)
	if _, err := schedule.Offer(t.Context(), st, rumbo.Schedule{Name: "daily-backup", Flow: rumbo.FlowBackup, Cron: "3 o'clock"}, monday); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Errorf("a time that is none: %v", err)
	}
	made, err := schedule.Offer(t.Context(), st, daily, monday)
	s, read := st.Schedule(t.Context(), daily.Name)
	if want := time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC); err != nil || read != nil || !made || !s.NextAt.Equal(want) || s.Missed != rumbo.MissedOnce || !s.CreatedAt.Equal(monday) {
		t.Errorf("after a fault: %+v, %t, %v, %v", s, made, err, read)
	}
}

func openStore(t *testing.T) store.Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	st := db.Store(nil)
	t.Cleanup(func() { st.Close() })
	return st
}

func change(t *testing.T, st store.Store, do func(context.Context, store.Tx) error) {
	t.Helper()
	if do == nil {
		return
	}
	if err := st.InTx(t.Context(), func(tx store.Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}
