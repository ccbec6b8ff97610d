package backup_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/backup"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/dir"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3/s3test"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
)

// server is the one PostgreSQL of these tests; nil where none is installed.
var server *pgtest.Server

func TestMain(m *testing.M) {
	os.Exit(pgtest.Main(m, func(s *pgtest.Server) { server = s }, "fsync=off"))
}

// world is an installation's data, a place for backups and somewhere to restore to.
type world struct {
	store  store.Store
	blobs  blob.Bucket
	place  *backup.Place
	bucket func() blob.Bucket // a new one
	// empty is a new database, with how its tables look, by hash.
	empty  func() (open func(context.Context, store.Dump) (store.Restore, error), hashes func() map[string]string)
	hashes func() map[string]string
}

// on runs a test on both kinds of installation.
func on(t *testing.T, do func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { do(t, onSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { do(t, onPostgres(t)) })
}

func (w *world) setUp(t testing.TB) *world {
	w.blobs = w.bucket()
	w.place = &backup.Place{Bucket: w.bucket(), Clock: time.Now, Build: "test"}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func onSQLite(t testing.TB) *world {
	t.Helper()
	w := &world{bucket: func() blob.Bucket {
		b, err := dir.Open(t.TempDir())
		check(t, err)
		return b
	}}
	path := filepath.Join(t.TempDir(), "rumbo.db")
	db, err := sqlite.Open(t.Context(), path)
	check(t, err)
	queue, err := rivertask.OpenSQLite(t.Context(), db.Writer(), rivertask.Config{})
	check(t, err)
	w.store, w.hashes = db.Store(queue), func() map[string]string { return sqliteHashes(t, path) }
	w.empty = func() (func(context.Context, store.Dump) (store.Restore, error), func() map[string]string) {
		path := filepath.Join(t.TempDir(), "new", "rumbo.db")
		return func(ctx context.Context, d store.Dump) (store.Restore, error) { return sqlite.Restore(ctx, path, d) },
			func() map[string]string { return sqliteHashes(t, path) }
	}
	return w.setUp(t)
}

func onPostgres(t testing.TB) *world {
	t.Helper()
	pgtest.Need(t, server)
	buckets := s3test.New(t)
	w := &world{bucket: func() blob.Bucket {
		b, err := s3.Open(t.Context(), buckets.Bucket(t))
		check(t, err)
		return b
	}}
	address := server.Database(t)
	db, err := postgres.Open(t.Context(), address)
	check(t, err)
	queue, err := rivertask.OpenPostgres(t.Context(), db.Pool(), rivertask.Config{})
	check(t, err)
	w.store, w.hashes = db.Passing(rivertask.Passing()...).Store(queue), func() map[string]string { return postgresHashes(t, address) }
	w.empty = func() (func(context.Context, store.Dump) (store.Restore, error), func() map[string]string) {
		address := server.Database(t)
		return func(ctx context.Context, d store.Dump) (store.Restore, error) {
			return postgres.Restore(ctx, address, d, queueTables)
		}, func() map[string]string { return postgresHashes(t, address) }
	}
	return w.setUp(t)
}

func queueTables(ctx context.Context, db *postgres.Database) error {
	_, err := rivertask.OpenPostgres(ctx, db.Pool(), rivertask.Config{})
	return err
}

// sqliteHashes are hashes of the rows of every table, with their number; none without a database.
func sqliteHashes(t testing.TB, path string) map[string]string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		return map[string]string{}
	}
	db, err := sql.Open("sqlite", path)
	check(t, err)
	defer db.Close()
	tables, err := db.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
	check(t, err)
	defer tables.Close()
	out := map[string]string{}
	for tables.Next() {
		var name string
		check(t, tables.Scan(&name))
		rows, err := db.Query(`SELECT * FROM "` + name + `"`)
		check(t, err)
		columns, err := rows.Columns()
		check(t, err)
		var lines []string
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			check(t, rows.Scan(values...))
			line := ""
			for _, v := range values {
				line += fmt.Sprintf("%#v|", *v.(*any))
			}
			lines = append(lines, line)
		}
		check(t, rows.Err())
		slices.Sort(lines)
		out[name] = fmt.Sprintf("%d %x", len(lines), sha256.Sum256([]byte(strings.Join(lines, "\n"))))
	}
	return out
}

