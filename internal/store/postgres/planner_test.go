package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
)

// TestPlannerIsTold holds that the database knows of a large batch when it can be seen, and
// is not made to look again for every small one.
func TestPlannerIsTold(t *testing.T) {
	pgtest.Need(t, server)
	db, err := postgres.Open(t.Context(), server.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, day := db.Store(nil), time.Date(2026, 3, 16, 8, 0, 0, 0, time.UTC)
	load := func(id string, n int) (known float32) {
		t.Helper()
		b := rumbo.Batch{ID: id, Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, State: rumbo.BatchReceived, ReceivedAt: day, SHA256: id}
		trips := make([]rumbo.Trip, n)
		for i := range trips {
			trips[i] = rumbo.Trip{ID: fmt.Sprint(id, i), PickupAt: day, DropoffAt: day.Add(time.Hour), From: rumbo.Spot{Zone: 1}, To: rumbo.Spot{Zone: 2}}
		}
		if err := s.InTx(t.Context(), func(tx store.Tx) error {
			if err := tx.AddBatch(t.Context(), b); err != nil {
				return err
			}
			counts, err := tx.AddTrips(t.Context(), id, trips)
			if err != nil {
				return err
			}
			b.State, b.Counts.Added = rumbo.BatchLoaded, counts.Added
			return tx.SetBatch(t.Context(), b)
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Pool().QueryRow(t.Context(), `SELECT reltuples FROM pg_class WHERE relname = 'trip'`).Scan(&known); err != nil {
			t.Fatal(err)
		}
		return known
	}
	for _, step := range []struct {
		batch string
		rows  int
		known float32
	}{{"a", 100, -1}, {"b", 10_000, 10_100}, {"c", 9_000, 10_100}, {"d", 25_000, 44_100}} {
		if known := load(step.batch, step.rows); known != step.known {
			t.Errorf("after batch %s of %d the planner knows of %g rows, want %g", step.batch, step.rows, known, step.known)
		}
	}
}
