package sqlstore

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// eventRow is the content of a vehicle event as it is kept.
type eventRow struct {
	at, offset          int64
	vehicleID, kind     string
	lat, lon            float64
	speedKMH, accuracyM float64
	orderID             string
}

var eventColumns = []string{"at", "at_offset", "vehicle_id", "kind", "lat", "lon", "speed_kmh", "accuracy_m", "order_id"}

func (e *eventRow) dest() []any {
	return []any{&e.at, &e.offset, &e.vehicleID, &e.kind, &e.lat, &e.lon, &e.speedKMH, &e.accuracyM, &e.orderID}
}

func (e eventRow) values() []any {
	return []any{e.at, e.offset, e.vehicleID, e.kind, e.lat, e.lon, e.speedKMH, e.accuracyM, e.orderID}
}

func eventTable() table[eventRow] {
	return table[eventRow]{name: home(rumbo.KindEvents), columns: eventColumns, dest: (*eventRow).dest, values: eventRow.values}
}

func toEventRow(e rumbo.VehicleEvent) eventRow {
	row := eventRow{vehicleID: text(e.VehicleID), kind: text(e.Kind), lat: e.Location.Lat, lon: e.Location.Lon,
		speedKMH: e.SpeedKMH, accuracyM: e.AccuracyM, orderID: text(e.OrderID)}
	row.at, row.offset = micros(e.At)
	return row
}

func scanEvent(scan func(...any) error) (rumbo.VehicleEvent, error) {
	var row eventRow
	var id, batchID string
	err := scan(append([]any{&id, &batchID}, row.dest()...)...)
	return rumbo.VehicleEvent{ID: id, BatchID: batchID, VehicleID: row.vehicleID, At: fromMicros(row.at, row.offset), Kind: row.kind,
		Location: rumbo.Point{Lat: row.lat, Lon: row.lon}, SpeedKMH: row.speedKMH, AccuracyM: row.accuracyM, OrderID: row.orderID}, err
}

// AddEvents implements store.BatchWriter.
func (w *Writer) AddEvents(ctx context.Context, batchID string, events []rumbo.VehicleEvent) (store.LoadCounts, error) {
	ids := make([]string, len(events))
	rows := make([]eventRow, len(events))
	for i, e := range events {
		ids[i], rows[i] = e.ID, toEventRow(e)
	}
	return load(ctx, w, "store.AddEvents", batchID, rumbo.KindEvents, eventTable(), ids, rows)
}

// eventQuery selects visible events in the order of time and ID, which an index gives: that
// of one vehicle's events, or that of all.
func eventQuery(c *clause, q store.EventQuery) string {
	c.equal("v.vehicle_id", q.VehicleID)
	if !q.From.IsZero() {
		c.add("v.at >= %s", q.From.UnixMicro())
	}
	if !q.Until.IsZero() {
		c.add("v.at < %s", q.Until.UnixMicro())
	}
	if q.Settled {
		c.where = append(c.where, `v.batch < coalesce((SELECT min(p.seq) FROM batch p WHERE p.kind = 'events' AND `+unfinished+`), v.batch + 1)`)
	}
	name := home(rumbo.KindEvents)
	c.where = append(c.where, visible(name))
	return `SELECT v.id, b.id, v.` + strings.Join(eventColumns, ", v.") + ` FROM ` + name + ` v CROSS JOIN batch b` + c.String() + ` ORDER BY v.at, v.id`
}

// Events implements store.RecordReader.
func (r *Reader) Events(ctx context.Context, q store.EventQuery) iter.Seq2[rumbo.VehicleEvent, error] {
	const op = "store.Events"
	return func(yield func(rumbo.VehicleEvent, error) bool) {
		var c clause
		query := eventQuery(&c, q)
		rows, err := r.conn.Query(ctx, query, c.args...)
		if err != nil {
			yield(rumbo.VehicleEvent{}, r.dialect.fail(op, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			event, err := scanEvent(rows.Scan)
			if err != nil {
				yield(rumbo.VehicleEvent{}, r.dialect.fail(op, err))
				return
			}
			if !yield(event, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(rumbo.VehicleEvent{}, r.dialect.fail(op, err))
		}
	}
}

// EventPage implements store.RecordReader.
func (r *Reader) EventPage(ctx context.Context, q store.EventQuery, after string, limit int) (store.Page[rumbo.VehicleEvent], error) {
	const op = "store.EventPage"
	var c clause
	if after != "" {
		at, id, err := parseTimeCursor(after)
		if err != nil {
			return store.Page[rumbo.VehicleEvent]{}, badCursor(op, after)
		}
		c.args = append(c.args, at, id)
		c.where = append(c.where, "(v.at, v.id) > ($1, $2)")
	}
	limit = store.Limit(limit)
	var items []rumbo.VehicleEvent
	query := eventQuery(&c, q) + ` LIMIT ` + strconv.Itoa(limit+1)
	err := each(ctx, r.conn, query, c.args, func(scan func(...any) error) error {
		event, err := scanEvent(scan)
		items = append(items, event)
		return err
	})
	if err != nil {
		return store.Page[rumbo.VehicleEvent]{}, r.dialect.fail(op, err)
	}
	return page(items, limit, func(e rumbo.VehicleEvent) string { return timeCursor(e.At.UnixMicro(), e.ID) }), nil
}

// EventDays implements store.RecordReader.
func (r *Reader) EventDays(ctx context.Context, batchID string) ([]store.EventDay, error) {
	type key struct {
		vehicle string
		day     time.Time
	}
	known := map[key]store.EventDay{}
	err := each(ctx, r.conn, `SELECT v.vehicle_id, v.at FROM batch b CROSS JOIN `+home(rumbo.KindEvents)+` v WHERE b.id = $1 AND v.batch = b.seq`,
		[]any{batchID}, func(scan func(...any) error) error {
			var vehicle string
			var at int64
			err := scan(&vehicle, &at)
			t := fromMicros(at, 0)
			k := key{vehicle, t.Truncate(24 * time.Hour)}
			day, met := known[k]
			if !met {
				day = store.EventDay{VehicleID: vehicle, Day: k.day, First: t, Last: t}
			}
			if t.Before(day.First) {
				day.First = t
			}
			if t.After(day.Last) {
				day.Last = t
			}
			known[k] = day
			return err
		})
	if err != nil {
		return nil, r.dialect.fail("store.EventDays", err)
	}
	days := make([]store.EventDay, 0, len(known))
	for _, day := range known {
		days = append(days, day)
	}
	slices.SortFunc(days, func(a, b store.EventDay) int {
		return cmp.Or(a.Day.Compare(b.Day), strings.Compare(a.VehicleID, b.VehicleID))
	})
	return days, nil
}
