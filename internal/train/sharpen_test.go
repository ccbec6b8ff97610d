package train

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
)

// byZone forgets the exact ends of trips.
func byZone(trips []rumbo.Trip) []rumbo.Trip {
	out := make([]rumbo.Trip, len(trips))
	for i, t := range trips {
		t.From.Point, t.To.Point = nil, nil
		out[i] = t
	}
	return out
}

// TestExactPlacesAreServedByTripsKnownByZone is what sharpening is for: the model sees
// zones and meters only, and is asked for short drives between exact places.
func TestExactPlacesAreServedByTripsKnownByZone(t *testing.T) {
	sharp := mustTrain(t, city(byZone(modeltest.Trips(5000, 1, 1))), Options{})
	fresh := modeltest.Trips(3000, 2, 1)
	exact, err := Evaluate(context.Background(), sharp.Bundle, city(fresh), time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	// The noise alone is 0.20; what was never seen exactly costs a little more.
	if exact.RMSLE > 0.26 || exact.Segments["distance 0-1 km"].RMSLE > 0.35 {
		t.Errorf("between exact places RMSLE %.3f, up to 1 km %.3f", exact.RMSLE, exact.Segments["distance 0-1 km"].RMSLE)
	}
	if m := sharp.Report.Segments["ends exact"]; m.Rows != sharp.Report.Rows || m.MAES >= sharp.Report.MAES {
		t.Errorf("ends made exact: %+v, by zone %+v", m, sharp.Report.Metrics)
	}
	shortLeg(t, sharp.Bundle)
}

// shortLeg asks for 400 m: the law's time, not that of trips between zones so near.
func shortLeg(t *testing.T, b *model.Bundle) {
	t.Helper()
	from := feature.Place{LatLon: geo.LatLon{Lat: 40.65, Lon: -73.95}}
	to := feature.Place{LatLon: geo.LatLon{Lat: 40.6536, Lon: -73.95}}
	road := modeltest.Road(feature.Pair{From: from.LatLon, To: to.LatLon})
	out := make([]model.Estimate, 1)
	b.Estimate([]feature.Facts{feature.Between(from, to, modeltest.Start().Add(36*time.Hour), road)}, out)
	want := 30 + road.S*modeltest.Slowness(12)
	if math.Abs(out[0].Mean/want-1) > 0.35 {
		t.Errorf("400 m take %.0f s, the model says %.0f s", want, out[0].Mean)
	}
}

func TestSharpen(t *testing.T) {
	by := sharpness{detour: 1.1, pace: 0.1, bend: 1.25}
	at := func(zone int32) geo.LatLon { p, _ := modeltest.Zones{}.Centroid(zone); return geo.LatLon(p) }
	far := feature.Facts{From: at(1), To: at(3), RoadS: 400, RoadM: 4000, MeteredM: 2200}
	within := feature.Facts{From: at(1), To: at(1), RoadS: math.NaN(), RoadM: math.NaN(), MeteredM: 1100, Blurred: true}
	for _, c := range []struct {
		name    string
		facts   feature.Facts
		ok      bool
		s, m    float64
		meters  float64 // straight line
		blurred bool
	}{
		{"half the way of the centroids", far, true, 200, 2000, geo.Meters(far.From, far.To) / 2, false},
		{"within a zone", within, true, 100, 1000, 800, false},
		{"not metered", feature.Facts{RoadS: 1, RoadM: 10, MeteredM: math.NaN()}, false, 0, 0, 0, false},
		{"exact already", feature.Facts{RoadS: 1, RoadM: 10, MeteredM: 10, ExactEnds: 2}, false, 0, 0, 0, false},
		{"no road", feature.Facts{RoadS: math.NaN(), RoadM: math.NaN(), MeteredM: 10}, false, 0, 0, 0, false},
	} {
		got, ok := by.sharpen(sample{facts: c.facts, id: "x"})
		f := got.facts
		if ok != c.ok || ok && (f.ExactEnds != 2 || f.Blurred || math.Abs(f.RoadS-c.s) > 1e-9 || math.Abs(f.RoadM-c.m) > 1e-9 || math.Abs(f.LineM()-c.meters) > 5) {
			t.Errorf("%s: %v %+v, line %.0f m", c.name, ok, f, f.LineM())
		}
	}
}

// TestLookingForExactTripsChangesNothing: the holdout is read again after it.
func TestLookingForExactTripsChangesNothing(t *testing.T) {
	roadless := samples{{id: "by zone"}, {id: "exact", facts: feature.Facts{ExactEnds: 2}}}
	if got := roadless.exact(); len(got) != 1 || got[0].id != "exact" {
		t.Errorf("found %+v", got)
	}
	if roadless[0].id != "by zone" || roadless[1].id != "exact" {
		t.Errorf("left %+v", roadless)
	}
}
