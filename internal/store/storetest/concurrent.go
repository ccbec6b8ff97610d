package storetest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// testRandomLoads compares with a model: the visible version is that of the
// last received batch among the loaded ones.
func testRandomLoads(t *testing.T, h Harness) { randomLoads(t, h, 7, 12, 80, false) }

// testRandomPrunes is testRandomLoads with pruning in between, begun and not always ended.
func testRandomPrunes(t *testing.T, h Harness) { randomLoads(t, h, 8, 40, 300, true) }

func randomLoads(t *testing.T, h Harness, seed uint64, batches, acts int, prunes bool) {
	s := h.Store
	random := rand.New(rand.NewPCG(seed, 7))
	const ids = 15
	content := make([]map[int]float64, batches)
	state := make([]string, batches)
	for n := range batches {
		content[n] = make(map[int]float64)
		receive(t, s, batch(n, rumbo.KindTrips))
	}
	for range acts {
		n := random.IntN(batches)
		b := batch(n, rumbo.KindTrips)
		switch act := random.IntN(10); {
		case state[n] != "":
		case act < 7:
			var rows []rumbo.Trip
			for range random.IntN(5) {
				k, distance := random.IntN(ids), float64(random.IntN(3))
				content[n][k] = distance
				rows = append(rows, trip(k, distance))
			}
			counts := load(t, s, b, rows...)
			if counts.Added+counts.Replaced+counts.Unchanged != int64(len(rows)) {
				t.Errorf("counts %+v of %d rows", counts, len(rows))
			}
		case act < 8:
			clearBatch(t, s, b)
			clear(content[n])
		case act < 9:
			state[n] = rumbo.BatchLoaded
		default:
			state[n] = rumbo.BatchFailed
		}
		if state[n] != "" {
			finish(t, s, b, state[n])
		}
		if prunes && random.IntN(3) == 0 {
			pruneSome(t, s, store.Prune{What: store.PruneVersions, Kind: rumbo.KindTrips}, 1+random.IntN(6), random.IntN(8))
		}
		want := make(map[string]float64)
		for n := range batches {
			for k, distance := range content[n] {
				if state[n] == rumbo.BatchLoaded {
					want[id("trip", k)] = distance
				}
			}
		}
		got := make(map[string]float64)
		for _, trip := range trips(t, s, store.TripQuery{}) {
			got[trip.ID] = trip.DistanceM
		}
		same(t, "visible", got, want)
	}
}

func testReadersDuringLoad(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	const rows, chunks = 50, 20
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				n := 0
				for _, err := range s.Trips(ctx, store.TripQuery{}) {
					if err != nil {
						t.Error(err)
						return
					}
					n++
				}
				if n%(rows*chunks) != 0 {
					t.Errorf("saw %d trips, part of a batch", n)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := range 3 {
		b := batch(n, rumbo.KindTrips)
		receive(t, s, b)
		for chunk := range chunks {
			var out []rumbo.Trip
			for i := range rows {
				out = append(out, trip((n*chunks+chunk)*rows+i, 1))
			}
			load(t, s, b, out...)
		}
		finish(t, s, b, rumbo.BatchLoaded)
	}
	close(done)
	wg.Wait()
}

func testLoadersSideBySide(t *testing.T, h Harness) {
	s, ctx := h.Store, t.Context()
	const loaders, ids = 4, 40
	for n := range loaders {
		receive(t, s, batch(n, rumbo.KindTrips))
	}
	var wg sync.WaitGroup
	for n := range loaders {
		wg.Go(func() {
			b := batch(n, rumbo.KindTrips)
			for k := 0; k < ids; k += 4 {
				err := s.InTx(ctx, func(tx store.Tx) error {
					_, err := tx.AddTrips(ctx, b.ID, []rumbo.Trip{trip(k, float64(n)), trip(k+1, float64(n)), trip(k+2, float64(n)), trip(k+3, 9)})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
			b.State = rumbo.BatchLoaded
			if err := s.InTx(ctx, func(tx store.Tx) error { return tx.SetBatch(ctx, b) }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := distances(t, s)
	if len(got) != ids {
		t.Errorf("%d trips, want %d", len(got), ids)
	}
	for k := range ids {
		want := float64(loaders - 1)
		if k%4 == 3 {
			want = 9
		}
		if v := got[id("trip", k)]; len(v) == 0 || v[:1] != fmt.Sprintf("%g", want) {
			t.Errorf("trip %d is %s, want %g", k, v, want)
		}
	}
}
