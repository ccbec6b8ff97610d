package etl

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// tripsCSV cleans a CSV file of trips.
func (c *cleaner) tripsCSV(r io.Reader, emit func(Result) bool) error {
	records := tabular.NewReader(r)
	first, err := records.Next()
	if err != nil {
		return payloadFault(err)
	}
	names := make([]string, len(first.Fields))
	for i, f := range first.Fields {
		names[i] = string(f)
	}
	match, faults := tabular.MatchHeader(names, tabular.TripSchemas())
	if err := rumbo.InvalidFields("etl.Clean", faults); err != nil {
		return err
	}
	if isTLC(match.Schema.Name) && c.location == nil {
		return rumbo.Fault(rumbo.Internal, "etl.Clean", "batch of schema "+c.batch.Schema+" holds "+match.Schema.Name, nil)
	}
	for row := int64(1); ; row++ {
		rec, err := records.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return payloadFault(err)
		}
		if !emit(c.tripRecord(row, rec, match)) {
			return nil
		}
	}
}

func payloadFault(err error) error {
	if err == io.EOF {
		return rumbo.InvalidFields("etl.Clean", []rumbo.FieldError{{Code: rumbo.EmptyPayload}})
	}
	return rumbo.Fault(rumbo.Unavailable, "etl.Clean", "the payload could not be read", err)
}

// tripRecord cleans one record.
func (c *cleaner) tripRecord(row int64, rec tabular.Record, m *tabular.Match) Result {
	raw := func() string { return strings.ToValidUTF8(string(rec.Raw), "\uFFFD") }
	switch {
	case rec.Fault != "":
		return c.reject(row, raw(), RuleUnreadable, rec.Fault)
	case len(rec.Fields) != m.Width:
		return c.reject(row, raw(), RuleFieldCount, fmt.Sprintf("%d fields, the header has %d", len(rec.Fields), m.Width))
	}
	cells := cells{match: m, fields: rec.Fields}
	d, note, fault := c.readDrive(&cells)
	if fault != nil {
		return c.reject(row, raw(), fault.rule, fault.reason)
	}
	return c.judge(row, raw, d, note)
}

// badRow says why a row cannot be read as a drive.
type badRow struct{ rule, reason string }

// Error implements error.
func (b *badRow) Error() string { return b.rule + ": " + b.reason }

// cells reads the fields of one record by column and collects what is wrong.
type cells struct {
	match  *tabular.Match
	fields [][]byte
	bad    []string
}

func (c *cells) text(column string) string {
	i := c.match.At(column)
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(string(c.fields[i]))
}

func (c *cells) wrong(column, text, want string) {
	c.bad = append(c.bad, fmt.Sprintf("%s %q is not %s", c.match.Name(column), text, want))
}

// number reads a finite number; stated is false for an empty cell.
func (c *cells) number(column string) (n float64, stated bool) {
	text := c.text(column)
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		c.wrong(column, text, "a number")
		return 0, false
	}
	return n, true
}

// zone reads a zone's number, 0 for an empty cell. Some writers print it as 7.0.
func (c *cells) zone(column string) int32 {
	text := c.text(column)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(text, ".0"), 10, 32)
	if err != nil || n < 1 {
		c.wrong(column, text, "a zone number")
		return 0
	}
	return int32(n)
}

// clock reads a time that must be there.
func (c *cells) clock(column string) clock {
	text := c.text(column)
	t, ok := parseClock(text)
	if !ok {
		c.wrong(column, text, "a time")
	}
	return t
}

// place reads coordinates; nil when both cells are empty.
func (c *cells) place(latColumn, lonColumn string) *rumbo.Point {
	lat, hasLat := c.number(latColumn)
	lon, hasLon := c.number(lonColumn)
	if !hasLat && !hasLon {
		return nil
	}
	if !hasLat || !hasLon {
		c.wrong(latColumn, c.text(latColumn)+", "+c.text(lonColumn), "a place: one coordinate is missing")
		return nil
	}
	return &rumbo.Point{Lat: lat, Lon: lon}
}

