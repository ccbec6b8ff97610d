package tasktest

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Bench measures a driver: the delay between commit and start of a lone task,
// and the tasks per second from the first of many, each committed alone, to the
// end of the last.
func Bench(b *testing.B, open func(b *testing.B) (store.Store, task.Queue)) {
	enqueue := func(s store.Store) {
		if err := s.InTx(b.Context(), func(tx store.Tx) error { return tx.Enqueue(b.Context(), task.Spec{Kind: "test"}) }); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("Delay", func(b *testing.B) {
		s, q := open(b)
		begun := make(chan time.Time, 1)
		work := func(context.Context, task.Attempt) error { begun <- time.Now(); return nil }
		if err := q.Start(b.Context(), map[string]task.Handler{"test": work}); err != nil {
			b.Fatal(err)
		}
		var delays []time.Duration
		for range 50 {
			enqueue(s)
			committed := time.Now()
			delays = append(delays, (<-begun).Sub(committed))
			time.Sleep(17 * time.Millisecond) // out of step with the driver's polling
		}
		if err := q.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
		slices.Sort(delays)
		b.ReportMetric(float64(delays[len(delays)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(delays[len(delays)*9/10].Microseconds())/1000, "p90-ms")
		b.ReportMetric(float64(delays[len(delays)-1].Microseconds())/1000, "max-ms")
	})
	b.Run("Throughput", func(b *testing.B) {
		const tasks = 2000
		s, q := open(b)
		var done atomic.Int64
		end := make(chan struct{})
		work := func(context.Context, task.Attempt) error {
			if done.Add(1) == tasks {
				close(end)
			}
			return nil
		}
		if err := q.Start(b.Context(), map[string]task.Handler{"test": work}); err != nil {
			b.Fatal(err)
		}
		begin := time.Now()
		for range tasks {
			enqueue(s)
		}
		<-end
		b.ReportMetric(tasks/time.Since(begin).Seconds(), "tasks/s")
		if err := q.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
	})
}
