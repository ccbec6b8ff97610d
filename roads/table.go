package roads

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Unreachable stands in a [Table] where no road leads from source to target. It
// is larger than any real entry, so comparisons need no special case; additions
// must test for it.
const Unreachable int32 = math.MaxInt32

// ErrTableSize is wrapped by the error for a table of more cells than allowed.
var ErrTableSize = errors.New("table too large")

// ErrLocation is wrapped by the error for a location that is not of the map.
var ErrLocation = errors.New("location is not on this map")

// DefaultMaxCells is the limit on rows times columns when a caller names none:
// 16,384 by 16,384, a table of 2 GiB.
const DefaultMaxCells = 1 << 28

// Table holds whole seconds and whole meters from every source to every target.
type Table struct {
	Rows, Cols int     // sources, targets
	Duration   []int32 // seconds, row-major: source i to target j at i*Cols+j
	Distance   []int32 // meters along that same fastest path
}

// At is the duration in seconds and the distance in meters from source i to
// target j; ok is false where no road leads.
func (t Table) At(i, j int) (seconds, meters int32, ok bool) {
	k := i*t.Cols + j
	return t.Duration[k], t.Distance[k], t.Duration[k] != Unreachable
}

// Missing is how many entries are [Unreachable]. O(Rows x Cols).
func (t Table) Missing() int {
	missing := 0
	for _, d := range t.Duration {
		if d == Unreachable {
			missing++
		}
	}
	return missing
}

// TableOptions tunes a table; the zero value is ready for use.
type TableOptions struct {
	// TimeFactor multiplies the map's own seconds before rounding, for example
	// [Calibration.Factor]. 0 means 1.
	TimeFactor float64

	// Threads is how many sources are worked on at the same time; 0 means one
	// for each processor that Go may use. It never changes the result.
	Threads int

	// MaxCells bounds rows times columns; 0 means [DefaultMaxCells].
	MaxCells int

	// Progress is told how many rows of how many are done, from one goroutine
	// at a time and never backward. It may be nil.
	Progress func(done, total int)
}

// Tabler computes tables. [Dijkstra] and the hierarchy of roads/cch are Tablers
// and answer equally.
//
// Seconds are the duration of the fastest path in map units times
// Units.SecondsPerUnit times TimeFactor, rounded to the nearest whole second,
// but at least 1 where the duration is not zero: only a place and itself (or
// another that snaps to the same spot) are 0 seconds apart. Meters are rounded
// to the nearest. Entries too large for an int32 stop just below [Unreachable].
//
// Errors: [ErrTableSize] above MaxCells, [ErrLocation] for a location outside
// the map, and the context's cause when it ends before the table does; there is
// no partial table.
type Tabler interface {
	Table(ctx context.Context, sources, targets []Location, opts TableOptions) (Table, error)
}

// NewTable checks sizes, locations and options for a [Tabler] over g and makes
// the table, whose every entry the Tabler then writes.
func NewTable(g *Graph, sources, targets []Location, opts TableOptions) (Table, error) {
	rows, cols := len(sources), len(targets)
	if err := checkTable(g, sources, targets, rows, cols, opts); err != nil {
		return Table{}, err
	}
	return Table{Rows: rows, Cols: cols, Duration: make([]int32, rows*cols), Distance: make([]int32, rows*cols)}, nil
}

// checkTable is the error for a table of so many cells.
func checkTable(g *Graph, sources, targets []Location, rows, cols int, opts TableOptions) error {
	limit := opts.MaxCells
	if limit <= 0 {
		limit = DefaultMaxCells
	}
	if cols > 0 && rows > limit/cols {
		return fmt.Errorf("%w: %d sources times %d targets are more than %d cells", ErrTableSize, rows, cols, limit)
	}
	if f := opts.TimeFactor; f != 0 && !positive(f) {
		return fmt.Errorf("roads: time factor %v is not a positive number", f)
	}
	return errors.Join(checkLocations(g, sources), checkLocations(g, targets))
}

// Rounder turns costs of one graph into the whole seconds and meters of a table.
type Rounder struct {
	g       *Graph
	seconds float64 // of one duration unit
}

// NewRounder prepares the rounding that [Tabler] promises. A timeFactor of 0
// means 1.
func NewRounder(g *Graph, timeFactor float64) Rounder {
	if timeFactor == 0 {
		timeFactor = 1
	}
	return Rounder{g: g, seconds: g.Units.SecondsPerUnit * timeFactor}
}

// Round is the table entry for a cost. O(1).
func (r Rounder) Round(c Cost) (seconds, meters int32) {
	if c >= Unreached {
		return Unreachable, Unreachable
	}
	duration, distance := r.g.Split(c)
	return wholeUnits(duration, r.seconds, 1), wholeUnits(distance, r.g.Units.MetersPerUnit, 0)
}
