package postgres_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
	"github.com/logistica-inteligente/rumbo/internal/store/storetest"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
)

// server is the one server of these tests; nil where none is installed.
var server *pgtest.Server

func TestMain(m *testing.M) {
	os.Exit(pgtest.Main(m, func(s *pgtest.Server) { server = s }, "fsync=off"))
}

func open(t testing.TB) storetest.Harness {
	t.Helper()
	pgtest.Need(t, server)
	h, err := openAt(t.Context(), server.Copy(t, func(ctx context.Context, address string) error {
		h, err := openAt(ctx, address)
		if err != nil {
			return err
		}
		return h.Store.Close()
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func openAt(ctx context.Context, address string) (h storetest.Harness, err error) {
	db, err := postgres.Open(ctx, address)
	if err != nil {
		return h, err
	}
	queue, err := rivertask.OpenPostgres(ctx, db.Pool(), rivertask.Config{})
	if err != nil {
		return h, errors.Join(err, db.Close())
	}
	return storetest.Harness{Store: db.Store(queue), Queue: queue}, nil
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Harness { return open(t) })
}

func TestOpenErrors(t *testing.T) {
	_, err := postgres.Open(t.Context(), "postgres://user:secret@[bad/db")
	if rumbo.CodeOf(err) != rumbo.Invalid || strings.Contains(err.Error(), "secret") {
		t.Errorf("bad address: %v", err)
	}
	_, err = postgres.Open(t.Context(), "postgres://user:secret@127.0.0.1:1/db?connect_timeout=2")
	if rumbo.CodeOf(err) != rumbo.Unavailable || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestNewerTablesAreRefused(t *testing.T) {
	pgtest.Need(t, server)
	address := server.Database(t)
	db, err := postgres.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Pool().Exec(t.Context(), `INSERT INTO schema_version (version_id, is_applied) VALUES (9999, true)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.Open(t.Context(), address); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("newer tables: %v", err)
	}
}

// TestOpenSideBySide lets several processes' worth of stores migrate one new
// database at once.
func TestOpenSideBySide(t *testing.T) {
	pgtest.Need(t, server)
	address := server.Database(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := postgres.Open(t.Context(), address)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if _, err := rivertask.OpenPostgres(t.Context(), db.Pool(), rivertask.Config{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) store.Store { return open(b).Store })
}

func TestRetentionFillsInWhatWasThere(t *testing.T) {
	pgtest.Need(t, server)
	db, err := postgres.Open(t.Context(), server.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	migration, err := os.ReadFile("migrations/00040_retention.sql")
	if err != nil {
		t.Fatal(err)
	}
	storetest.Backfill(t, db.Store(nil), string(migration), func(statement string) error {
		_, err := db.Pool().Exec(t.Context(), statement)
		return err
	})
}
