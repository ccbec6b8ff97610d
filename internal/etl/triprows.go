package etl

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
	"github.com/logistica-inteligente/rumbo/internal/tabular/parquetfile"
)

// tripsCSV cleans a CSV file of trips.
func (c *cleaner) tripsCSV(r io.Reader, emit func(Result) bool) error {
	records := tabular.NewReader(r)
	first, err := records.Next()
	if err != nil {
		return payloadFault(err)
	}
	header := make([]string, len(first.Fields))
	for i, f := range first.Fields {
		header[i] = string(f)
	}
	return c.tripRecords(header, records, emit)
}

// tripsParquet cleans a Parquet file of trips, which cannot be read as a stream.
func (c *cleaner) tripsParquet(r io.Reader, emit func(Result) bool) error {
	records, err := c.openParquet(r)
	if err != nil {
		return err
	}
	return c.tripRecords(records.Header(), records, emit)
}

func (c *cleaner) openParquet(r io.Reader) (*parquetfile.Reader, error) {
	file, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return nil, rumbo.Fault(rumbo.Internal, "etl.Clean", "a Parquet payload needs an io.ReaderAt and io.Seeker", nil)
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, payloadFault(err)
	}
	return parquetfile.Open(file, size)
}

// tripRecords cleans the records of a file of trips with the given columns.
func (c *cleaner) tripRecords(header []string, records tabular.Records, emit func(Result) bool) error {
	match, faults := tabular.MatchHeader(header, tabular.TripSchemas())
	if err := rumbo.InvalidFields("etl.Clean", faults); err != nil {
		return err
	}
	if isTLC(match.Schema.Name) && c.location == nil {
		return rumbo.Fault(rumbo.Internal, "etl.Clean", "batch of schema "+c.batch.Schema+" holds "+match.Schema.Name, nil)
	}
	for i, name := range header {
		if match.Unknown(i) {
			c.strangers = append(c.strangers, stranger{name, i})
		}
	}
	workers := make([]func(*chunk), c.workers)
	for i := range workers {
		w := c.fork()
		workers[i] = func(k *chunk) { w.tripChunk(k, match) }
	}
	return pipeline(recordSource(records), workers, func(k *chunk) bool { return c.inOrder(k, emit) })
}

// tripChunk cleans the records of a chunk. Their fields become parts of one text,
// so that none is copied again.
func (c *cleaner) tripChunk(k *chunk, m *tabular.Match) {
	text := string(k.text)
	k.results, k.unknown = make([]Result, len(k.lines)), make([]int64, len(c.strangers))
	c.slab = make([]rumbo.Trip, 0, len(k.lines))
	var fields []string
	for i, l := range k.lines {
		fields = fields[:0]
		for _, f := range l.fields {
			fields = append(fields, text[f.from:f.to])
		}
		k.results[i] = c.tripRecord(k.first+int64(i), tableRow{text[l.raw.from:l.raw.to], fields, l.fault}, m)
		for j, s := range c.strangers {
			if s.at < len(fields) && fields[s.at] != "" {
				k.unknown[j]++
			}
		}
	}
	k.lines, k.text = nil, nil
}

// tableRow is a row of a table.
type tableRow struct {
	raw    string
	fields []string
	fault  string
}

func payloadFault(err error) error {
	if err == io.EOF {
		return rumbo.InvalidFields("etl.Clean", []rumbo.FieldError{{Code: rumbo.EmptyPayload}})
	}
	if rumbo.CodeOf(err) == rumbo.Invalid {
		return err // the file says so itself
	}
	return rumbo.Fault(rumbo.Unavailable, "etl.Clean", "the payload could not be read", err)
}

// tripRecord cleans one record.
func (c *cleaner) tripRecord(row int64, rec tableRow, m *tabular.Match) Result {
	switch {
	case rec.fault != "":
		return c.reject(row, rec.raw, RuleUnreadable, rec.fault)
	case len(rec.fields) != m.Width:
		return c.reject(row, rec.raw, RuleFieldCount, fmt.Sprintf("%d fields, the header has %d", len(rec.fields), m.Width))
	}
	cells := cells{match: m, fields: rec.fields}
	var d drive
	note, fault := c.readDrive(&cells, &d)
	if fault != nil {
		return c.reject(row, rec.raw, fault.rule, fault.reason)
	}
	return c.judge(row, rec.raw, &d, note)
}

