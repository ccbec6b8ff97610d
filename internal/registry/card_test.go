package registry_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/registry"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestCard(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2022, 1, day, 8, 0, 0, 0, time.UTC) }
	v := rumbo.ModelVersion{
		Name: rumbo.TravelTime, Version: 3, Features: "R", Target: "log1p(duration_s) - log1p(base_s)",
		SHA256: "0123456789abcdef0123456789abcdef", FeatureHash: "fedcba9876543210fedcba9876543210",
		Metrics: rumbo.Metrics{Rows: 1926, MAES: 214.22, RMSES: 338.8, RMSLE: 0.388, Pinball90: 71.16, Coverage: 0.777},
		Floors: map[string]rumbo.Metrics{
			"global_speed": {Rows: 1926, MAES: 371.4, RMSES: 576.3, RMSLE: 0.673, Pinball90: 127.1, Coverage: 0.773},
			"road_time":    {Rows: 1926, MAES: 282.9, RMSES: 429.7, RMSLE: 0.53, Pinball90: 89.4, Coverage: 0.755},
		},
		Segments: map[string]rumbo.Metrics{"hour 06-10": {Rows: 246, MAES: 290.3, RMSES: 493.5, RMSLE: 0.437, Pinball90: 108.7, Coverage: 0.736}},
		Verdict:  "passed: beats floor global_speed",
		Lineage: rumbo.Lineage{Batches: []string{"batch_a"}, TrainRows: 7705, TestRows: 1926, TrainFrom: at(1), TrainUntil: at(25), TestUntil: at(31),
			DataSHA256: "26bc6a67cae819119d4a3b2b", Parameters: map[string]any{"trees": 161, "leaves": 31}, Seed: 7, Code: "v0.1.0"},
	}
	got := registry.Card(v)
	if *update {
		if err := os.WriteFile("testdata/card.golden.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/card.golden.md")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s", got)
	}
}
