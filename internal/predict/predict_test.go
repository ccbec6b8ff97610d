package predict_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
	"github.com/logistica-inteligente/rumbo/internal/predict"
)

func predictor(t testing.TB, set feature.Set) *predict.Predictor {
	t.Helper()
	b, err := modeltest.Bundle(set, 1)
	if err != nil {
		t.Fatal(err)
	}
	return &predict.Predictor{Bundle: b, Resolver: modeltest.Resolver(), Roads: &modeltest.Roads{}}
}

// places draws places in the city; every fifth lies south of it, where no road is.
func places(n int, seed uint64) []rumbo.Point {
	random := rand.New(rand.NewPCG(seed, 3))
	out := make([]rumbo.Point, n)
	for i := range out {
		out[i] = rumbo.Point{Lat: 40.6 + 0.12*random.Float64(), Lon: -74 + 0.12*random.Float64()}
		if i%5 == 4 {
			out[i].Lat -= 0.2
		}
	}
	return out
}

func roadTable(at []rumbo.Point) predict.RoadTable {
	var t predict.RoadTable
	for _, from := range at {
		for _, to := range at {
			road := modeltest.Road(feature.Pair{From: geo.LatLon(from), To: geo.LatLon(to)})
			s, m := int32(predict.Unreachable), int32(predict.Unreachable)
			if road.Known() {
				s, m = int32(math.Round(road.S)), int32(math.Round(road.M))
			}
			t.Seconds, t.Meters = append(t.Seconds, s), append(t.Meters, m)
		}
	}
	return t
}

func hours(n int) []time.Time {
	out := make([]time.Time, n)
	for i := range out {
		out[i] = modeltest.Start().Add(time.Duration(5+i) * time.Hour)
	}
	return out
}

