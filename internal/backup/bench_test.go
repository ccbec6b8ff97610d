package backup_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/backup"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// BenchmarkBackup backs up and restores 500,000 trips, encrypted, while somebody writes a row
// every few milliseconds, and says how long those writes took beside the backup and without.
//
//	go test ./internal/backup -run x -bench . -benchtime 1x
func BenchmarkBackup(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			var w *world
			if kind == "sqlite" {
				w = onSQLite(b)
			} else {
				w = onPostgres(b)
			}
			w.fill(b, 500_000)
			w.encrypt(b)
			for i := 0; b.Loop(); i++ {
				calm := w.stalls(b, "calm", i, func() { time.Sleep(5 * time.Second) })
				var m backup.Manifest
				began := time.Now()
				busy := w.stalls(b, "busy", i, func() { m = w.mustBackUp(b, fmt.Sprint("bkp_", i)) })
				took := time.Since(began)
				after := w.stalls(b, "after", i, func() { time.Sleep(time.Second) })
				began = time.Now()
				_, _, err := w.restore(b, m)
				check(b, err)
				restored := time.Since(began)
				began = time.Now()
				_, err = w.place.Verify(b.Context(), m, func(backup.Verified) {})
				check(b, err)
				for name, d := range map[string]time.Duration{"calm-max-ms": calm[len(calm)-1], "busy-max-ms": busy[len(busy)-1], "busy-p99-ms": busy[len(busy)*99/100],
					"calm-p99-ms": calm[len(calm)*99/100], "after-max-ms": after[len(after)-1]} {
					b.ReportMetric(float64(d.Microseconds())/1000, name)
				}
				b.ReportMetric(took.Seconds(), "backup-s")
				b.ReportMetric(restored.Seconds(), "restore-s")
				b.ReportMetric(time.Since(began).Seconds(), "verify-s")
				b.ReportMetric(float64(m.Summary().DatabaseBytes)/1e6, "stored-MB")
				content := int64(0)
				for _, p := range m.Database.Parts {
					content += p.ContentBytes
				}
				b.ReportMetric(float64(content)/1e6, "content-MB")
			}
		})
	}
}

// stalls are how long small transactions took, sorted, while something was done.
func (w *world) stalls(b *testing.B, what string, round int, do func()) (out []time.Duration) {
	ctx, stop := context.WithCancel(b.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			began := time.Now()
			w.do(b, func(ctx context.Context, tx store.Tx) error {
				return tx.AddRun(ctx, rumbo.Run{ID: fmt.Sprintf("run_%s_%d_%06d", what, round, n), Flow: "train", State: rumbo.RunQueued, CreatedAt: began})
			})
			out = append(out, time.Since(began))
			time.Sleep(5 * time.Millisecond)
		}
	})
	do()
	stop()
	writing.Wait()
	slices.Sort(out)
	return out
}
