package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// timed are trips whose IDs begin with their time, as natural keys do: n of them from a moment on.
func timed(from, n int, distance float64) (out []rumbo.Trip) {
	for k := from; k < from+n; k++ {
		row := trip(k, distance)
		row.ID, row.PickupAt = fmt.Sprintf("trip-%05d%02d", k/100, k%100), noon
		row.DropoffAt = noon.Add(time.Hour)
		out = append(out, row)
	}
	return out
}

// testRandomPortions is testRandomLoads with large portions of trips in the order of time, most of
// them of times that no other batch has: what counts say and what is visible is that of a model,
// whether or not IDs were looked up.
func testRandomPortions(t *testing.T, h Harness) {
	const batches = 12
	s, random := h.Store, rand.New(rand.NewPCG(3, 70))
	content := make([]map[string]float64, batches)
	ended := make([]string, batches)
	for n := range batches {
		content[n] = map[string]float64{}
		receive(t, s, batch(n, rumbo.KindTrips))
	}
	for act := range 120 {
		n := random.IntN(batches)
		b := batch(n, rumbo.KindTrips)
		switch what := random.IntN(24); {
		case ended[n] != "":
		case what < 20:
			rows := timed(random.IntN(60)*100, 100+random.IntN(200), float64(1+random.IntN(2)))
			if what == 0 {
				rows = append(rows, rows[:7]...) // twice in a portion
			}
			same(t, fmt.Sprintf("counts of act %d", act), load(t, s, b, rows...), foretold(content, ended, n, rows))
		case what < 21:
			for clearSome(t, s, b, 150) > 0 {
			}
			clear(content[n])
		default:
			ended[n] = rumbo.BatchLoaded
			if what == 23 {
				ended[n] = rumbo.BatchFailed
			}
			finish(t, s, b, ended[n])
		}
		if random.IntN(4) == 0 {
			pruneSome(t, s, store.Prune{What: store.PruneVersions, Kind: rumbo.KindTrips}, 1+random.IntN(200), random.IntN(8))
		}
	}
	want := map[string]float64{}
	for n := range batches {
		for id, distance := range content[n] {
			if ended[n] == rumbo.BatchLoaded {
				want[id] = distance
			}
		}
	}
	got := map[string]float64{}
	for _, row := range trips(t, s, store.TripQuery{}) {
		got[row.ID] = row.DistanceM
	}
	same(t, "visible", got, want)
}

func clearSome(t *testing.T, s store.Store, b rumbo.Batch, limit int) (removed int) {
	t.Helper()
	write(t, s, func(tx store.Tx) (err error) {
		removed, err = tx.ClearBatch(t.Context(), b.ID, limit)
		return err
	})
	return removed
}

// foretold is what adding rows to batch n does to what it and the loaded batches before it hold.
func foretold(content []map[string]float64, ended []string, n int, rows []rumbo.Trip) (counts store.LoadCounts) {
	for _, row := range rows {
		known, have := content[n][row.ID]
		for m := n - 1; m >= 0 && !have; m-- {
			if ended[m] == rumbo.BatchLoaded {
				known, have = content[m][row.ID]
			}
		}
		switch {
		case !have:
			counts.Added++
		case known == row.DistanceM:
			counts.Unchanged++
		default:
			counts.Replaced++
		}
		content[n][row.ID] = row.DistanceM
	}
	return counts
}
