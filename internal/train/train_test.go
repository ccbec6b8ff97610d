package train

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
)

// city is a source of made-up trips.
func city(trips []rumbo.Trip) Source {
	return Source{Trips: modeltest.Seq(trips), Resolver: modeltest.Resolver(), Roads: &modeltest.Roads{}}
}

func mustTrain(t *testing.T, src Source, o Options) *Result {
	t.Helper()
	r, err := Train(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func encode(t *testing.T, b *model.Bundle) []byte {
	t.Helper()
	var file bytes.Buffer
	if _, err := b.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestTaxiTripsBeatTheirFloors trains on real trips with the meter (set B). The
// figures are golden with a tolerance of 3 %; that of the floor is known from
// elsewhere (bench/gbdt).
func TestTaxiTripsBeatTheirFloors(t *testing.T) {
	r := mustTrain(t, taxi(t, nil), Options{Set: feature.B})
	m, floor := r.Report.Metrics, r.Report.Floors[model.FloorSpeed]
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"floor mae_s", floor.MAES, 368.1}, {"floor rmse_s", floor.RMSES, 598.2}, {"mae_s", m.MAES, 183.2}, {"rmse_s", m.RMSES, 309},
		{"rmsle", m.RMSLE, 0.306}, {"pinball_p90_s", m.Pinball90, 66.3}, {"coverage", m.Coverage, 0.757},
	} {
		if math.Abs(c.got/c.want-1) > 0.03 {
			t.Errorf("%s is %.4g, want about %.4g", c.name, c.got, c.want)
		}
	}
	if m.MAES > 200 || !r.Passed || !strings.HasPrefix(r.Version.Verdict, "passed: beats floor global_speed") {
		t.Errorf("MAE %.1f s, verdict %s", m.MAES, r.Version.Verdict)
	}
	v := r.Version
	if v.Lineage.TrainRows != 7705 || v.Lineage.TestRows != 1926 || len(v.Lineage.Batches) != 1 || len(v.Lineage.DataSHA256) != 64 || v.Segments["hour 16-20"].Rows == 0 {
		t.Errorf("described as %+v", v)
	}
}

// TestTheCitysLawIsLearned trains set R on trips whose law is known.
func TestTheCitysLawIsLearned(t *testing.T) {
	r := mustTrain(t, city(modeltest.Trips(4000, 1, 1)), Options{})
	if !r.Passed || r.Report.RMSLE > 0.23 || math.Abs(r.Report.Coverage-0.8) > 0.05 {
		t.Errorf("noise is 0.20; RMSLE %.3f, coverage %.3f, %s", r.Report.RMSLE, r.Report.Coverage, r.Version.Verdict)
	}
	from, to := feature.Place{}, feature.Place{}
	from.Lat, from.Lon, to.Lat, to.Lon = 40.62, -73.98, 40.68, -73.92
	road := modeltest.Road(feature.Pair{From: from.LatLon, To: to.LatLon})
	for _, hour := range []int{3, 8, 12} {
		f := feature.Between(from, to, modeltest.Start().Add(time.Duration(24+hour)*time.Hour), road)
		out := make([]model.Estimate, 1)
		r.Bundle.Estimate([]feature.Facts{f}, out)
		want := 30 + road.S*modeltest.Slowness(hour)
		if math.Abs(out[0].P50/want-1) > 0.1 || math.Abs(out[0].Mean/(want*1.02)-1) > 0.1 {
			t.Errorf("at %d:00 the law says %.0f s, the model P50 %.0f s, mean %.0f s", hour, want, out[0].P50, out[0].Mean)
		}
	}
}

func TestTrainingIsDeterministic(t *testing.T) {
	trips := modeltest.Trips(1500, 2, 1)
	first := encode(t, mustTrain(t, city(trips), Options{Seed: 5, Threads: 1}).Bundle)
	for i, j := 0, len(trips)-1; i < j; i, j = i+1, j-1 {
		trips[i], trips[j] = trips[j], trips[i]
	}
	if !bytes.Equal(first, encode(t, mustTrain(t, city(trips), Options{Seed: 5, Threads: 3}).Bundle)) {
		t.Error("the order of the trips or the number of threads changed the model")
	}
}

// TestTheHoldoutIsOnlyLookedAt changes what held-out trips took: figures may change,
// the model may not.
func TestTheHoldoutIsOnlyLookedAt(t *testing.T) {
	trips := modeltest.Trips(1500, 3, 1)
	before := mustTrain(t, city(trips), Options{})
	for i := len(trips) - 300; i < len(trips); i++ {
		trips[i].DropoffAt = trips[i].DropoffAt.Add(time.Hour)
	}
	after := mustTrain(t, city(trips), Options{})
	if !bytes.Equal(encode(t, before.Bundle), encode(t, after.Bundle)) {
		t.Error("held-out trips changed the model")
	}
	if before.Report.MAES == after.Report.MAES {
		t.Error("held-out trips did not change the figures")
	}
}

// TestDriftLetsTheChallengerWin: the city becomes slower, the champion does not know.
func TestDriftLetsTheChallengerWin(t *testing.T) {
	old := modeltest.Trips(1500, 4, 1)
	champion := mustTrain(t, city(old), Options{})
	later := modeltest.Trips(1500, 5, 1.6)
	for i := range later {
		later[i].ID = "later-" + later[i].ID
		later[i].PickupAt, later[i].DropoffAt = later[i].PickupAt.AddDate(0, 3, 0), later[i].DropoffAt.AddDate(0, 3, 0)
	}
	o := Options{From: later[0].PickupAt, Champion: champion.Bundle, ChampionUntil: champion.Version.Lineage.TrainUntil}
	challenger := mustTrain(t, city(append(old, later...)), o)
	if c := challenger.Rival; c == nil || c.Rows != 300 || c.Ours.MAES > 0.7*c.Champion.MAES || !challenger.Passed {
		t.Errorf("rival %+v, verdict %s", c, challenger.Version.Verdict)
	}
	// On its own ground the champion stays: a challenger from elsewhere does not pass.
	o = Options{HoldoutFrom: old[1200].PickupAt, Champion: champion.Bundle, ChampionUntil: champion.Version.Lineage.TrainUntil, Trees: 2, Leaves: 2}
	if weak := mustTrain(t, city(old), o); weak.Passed || !strings.Contains(weak.Version.Verdict, "the champion") {
		t.Errorf("a weak challenger: %s", weak.Version.Verdict)
	}
	o.ChampionUntil = later[0].PickupAt
	if unseen := mustTrain(t, city(old), o); unseen.Rival.Rows != 0 {
		t.Errorf("compared on %d trips that the champion has seen", unseen.Rival.Rows)
	}
}

func TestEvaluateScoresTheTimeAskedFor(t *testing.T) {
	trips := modeltest.Trips(1500, 6, 1)
	r := mustTrain(t, city(trips), Options{})
	got, err := Evaluate(context.Background(), r.Bundle, city(trips), r.Version.Lineage.TrainUntil, time.Time{})
	if err != nil || fmt.Sprint(got) != fmt.Sprint(r.Report) {
		t.Errorf("%v: evaluation\n%+v\ntraining said\n%+v", err, got, r.Report)
	}
	if _, err := Evaluate(context.Background(), r.Bundle, city(trips), trips[1499].PickupAt.Add(time.Hour), time.Time{}); rumbo.CodeOf(err) != rumbo.NoData {
		t.Errorf("no trip in that time: %v", err)
	}
}

func TestFewTripsAreEnoughForASmallModel(t *testing.T) {
	r := mustTrain(t, city(modeltest.Trips(40, 7, 1)), Options{})
	if r.Report.Rows != 8 || r.Bundle.Correction.Rows != 0 {
		t.Errorf("%d held out, correction of %d trips", r.Report.Rows, r.Bundle.Correction.Rows)
	}
}

func TestWhatCannotBeTrained(t *testing.T) {
	trips := modeltest.Trips(200, 8, 1)
	mapless := city(trips)
	mapless.Roads = nil
	broken := city(trips)
	broken.Trips = func(yield func(rumbo.Trip, error) bool) {
		yield(rumbo.Trip{}, rumbo.Fault(rumbo.Unavailable, "store", "", nil))
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		src  Source
		o    Options
		want rumbo.Code
	}{
		{"too few", context.Background(), city(trips[:19]), Options{}, rumbo.NoData},
		{"nothing held out", context.Background(), city(trips), Options{HoldoutFrom: trips[199].PickupAt.Add(time.Hour)}, rumbo.NoData},
		{"no map", context.Background(), mapless, Options{}, rumbo.NoRoads},
		{"store fails", context.Background(), broken, Options{}, rumbo.Unavailable},
		{"canceled", ended, city(trips), Options{}, rumbo.Canceled},
	} {
		if _, err := Train(c.ctx, c.src, c.o); rumbo.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	_, err := Train(context.Background(), city(trips), Options{Set: "X", TestShare: 0.9, Trees: -1, Leaves: 1})
	for _, at := range []string{"/features", "/test_share", "/trees", "/leaves"} {
		if rumbo.CodeOf(err) != rumbo.Invalid || !strings.Contains(err.Error(), at) {
			t.Errorf("%v does not name %s", err, at)
		}
	}
}

func TestEachPairIsAskedOnce(t *testing.T) {
	src, roads := taxi(t, nil), &modeltest.Roads{}
	src.Roads = roads
	all, _, err := gather(context.Background(), src, feature.R, time.Time{}, time.Time{}, func(string, float64) {})
	if err != nil {
		t.Fatal(err)
	}
	distinct := map[feature.Pair]bool{}
	for i := range all {
		if !all[i].facts.Blurred {
			distinct[all[i].facts.Pair()] = true
		}
	}
	if roads.Asked != len(distinct) {
		t.Errorf("asked for %d pairs, %d are distinct", roads.Asked, len(distinct))
	}
}

func TestProgressMovesForward(t *testing.T) {
	last, steps := -1.0, map[string]bool{}
	mustTrain(t, city(modeltest.Trips(300, 9, 1)), Options{Progress: func(step string, done float64) {
		if done < last || done > 1 {
			t.Errorf("%s: %v after %v", step, done, last)
		}
		last, steps[step] = done, true
	}})
	if last != 1 || len(steps) < 5 {
		t.Errorf("ended at %v after %v", last, steps)
	}
}

// TestACorrectionFollowsDrift: the city becomes slower, the trees stay.
func TestACorrectionFollowsDrift(t *testing.T) {
	r := mustTrain(t, city(modeltest.Trips(1500, 4, 1)), Options{})
	slower := modeltest.Trips(3000, 5, 1.4)
	half := slower[1500].PickupAt
	c, err := Recalibrate(context.Background(), r.Bundle, city(slower), time.Time{}, half)
	if err != nil {
		t.Fatal(err)
	}
	corrected, err := r.Bundle.WithCorrection(c)
	if err != nil {
		t.Fatal(err)
	}
	score := func(b *model.Bundle) Report {
		report, err := Evaluate(context.Background(), b, city(slower), half, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	before, after := score(r.Bundle), score(corrected)
	if after.MAES > 0.6*before.MAES || math.Abs(after.Coverage-0.8) > 0.04 || before.Coverage > 0.5 {
		t.Errorf("before: MAE %.0f s, coverage %.3f; after: MAE %.0f s, coverage %.3f", before.MAES, before.Coverage, after.MAES, after.Coverage)
	}
	if _, err := Recalibrate(context.Background(), r.Bundle, city(slower), slower[2900].PickupAt, time.Time{}); rumbo.CodeOf(err) != rumbo.NoData {
		t.Errorf("a hundred trips: %v", err)
	}
}

func TestTheVerdictNamesWhatFails(t *testing.T) {
	good := rumbo.Metrics{Rows: 1000, MAES: 100, RMSLE: 0.3, Coverage: 0.8}
	floor := rumbo.Metrics{Rows: 1000, MAES: 150, RMSLE: 0.4}
	for _, c := range []struct {
		name   string
		change func(r *Result)
		want   string
	}{
		{"all is well", func(*Result) {}, ""},
		{"a better floor", func(r *Result) { r.Report.Floors[model.FloorZones] = rumbo.Metrics{MAES: 99, RMSLE: 0.4} }, "floor zone_pair_hour"},
		{"a mean above the median", func(r *Result) { r.Report.MAES, r.Report.Pinball50 = 160, 60 }, ""},
		{"a floor whose median is better", func(r *Result) {
			r.Report.Floors[model.FloorRoad] = rumbo.Metrics{MAES: 150, Pinball50: 49, RMSLE: 0.4}
		}, "floor road_time"},
		{"RMSLE counts too", func(r *Result) { r.Report.Floors[model.FloorRoad] = rumbo.Metrics{MAES: 150, RMSLE: 0.2} }, "floor road_time"},
		{"too sure of itself", func(r *Result) { r.Report.Coverage = 0.6 }, "the coverage"},
		{"too few trips to tell coverage", func(r *Result) { r.Report.Coverage, r.Report.Rows = 0.6, 100 }, ""},
		{"the champion is better", func(r *Result) { r.Rival = &Rival{Rows: 100, Ours: good, Champion: good} }, "the champion"},
		{"nothing was compared", func(r *Result) { r.Rival = &Rival{} }, ""},
	} {
		r := &Result{Bundle: &model.Bundle{Floors: model.Floors{Set: feature.R}}, Report: Report{Metrics: good, Floors: map[string]rumbo.Metrics{
			model.FloorSpeed: floor, model.FloorZones: floor, model.FloorRoad: floor,
		}}}
		c.change(r)
		r.judge()
		if r.Passed != (c.want == "") || !strings.Contains(r.Version.Verdict, c.want) {
			t.Errorf("%s: passed %v, %s", c.name, r.Passed, r.Version.Verdict)
		}
	}
}

func TestRecentTripsCountMore(t *testing.T) {
	day := 24 * time.Hour
	s := samples{{}, {}, {}}
	for i := range s {
		s[i].facts.At = modeltest.Start().Add(time.Duration(i) * 90 * day)
	}
	if got := fmt.Sprint(recency(s, 90*day)); got != "[0.25 0.5 1]" {
		t.Errorf("weights %s", got)
	}
	if recency(s, -1) != nil || recency(s, 400*day) != nil {
		t.Error("no half-life, or a long one, weighs all alike")
	}
}
