package store

import (
	"context"
	"io"
	"time"
)

// Dump is what is known of a database that was written down as of one instant, without its
// rows.
type Dump struct {
	Kind    string    `json:"kind"`             // sqlite or postgres
	Schema  int64     `json:"schema"`           // version of the tables, the number of the last migration
	Server  string    `json:"server,omitempty"` // version of the database program
	TakenAt time.Time `json:"taken_at"`
	Parts   []string  `json:"parts"`  // in the order in which they are read back
	Tables  []Table   `json:"tables"` // complete when every part has been written
}

// Table is a table of a dump.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns,omitempty"` // in the order of its part's columns
	Rows    int64    `json:"rows"`
	// Counters are the numbers that the table's columns have given out, by column.
	Counters map[string]int64 `json:"counters,omitempty"`
}

// Snapshotter is a database that can be written down while others write to it.
type Snapshotter interface {
	// Snapshot fixes an instant: the parts are those of it, whatever is written meanwhile.
	// Nobody waits for a snapshot; while it is open the database cannot clean up behind
	// its writers, so it is closed soon.
	Snapshot(ctx context.Context) (Snapshot, error)
}

// Snapshot is a database as of one instant.
type Snapshot interface {
	// Dump says what there is; rows are known when the parts have been written.
	Dump() Dump
	// WritePart writes one of Dump's parts.
	WritePart(ctx context.Context, name string, w io.Writer) error
	Close() error
}

// Restore fills an empty database with the parts of a snapshot. Nothing is to be seen
// of it before Commit.
type Restore interface {
	// ReadPart reads a part; they come in the order of the dump.
	ReadPart(ctx context.Context, name string, r io.Reader) error
	// Commit holds the rows of every table against the dump, and shows them. Corrupt when they
	// are not as many: then nothing is shown. After another error that is not known.
	Commit(ctx context.Context) error
	// Close lets go of everything, and of what was not committed. A second call changes
	// nothing.
	Close() error
}
