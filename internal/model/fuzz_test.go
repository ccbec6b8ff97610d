package model

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// FuzzParse looks for files that make the reader panic, or that it accepts although
// their answers are not finite. The checksum is left out, or nothing would get past it.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/tiny-*.bin")
	if err != nil || len(files) == 0 {
		f.Fatalf("no example files: %v", err)
	}
	for _, path := range files {
		file, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file[:len(file)-sha256.Size])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := parse(body)
		if err != nil {
			return
		}
		out := make([]Estimate, 1)
		b.Estimate([]feature.Facts{{FromZone: 1, ToZone: 2}}, out)
		if !(out[0].P10 <= out[0].P50 && out[0].P50 <= out[0].P90) {
			t.Errorf("accepted a model that answers %+v", out[0])
		}
	})
}
