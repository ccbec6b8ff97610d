package store

import (
	"context"
	"time"
)

// What can be pruned.
const (
	PruneVersions   = "versions"   // record versions that no loaded batch shows, of one kind
	PruneQuarantine = "quarantine" // rows of batches that ended before a time, unless mended since
	PruneRuns       = "runs"       // runs that ended before a time, with steps and logs
	PruneDeliveries = "deliveries" // delivered events that were made before a time, with attempts
)

// Prune selects what nobody needs any more.
type Prune struct {
	What   string
	Kind   string    // of PruneVersions: rumbo.KindTrips, ...
	Before time.Time // of the others
}

// RetentionReader looks at what could be removed.
type RetentionReader interface {
	// CountPrunable is how many Prune would remove. O(what could be removed, and for
	// versions the records that came more than once).
	CountPrunable(ctx context.Context, p Prune) (int64, error)
	// ExpiredPayloads lists, by key and after one, the payloads of which every batch ended
	// before a time and has nothing left in quarantine: mending a row reads its payload.
	ExpiredPayloads(ctx context.Context, before time.Time, after string, limit int) (keys []string, err error)
	// NamesPayload says whether a batch has the payload of this key.
	NamesPayload(ctx context.Context, key string) (bool, error)
}

// RetentionWriter removes it, a small transaction at a time.
type RetentionWriter interface {
	// Prune removes about limit rows and says how many of what it removes are gone by it.
	// next, which is empty at the end, goes on; any call may be the first after a crash, with
	// after empty. What is visible stays as it is.
	Prune(ctx context.Context, p Prune, after string, limit int) (removed int, next string, err error)
	// DropPayload lets the batches of a payload forget it, if it still is one of
	// ExpiredPayloads, and says whether they did. The payload itself is removed after the
	// commit: a crash in between leaves one that no batch names, never a name without payload.
	DropPayload(ctx context.Context, key string, before time.Time) (dropped bool, err error)
}