// badRow says why a row cannot be read as a drive.
type badRow struct{ rule, reason string }

// Error implements error.
func (b *badRow) Error() string { return b.rule + ": " + b.reason }

// readDrive reads a record into a drive.
func (c *cleaner) readDrive(cells *cells, d *drive) (note string, fault *badRow) {
	pickup, dropoff := cells.clock(tabular.ColPickup), cells.clock(tabular.ColDropoff)
	d.From.Zone, d.To.Zone = cells.zone(tabular.ColFromZone), cells.zone(tabular.ColToZone)
	if isTLC(cells.match.Schema.Name) {
		cells.tlc(d, pickup, dropoff)
	} else {
		cells.own(d)
	}
	if len(cells.bad) > 0 {
		return "", &badRow{RuleBadValue, strings.Join(cells.bad, "; ")}
	}
	if note, fault = c.place(d, pickup, dropoff); fault != nil {
		return "", fault
	}
	if d.ID == "" {
		d.ID = tripID(&d.Trip)
	}
	return note, tripFault(d)
}

// tripFault says what is wrong with a trip by itself, nil when nothing is.
func tripFault(d *drive) *badRow {
	var faults []rumbo.FieldError
	if d.numbered { // nothing but the ends is left to doubt
		faults = append(d.From.Validate("/from"), d.To.Validate("/to")...)
	} else {
		faults = d.Trip.Validate("")
	}
	if len(faults) == 0 {
		return nil
	}
	reasons := make([]string, len(faults))
	rule := RuleBadValue
	for i, f := range faults {
		reasons[i] = strings.TrimPrefix(f.Pointer, "/") + " " + f.Code.Text(rumbo.English, f)
	}
	switch f := faults[0]; {
	case f.Code == rumbo.MissingField && (f.Pointer == "/from" || f.Pointer == "/to"):
		rule = RuleNoPlace
	case strings.HasPrefix(f.Pointer, "/from/point"), strings.HasPrefix(f.Pointer, "/to/point"):
		rule = RuleBadPlace
	}
	return &badRow{rule, strings.Join(reasons, "; ")}
}

// place puts the drive's times on the time line.
func (c *cleaner) place(d *drive, pickup, dropoff clock) (note string, fault *badRow) {
	from, froms, fault := c.candidates("pickup", pickup)
	if fault != nil {
		return "", fault
	}
	to, tos, fault := c.candidates("drop-off", dropoff)
	if fault != nil {
		return "", fault
	}
	d.PickupAt, d.DropoffAt = from[0], to[0]
	if tos == 2 && to[0].Before(from[0]) {
		d.DropoffAt = to[1]
	}
	d.localPickup = c.localTime(pickup)
	switch {
	case tos == 2:
		note = "drop-off in the hour that comes twice: read as the first after the pickup"
	case froms == 2:
		note = "pickup in the hour that comes twice: read as the first"
	}
	return note, nil
}

// candidates are the instants that a time as written can mean, one or two, in
// UTC.
func (c *cleaner) candidates(what string, t clock) (at [2]time.Time, n int, fault *badRow) {
	if !t.local {
		return [2]time.Time{t.at.UTC()}, 1, nil
	}
	if c.location == nil {
		return at, 0, &badRow{RuleBadValue, what + " " + t.at.Format(time.DateTime) + " has no offset and no time zone was declared"}
	}
	if at, n = c.location.instants(t.at); n == 0 {
		fault = &badRow{RuleNoTime, fmt.Sprintf("%s %s does not exist in %s: clocks skipped it", what, t.at.Format(time.DateTime), c.location.Location)}
	}
	return at, n, fault
}

// localTime is a time as a clock at the place showed it: a wall clock as it was
// written, an instant in the declared zone or else by its own offset.
func (c *cleaner) localTime(t clock) time.Time {
	if t.local || c.location == nil {
		return t.at
	}
	return t.at.In(c.location.Location)
}
