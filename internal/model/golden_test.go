package model_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFilesOfEarlierBuildsStillRead reads committed model files and compares their
// answers: who breaks the file format or the meaning of a feature finds out here.
func TestFilesOfEarlierBuildsStillRead(t *testing.T) {
	for _, set := range []feature.Set{feature.A, feature.B, feature.R} {
		path := filepath.Join("testdata", "city-"+strings.ToLower(string(set)))
		if *update {
			write(t, path+".bin", encode(t, bundle(t, set)))
			writeTiny(t, set)
		}
		file, err := os.ReadFile(path + ".bin")
		if err != nil {
			t.Fatal(err)
		}
		b, err := model.Read(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		got := answers(b)
		if *update {
			write(t, path+".golden", []byte(got))
		}
		want, err := os.ReadFile(path + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n got %s\nwant %s", path, got, want)
		}
	}
}

// writeTiny writes the file that fuzzing starts from.
func writeTiny(t *testing.T, set feature.Set) {
	t.Helper()
	b, err := modeltest.Tiny(set)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join("testdata", "tiny-"+strings.ToLower(string(set))+".bin"), encode(t, b))
}

// answers writes the estimates of a few drives, rounded so that other architectures'
// fused multiplications do not show.
func answers(b *model.Bundle) string {
	var facts []feature.Facts
	for i, trip := range modeltest.Trips(8, 99, 1) {
		f, _ := modeltest.Resolver().Trip(&trip)
		if i%2 == 0 {
			f.SetRoad(modeltest.Road(f.Pair()))
		}
		f.At = f.At.Add(time.Duration(i) * 5 * time.Hour)
		facts = append(facts, f)
	}
	out := make([]model.Estimate, len(facts))
	b.Estimate(facts, out)
	var text strings.Builder
	for _, e := range out {
		fmt.Fprintf(&text, "mean %.4f quantiles %.4f %.4f %.4f level %s\n", e.Mean, e.P10, e.P50, e.P90, e.Level)
	}
	return text.String()
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
