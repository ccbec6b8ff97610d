package model_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
)

func bundle(t testing.TB, set feature.Set) *model.Bundle {
	t.Helper()
	b, err := modeltest.Bundle(set, 1)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func encode(t testing.TB, b *model.Bundle) []byte {
	t.Helper()
	var file bytes.Buffer
	if n, err := b.WriteTo(&file); err != nil || n != int64(file.Len()) {
		t.Fatalf("wrote %d of %d bytes: %v", n, file.Len(), err)
	}
	return file.Bytes()
}

// anyDrive is a drive in or around the city, with or without road, zones and meter.
func anyDrive(t *rapid.T) feature.Facts {
	place := func(label string) feature.Place {
		p := geo.LatLon{Lat: rapid.Float64Range(40.5, 40.8).Draw(t, label+" lat"), Lon: rapid.Float64Range(-74.1, -73.8).Draw(t, label+" lon")}
		return feature.Place{LatLon: p, Zone: rapid.Int32Range(0, 40).Draw(t, label+" zone")}
	}
	from, to := place("from"), place("to")
	at := modeltest.Start().Add(time.Duration(rapid.IntRange(0, 14*24*3600).Draw(t, "departure")) * time.Second)
	road := feature.NoRoad()
	if rapid.Bool().Draw(t, "road known") {
		road = modeltest.Road(feature.Pair{From: from.LatLon, To: to.LatLon})
	}
	f := feature.Between(from, to, at, road)
	if rapid.Bool().Draw(t, "metered") {
		f.MeteredM = rapid.Float64Range(0, 50_000).Draw(t, "meters")
	}
	return f
}

func TestEstimatesAreFiniteAndInOrder(t *testing.T) {
	for _, set := range []feature.Set{feature.A, feature.B, feature.R} {
		b := bundle(t, set)
		rapid.Check(t, func(t *rapid.T) {
			facts := []feature.Facts{anyDrive(t)}
			out := make([]model.Estimate, 1)
			b.Estimate(facts, out)
			e := out[0]
			if !(0 <= e.P10 && e.P10 <= e.P50 && e.P50 <= e.P90 && !math.IsInf(e.P90, 0) && e.Mean >= 0 && !math.IsInf(e.Mean, 0)) {
				t.Fatalf("set %s: %+v", set, e)
			}
		})
	}
}

func TestAFileGivesTheSameAnswersAndTheSameBytes(t *testing.T) {
	for _, set := range []feature.Set{feature.A, feature.B, feature.R} {
		b := bundle(t, set)
		file := encode(t, b)
		again, err := model.Read(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(file, encode(t, again)) {
			t.Errorf("set %s: another file after reading and writing", set)
		}
		rapid.Check(t, func(t *rapid.T) {
			facts := []feature.Facts{anyDrive(t), anyDrive(t)}
			want, got := make([]model.Estimate, 2), make([]model.Estimate, 2)
			b.Estimate(facts, want)
			again.Estimate(facts, got)
			if fmt.Sprint(want) != fmt.Sprint(got) {
				t.Fatalf("want %v, got %v", want, got)
			}
		})
	}
}

func TestMeansAreThoseOfEstimate(t *testing.T) {
	b := bundle(t, feature.R)
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(rapid.Custom(anyDrive), 1, 5).Draw(t, "drives")
		at := []time.Time{modeltest.Start().Add(7 * time.Hour), modeltest.Start().Add(40 * time.Hour)}
		means := make([]float64, len(facts)*len(at))
		b.Means(facts, at, means)
		for k, departure := range at {
			out := make([]model.Estimate, len(facts))
			for i := range facts {
				facts[i].At = departure
			}
			b.Estimate(facts, out)
			for i := range out {
				if out[i].Mean != means[k*len(facts)+i] {
					t.Fatalf("drive %d at %s: %v, alone %v", i, departure, means[k*len(facts)+i], out[i].Mean)
				}
			}
		}
	})
}

func TestDamageIsRefused(t *testing.T) {
	file := encode(t, bundle(t, feature.A))
	for _, at := range []int{0, 7, 8, 12, 100, len(file) / 2, len(file) - 40, len(file) - 1} {
		bad := bytes.Clone(file)
		bad[at] ^= 1
		if _, err := model.Read(bytes.NewReader(bad)); !errors.Is(err, model.ErrBundle) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	for _, n := range []int{0, 1, 8, 40, len(file) - 1} {
		if _, err := model.Read(bytes.NewReader(file[:n])); !errors.Is(err, model.ErrBundle) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := model.Read(bytes.NewReader(append(bytes.Clone(file), 0))); !errors.Is(err, model.ErrBundle) {
		t.Errorf("one byte more: %v", err)
	}
}

func TestOtherFeaturesAreRefused(t *testing.T) {
	b := *bundle(t, feature.A)
	b.FeatureHash = feature.R.Hash()
	if _, err := model.New(b); !errors.Is(err, model.ErrFeatures) {
		t.Errorf("another definition: %v", err)
	}
	b = *bundle(t, feature.A)
	b.Set, b.FeatureHash = feature.R, feature.R.Hash()
	if _, err := model.New(b); !errors.Is(err, model.ErrBundle) {
		t.Errorf("trees of another width: %v", err)
	}
}

func TestLevels(t *testing.T) {
	far := geo.LatLon{Lat: 41, Lon: -73}
	known, unknown := feature.Place{LatLon: far, Zone: 1}, feature.Place{LatLon: geo.LatLon{Lat: 41.1, Lon: -73}, Zone: 99}
	near := feature.Place{LatLon: geo.LatLon{Lat: 41.05, Lon: -73}, Zone: 1}
	at := modeltest.Start()
	for _, c := range []struct {
		name  string
		set   feature.Set
		facts feature.Facts
		want  model.Level
	}{
		{"R with a road", feature.R, feature.Between(known, unknown, at, feature.Road{S: 100, M: 1000}), model.LevelModel},
		{"R without", feature.R, feature.Between(known, unknown, at, feature.NoRoad()), model.LevelNoRoad},
		{"A", feature.A, feature.Between(known, unknown, at, feature.NoRoad()), model.LevelModel},
		{"B without a meter, zones met", feature.B, feature.Between(known, near, at, feature.NoRoad()), model.LevelZones},
		{"B without a meter, zones not met", feature.B, feature.Between(known, unknown, at, feature.NoRoad()), model.LevelDistance},
	} {
		out := make([]model.Estimate, 1)
		bundle(t, c.set).Estimate([]feature.Facts{c.facts}, out)
		if out[0].Level != c.want || !(out[0].P50 > 0) {
			t.Errorf("%s: %+v, want %s", c.name, out[0], c.want)
		}
	}
}

func BenchmarkEstimate(b *testing.B) {
	m := bundle(b, feature.R)
	for _, n := range []int{1, 10, 1000} {
		facts, out := make([]feature.Facts, n), make([]model.Estimate, n)
		for i, trip := range modeltest.Trips(n, 1, 1) {
			facts[i], _ = modeltest.Resolver().Trip(&trip)
			facts[i].SetRoad(modeltest.Road(facts[i].Pair()))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Estimate(facts, out)
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "drives/s")
		})
	}
}
