package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Bench measures a driver: loading new trips, whose IDs are checksums or begin
// with the time (which keeps an index's inserts together), loading them again
// and reading them. rows/s is the figure; the longest transaction is reported in ms, since
// on SQLite everybody else waits for it.
func Bench(b *testing.B, open func(b *testing.B) store.Store) {
	for _, size := range []int{10_000, 500_000} {
		b.Run(fmt.Sprintf("New/%d", size), func(b *testing.B) {
			for range b.N {
				benchLoad(b, open(b), 1, realistic(size))
			}
		})
		b.Run(fmt.Sprintf("NewIDsByTime/%d", size), func(b *testing.B) {
			rows := realistic(size)
			for i := range rows {
				rows[i].ID = fmt.Sprintf("%08x%s", rows[i].PickupAt.Unix(), rows[i].ID[:12])
			}
			for range b.N {
				benchLoad(b, open(b), 1, rows)
			}
		})
		b.Run(fmt.Sprintf("Same/%d", size), func(b *testing.B) {
			s, rows := open(b), realistic(size)
			benchLoad(b, s, 1, rows)
			b.ResetTimer()
			for n := range b.N {
				benchLoad(b, s, 2+n, rows)
			}
		})
		b.Run(fmt.Sprintf("Read/%d", size), func(b *testing.B) {
			s := open(b)
			benchLoad(b, s, 1, realistic(size))
			b.ResetTimer()
			for range b.N {
				n := 0
				for _, err := range s.Trips(b.Context(), store.TripQuery{}) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n != size {
					b.Fatalf("read %d trips", n)
				}
			}
			b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	b.Run("Prune/100000", func(b *testing.B) {
		for range b.N {
			benchPrune(b, open(b), realistic(100_000))
		}
	})
}

// benchPrune removes the versions that a second batch hides, a quarter of a loading
// transaction at a time, as a flow begins on an unknown disk.
func benchPrune(b *testing.B, s store.Store, rows []rumbo.Trip) {
	b.StopTimer()
	benchLoad(b, s, 1, rows)
	for i := range rows {
		rows[i].DistanceM++
	}
	benchLoad(b, s, 2, rows)
	b.StartTimer()
	longest, removed := time.Duration(0), 0
	for after, more := "", true; more; more = after != "" {
		began := time.Now()
		if err := s.InTx(b.Context(), func(tx store.Tx) error {
			n, next, err := tx.Prune(b.Context(), store.Prune{What: store.PruneVersions, Kind: rumbo.KindTrips}, after, s.BulkRows()/4)
			removed, after = removed+n, next
			return err
		}); err != nil {
			b.Fatal(err)
		}
		longest = max(longest, time.Since(began))
	}
	if removed != len(rows) {
		b.Fatalf("%d versions removed", removed)
	}
	b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(longest.Milliseconds()), "ms/longest")
}

// realistic trips: IDs like checksums, pickups over a month in order.
func realistic(n int) []rumbo.Trip {
	random := rand.New(rand.NewPCG(1, 2))
	out := make([]rumbo.Trip, n)
	for i := range out {
		at := noon.Add(time.Duration(float64(i)/float64(n)*30*86400) * time.Second)
		out[i] = rumbo.Trip{ID: fmt.Sprintf("%016x%08x", random.Uint64(), random.Uint32()), PickupAt: at,
			DropoffAt: at.Add(time.Duration(60+random.IntN(3600)) * time.Second),
			From:      rumbo.Spot{Zone: 1 + random.Int32N(263)}, To: rumbo.Spot{Zone: 1 + random.Int32N(263)},
			DistanceM: float64(random.IntN(30000))}
	}
	return out
}

// benchLoad loads one batch in transactions of the size that the driver wants.
func benchLoad(b *testing.B, s store.Store, n int, rows []rumbo.Trip) {
	ctx := b.Context()
	job := batch(n, rumbo.KindTrips)
	var longest time.Duration
	tx := func(do func(tx store.Tx) error) {
		begin := time.Now()
		if err := s.InTx(ctx, do); err != nil {
			b.Fatal(err)
		}
		longest = max(longest, time.Since(begin))
	}
	begin, size := time.Now(), len(rows)
	tx(func(tx store.Tx) error { return tx.AddBatch(ctx, job) })
	for len(rows) > 0 {
		k := min(len(rows), s.BulkRows())
		tx(func(tx store.Tx) error { _, err := tx.AddTrips(ctx, job.ID, rows[:k]); return err })
		rows = rows[k:]
	}
	job.State = rumbo.BatchLoaded
	tx(func(tx store.Tx) error { return tx.SetBatch(ctx, job) })
	b.ReportMetric(float64(size)/time.Since(begin).Seconds(), "rows/s")
	b.ReportMetric(float64(longest.Milliseconds()), "max-tx-ms")
}
