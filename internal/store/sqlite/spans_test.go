package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlstore"
)

// searches counts how often trips are looked up.
type searches struct {
	sqlstore.Conn
	n *int
}

func (s searches) Query(ctx context.Context, query string, args ...any) (sqlstore.Rows, error) {
	if strings.Contains(query, " FROM trip v CROSS JOIN batch b WHERE b.seq = v.batch AND v.id ") {
		*s.n++
	}
	return s.Conn.Query(ctx, query, args...)
}

// TestUnseenTimesAreNotSearched holds that trips are looked up one by one only where another batch has
// brought some of their time, the batch has one of them already, or their IDs tell no time.
func TestUnseenTimesAreNotSearched(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	n := 0
	w := sqlstore.NewWriter(searches{conn{runner: tx}, &n}, dialect())
	for _, id := range []string{"a", "b", "c"} {
		if err := w.AddBatch(ctx, rumbo.Batch{ID: id, Kind: rumbo.KindTrips, State: rumbo.BatchReceived, SHA256: id}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, batch, format string
		from, rows          int
		searched            bool
	}{
		{"the first", "a", "trip-%05d-%02d", 0, 500, false},
		{"more of it", "a", "trip-%05d-%02d", 500, 130, false},
		{"the same once more", "a", "trip-%05d-%02d", 400, 200, true},
		{"another batch, another time", "b", "trip-%05d-%02d", 700, 300, false},
		{"another batch, some of the time", "b", "trip-%05d-%02d", 650, 100, true}, // span 6 is a's
		{"few", "b", "trip-%05d-%02d", 3000, 10, true},
		{"no time in them", "b", "%05d%02d", 0, 500, false},
		{"no time in them, another batch", "c", "%05d%02d", 1000, 500, false},
		{"no time in them, overlapping", "c", "%05d%02d", 0, 500, true},
		{"scattered", "c", "%[2]02d%[1]d-", 0, 27_000, true},
		{"after scattered ones of another batch", "a", "trip-%05d-%02d", 9000, 500, true},
	} {
		var rows []rumbo.Trip
		for k := c.from; k < c.from+c.rows; k++ {
			rows = append(rows, rumbo.Trip{ID: fmt.Sprintf(c.format, k/100, k%100)})
		}
		n = 0
		if _, err := w.AddTrips(ctx, c.batch, rows); err != nil {
			t.Fatal(c.name, err)
		}
		if (n > 0) != c.searched {
			t.Errorf("%s: %d searches, want some: %v", c.name, n, c.searched)
		}
	}
}

// missingSpans counts the beginnings of trips' IDs that the table does not have, as a migration finds them.
func missingSpans(t *testing.T, c sqlstore.Conn) (n int) {
	t.Helper()
	rows, err := c.Query(t.Context(), `SELECT count(*) FROM (SELECT DISTINCT batch, substr(id, 1, instr(id, '-') + 5) AS span FROM trip) v
		WHERE NOT EXISTS (SELECT 1 FROM trip_span s WHERE s.batch = v.batch AND s.span IN ('', v.span))`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	if err := rows.Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestSpansAsMigrated holds that Go and SQL cut IDs at the same place.
func TestSpansAsMigrated(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "rumbo.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	w := sqlstore.NewWriter(conn{runner: tx}, dialect())
	if err := w.AddBatch(ctx, rumbo.Batch{ID: "a", Kind: rumbo.KindTrips, State: rumbo.BatchReceived}); err != nil {
		t.Fatal(err)
	}
	var rows []rumbo.Trip
	for _, id := range []string{"a", "-", "green-0h1k2m3n", "ruta-ñandú-7", "ñ", "ñandúes", "abcde", "abcdef", "a-b-c-d-e-f", "東京駅から新宿駅-まで歩いて行く"} {
		rows = append(rows, rumbo.Trip{ID: id})
	}
	if _, err := w.AddTrips(ctx, "a", rows); err != nil {
		t.Fatal(err)
	}
	if n := missingSpans(t, conn{runner: tx}); n > 0 {
		t.Errorf("%d spans are missing", n)
	}
}
