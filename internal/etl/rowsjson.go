package etl

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

// rowsJSON cleans a JSON payload: an array of rows, an object with the rows under
// the name of the kind, or a row a line.
func (c *cleaner) rowsJSON(r io.Reader, emit func(Result) bool) error {
	workers := make([]func(*chunk), c.workers)
	if c.batch.Kind != rumbo.KindTrips && c.batch.Kind != rumbo.KindEvents {
		workers = workers[:1] // ids are asked for in order
	}
	for i := range workers {
		w := c.fork()
		w.ids = c.ids
		workers[i] = w.rowChunk
	}
	return pipeline(rowSource(r, layout(c.batch)), workers, func(k *chunk) bool { return c.inOrder(k, emit) })
}

// rowChunk cleans the rows of a chunk.
func (c *cleaner) rowChunk(k *chunk) {
	k.results = make([]Result, len(k.rows))
	c.slab = make([]rumbo.Trip, 0, len(k.rows))
	from := 0
	for i, row := range k.rows {
		row.Raw = k.text[from:k.raws[i]:k.raws[i]]
		from = k.raws[i]
		k.results[i], _ = c.row(row)
	}
	k.rows, k.raws = nil, nil
}

// layout says how the rows of a payload lie in it.
func layout(b rumbo.Batch) strictjson.RowsOptions {
	return strictjson.RowsOptions{Wrapper: b.Kind, Lines: b.Format == rumbo.FormatNDJSON}
}

// Check reads a JSON payload and returns every fault of every row, for kinds
// that are taken whole or not at all: text that is no JSON, unknown and missing
// keys, wrong types, what the nouns' own Validate finds, and ids that come twice.
// The list is cut at strictjson.DefaultMaxFaults and says so. An error of r ends
// the check; whoever reads the payload meets it too. O(payload).
func Check(b rumbo.Batch, r io.Reader) []rumbo.FieldError {
	c, err := newCleaner(b, nil)
	if err != nil {
		var e *rumbo.Error
		errors.As(err, &e)
		return []rumbo.FieldError{{Code: e.Code, Value: e.Detail}}
	}
	const most = strictjson.DefaultMaxFaults
	var out []rumbo.FieldError
	rows := 0
	for row, err := range strictjson.Rows(r, layout(b)) {
		var e *rumbo.Error
		if errors.As(err, &e) {
			out = append(out, e.Fields...)
		}
		if err != nil {
			break
		}
		rows++
		_, faults := c.row(row)
		if out = append(out, faults...); len(out) > most {
			break
		}
	}
	if rows == 0 && len(out) == 0 {
		out = []rumbo.FieldError{{Code: rumbo.EmptyPayload}}
	}
	if len(out) > most {
		out = append(out[:most:most], rumbo.FieldError{Code: rumbo.MoreFaults, Limit: most})
	}
	return out
}

// row reads one row into its noun and returns the result and all its faults.
func (c *cleaner) row(row strictjson.Row) (Result, []rumbo.FieldError) {
	res := Result{Row: row.Index + 1}
	var faults []rumbo.FieldError
	var id string
	switch c.batch.Kind {
	case rumbo.KindTrips:
		return c.tripRow(row)
	case rumbo.KindEvents:
		return c.eventRow(row)
	case rumbo.KindOrders:
		res.Order = &rumbo.Order{}
		faults = strictjson.Decode(row.Raw, res.Order, row.Options())
		faults = strictjson.Merge(faults, res.Order.Validate(row.At))
		id, res.Order.BatchID = res.Order.ID, c.batch.ID
	case rumbo.KindVehicles:
		res.Vehicle = &rumbo.Vehicle{}
		faults = strictjson.Decode(row.Raw, res.Vehicle, row.Options())
		faults = strictjson.Merge(faults, res.Vehicle.Validate(row.At))
		id, res.Vehicle.BatchID = res.Vehicle.ID, c.batch.ID
	case rumbo.KindDepots:
		res.Depot = &rumbo.Depot{}
		faults = strictjson.Decode(row.Raw, res.Depot, row.Options())
		faults = strictjson.Merge(faults, res.Depot.Validate(row.At))
		id, res.Depot.BatchID = res.Depot.ID, c.batch.ID
	}
	faults = append(faults, c.repeated(row, id)...)
	if len(faults) > 0 {
		return c.faulty(row, faults), faults
	}
	res.raw, res.batch = text(row.Raw), c.batch.ID
	return res, nil
}

// repeated finds an id that an earlier row has.
func (c *cleaner) repeated(row strictjson.Row, id string) []rumbo.FieldError {
	if id == "" {
		return nil
	}
	if _, taken := c.ids[id]; taken {
		return []rumbo.FieldError{{Pointer: row.At + "/id", Code: rumbo.DuplicateID, Value: id}}
	}
	c.ids[id] = row.Index + 1
	return nil
}

// tripRow reads one trip and asks the rules.
func (c *cleaner) tripRow(row strictjson.Row) (Result, []rumbo.FieldError) {
	d := &drive{}
	if faults := strictjson.Decode(row.Raw, &d.Trip, row.Options()); len(faults) > 0 {
		return c.faulty(row, faults), faults
	}
	d.metered, d.localPickup = d.DistanceM != 0, c.localTime(clock{at: d.PickupAt})
	d.PickupAt, d.DropoffAt = d.PickupAt.UTC(), d.DropoffAt.UTC()
	if fault := tripFault(d); fault != nil {
		return c.reject(row.Index+1, text(row.Raw), fault.rule, fault.reason), nil
	}
	return c.judge(row.Index+1, text(row.Raw), d, ""), nil
}

// eventRow reads one event. Its time comes out in UTC, to the microsecond that it is kept to.
func (c *cleaner) eventRow(row strictjson.Row) (Result, []rumbo.FieldError) {
	event := &rumbo.VehicleEvent{}
	faults := strictjson.Decode(row.Raw, event, row.Options())
	if faults = strictjson.Merge(faults, event.Validate(row.At)); len(faults) > 0 {
		return c.faulty(row, faults), faults
	}
	event.At, event.BatchID = event.At.UTC().Truncate(time.Microsecond), c.batch.ID
	if event.ID == "" {
		event.ID = eventID(event)
	}
	return Result{Row: row.Index + 1, Event: event, raw: text(row.Raw), batch: c.batch.ID}, nil
}

// faulty is the result of a row with faults: the first names the rule.
func (c *cleaner) faulty(row strictjson.Row, faults []rumbo.FieldError) Result {
	reasons := make([]string, len(faults))
	for i, f := range faults {
		at := strings.TrimPrefix(f.Pointer, row.At)
		reasons[i] = strings.TrimSpace(fmt.Sprintf("%s %s", at, f.Code.Text(rumbo.English, f)))
	}
	rule := RuleBadValue
	switch faults[0].Code {
	case rumbo.BadJSON, rumbo.TruncatedPayload, rumbo.NotUTF8:
		rule = RuleUnreadable
	case rumbo.DuplicateID:
		rule = RuleDuplicate
	}
	return c.reject(row.Index+1, text(row.Raw), rule, strings.Join(reasons, "; "))
}

// text is a row without the space around it.
func text(raw []byte) string { return strings.TrimSpace(string(raw)) }

// kept is a row as it is kept in the quarantine, apart from the chunk it lay in.
func kept(raw string) string { return strings.Clone(strings.ToValidUTF8(raw, "\uFFFD")) }
