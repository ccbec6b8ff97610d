package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
)

// TestSnapshotStands reads a snapshot slowly while a lot is written, so much that the log would be
// taken into the file several times: it stays that of its instant, and the writes, each of them made
// between two pages, do not wait for it.
func TestSnapshotStands(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	add := func(from, until int) {
		for i := from; i < until; i++ {
			if err := h.Store.InTx(ctx, func(tx store.Tx) error {
				return tx.SetSetting(ctx, fmt.Sprint("s", i%50), fmt.Sprintf("%d %s", i, bytes.Repeat([]byte{'x'}, 8000)))
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	add(0, 100)
	snapshot, err := h.Store.(store.Snapshotter).Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	dump := snapshot.Dump()
	var file bytes.Buffer
	round := 100
	err = snapshot.WritePart(ctx, dump.Parts[0], writerFunc(func(p []byte) (int, error) {
		add(round, round+20)
		round += 20
		return file.Write(p)
	}))
	if err != nil {
		t.Fatal(err)
	}
	if err := snapshot.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rumbo.db")
	if err := readBack(ctx, path, dump, file.Bytes()); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range 50 {
		text, err := db.Store(nil).Setting(ctx, fmt.Sprint("s", i))
		if want := fmt.Sprint(50+i, " "); err != nil || !bytes.HasPrefix([]byte(text), []byte(want)) {
			t.Fatalf("%d is %.10q, %v, want %s", i, text, err, want)
		}
	}
	if round < 1000 {
		t.Errorf("only %d writes", round)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func readBack(ctx context.Context, path string, dump store.Dump, file []byte) error {
	r, err := sqlite.Restore(ctx, path, dump)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.ReadPart(ctx, dump.Parts[0], bytes.NewReader(file)); err != nil {
		return err
	}
	return r.Commit(ctx)
}

// TestRefusedRestores leaves folders as they are: no database, and nothing beside it but the lock.
func TestRefusedRestores(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	snapshot, err := h.Store.(store.Snapshotter).Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	dump := snapshot.Dump()
	var file bytes.Buffer
	if err := snapshot.WritePart(ctx, dump.Parts[0], &file); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "rumbo.db")
	newer, other, fewer := dump, dump, dump
	newer.Schema, other.Kind = 9999, "postgres"
	fewer.Tables = slices.Clone(dump.Tables)
	fewer.Tables[0].Rows++
	torn := bytes.Clone(file.Bytes())
	copy(torn[len(torn)/2:], bytes.Repeat([]byte{0xa5}, 4096))
	for _, c := range []struct {
		what string
		dump store.Dump
		file []byte
		want rumbo.Code
	}{
		{"newer", newer, file.Bytes(), rumbo.Conflict}, {"other", other, file.Bytes(), rumbo.Conflict}, {"fewer rows", fewer, file.Bytes(), rumbo.Corrupt},
		{"torn", dump, torn, rumbo.Corrupt}, {"short", dump, file.Bytes()[:8192], rumbo.Corrupt}, {"nonsense", dump, []byte("nonsense"), rumbo.Corrupt},
	} {
		if err := readBack(ctx, path, c.dump, c.file); rumbo.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.what, err)
		}
		if left, _ := os.ReadDir(folder); len(left) > 1 {
			t.Errorf("%s leaves %v", c.what, left)
		}
	}
	t.Chdir(folder) // paths as people type them
	if err := readBack(ctx, "rumbo.db", dump, file.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := readBack(ctx, path, dump, file.Bytes()); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("where a database is: %v", err)
	}
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := readBack(ctx, path, dump, file.Bytes()); rumbo.CodeOf(err) != rumbo.Locked {
		t.Errorf("where a server is: %v", err)
	}
}
