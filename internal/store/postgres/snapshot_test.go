package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
)

// TestOlderSnapshot takes one of tables of an older version, restores it, and opens it: the
// migrations since then work on what was restored, and numbers go on where they were.
func TestOlderSnapshot(t *testing.T) {
	pgtest.Need(t, server)
	ctx := t.Context()
	old, err := postgres.OpenAt(ctx, server.Database(t), 20) // before batches had the column finished
	must(t, err)
	defer old.Close()
	for round := range 3 { // two are undone: numbers are not given twice
		tx, err := old.Pool().Begin(ctx)
		must(t, err)
		_, err = tx.Exec(ctx, `INSERT INTO batch (id, kind, state, sha256, doc) VALUES ('batch_1', 'trips', 'loaded', 'x',
			'{"id":"batch_1","kind":"trips","state":"loaded","received_at":"2026-03-16T12:00:00Z","finished_at":"2026-03-16T12:00:01Z","blob_key":"raw/1"}')`)
		must(t, err)
		_, err = tx.Exec(ctx, `INSERT INTO quarantine (batch, number, rule, reason, raw) SELECT seq, 1, 'r', 's', '\x00ff5c0a' FROM batch`)
		must(t, err)
		end := tx.Rollback
		if round == 2 {
			end = tx.Commit
		}
		must(t, end(ctx))
	}

	dump, parts := written(t, old.Store(nil))
	if i := slices.Index(dump.Parts, "quarantine"); dump.Schema != 20 || i < slices.Index(dump.Parts, "batch") {
		t.Errorf("%d %v", dump.Schema, dump.Parts)
	}
	address := server.Database(t)
	must(t, readBack(ctx, address, dump, parts, nil))
	db, err := postgres.Open(ctx, address)
	must(t, err)
	s := db.Store(nil)
	defer s.Close()
	keys, err := s.ExpiredPayloads(ctx, time.Now(), "", 10) // goes by columns that the backup did not have
	if err != nil || len(keys) != 0 {
		t.Errorf("payloads %v, %v: its quarantine has a row", keys, err)
	}
	must(t, s.InTx(ctx, func(tx store.Tx) error {
		return tx.AddBatch(ctx, rumbo.Batch{ID: "batch_2", Kind: rumbo.KindTrips, State: rumbo.BatchReceived})
	}))
	var first, second int64
	var raw []byte
	must(t, db.Pool().QueryRow(ctx, `SELECT min(seq), max(seq), (SELECT raw FROM quarantine) FROM batch`).Scan(&first, &second, &raw))
	if first != 3 || second != 4 || !bytes.Equal(raw, []byte("\x00\xff\\\n")) {
		t.Errorf("batches %d and %d, row %q", first, second, raw)
	}
}

// TestRefusedRestores leaves databases as they are.
func TestRefusedRestores(t *testing.T) {
	pgtest.Need(t, server)
	ctx := t.Context()
	db, err := postgres.Open(ctx, server.Database(t))
	must(t, err)
	defer db.Close()
	_, err = rivertask.OpenPostgres(ctx, db.Pool(), rivertask.Config{})
	must(t, err)
	dump, parts := written(t, db.Passing(rivertask.Passing()...).Store(nil))
	newer, other := dump, dump
	newer.Schema, other.Kind = 9999, "sqlite"
	for name, d := range map[string]store.Dump{"newer": newer, "other": other} {
		if err := readBack(ctx, server.Database(t), d, parts, nil); rumbo.CodeOf(err) != rumbo.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	address := server.Database(t)
	torn := errors.New("torn")
	if err := readBack(ctx, address, dump, parts, torn); !errors.Is(err, torn) {
		t.Errorf("a part that breaks off: %v", err)
	}
	fewer := dump
	fewer.Tables = slices.Clone(dump.Tables)
	fewer.Tables[0].Rows++
	if err := readBack(ctx, address, fewer, parts, nil); rumbo.CodeOf(err) != rumbo.Corrupt {
		t.Errorf("fewer rows: %v", err)
	}
	must(t, readBack(ctx, address, dump, parts, nil)) // it is empty still
}

// written writes every part of a snapshot.
func written(t *testing.T, from store.Snapshotter) (store.Dump, map[string]string) {
	t.Helper()
	snapshot, err := from.Snapshot(t.Context())
	must(t, err)
	parts := map[string]string{}
	for _, name := range snapshot.Dump().Parts {
		var b strings.Builder
		must(t, snapshot.WritePart(t.Context(), name, &b))
		parts[name] = b.String()
	}
	must(t, snapshot.Close())
	return snapshot.Dump(), parts
}

// readBack restores parts; the last one ends with an error, when there is one.
func readBack(ctx context.Context, address string, dump store.Dump, parts map[string]string, torn error) error {
	r, err := postgres.Restore(ctx, address, dump, func(ctx context.Context, db *postgres.Database) error {
		_, err := rivertask.OpenPostgres(ctx, db.Pool(), rivertask.Config{})
		return err
	})
	if err != nil {
		return err
	}
	defer r.Close()
	for i, name := range dump.Parts {
		var from io.Reader = strings.NewReader(parts[name])
		if torn != nil && i == len(dump.Parts)-1 {
			from = io.MultiReader(from, broken{torn})
		}
		if err := r.ReadPart(ctx, name, from); err != nil {
			return err
		}
	}
	return r.Commit(ctx)
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
