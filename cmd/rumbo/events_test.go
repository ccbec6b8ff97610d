package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
)

// TestEvents sends what four vehicles tell in small batches side by side, over HTTP: every drive
// becomes a trip, once.
func TestEvents(t *testing.T) {
	a, c, stop := startTownAs(t, settings{Data: t.TempDir()})
	defer stop()
	testEvents(t, a, c)
}

// TestEventsOnPostgres is TestEvents with a worker beside the server, so that runs that track
// meet each other.
func TestEventsOnPostgres(t *testing.T) {
	pgtest.Need(t, server)
	s := settings{Data: t.TempDir(), Database: server.Database(t)}
	a, c, stop := startTownAs(t, s)
	defer stop()
	s.Roles = []string{roleWorker}
	_, stopWorker := startProcess(t, s)
	defer stopWorker()
	testEvents(t, a, c)
}

// round is what a vehicle tells on a morning: an arrival and a departure at each of some doors, a
// position every half minute between.
func round(vehicle string) (out []rumbo.VehicleEvent) {
	from := time.Date(2026, 3, 16, 11, 0, 0, 0, time.UTC)
	tell := func(second int, kind string, north float64) {
		out = append(out, rumbo.VehicleEvent{VehicleID: vehicle, At: from.Add(time.Duration(second) * time.Second), Kind: kind,
			Location: rumbo.Point{Lat: -34.95 + north, Lon: -62.5}})
	}
	for door := range 4 {
		tell(600*door, rumbo.VehicleArrived, 0.02*float64(door))
		tell(600*door+120, rumbo.VehicleDeparted, 0.02*float64(door))
		for s := 150; s < 600; s += 30 {
			tell(600*door+s, rumbo.VehiclePosition, 0.02*(float64(door)+float64(s-120)/480))
		}
	}
	return out
}

func testEvents(t *testing.T, a *app, c *client.Client) {
	var wg sync.WaitGroup
	want := map[string]int{}
	for n := range 4 {
		vehicle := fmt.Sprintf("movil-%d", n+1)
		for door := range 3 {
			want[fmt.Sprintf("%s 11:%02d:00 480", vehicle, 10*door+2)] = 1
		}
		wg.Go(func() {
			for part := range slices.Chunk(round(vehicle), 9) {
				for range 2 { // the second time it is known
					b, err := c.SendEvents(t.Context(), part, client.IngestOptions{})
					if err == nil {
						_, err = c.WaitBatch(t.Context(), b.ID)
					}
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	waitForRuns(t, c)
	got := map[string]int{}
	for trip, err := range a.store.Trips(t.Context(), store.TripQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		got[fmt.Sprintf("%s %s %.0f", trip.VehicleID, trip.PickupAt.Format(time.TimeOnly), trip.DurationS())]++
	}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	listed := 0
	for e, err := range c.Events(t.Context(), client.EventQuery{VehicleID: "movil-2", From: time.Date(2026, 3, 16, 11, 10, 0, 0, time.UTC)}) {
		if err != nil || e.VehicleID != "movil-2" {
			t.Fatal(e, err)
		}
		listed++
	}
	testVisits(t, c)
	if listed != 3*len(round(""))/4 {
		t.Errorf("%d events are listed", listed)
	}
}

// testVisits reads what a vehicle did at its doors. The last one it has not left for anywhere, but
// it said that it departed.
func testVisits(t *testing.T, c *client.Client) {
	t.Helper()
	from := time.Date(2026, 3, 16, 11, 5, 0, 0, time.UTC)
	visits, err := c.Visits(t.Context(), "movil-3", from, from.Add(time.Hour))
	if err != nil || len(visits) != 3 {
		t.Fatalf("%+v, %v", visits, err)
	}
	for i, v := range visits {
		if v.ServiceS != 120 || !v.Whole || !v.ArriveAt.Equal(from.Add(time.Duration(10*i+5)*time.Minute)) {
			t.Errorf("visit %d: %+v", i, v)
		}
	}
}

// waitForRuns waits until every run has ended well.
func waitForRuns(t *testing.T, c *client.Client) {
	t.Helper()
	for busy := true; busy; time.Sleep(20 * time.Millisecond) {
		busy = false
		for run, err := range c.Runs(t.Context(), client.RunQuery{}) {
			if err != nil {
				t.Fatal(err)
			}
			busy = busy || !run.Ended()
			if run.Ended() && run.State != rumbo.RunDone {
				t.Errorf("%s of %s is %s: %s", run.ID, run.Flow, run.State, run.Error)
			}
		}
	}
}