func postgresHashes(t testing.TB, address string) map[string]string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	check(t, err)
	defer c.Close(t.Context())
	rows, err := c.Query(t.Context(), `SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`)
	check(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(t, err)
	out := map[string]string{}
	for _, name := range names {
		if slices.Contains(rivertask.Passing(), name) || name == "schema_version" || name == "loading" {
			continue
		}
		var text string
		check(t, c.QueryRow(t.Context(), `SELECT count(*) || ' ' || md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM "`+name+`" r`).Scan(&text))
		out[name] = text
	}
	return out
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fill puts something into every kind of table, and objects beside it.
func (w *world) fill(t testing.TB, trips int) {
	t.Helper()
	noon := time.Date(2026, 3, 16, 12, 0, 0, 0, time.FixedZone("", -3*3600))
	b := rumbo.Batch{ID: "batch_1", Kind: rumbo.KindTrips, State: rumbo.BatchReceived, ReceivedAt: noon, SHA256: "x", BlobKey: "raw/batch_1.csv"}
	w.do(t, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.AddBatch(ctx, b), tx.AddRun(ctx, rumbo.Run{ID: "run_1", Flow: rumbo.FlowIngest, State: rumbo.RunRunning, CreatedAt: noon}),
			tx.Enqueue(ctx, task.About("clean", "run_1", task.Short, 5)), tx.SetSetting(ctx, "quality", `{"a":"tab\tand \\ and é and \u0000"}`),
			tx.AddKey(ctx, store.Key{Prefix: "p", SHA256: "s", Name: "n", Scopes: []string{"all"}, CreatedAt: noon}),
			tx.AddDelivery(ctx, rumbo.Delivery{ID: "dlv_1", State: rumbo.DeliveryPending, CreatedAt: noon, Payload: []byte("{\"\\n\\\\\":1}\n\x00")}))
	})
	for n := 0; n < trips; {
		rows := make([]rumbo.Trip, min(2000, trips-n))
		for i := range rows {
			at := noon.Add(time.Duration(n) * time.Second)
			rows[i] = rumbo.Trip{ID: fmt.Sprintf("%08d-%x", n, uint64(n)*0x9E3779B97F4A7C15), PickupAt: at, DropoffAt: at.Add(time.Minute), From: rumbo.Spot{Zone: int32(n % 260)}, To: rumbo.Spot{Zone: int32(n % 131)}, DistanceM: float64(n%30000) / 7}
			n++
		}
		w.do(t, func(ctx context.Context, tx store.Tx) error { _, err := tx.AddTrips(ctx, b.ID, rows); return err })
	}
	w.do(t, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.AddAttempt(ctx, "dlv_1", rumbo.DeliveryAttempt{At: noon}, rumbo.DeliveryPending)
		return errors.Join(err, tx.AddQuarantine(ctx, b.ID, []rumbo.Quarantine{{BatchID: b.ID, Row: 7, Raw: "a\x00b\xff\t", Rule: "r", Reason: "s"}}))
	})
	for i := range 12 {
		w.put(t, fmt.Sprintf("raw/batch_%d.csv", i), strings.Repeat(fmt.Sprint("payload ", i, "\n"), 1000))
	}
	w.put(t, "models/m/versions/00000001/model.bin", "a model")
	w.put(t, "predictions/pred_1/answers.ndjson", "")
}

func (w *world) do(t testing.TB, do func(ctx context.Context, tx store.Tx) error) {
	t.Helper()
	check(t, w.store.InTx(t.Context(), func(tx store.Tx) error { return do(t.Context(), tx) }))
}

func (w *world) put(t testing.TB, key, text string) {
	t.Helper()
	_, err := w.blobs.Put(t.Context(), key, strings.NewReader(text), blob.PutOptions{})
	check(t, err)
}

// backUp does what the flow does.
func (w *world) backUp(ctx context.Context, id string) (m backup.Manifest, err error) {
	begun := time.Now()
	if err := w.place.Begin(ctx, id); err != nil {
		return m, err
	}
	quiet := func(int64, int64) {}
	if _, err := w.place.CopyObjects(ctx, id, w.blobs, quiet); err != nil {
		return m, err
	}
	database, err := w.place.CopyDatabase(ctx, id, w.store.(store.Snapshotter), func(string, int64) {})
	if err != nil {
		return m, err
	}
	objects, err := w.place.CopyObjects(ctx, id, w.blobs, quiet)
	if err != nil {
		return m, err
	}
	return w.place.Publish(ctx, id, begun, database, objects)
}

func (w *world) mustBackUp(t testing.TB, id string) backup.Manifest {
	t.Helper()
	m, err := w.backUp(t.Context(), id)
	check(t, err)
	return m
}

// restore restores into a new place.
func (w *world) restore(t testing.TB, m backup.Manifest) (blobs blob.Bucket, hashes func() map[string]string, err error) {
	t.Helper()
	blobs = w.bucket()
	open, hashes := w.empty()
	_, err = w.place.Restore(t.Context(), m, backup.Into{Database: open, Blobs: blobs}, func(string, int64, int64) {})
	return blobs, hashes, err
}

// contents are the objects of a bucket.
func contents(t testing.TB, b blob.Bucket) map[string]string {
	t.Helper()
	out := map[string]string{}
	for info, err := range b.List(t.Context(), "") {
		check(t, err)
		in, err := b.Open(t.Context(), info.Key)
		check(t, err)
		text, err := io.ReadAll(in)
		check(t, err)
		in.Close()
		out[info.Key] = string(text)
	}
	return out
}

// same compares two maps of texts.
func same(t testing.TB, what string, want, got map[string]string) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] != want[key] {
			t.Errorf("%s: %s is %.80q, want %.80q", what, key, got[key], want[key])
		}
	}
	if len(want) != len(got) {
		t.Errorf("%s: %d, want %d: %v", what, len(got), len(want), slices.Sorted(maps.Keys(got)))
	}
}
