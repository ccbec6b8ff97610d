package flow

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
	"github.com/logistica-inteligente/rumbo/internal/registry"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// city is a town with the trips of modeltest's city, loaded, and no champion yet.
func city(t *testing.T, trips []rumbo.Trip) *town {
	t.Helper()
	w := newTown(t)
	w.learn.Resolver, w.learn.Roads = modeltest.Resolver(), &modeltest.Roads{}
	at := trips[0].PickupAt
	b := rumbo.Batch{ID: "batch_city", Kind: rumbo.KindTrips, State: rumbo.BatchReceived, ReceivedAt: at}
	if err := w.store.InTx(t.Context(), func(tx store.Tx) error {
		if err := tx.AddBatch(t.Context(), b); err != nil {
			return err
		}
		if _, err := tx.AddTrips(t.Context(), b.ID, trips); err != nil {
			return err
		}
		b.State, b.FinishedAt = rumbo.BatchLoaded, &at
		if err := advance(t.Context(), tx, b, &trips[len(trips)-1].PickupAt); err != nil {
			return err
		}
		return tx.SetBatch(t.Context(), b)
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

// crown makes a champion that learned from trips before an instant.
func (w *town) crown(t *testing.T, learned time.Time) {
	t.Helper()
	bundle, err := modeltest.Bundle(feature.R, 1)
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.learn.Registry.Add(t.Context(), rumbo.TravelTime, registry.Addition{Key: learned.String(), Bundle: bundle, Passed: true,
		Version: rumbo.ModelVersion{Features: "R", Lineage: rumbo.Lineage{TrainUntil: learned}}})
	if err == nil {
		_, err = w.learn.Registry.Promote(t.Context(), rumbo.TravelTime, v.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// recalibrate runs the flow to its end under some lives of the process.
func (w *town) recalibrate(t *testing.T, want string, p rumbo.RunParameters, after bool, lives ...int) (rumbo.Run, rumbo.Recalibration) {
	t.Helper()
	run, err := w.learn.Start(t.Context(), w.token(), rumbo.FlowRecalibrate, p)
	if err != nil {
		t.Fatal(err)
	}
	w.work(t, after, lives...)
	run, _ = w.run(t, run.ID, want)
	var out rumbo.Recalibration
	if want == rumbo.RunDone {
		if err := json.Unmarshal(run.Result, &out); err != nil {
			t.Fatal(err)
		}
	}
	return run, out
}

// TestRecalibration follows slower traffic with trips that the champion has not seen, once a
// run, whenever the process dies; the version stays as it is.
func TestRecalibration(t *testing.T) {
	trips := modeltest.Trips(800, 2, 1.5)
	w := city(t, trips)
	learned := trips[400].PickupAt
	w.crown(t, learned)
	ctx, number := t.Context(), 0
	before, err := w.learn.Registry.Champion(ctx, rumbo.TravelTime)
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []bool{false, true} {
		for first := 1; first <= 4; first++ {
			number++
			_, got := w.recalibrate(t, rumbo.RunDone, rumbo.RunParameters{}, after, first, 2)
			if got.Correction != number || got.Trips != 400 || !got.From.Equal(learned) || !got.Until.Equal(trips[799].PickupAt) {
				t.Errorf("death at %d: %+v, want correction %d", first, got, number)
			}
		}
	}
	now, err := w.learn.Registry.Champion(ctx, rumbo.TravelTime)
	if err != nil || now.Correction != number || now.Version.SHA256 != before.Version.SHA256 {
		t.Fatalf("%+v, %v", now, err)
	}
	if was, is := before.Bundle.Correction.Ratio[1], now.Bundle.Correction.Ratio[1]; is < 1.3*was {
		t.Errorf("traffic is half as slow again; the ratio was %.2f and is %.2f", was, is)
	}
	if _, got := w.recalibrate(t, rumbo.RunDone, rumbo.RunParameters{Days: 3}, false); got.From.Before(trips[799].PickupAt.AddDate(0, 0, -3)) || got.Trips >= 400 {
		t.Errorf("three days: %+v", got)
	}
}

// TestRecalibrationRefuses says why there is no correction.
func TestRecalibrationRefuses(t *testing.T) {
	trips := modeltest.Trips(450, 2, 1)
	w := city(t, trips)
	if _, err := w.runs.StartRun(t.Context(), w.token(), rumbo.FlowRecalibrate, rumbo.RunParameters{}); rumbo.CodeOf(err) != rumbo.NoModel {
		t.Errorf("asked for without champion: %v", err)
	}
	if run, _ := w.recalibrate(t, rumbo.RunFailed, rumbo.RunParameters{}, false); !strings.Contains(run.Error, string(rumbo.NoModel)) {
		t.Errorf("fired without champion: %s", run.Error)
	}
	w.crown(t, trips[300].PickupAt)
	run, _ := w.recalibrate(t, rumbo.RunFailed, rumbo.RunParameters{}, false)
	for _, want := range []string{string(rumbo.NoData), "150 trips, at least 200", "travel-time/1", clockText(trips[300].PickupAt)} {
		if !strings.Contains(run.Error, want) {
			t.Errorf("no %q in %s", want, run.Error)
		}
	}
	if _, err := w.learn.Start(t.Context(), w.token(), rumbo.FlowRecalibrate, rumbo.RunParameters{Days: 400, TrainRequest: rumbo.TrainRequest{Trees: 5}}); rumbo.CodeOf(err) != rumbo.Invalid ||
		!strings.Contains(fmt.Sprint(err), "/parameters/trees") || !strings.Contains(fmt.Sprint(err), "/parameters/days") {
		t.Errorf("parameters: %v", err)
	}
}

// TestLaterCorrectionStays keeps a run whose trips are older from replacing what a quicker
// one found.
func TestLaterCorrectionStays(t *testing.T) {
	trips := modeltest.Trips(500, 2, 1)
	w := city(t, trips)
	w.crown(t, trips[0].PickupAt)
	w.recalibrate(t, rumbo.RunDone, rumbo.RunParameters{}, false)
	champion, err := w.learn.Registry.Champion(t.Context(), rumbo.TravelTime)
	if err != nil {
		t.Fatal(err)
	}
	later := champion.Bundle.Correction
	later.Until = later.Until.Add(time.Hour)
	if _, err := w.learn.Registry.Correct(t.Context(), rumbo.TravelTime, 1, "other", later); err != nil {
		t.Fatal(err)
	}
	if run, _ := w.recalibrate(t, rumbo.RunFailed, rumbo.RunParameters{}, false); !strings.Contains(run.Error, "rests on later trips") {
		t.Errorf("%+v", run)
	}
}
