package cch

import (
	"compress/gzip"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/logistica-inteligente/rumbo/roads"
)

// dataDir is the directory of the large public files that benchmarks and long
// tests read.
func dataDir(t testing.TB) string {
	dir := os.Getenv("RUMBO_DATA")
	if dir == "" {
		t.Fatal("RUMBO_DATA names no directory")
	}
	return filepath.Join(dir, "roads")
}

func newYork(t testing.TB) *roads.Graph {
	t.Helper()
	open := func(name string) io.Reader {
		f, err := os.Open(filepath.Join(dataDir(t), name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		zip, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		return zip
	}
	g, err := roads.ReadDIMACS(roads.DIMACS{
		Time: open("USA-road-t.NY.gr.gz"), Distance: open("USA-road-d.NY.gr.gz"), Coordinates: open("USA-road-d.NY.co.gz"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func numbers(t testing.TB, name string) []uint32 {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dataDir(t), "luxembourg", "luxembourg_"+name))
	if err != nil {
		t.Fatal(err)
	}
	out := make([]uint32, len(data)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(data[4*i:])
	}
	return out
}

func BenchmarkOrderNewYork(b *testing.B) {
	g := newYork(b)
	for b.Loop() {
		order, err := Order(context.Background(), g, OrderOptions{Threads: 1})
		if err != nil {
			b.Fatal(err)
		}
		h, err := Build(g, order)
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("%+v", h.Stats())
	}
}

func BenchmarkCustomizeNewYork(b *testing.B) {
	g := newYork(b)
	order, err := Order(context.Background(), g, OrderOptions{})
	if err != nil {
		b.Fatal(err)
	}
	h, err := Build(g, order)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if _, err := Build(g, order); err != nil {
				b.Fatal(err)
			}
		}
	})
	m := &Metric{h: h, g: g}
	b.Run("basic", func(b *testing.B) {
		for b.Loop() {
			m.respect()
			m.customize()
		}
	})
	b.Run("perfect", func(b *testing.B) {
		for b.Loop() {
			m.perfect()
		}
	})
	b.Logf("edges %d up %d down %d", len(h.head), len(m.up.head), len(m.down.head))
}
