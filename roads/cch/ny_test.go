//go:build unix

package cch

import (
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/geo"
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

// checkSome compares some rows with plain searches.
func checkSome(b *testing.B, m *Metric, from, to []roads.Location) {
	want, err := roads.NewDijkstra(m.g).Table(context.Background(), from, to, roads.TableOptions{})
	if err != nil {
		b.Fatal(err)
	}
	got, err := m.Table(context.Background(), from, to, roads.TableOptions{})
	if err != nil || !sameTable(got, want) {
		b.Fatalf("the table differs from Dijkstra's: %v", err)
	}
}

func BenchmarkTableNewYork(b *testing.B) {
	m := newYorkMetric(b)
	random := rand.New(rand.NewPCG(7, 7))
	all := make([]roads.Location, 10_000)
	for i := range all {
		all[i] = m.g.At(roads.Node(random.IntN(m.g.NodeCount())))
	}
	checkSome(b, m, all[:20], all[:1000])
	b.Run("nearest-40-of-10000", func(b *testing.B) {
		defer reportCPU(b)()
		for b.Loop() {
			if _, err := roads.Nearest(context.Background(), m.g, all, all, 40, roads.TableOptions{Threads: 1}); err != nil {
				b.Fatal(err)
			}
		}
	})
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

// luxembourg is the reference network with one of its two weights as duration.
func luxembourg(t testing.TB, weight string) (*roads.Graph, []roads.Node) {
	firstOut, head, weights := numbers(t, "first_out"), numbers(t, "head"), numbers(t, weight)
	lat, lon := numbers(t, "latitude"), numbers(t, "longitude")
	places := make([]geo.LatLon, len(lat))
	for v := range places {
		places[v] = geo.LatLon{Lat: float64(math.Float32frombits(lat[v])), Lon: float64(math.Float32frombits(lon[v]))}
	}
	var arcs []roads.ArcSpec
	for v := range places {
		for a := firstOut[v]; a < firstOut[v+1]; a++ {
			arcs = append(arcs, roads.ArcSpec{Tail: roads.Node(v), Head: roads.Node(head[a]), Duration: weights[a]})
		}
	}
	g, err := roads.Build(len(places), arcs, places, roads.Units{SecondsPerUnit: 1, MetersPerUnit: 1})
	if err != nil {
		t.Fatal(err)
	}
	theirs := numbers(t, "cch_order")
	order := make([]roads.Node, len(theirs))
	for i, v := range theirs {
		order[i] = roads.Node(v)
	}
	return g, order
}

// BenchmarkLuxembourg answers the 100,000 reference questions for both weights,
// with our order and with the one that came with the data, and fails on any
// difference.
func BenchmarkLuxembourg(b *testing.B) {
	from, to := numbers(b, "source_node"), numbers(b, "target_node")
	for _, weight := range []string{"travel_time", "geo_distance"} {
		want := numbers(b, "query_reference_"+weight+"_length")
		g, theirs := luxembourg(b, weight)
		ours, err := Order(context.Background(), g, OrderOptions{})
		if err != nil {
			b.Fatal(err)
		}
		for name, order := range map[string][]roads.Node{"ours": ours, "theirs": theirs} {
			b.Run(weight+"/"+name, func(b *testing.B) {
				h, err := Build(g, order)
				if err != nil {
					b.Fatal(err)
				}
				m, err := h.Customize(context.Background(), g)
				if err != nil {
					b.Fatal(err)
				}
				b.Logf("%+v", h.Stats())
				for b.Loop() {
					if wrong := countWrong(m, from, to, want); wrong != 0 {
						b.Fatalf("%d of %d answers differ", wrong, len(want))
					}
				}
				b.ReportMetric(float64(len(want)), "exact")
			})
		}
	}
}

func countWrong(m *Metric, from, to, want []uint32) (wrong int) {
	for i := range want {
		got := uint64(roads.Unreachable)
		if c := m.Cost(roads.Node(from[i]), roads.Node(to[i])); c < roads.Unreached {
			got, _ = m.g.Split(c)
		}
		if got != uint64(want[i]) {
			wrong++
		}
	}
	return wrong
}