func TestPredictAnswersEveryQuery(t *testing.T) {
	p := predictor(t, feature.R)
	spot := func(i int) rumbo.Spot { return rumbo.Spot{Point: &places(5, 7)[i]} }
	at := modeltest.Start().Add(8 * time.Hour)
	got, err := p.Predict(context.Background(), []rumbo.PredictionQuery{
		{From: spot(0), To: spot(1), DepartAt: at},
		{From: spot(0), To: spot(4), DepartAt: at},
		{From: rumbo.Spot{Zone: 1}, To: rumbo.Spot{Zone: 1}, DepartAt: at},
		{From: rumbo.Spot{Zone: 1}, To: rumbo.Spot{Zone: 36}, DepartAt: at},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, level := range []string{"model", "model_without_road", "model", "model"} {
		q := got[i].Quantiles
		if got[i].Level != level || !(got[i].DurationS > 0 && q.P10 <= q.P50 && q.P50 <= q.P90 && got[i].RoadS >= 0 && got[i].DistanceM >= 0) {
			t.Errorf("query %d: %+v, want level %s", i, got[i], level)
		}
	}
	p.Roads = nil
	if got, err := p.Predict(context.Background(), []rumbo.PredictionQuery{{From: spot(0), To: spot(1), DepartAt: at}}); err != nil || got[0].Level != "model_without_road" {
		t.Errorf("without a map: %+v, %v", got, err)
	}
}

func TestPredictNamesEveryFault(t *testing.T) {
	_, err := predictor(t, feature.R).Predict(context.Background(), []rumbo.PredictionQuery{
		{From: rumbo.Spot{Zone: 99}, DistanceM: -1, DepartAt: modeltest.Start()},
		{From: rumbo.Spot{Zone: 1}, To: rumbo.Spot{Zone: 2}},
	})
	for _, want := range []string{"/queries/0/from/zone", "/queries/0/to/point", "/queries/0/distance_m", "/queries/1/depart_at"} {
		if rumbo.CodeOf(err) != rumbo.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

func TestTablesSayWhatPredictSays(t *testing.T) {
	p := predictor(t, feature.R)
	at, departures := places(12, 5), hours(4)
	tables, err := p.Tables(context.Background(), at, roadTable(at), departures)
	if err != nil {
		t.Fatal(err)
	}
	var off int
	for k, departure := range departures {
		for i := range at {
			for j := range at {
				got := tables[k][i*len(at)+j]
				switch want := roadTable(at).Seconds[i*len(at)+j]; {
				case i == j && got != 0:
					t.Fatalf("%d seconds from a place to itself", got)
				case i != j && want == predict.Unreachable && got != want:
					t.Fatalf("there is no way from %d to %d, the table says %d", i, j, got)
				case i == j || want == predict.Unreachable:
					continue
				}
				one, err := p.Predict(context.Background(), []rumbo.PredictionQuery{{From: rumbo.Spot{Point: &at[i]}, To: rumbo.Spot{Point: &at[j]}, DepartAt: departure}})
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(one[0].DurationS-float64(got)) > 2 { // the table's road is in whole seconds
					off++
				}
			}
		}
	}
	if off > 8 { // a rounded road may fall on the other side of a split
		t.Errorf("%d entries differ from the single predictions", off)
	}
}

// TestTablesKeepFIFO asks for departures so close that the raw model would break the
// law at the edge of its rush hours.
func TestTablesKeepFIFO(t *testing.T) {
	p := predictor(t, feature.R)
	rapid.Check(t, func(t *rapid.T) {
		at := places(rapid.IntRange(1, 12).Draw(t, "places"), rapid.Uint64().Draw(t, "seed"))
		departures := []time.Time{modeltest.Start().Add(time.Duration(rapid.IntRange(0, 86400).Draw(t, "first")) * time.Second)}
		for range rapid.IntRange(1, 8).Draw(t, "more") {
			gap := rapid.IntRange(1, 1800).Draw(t, "gap")
			departures = append(departures, departures[len(departures)-1].Add(time.Duration(gap)*time.Second))
		}
		tables, err := p.Tables(context.Background(), at, roadTable(at), departures)
		if err != nil {
			t.Fatal(err)
		}
		for k := 1; k < len(tables); k++ {
			gap := int64(departures[k].Sub(departures[k-1]) / time.Second)
			for i := range tables[k] {
				if int64(tables[k][i])-int64(tables[k-1][i]) < -gap {
					t.Fatalf("entry %d falls from %d to %d within %d s", i, tables[k-1][i], tables[k][i], gap)
				}
			}
		}
	})
}

func TestTablesRefuseWhatDoesNotFit(t *testing.T) {
	p, at := predictor(t, feature.R), places(3, 1)
	if _, err := p.Tables(context.Background(), at, predict.RoadTable{}, hours(2)); rumbo.CodeOf(err) != rumbo.Internal {
		t.Errorf("no road table: %v", err)
	}
	if _, err := p.Tables(context.Background(), at, roadTable(at), []time.Time{hours(2)[1], hours(2)[0]}); rumbo.CodeOf(err) != rumbo.Internal {
		t.Errorf("departures out of order: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Tables(ended, at, roadTable(at), hours(2)); rumbo.CodeOf(err) != rumbo.Canceled {
		t.Errorf("canceled: %v", err)
	}
	if tables, err := p.Tables(context.Background(), nil, predict.RoadTable{}, hours(1)); err != nil || len(tables[0]) != 0 {
		t.Errorf("no places: %v, %v", tables, err)
	}
}

func TestLegsAgreeWithThePlan(t *testing.T) {
	p, at := predictor(t, feature.R), places(2, 1)
	leg := predict.Leg{From: at[0], To: at[1], DepartAt: hours(1)[0], Road: modeltest.Road(feature.Pair{From: geo.LatLon(at[0]), To: geo.LatLon(at[1])})}
	scaled := leg
	one, _ := p.Predict(context.Background(), []rumbo.PredictionQuery{{From: rumbo.Spot{Point: &at[0]}, To: rumbo.Spot{Point: &at[1]}, DepartAt: leg.DepartAt}})
	scaled.DurationS = int64(2 * one[0].DurationS)
	got := p.Legs([]predict.Leg{leg, scaled})
	if got[0] != one[0].Quantiles {
		t.Errorf("leg %+v, prediction %+v", got[0], one[0].Quantiles)
	}
	if ratio := got[1].P50 / got[0].P50; math.Abs(ratio-2) > 0.01 {
		t.Errorf("a plan that counts on twice the time gets quantiles %.3f times as long", ratio)
	}
}

func BenchmarkTables200x200x12(b *testing.B) {
	p, at := predictor(b, feature.R), places(200, 1)
	roads, departures := roadTable(at), hours(12)
	for b.Loop() {
		if _, err := p.Tables(context.Background(), at, roads, departures); err != nil {
			b.Fatal(err)
		}
	}
}
