package etl

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"os"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// zonesTo knows the zones from 1 to n; New York has 263.
type zonesTo int32

func (n zonesTo) Known(id int32) bool { return id >= 1 && id <= int32(n) }

func yellowSample(tb testing.TB) []byte {
	f, err := os.Open("../demo/assets/trips.csv.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

var yellowBatch = rumbo.Batch{ID: "batch_1", Kind: rumbo.KindTrips, Format: "csv", Schema: tabular.TLCYellow, Month: "2022-01"}

func TestYellowSampleByRule(t *testing.T) {
	counts, ids := map[string]int{}, map[string]bool{}
	for res, err := range Clean(bytes.NewReader(yellowSample(t)), yellowBatch, zonesTo(263)) {
		if err != nil {
			t.Fatal(err)
		}
		if res.Rejected != nil {
			counts[res.Rejected.Rule]++
			continue
		}
		counts["accepted"]++
		ids[res.Trip.ID] = true
	}
	want := map[string]int{
		"accepted": 9632, "nonpositive_duration": 6, "duration_under_60s": 108, "unknown_zone": 163, "duration_over_3h": 9,
		"nonpositive_distance": 35, "speed_under_0_5mph": 3, "distance_over_100mi": 2, "speed_over_80mph": 1, "negative_fare": 41,
	}
	if !maps.Equal(counts, want) || len(ids) != counts["accepted"] {
		t.Errorf("got %v, %d ids; want %v", counts, len(ids), want)
	}
}

func BenchmarkCleanYellowCSV(b *testing.B) {
	data := yellowSample(b)
	b.SetBytes(int64(len(data)))
	rows := 0
	for b.Loop() {
		for _, err := range Clean(bytes.NewReader(data), yellowBatch, zonesTo(263)) {
			if err != nil {
				b.Fatal(err)
			}
			rows++
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
