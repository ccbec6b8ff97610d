package main

import (
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/schedule"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
)

// TestScheduleFires lets the time of a schedule pass while nothing runs; then several
// processes begin, and one run is there, and ends.
func TestScheduleFires(t *testing.T) {
	pgtest.Need(t, server)
	s := settings{Data: t.TempDir(), Database: server.Database(t)}
	_, c, stop := startTownAs(t, s)
	defer stop()
	sendFile(t, c, rumbo.KindTrips, "csv", "trips.csv")
	for range 2 {
		s.Roles = []string{roleWorker}
		_, stop := startProcess(t, s)
		defer stop()
	}
	a, stop := startProcess(t, s)
	defer stop()
	nightly := rumbo.Schedule{Name: "nightly", Flow: rumbo.FlowTrain, Cron: "0 3 * * *", TimeZone: "America/Bogota", Parameters: rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{Trees: 5, Leaves: 4}}}
	if faults := schedule.Check(&nightly, time.Now()); faults != nil {
		t.Fatal(faults)
	}
	nightly.NextAt = nightly.NextAt.AddDate(0, 0, -1) // it should have been fired since
	if err := a.store.InTx(t.Context(), func(tx store.Tx) error { return tx.PutSchedule(t.Context(), nightly) }); err != nil {
		t.Fatal(err)
	}
	for nightly.LastAt == nil {
		time.Sleep(20 * time.Millisecond)
		var err error
		if nightly, err = a.store.Schedule(t.Context(), "nightly"); err != nil {
			t.Fatal(err)
		}
	}
	run, err := c.WaitRun(t.Context(), nightly.LastRunID)
	if err != nil || run.State != rumbo.RunDone || !nightly.NextAt.After(time.Now()) {
		t.Errorf("%+v of %+v, %v", run, nightly, err)
	}
	runs, err := a.store.Runs(t.Context(), store.RunQuery{Flow: rumbo.FlowTrain}, "", 10)
	if err != nil || len(runs.Items) != 1 {
		t.Errorf("%d runs, %v", len(runs.Items), err)
	}
}