// readDrive reads a record into a drive.
func (c *cleaner) readDrive(cells *cells) (*drive, string, *badRow) {
	d := &drive{}
	pickup, dropoff := cells.clock(tabular.ColPickup), cells.clock(tabular.ColDropoff)
	d.From.Zone, d.To.Zone = cells.zone(tabular.ColFromZone), cells.zone(tabular.ColToZone)
	tlc := isTLC(cells.match.Schema.Name)
	if tlc {
		var miles float64
		miles, d.metered = cells.number(tabular.ColMiles)
		if !d.metered && len(cells.bad) == 0 {
			cells.wrong(tabular.ColMiles, "", "a number")
		}
		d.fare, _ = cells.number(tabular.ColFare)
		d.DistanceM = miles * metersPerMile
		d.ID = tlcID(cells.match.Schema.Name, cells.text(tabular.ColVendor), pickup, dropoff, d.From.Zone, d.To.Zone, miles)
	} else {
		d.ID, d.VehicleID = cells.text(tabular.ColID), cells.text(tabular.ColVehicle)
		d.From.Point = cells.place(tabular.ColFromLat, tabular.ColFromLon)
		d.To.Point = cells.place(tabular.ColToLat, tabular.ColToLon)
		d.DistanceM, d.metered = cells.number(tabular.ColDistanceM)
	}
	if len(cells.bad) > 0 {
		return nil, "", &badRow{RuleBadValue, strings.Join(cells.bad, "; ")}
	}
	if fault := checkEnds(&d.Trip); fault != nil {
		return nil, "", fault
	}
	note, fault := c.place(d, pickup, dropoff)
	if fault == nil && d.ID == "" {
		d.ID = tripID(&d.Trip)
	}
	return d, note, fault
}

// checkEnds holds the ends of a trip: each must be somewhere.
func checkEnds(t *rumbo.Trip) *badRow {
	for _, end := range []struct {
		name string
		spot rumbo.Spot
	}{{"from", t.From}, {"to", t.To}} {
		if end.spot.Zone == 0 && end.spot.Point == nil {
			return &badRow{RuleNoPlace, end.name + " has neither zone nor coordinates"}
		}
		if end.spot.Point == nil {
			continue
		}
		if faults := end.spot.Point.Validate(end.name); len(faults) > 0 {
			return &badRow{RuleBadPlace, faults[0].Pointer + " " + faults[0].Code.Text(rumbo.English, faults[0])}
		}
	}
	return nil
}

// place puts the drive's times on the time line.
func (c *cleaner) place(d *drive, pickup, dropoff clock) (note string, fault *badRow) {
	from, fault := c.candidates("pickup", pickup)
	if fault != nil {
		return "", fault
	}
	to, fault := c.candidates("drop-off", dropoff)
	if fault != nil {
		return "", fault
	}
	d.PickupAt, d.DropoffAt = from[0], to[0]
	if len(to) == 2 && to[0].Before(from[0]) {
		d.DropoffAt = to[1]
	}
	if len(from) == 2 {
		note = "pickup in the hour that comes twice: read as the first"
	}
	if len(to) == 2 {
		note = "drop-off in the hour that comes twice: read as the first after the pickup"
	}
	return note, nil
}

// candidates are the instants that a time as written can mean: one or two.
func (c *cleaner) candidates(what string, t clock) ([]time.Time, *badRow) {
	if !t.local {
		return []time.Time{t.instant}, nil
	}
	if c.location == nil {
		return nil, &badRow{RuleBadValue, what + " " + t.wall.Format(time.DateTime) + " has no offset and no time zone was declared"}
	}
	out := instants(t.wall, c.location)
	if len(out) == 0 {
		return nil, &badRow{RuleNoTime, fmt.Sprintf("%s %s does not exist in %s: clocks skipped it", what, t.wall.Format(time.DateTime), c.location)}
	}
	for i := range out {
		out[i] = out[i].UTC()
	}
	return out, nil
}
