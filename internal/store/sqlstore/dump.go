package sqlstore

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Newest is the version of the last of a driver's migrations.
func Newest(migrations fs.FS) (newest int64, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	for _, file := range files {
		number, _, _ := strings.Cut(path.Base(file), "_")
		n, bad := strconv.ParseInt(number, 10, 64)
		if bad != nil {
			return 0, bad
		}
		newest = max(newest, n)
	}
	return newest, err
}

// Restorable refuses a dump that a database of a kind cannot take in. Conflict.
func Restorable(op string, dump store.Dump, kind string, newest int64) error {
	switch {
	case dump.Kind != kind:
		hint := "give --database postgres://…"
		if dump.Kind == "sqlite" {
			hint = "leave --database out: it is restored into --data"
		}
		return &rumbo.Error{Code: rumbo.Conflict, Op: op, Detail: fmt.Sprintf("the backup is of kind %s, this is %s", dump.Kind, kind), Hint: hint}
	case dump.Schema > newest:
		return &rumbo.Error{Code: rumbo.Conflict, Op: op, Detail: fmt.Sprintf("the backup is of version %d, this program knows versions up to %d", dump.Schema, newest),
			Hint: "use the newer rumbo that made it"}
	}
	return nil
}

// SameRows holds the rows of restored tables against those that a dump tells of. Corrupt.
func SameRows(op string, want, got []store.Table) error {
	have := map[string]int64{}
	for _, t := range got {
		have[t.Name] = t.Rows
	}
	for _, t := range want {
		if n, ok := have[t.Name]; !ok || n != t.Rows {
			return rumbo.Fault(rumbo.Corrupt, op, fmt.Sprintf("table %s has %d rows restored, %d were backed up", t.Name, n, t.Rows), nil)
		}
	}
	return nil
}
