package sqlstore

import (
	"context"
	"database/sql"
	"iter"
	"strconv"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// tripRow is the content of a trip as it is kept.
type tripRow struct {
	pickup, pickupOffset   int64
	dropoff, dropoffOffset int64
	fromZone, toZone       int64
	fromLat, fromLon       sql.NullFloat64
	toLat, toLon           sql.NullFloat64
	distanceM              float64
	vehicleID              string
}

var tripColumns = []string{"pickup", "pickup_offset", "dropoff", "dropoff_offset", "from_zone", "to_zone",
	"from_lat", "from_lon", "to_lat", "to_lon", "distance_m", "vehicle_id"}

func (t *tripRow) dest() []any {
	return []any{&t.pickup, &t.pickupOffset, &t.dropoff, &t.dropoffOffset, &t.fromZone, &t.toZone,
		&t.fromLat, &t.fromLon, &t.toLat, &t.toLon, &t.distanceM, &t.vehicleID}
}

func (t tripRow) values() []any {
	return []any{t.pickup, t.pickupOffset, t.dropoff, t.dropoffOffset, t.fromZone, t.toZone,
		nullable(t.fromLat), nullable(t.fromLon), nullable(t.toLat), nullable(t.toLon), t.distanceM, t.vehicleID}
}

func nullable(f sql.NullFloat64) any {
	if !f.Valid {
		return nil
	}
	return f.Float64
}

func tripTable() table[tripRow] {
	return table[tripRow]{name: "trip", columns: tripColumns, dest: (*tripRow).dest, values: tripRow.values, spans: true}
}

func toRow(t rumbo.Trip) tripRow {
	row := tripRow{fromZone: int64(t.From.Zone), toZone: int64(t.To.Zone), distanceM: t.DistanceM, vehicleID: text(t.VehicleID)}
	row.pickup, row.pickupOffset = micros(t.PickupAt)
	row.dropoff, row.dropoffOffset = micros(t.DropoffAt)
	row.fromLat, row.fromLon = fromPoint(t.From.Point)
	row.toLat, row.toLon = fromPoint(t.To.Point)
	return row
}

func (t *tripRow) trip(id, batchID string) rumbo.Trip {
	return rumbo.Trip{ID: id, BatchID: batchID,
		PickupAt: fromMicros(t.pickup, t.pickupOffset), DropoffAt: fromMicros(t.dropoff, t.dropoffOffset),
		From:      rumbo.Spot{Zone: int32(t.fromZone), Point: toPoint(t.fromLat, t.fromLon)},
		To:        rumbo.Spot{Zone: int32(t.toZone), Point: toPoint(t.toLat, t.toLon)},
		DistanceM: t.distanceM, VehicleID: t.vehicleID}
}

func fromPoint(p *rumbo.Point) (lat, lon sql.NullFloat64) {
	if p == nil {
		return lat, lon
	}
	return sql.NullFloat64{Float64: p.Lat, Valid: true}, sql.NullFloat64{Float64: p.Lon, Valid: true}
}

func toPoint(lat, lon sql.NullFloat64) *rumbo.Point {
	if !lat.Valid || !lon.Valid {
		return nil
	}
	return &rumbo.Point{Lat: lat.Float64, Lon: lon.Float64}
}

// AddTrips implements store.BatchWriter.
func (w *Writer) AddTrips(ctx context.Context, batchID string, trips []rumbo.Trip) (store.LoadCounts, error) {
	ids := make([]string, len(trips))
	rows := make([]tripRow, len(trips))
	for i, t := range trips {
		ids[i], rows[i] = t.ID, toRow(t)
	}
	return load(ctx, w, "store.AddTrips", batchID, rumbo.KindTrips, tripTable(), ids, rows)
}

// visible is the condition that v is the version to be seen; b is its batch.
func visible(name string) string {
	return `b.seq = v.batch AND b.state = 'loaded' AND (v.rivals = 0 OR NOT EXISTS (
		SELECT 1 FROM ` + name + ` u JOIN batch c ON c.seq = u.batch
		WHERE u.id = v.id AND u.batch > v.batch AND c.state = 'loaded'))`
}

// tripQuery selects visible trips; the join is written so that the order of
// the trips' index is kept.
func tripQuery(c *clause, q store.TripQuery) string {
	if !q.From.IsZero() {
		c.add("v.pickup >= %s", q.From.UnixMicro())
	}
	if !q.Until.IsZero() {
		c.add("v.pickup < %s", q.Until.UnixMicro())
	}
	c.where = append(c.where, visible("trip"))
	query := `SELECT v.id, b.id`
	for _, column := range tripColumns {
		query += ", v." + column
	}
	return query + ` FROM trip v CROSS JOIN batch b` + c.String()
}

func scanTrip(scan func(...any) error, row *tripRow) (rumbo.Trip, error) {
	var id, batchID string
	err := scan(&id, &batchID, &row.pickup, &row.pickupOffset, &row.dropoff, &row.dropoffOffset, &row.fromZone, &row.toZone,
		&row.fromLat, &row.fromLon, &row.toLat, &row.toLon, &row.distanceM, &row.vehicleID)
	return row.trip(id, batchID), err
}

// Trips implements store.RecordReader.
func (r *Reader) Trips(ctx context.Context, q store.TripQuery) iter.Seq2[rumbo.Trip, error] {
	const op = "store.Trips"
	return func(yield func(rumbo.Trip, error) bool) {
		var c clause
		rows, err := r.conn.Query(ctx, tripQuery(&c, q)+` ORDER BY v.pickup, v.id`, c.args...)
		if err != nil {
			yield(rumbo.Trip{}, r.dialect.fail(op, err))
			return
		}
		defer rows.Close()
		var row tripRow
		for rows.Next() {
			trip, err := scanTrip(rows.Scan, &row)
			if err != nil {
				yield(rumbo.Trip{}, r.dialect.fail(op, err))
				return
			}
			if !yield(trip, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(rumbo.Trip{}, r.dialect.fail(op, err))
		}
	}
}

// TripPage implements store.RecordReader.
func (r *Reader) TripPage(ctx context.Context, q store.TripQuery, after string, limit int) (store.Page[rumbo.Trip], error) {
	const op = "store.TripPage"
	var c clause
	if after != "" {
		pickup, id, err := parseTimeCursor(after)
		if err != nil {
			return store.Page[rumbo.Trip]{}, badCursor(op, after)
		}
		c.args = append(c.args, pickup, id)
		c.where = append(c.where, "(v.pickup, v.id) > ($1, $2)")
	}
	limit = store.Limit(limit)
	var items []rumbo.Trip
	query := tripQuery(&c, q) + ` ORDER BY v.pickup, v.id LIMIT ` + strconv.Itoa(limit+1)
	err := each(ctx, r.conn, query, c.args, func(scan func(...any) error) error {
		var row tripRow
		trip, err := scanTrip(scan, &row)
		items = append(items, trip)
		return err
	})
	if err != nil {
		return store.Page[rumbo.Trip]{}, r.dialect.fail(op, err)
	}
	return page(items, limit, func(t rumbo.Trip) string { return timeCursor(t.PickupAt.UnixMicro(), t.ID) }), nil
}

// Trip implements store.RecordReader.
func (r *Reader) Trip(ctx context.Context, id string) (rumbo.Trip, error) {
	const op = "store.Trip"
	var c clause
	c.add("v.id = %s", id)
	var found bool
	var trip rumbo.Trip
	err := each(ctx, r.conn, tripQuery(&c, store.TripQuery{}), c.args, func(scan func(...any) error) (err error) {
		var row tripRow
		trip, err = scanTrip(scan, &row)
		found = true
		return err
	})
	if err != nil {
		return rumbo.Trip{}, r.dialect.fail(op, err)
	}
	if !found {
		return rumbo.Trip{}, notFound(op, "trip", id)
	}
	return trip, nil
}
