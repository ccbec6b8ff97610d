package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

var monday = time.Date(2026, 3, 16, 0, 0, 0, 0, time.UTC)

// tour is what the tracker of a vehicle tells every 20 s: five minutes at a place, ten on the
// way to the next one five kilometers north, and so on for some drives.
func tour(vehicle string, from time.Time, drives int) (out []rumbo.VehicleEvent) {
	for s := 0; s <= drives*900+300; s += 20 {
		way := float64(s/900) + min(1, max(0, float64(s%900-300)/600))
		out = append(out, rumbo.VehicleEvent{VehicleID: vehicle, At: from.Add(time.Duration(s) * time.Second), Kind: rumbo.VehiclePosition,
			Location: rumbo.Point{Lat: -34.9 + way*0.045, Lon: -62.5}})
	}
	return out
}

// hear sends events as a batch.
func (w *town) hear(t fatal, events []rumbo.VehicleEvent) rumbo.Batch {
	t.Helper()
	var body bytes.Buffer
	for _, e := range events {
		if err := json.NewEncoder(&body).Encode(e); err != nil {
			t.Fatal(err)
		}
	}
	batch, err := w.learn.Receive(context.Background(), w.token(), rumbo.Payload{Kind: rumbo.KindEvents, Format: rumbo.FormatNDJSON, Body: &body})
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// tracked reads the result of the track run of a name.
func (w *town) tracked(t fatal, id string) (out rumbo.TrackResult) {
	t.Helper()
	run, _ := w.run(t, id, rumbo.RunDone)
	if err := json.Unmarshal(run.Result, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// driven are the visible trips as vehicle, departure and seconds.
func (w *town) driven(t fatal) (out []string) {
	t.Helper()
	for trip, err := range w.store.Trips(context.Background(), store.TripQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s %.0f", trip.VehicleID, trip.PickupAt.Format("02 15:04:05"), trip.DurationS()))
	}
	return out
}

func TestEventsBecomeTrips(t *testing.T) {
	w := newTown(t)
	events := append(tour("a", monday.Add(8*time.Hour), 2), tour("b", monday.Add(9*time.Hour), 1)...)
	batch := w.hear(t, events)
	w.work(t, false)
	result := w.tracked(t, runID(batch.ID)+"_track")
	want := []string{"a 16 08:05:00 600", "a 16 08:20:00 600", "b 16 09:05:00 600"}
	if got := w.driven(t); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if result.VehicleDays != 2 || result.Drives != 3 || result.Trips != 3 || result.Visits != 1 || result.ServiceS == nil || result.Events != int64(len(events)) {
		t.Errorf("%+v", result)
	}
	trips, err := w.store.Batch(t.Context(), result.BatchID)
	if err != nil || trips.State != rumbo.BatchLoaded || trips.Counts.Added != 3 || trips.Kind != rumbo.KindTrips {
		t.Errorf("%+v, %v", trips, err)
	}
	slices.Reverse(events) // other bytes, the same events
	again := w.hear(t, append(events, rumbo.VehicleEvent{VehicleID: "a", At: monday.Add(8 * time.Hour), Kind: rumbo.VehicleIgnitionOn, Location: events[len(events)-1].Location}))
	w.work(t, false)
	if result := w.tracked(t, runID(again.ID)+"_track"); result.Drives != 2 || result.Trips != 0 || result.BatchID != "" {
		t.Errorf("again: %+v", result)
	}
	if got := w.driven(t); !slices.Equal(got, want) {
		t.Errorf("again: %q, want %q", got, want)
	}
}

// TestDriveOverMidnight has a drive whose end is told a day after its beginning.
func TestDriveOverMidnight(t *testing.T) {
	w := newTown(t)
	events := tour("a", monday.Add(24*time.Hour-10*time.Minute), 1)
	for _, part := range [][]rumbo.VehicleEvent{events[:30], events[30:]} {
		batch := w.hear(t, part)
		w.work(t, false)
		w.tracked(t, runID(batch.ID)+"_track")
	}
	if got := w.driven(t); !slices.Equal(got, []string{"a 16 23:55:00 600"}) {
		t.Errorf("%q", got)
	}
}

// TestMorningAfterANightParked looks at what the vehicle told the day before, when that comes late.
func TestMorningAfterANightParked(t *testing.T) {
	w := newTown(t)
	evening := tour("a", monday.Add(17*time.Hour), 1)
	parked := evening[len(evening)-1].Location
	morning := tour("a", monday.Add(30*time.Hour), 1)[15:] // the tracker wakes up on departure
	for i := range morning {
		morning[i].Location.Lat += parked.Lat - (-34.9)
	}
	for _, part := range [][]rumbo.VehicleEvent{morning, evening} {
		w.hear(t, part)
		w.work(t, false)
	}
	if got := w.driven(t); !slices.Equal(got, []string{"a 16 17:05:00 600", "a 17 06:05:00 600"}) {
		t.Errorf("%q", got)
	}
}

// TestTrackingSurvivesAnyDeath kills the process at any transactions of loading events,
// tracking them and loading the trips: there is one batch of trips, with each once.
func TestTrackingSurvivesAnyDeath(t *testing.T) {
	events := tour("a", monday.Add(8*time.Hour), 3)
	rapid.Check(t, func(rt *rapid.T) {
		w := newTown(t)
		batch := w.hear(rt, events)
		w.work(rt, rapid.Bool().Draw(rt, "after"), rapid.SliceOfN(rapid.IntRange(1, 7), 0, 6).Draw(rt, "lives")...)
		if got := w.driven(rt); len(got) != 3 {
			rt.Fatalf("%q", got)
		}
		result := w.tracked(rt, runID(batch.ID)+"_track")
		all, err := w.store.Batches(t.Context(), store.BatchQuery{Kind: rumbo.KindTrips}, "", 0)
		if err != nil || len(all.Items) != 1 || all.Items[0].ID != result.BatchID || all.Items[0].Counts.Added != 3 {
			rt.Fatalf("%+v, %v", all.Items, err)
		}
		w.run(rt, runID(result.BatchID), rumbo.RunDone)
	})
}

// TestSmallBatchesShareARun has many batches come while one run waits.
func TestSmallBatchesShareARun(t *testing.T) {
	w := newTown(t)
	events := tour("a", monday.Add(8*time.Hour), 2)
	first := w.hear(t, events[:20])
	for part := range slices.Chunk(events[20:], 10) {
		w.hear(t, part)
	}
	batches := len(w.tasks.specs)
	w.workSome(t, batches, false) // the cleaning of each; the runs that follow wait behind
	if len(w.tasks.specs) != 1 {
		t.Errorf("%d runs for %d batches", len(w.tasks.specs), batches)
	}
	w.work(t, false)
	if result := w.tracked(t, runID(first.ID)+"_track"); result.Trips != 2 {
		t.Errorf("%+v", result)
	}
	runs, err := w.store.Runs(t.Context(), store.RunQuery{Flow: rumbo.FlowTrack}, "", 0)
	if err != nil || len(runs.Items) != 1 || strings.Count(string(runs.Items[0].Parameters), "batch_") != batches {
		t.Errorf("%+v, %v", runs.Items, err)
	}
}

// TestReplayedEventsAreTracked mends the row without which a drive has no end.
func TestReplayedEventsAreTracked(t *testing.T) {
	w := newTown(t)
	drive := tour("a", monday.Add(8*time.Hour), 1)[15:46]
	drive[0].Kind, drive[len(drive)-1].Kind = rumbo.VehicleDeparted, "arived"
	batch := w.hear(t, drive)
	w.work(t, false)
	if got := w.driven(t); len(got) != 0 {
		t.Fatalf("%q", got)
	}
	edit := drive[len(drive)-1]
	edit.Kind = rumbo.VehicleArrived
	raw, _ := json.Marshal(edit)
	row := int64(len(drive))
	if _, err := w.learn.EditQuarantined(t.Context(), batch.ID, row, rumbo.QuarantineEdit{Raw: string(raw)}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second replays nothing
		if _, err := w.learn.Replay(t.Context(), batch.ID, rumbo.ReplayRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	w.work(t, false)
	result := w.tracked(t, fmt.Sprintf("%s_track_%d", runID(batch.ID), row))
	if got := w.driven(t); len(got) != 1 || result.Trips != 1 {
		t.Errorf("%q, %+v", got, result)
	}
	run, err := w.runs.Rerun(t.Context(), w.token(), runID(batch.ID)+"_track", "")
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, false)
	if result := w.tracked(t, run.ID); result.Drives != 1 || result.Trips != 0 {
		t.Errorf("the run again: %+v", result)
	}
}

// TestLaterReadingIsNotOverruled lets a run commit after one that may have read more.
func TestLaterReadingIsNotOverruled(t *testing.T) {
	w := newTown(t)
	w.hear(t, tour("a", monday.Add(8*time.Hour), 1))
	w.work(t, false)
	late := rumbo.Batch{ID: "batch_late_trips", Kind: rumbo.KindTrips, State: rumbo.BatchReceived}
	err := w.store.InTx(t.Context(), func(tx store.Tx) error { return commitTrips(t.Context(), tx, late, mark{}) })
	if _, again := task.NotYet(err, time.Now()); !again {
		t.Errorf("%v", err)
	}
	if _, err := w.store.Batch(t.Context(), late.ID); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("it is there: %v", err)
	}
}

// TestWhatIsPendingIsSaidAgain does not take for known what no one can see yet.
func TestWhatIsPendingIsSaidAgain(t *testing.T) {
	w := newTown(t)
	events := tour("a", monday.Add(8*time.Hour), 2)
	w.hear(t, events[:60])
	w.workSome(t, 2, false)
	w.tasks.specs = nil // the cleaning of the trips waits
	second := w.hear(t, events[60:])
	w.work(t, false)
	if result := w.tracked(t, runID(second.ID)+"_track"); result.Trips != 2 {
		t.Errorf("%+v", result)
	}
	if got := w.driven(t); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

// TestBatchesLoadedOutOfOrder loads the middle of a drive's beginning last: nothing is derived
// from what lies around a hole.
func TestBatchesLoadedOutOfOrder(t *testing.T) {
	w := newTown(t)
	events := tour("a", monday.Add(8*time.Hour), 1)
	var ids []string
	for _, part := range [][]rumbo.VehicleEvent{events[:10], events[10:20], events[20:]} {
		ids = append(ids, runID(w.hear(t, part).ID))
	}
	handlers := Handlers(w.learn, w.plan)
	work := func(id string, waits bool) {
		t.Helper()
		i := slices.IndexFunc(w.tasks.specs, func(s task.Spec) bool { return strings.Contains(string(s.Args), `"`+id+`"`) })
		err := handlers[w.tasks.specs[i].Kind](t.Context(), task.Attempt{Kind: w.tasks.specs[i].Kind, Args: w.tasks.specs[i].Args, Number: 1, Max: 3})
		if _, notYet := task.NotYet(err, time.Now()); notYet != waits || !notYet && err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if !waits {
			w.tasks.specs = slices.Delete(w.tasks.specs, i, i+1)
		}
	}
	work(ids[0], false)
	work(ids[0]+"_track", false) // sees the first batch
	work(ids[2], false)
	work(ids[2]+"_track", true)
	work(ids[1], false)
	w.work(t, false)
	if got := w.driven(t); !slices.Equal(got, []string{"a 16 08:05:00 600"}) {
		t.Errorf("%q", got)
	}
	w.tracked(t, ids[2]+"_track")
}

// BenchmarkEvents loads six hours that a hundred vehicles tell of every 20 s, then tracks them.
func BenchmarkEvents(b *testing.B) {
	var events []rumbo.VehicleEvent
	for n := range 100 {
		events = append(events, tour(fmt.Sprint("v", n), monday.Add(8*time.Hour), 24)...)
	}
	var loading, tracking time.Duration
	for b.Loop() {
		b.StopTimer()
		w := newTown(b)
		w.learn.Inbox.MaxBytes = 1 << 30
		b.StartTimer()
		began := time.Now()
		w.hear(b, events)
		w.workSome(b, 1, false)
		loaded := time.Now()
		w.workSome(b, 1, false)
		loading, tracking = loading+loaded.Sub(began), tracking+time.Since(loaded)
	}
	b.ReportMetric(float64(len(events)*b.N)/loading.Seconds(), "loaded/s")
	b.ReportMetric(float64(len(events)*b.N)/tracking.Seconds(), "tracked/s")
}
