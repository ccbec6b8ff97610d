package etl

import (
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// Zones is the part of the client's zone map that cleaning needs.
type Zones interface {
	// Known says whether the map has a zone of this number.
	Known(id int32) bool
}

// Result is what became of one row: exactly one of the pointers is set.
type Result struct {
	Row      int64 // from 1, the header not counted
	Trip     *rumbo.Trip
	Order    *rumbo.Order
	Vehicle  *rumbo.Vehicle
	Depot    *rumbo.Depot
	Event    *rumbo.VehicleEvent
	Rejected *rumbo.Quarantine
	// Note says how a time that the clocks showed twice was read; empty for most rows.
	Note string

	raw, batch string // for Reject
}

// Options say how a payload is cleaned.
type Options struct {
	Zones   Zones // nil: no zone is known
	Workers int   // goroutines that read rows; as many as run at once when 0
	// Unknown, when not nil, is given the columns that the schema does not have,
	// with the number of values in them; complete when the last row was yielded.
	Unknown map[string]int64
}

// Clean reads a payload of the batch's kind and format and yields one Result a
// row. A Parquet payload must also be an io.ReaderAt and io.Seeker, as an *os.File
// is. The error, the last thing
// yielded, is of the payload as a whole: what r returned, or text in which rows
// can no longer be told apart; stage 1 has refused most of those.
//
// Cleaning the same payload again yields the same results, whatever the number of
// workers. O(payload).
func Clean(r io.Reader, b rumbo.Batch, zones Zones) iter.Seq2[Result, error] {
	return CleanWith(r, b, Options{Zones: zones})
}

// CleanWith is Clean with options.
func CleanWith(r io.Reader, b rumbo.Batch, o Options) iter.Seq2[Result, error] {
	return func(yield func(Result, error) bool) {
		c, err := newCleaner(b, o.Zones)
		if err == nil {
			c.workers = workerCount(o.Workers)
			if o.Unknown != nil {
				c.unknown = o.Unknown
			}
			err = c.run(r, func(res Result) bool { return yield(res, nil) })
		}
		if err != nil {
			yield(Result{}, err)
		}
	}
}

// cleaner holds what the rows of one batch share.
type cleaner struct {
	batch    rumbo.Batch
	zones    Zones
	location *localZone // nil when local times have none
	month    time.Time  // its first day, zero when none was declared
	seen     fingerprints
	ids      map[string]int64 // row of each id, for kinds that are few

	workers   int
	strangers []stranger       // columns that the schema does not have
	unknown   map[string]int64 // values in each
	slab      []rumbo.Trip     // room for the trips of a chunk
}

// newYork is where the files of the taxi commission take their times.
const newYork = "America/New_York"

func newCleaner(b rumbo.Batch, zones Zones) (*cleaner, error) {
	c := &cleaner{batch: b, zones: zones, ids: map[string]int64{}, unknown: map[string]int64{}, workers: 1}
	name := b.TimeZone
	if name == "" && isTLC(b.Schema) {
		name = newYork
	}
	if name != "" {
		location, err := time.LoadLocation(name)
		if err != nil {
			return nil, rumbo.Fault(rumbo.Invalid, "etl.Clean", "time zone "+name, err)
		}
		c.location = &localZone{Location: location}
	}
	if b.Month != "" {
		month, err := time.Parse("2006-01", b.Month)
		if err != nil {
			return nil, rumbo.Fault(rumbo.Invalid, "etl.Clean", "month "+b.Month, err)
		}
		c.month = month
	}
	return c, nil
}

// run reads the rows until the payload ends or emit wants no more.
func (c *cleaner) run(r io.Reader, emit func(Result) bool) error {
	switch {
	case c.batch.Kind == rumbo.KindTrips && c.batch.Format == rumbo.FormatCSV:
		return c.tripsCSV(r, emit)
	case c.batch.Kind == rumbo.KindTrips && c.batch.Format == rumbo.FormatParquet:
		return c.tripsParquet(r, emit)
	case c.batch.Format == rumbo.FormatJSON, c.batch.Format == rumbo.FormatNDJSON:
		return c.rowsJSON(r, emit)
	}
	return rumbo.Fault(rumbo.UnsupportedMedia, "etl.Clean", fmt.Sprintf("%s as %s", c.batch.Kind, c.batch.Format), nil)
}

// reject makes the result of a row that is kept out.
func (c *cleaner) reject(row int64, raw, rule, reason string) Result {
	return Result{Row: row, Rejected: &rumbo.Quarantine{BatchID: c.batch.ID, Row: row, Raw: kept(raw), Rule: rule, Reason: reason}}
}
