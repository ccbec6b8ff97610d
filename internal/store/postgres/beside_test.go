package postgres_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
)

// besides is a database whose loads a test interleaves by hand.
type besides struct {
	*testing.T
	db *postgres.Database
	s  *postgres.Store
}

func newBesides(t *testing.T) besides {
	pgtest.Need(t, server)
	db, err := postgres.Open(t.Context(), server.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return besides{t, db, db.Store(nil)}
}

func (b besides) do(f func(store.Tx) error) {
	b.Helper()
	if err := b.s.InTx(b.Context(), f); err != nil {
		b.Fatal(err)
	}
}

func (b besides) batch(id, state string) rumbo.Batch {
	return rumbo.Batch{ID: id, Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, State: state, ReceivedAt: time.Now(), SHA256: id}
}

func (b besides) receive(ids ...string) {
	b.Helper()
	for _, id := range ids {
		b.do(func(tx store.Tx) error { return tx.AddBatch(b.Context(), b.batch(id, rumbo.BatchReceived)) })
	}
}

func (b besides) trips(distance float64, ids ...string) (out []rumbo.Trip) {
	day := time.Date(2026, 3, 16, 8, 0, 0, 0, time.UTC)
	for _, id := range ids {
		out = append(out, rumbo.Trip{ID: id, PickupAt: day, DropoffAt: day.Add(time.Hour), From: rumbo.Spot{Zone: 1}, To: rumbo.Spot{Zone: 2}, DistanceM: distance})
	}
	return out
}

func (b besides) add(batch string, distance float64, ids ...string) {
	b.Helper()
	b.do(func(tx store.Tx) error {
		_, err := tx.AddTrips(b.Context(), batch, b.trips(distance, ids...))
		return err
	})
}

func (b besides) end(batch, state string) {
	b.Helper()
	b.do(func(tx store.Tx) error { return tx.SetBatch(b.Context(), b.batch(batch, state)) })
}

// seen are the trips that a reader gets, as ID and distance.
func (b besides) seen() (out []string) {
	b.Helper()
	for trip, err := range b.s.Trips(b.Context(), store.TripQuery{}) {
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, fmt.Sprint(trip.ID, "=", trip.DistanceM))
	}
	slices.Sort(out)
	return out
}

// company is what the table says of the loads that run.
func (b besides) company() (out []string) {
	b.Helper()
	rows, err := b.db.Pool().Query(b.Context(), `SELECT batch.id || CASE WHEN beside THEN '+' ELSE '' END FROM loading JOIN batch ON seq = batch ORDER BY 1`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			b.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func (b besides) want(what string, got []string, want ...string) {
	b.Helper()
	if !slices.Equal(got, want) {
		b.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestLoadsKnowTheirCompany holds that a load knows whether another ran beside it, however they
// begin and end, and that one alone stays alone.
func TestLoadsKnowTheirCompany(t *testing.T) {
	b := newBesides(t)
	b.receive("a", "b", "c", "d", "e")
	b.add("a", 1, "x")
	b.add("a", 1, "y")
	b.want("one alone", b.company(), "a")
	b.end("a", rumbo.BatchLoaded)
	b.add("b", 2, "x")
	b.want("after another", b.company(), "b")
	b.add("c", 3, "z")
	b.want("two", b.company(), "b+", "c+")
	b.end("b", rumbo.BatchFailed)
	b.add("d", 4, "z")
	b.want("given up, and a third", b.company(), "c+", "d+")
	b.end("c", rumbo.BatchLoaded)
	b.end("d", rumbo.BatchLoaded)
	b.want("all ended", b.company())
	b.add("e", 5, "w")
	b.do(func(tx store.Tx) error {
		_, err := tx.Amend(b.Context(), "a", store.Records{Trips: b.trips(9, "v")})
		return err
	})
	b.want("amended beside", b.company(), "e+")
	b.end("e", rumbo.BatchLoaded)
	b.want("seen", b.seen(), "v=9", "w=5", "x=1", "y=1", "z=4")
}

// TestUnseenVersions holds that of an ID that two transactions added without seeing each other,
// a reader gets the version of the batch received last, once.
func TestUnseenVersions(t *testing.T) {
	for _, c := range []struct {
		name  string
		inner func(besides) // runs while a transaction of batch a has added x=1 and not committed
		want  string
	}{
		{"a load that ends first", func(b besides) {
			b.add("b", 2, "x")
			b.end("b", rumbo.BatchLoaded)
		}, "x=2"},
		{"a load that ends later", func(b besides) { b.add("b", 2, "x") }, "x=2"},
		{"records added to a loaded batch", func(b besides) {
			b.do(func(tx store.Tx) error {
				_, err := tx.Amend(b.Context(), "old", store.Records{Trips: b.trips(3, "x")})
				return err
			})
			b.add("b", 2, "u")
		}, "x=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBesides(t)
			b.receive("old", "a", "b")
			b.add("old", 0, "w")
			b.end("old", rumbo.BatchLoaded)
			b.add("a", 1, "v")
			b.do(func(tx store.Tx) error {
				if _, err := tx.AddTrips(b.Context(), "a", b.trips(1, "x")); err != nil {
					return err
				}
				c.inner(b)
				return nil
			})
			b.end("a", rumbo.BatchLoaded)
			if open := b.company(); len(open) > 0 {
				b.end("b", rumbo.BatchLoaded)
			}
			var of []string
			for _, s := range b.seen() {
				if s[0] == 'x' {
					of = append(of, s)
				}
			}
			b.want("versions of x", of, c.want)
		})
	}
}
