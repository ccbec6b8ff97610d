package roads

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawSnapped is some places on a random map, snapped to its streets.
func drawSnapped(t *rapid.T, g *Graph, most int, label string) []Location {
	s, err := NewSnapper(g)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]Location, rapid.IntRange(0, most).Draw(t, label))
	for i := range list {
		p := g.Place(Node(rapid.IntRange(0, g.NodeCount()-1).Draw(t, label)))
		p.Lat += rapid.Float64Range(-0.3, 0.3).Draw(t, "north")
		if list[i], err = s.Snap(p, 1e6); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func TestNearestIsTheStartOfTheSortedTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		sources, targets := drawSnapped(t, g, 8, "sources"), drawSnapped(t, g, 30, "targets")
		k := rapid.IntRange(0, 12).Draw(t, "k")
		opts := TableOptions{Threads: rapid.IntRange(1, 3).Draw(t, "threads")}
		got, err := Nearest(context.Background(), g, sources, targets, k, opts)
		if err != nil {
			t.Fatal(err)
		}
		table, err := NewDijkstra(g).Table(context.Background(), sources, targets, opts)
		if err != nil {
			t.Fatal(err)
		}
		for i := range sources {
			var want []int32
			for j := range targets {
				if _, _, ok := table.At(i, j); ok {
					want = append(want, int32(j))
				}
			}
			slices.SortFunc(want, func(a, b int32) int {
				x, y := i*table.Cols+int(a), i*table.Cols+int(b)
				return cmp.Or(cmp.Compare(table.Duration[x], table.Duration[y]), cmp.Compare(table.Distance[x], table.Distance[y]), cmp.Compare(a, b))
			})
			want = want[:min(k, len(want))]
			row := got.Target[got.First[i]:got.First[i+1]]
			if !slices.Equal(row, want) {
				t.Fatalf("source %d: targets %v, want %v", i, row, want)
			}
			for n, j := range row {
				seconds, meters, _ := table.At(i, int(j))
				if at := got.First[i] + int64(n); got.Duration[at] != seconds || got.Distance[at] != meters {
					t.Fatalf("source %d to %d: %d s, want %d", i, j, got.Duration[at], seconds)
				}
			}
		}
	})
}

func TestNearestRefuses(t *testing.T) {
	g := loadTown(t)
	at := []Location{g.At(0), g.At(1)}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Nearest(ctx, g, at, at, 1, TableOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	if _, err := Nearest(context.Background(), g, at, at, 2, TableOptions{MaxCells: 3}); !errors.Is(err, ErrTableSize) {
		t.Errorf("too many entries: %v", err)
	}
	if _, err := Nearest(context.Background(), g, at, at, -1, TableOptions{}); err == nil {
		t.Error("a negative number of targets")
	}
}

func TestStreamIsTheTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		sources, targets := drawSnapped(t, g, 40, "sources"), drawSnapped(t, g, 9, "targets")
		d := NewDijkstra(g)
		want, err := d.Table(context.Background(), sources, targets, TableOptions{})
		if err != nil {
			t.Fatal(err)
		}
		opts := TableOptions{MaxCells: max(len(targets), rapid.IntRange(1, 300).Draw(t, "cells"))}
		next, reported := 0, 0
		opts.Progress = func(done, total int) {
			if done != reported+1 || total != len(sources) {
				t.Fatalf("row %d of %d after %d", done, total, reported)
			}
			reported = done
		}
		err = Stream(context.Background(), d, sources, targets, opts, func(i int, duration, distance []int32) error {
			if i != next || !slices.Equal(duration, want.Duration[i*want.Cols:(i+1)*want.Cols]) ||
				!slices.Equal(distance, want.Distance[i*want.Cols:(i+1)*want.Cols]) {
				t.Fatalf("row %d after %d: %v", i, next-1, duration)
			}
			next++
			return nil
		})
		if err != nil || next != len(sources) {
			t.Fatalf("%d of %d rows, %v", next, len(sources), err)
		}
	})
	g := loadTown(t)
	full := errors.New("disk full")
	at := []Location{g.At(0), g.At(1)}
	if err := Stream(context.Background(), NewDijkstra(g), at, at, TableOptions{}, func(int, []int32, []int32) error { return full }); err != full {
		t.Errorf("error of the receiver: %v", err)
	}
}
