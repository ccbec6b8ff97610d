//go:build unix

package cch

import (
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

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

// reportCPU reports the processor time of an operation beside its wall time, for
// machines that are busy with other work.
func reportCPU(b *testing.B) func() {
	now := func() time.Duration {
		var r syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
			b.Fatal(err)
		}
		return time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	start := now()
	return func() { b.ReportMetric(float64(now()-start)/float64(b.N)/1e3, "cpu-us/op") }
}

func BenchmarkOrderNewYork(b *testing.B) {
	g := newYork(b)
	defer reportCPU(b)()
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
		defer reportCPU(b)()
		for b.Loop() {
			if _, err := Build(g, order); err != nil {
				b.Fatal(err)
			}
		}
	})
	m := &Metric{h: h, g: g}
	b.Run("basic", func(b *testing.B) {
		defer reportCPU(b)()
		for b.Loop() {
			m.respect()
			m.customize()
		}
	})
	b.Run("perfect", func(b *testing.B) {
		defer reportCPU(b)()
		for b.Loop() {
			m.perfect()
		}
	})
	b.Logf("edges %d up %d down %d", len(h.head), len(m.up.head), len(m.down.head))
}

// newYorkMetric prepares New York once for several benchmarks.
func newYorkMetric(b *testing.B) *Metric {
	g := newYork(b)
	order, err := Order(context.Background(), g, OrderOptions{})
	if err != nil {
		b.Fatal(err)
	}
	h, err := Build(g, order)
	if err != nil {
		b.Fatal(err)
	}
	m, err := h.Customize(context.Background(), g)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func BenchmarkTableNewYork(b *testing.B) {
	m := newYorkMetric(b)
	random := rand.New(rand.NewPCG(7, 7))
	all := make([]roads.Location, 10_000)
	for i := range all {
		all[i] = m.g.At(roads.Node(random.IntN(m.g.NodeCount())))
	}
	for _, n := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			defer reportCPU(b)()
			for b.Loop() {
				if _, err := m.Table(context.Background(), all[:n], all[:n], roads.TableOptions{Threads: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("cost", func(b *testing.B) {
		defer reportCPU(b)()
		i := 0
		for b.Loop() {
			m.Cost(all[i%len(all)].Node, all[(i+1)%len(all)].Node)
			i++
		}
	})
	b.Run("route", func(b *testing.B) {
		defer reportCPU(b)()
		i, arcs := 0, 0
		for b.Loop() {
			r, _ := m.path(all[i%len(all)].Node, all[(i+1)%len(all)].Node)
			arcs += len(r)
			i++
		}
		b.ReportMetric(float64(arcs)/float64(i), "arcs/op")
	})
}
