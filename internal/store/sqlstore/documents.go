package sqlstore

import (
	"context"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// document is the content of an order, a vehicle or a depot as it is kept.
type document struct {
	day string // orders only
	doc string
}

func documentTable(kind string) table[document] {
	t := table[document]{name: home(kind), columns: []string{"doc"},
		dest:   func(d *document) []any { return []any{&d.doc} },
		values: func(d document) []any { return []any{d.doc} }}
	if kind == rumbo.KindOrders {
		t.columns = []string{"doc", "day"}
		t.dest = func(d *document) []any { return []any{&d.doc, &d.day} }
		t.values = func(d document) []any { return []any{d.doc, d.day} }
	}
	return t
}

// AddOrders implements store.BatchWriter.
func (w *Writer) AddOrders(ctx context.Context, batchID string, orders []rumbo.Order) (store.LoadCounts, error) {
	return addDocuments(ctx, w, "store.AddOrders", batchID, rumbo.KindOrders, orders,
		func(o *rumbo.Order) (string, string) { o.BatchID = ""; return o.ID, o.Day })
}

// AddVehicles implements store.BatchWriter.
func (w *Writer) AddVehicles(ctx context.Context, batchID string, vehicles []rumbo.Vehicle) (store.LoadCounts, error) {
	return addDocuments(ctx, w, "store.AddVehicles", batchID, rumbo.KindVehicles, vehicles,
		func(v *rumbo.Vehicle) (string, string) { v.BatchID = ""; return v.ID, "" })
}

// AddDepots implements store.BatchWriter.
func (w *Writer) AddDepots(ctx context.Context, batchID string, depots []rumbo.Depot) (store.LoadCounts, error) {
	return addDocuments(ctx, w, "store.AddDepots", batchID, rumbo.KindDepots, depots,
		func(d *rumbo.Depot) (string, string) { d.BatchID = ""; return d.ID, "" })
}

// addDocuments loads records that are kept as documents; bare takes the batch
// off a copy of a record and returns its ID and day.
func addDocuments[T any](ctx context.Context, w *Writer, op, batchID, kind string, records []T, bare func(*T) (id, day string)) (store.LoadCounts, error) {
	ids := make([]string, len(records))
	contents := make([]document, len(records))
	for i, record := range records {
		id, day := bare(&record)
		doc, err := encode(record)
		if err != nil {
			return store.LoadCounts{}, w.dialect.fail(op, err)
		}
		ids[i], contents[i] = id, document{day, doc}
	}
	return load(ctx, w, op, batchID, kind, documentTable(kind), ids, contents)
}

// readDocuments reads visible records by ID; limit 0 reads all.
func readDocuments[T any](ctx context.Context, r *Reader, c Conn, op, kind string, where clause, limit int, setBatch func(*T, string)) ([]T, error) {
	where.where = append(where.where, visible(home(kind)))
	query := `SELECT v.doc, b.id FROM ` + home(kind) + ` v CROSS JOIN batch b` + where.String() + ` ORDER BY v.id`
	if limit > 0 {
		query += ` LIMIT ` + strconv.Itoa(limit)
	}
	var items []T
	err := each(ctx, c, query, where.args, func(scan func(...any) error) error {
		var doc, batchID string
		if err := scan(&doc, &batchID); err != nil {
			return err
		}
		var item T
		if err := decode(doc, &item); err != nil {
			return err
		}
		setBatch(&item, batchID)
		items = append(items, item)
		return nil
	})
	return items, r.dialect.fail(op, err)
}

// documentPage lists visible records by ID.
func documentPage[T any](ctx context.Context, r *Reader, op, kind string, where clause, after string, limit int,
	setBatch func(*T, string), id func(T) string) (store.Page[T], error) {
	if after != "" {
		where.add("v.id > %s", after)
	}
	limit = store.Limit(limit)
	items, err := readDocuments(ctx, r, r.conn, op, kind, where, limit+1, setBatch)
	if err != nil {
		return store.Page[T]{}, err
	}
	return page(items, limit, id), nil
}

// documentByID reads one visible record.
func documentByID[T any](ctx context.Context, r *Reader, op, kind, id string, setBatch func(*T, string)) (T, error) {
	var c clause
	var none T
	c.add("v.id = %s", id)
	items, err := readDocuments(ctx, r, r.conn, op, kind, c, 1, setBatch)
	if err != nil {
		return none, err
	}
	if len(items) == 0 {
		return none, notFound(op, strings.TrimSuffix(kind, "s"), id)
	}
	return items[0], nil
}

func orderBatch(o *rumbo.Order, id string)     { o.BatchID = id }
func vehicleBatch(v *rumbo.Vehicle, id string) { v.BatchID = id }
func depotBatch(d *rumbo.Depot, id string)     { d.BatchID = id }

// OrdersOfDay implements store.RecordReader.
func (r *Reader) OrdersOfDay(ctx context.Context, day string) ([]rumbo.Order, error) {
	var c clause
	c.add("v.day = %s", day)
	return readDocuments(ctx, r, r.conn, "store.OrdersOfDay", rumbo.KindOrders, c, 0, orderBatch)
}

// Orders implements store.RecordReader.
func (r *Reader) Orders(ctx context.Context, q store.OrderQuery, after string, limit int) (store.Page[rumbo.Order], error) {
	var c clause
	c.equal("v.day", q.Day)
	return documentPage(ctx, r, "store.Orders", rumbo.KindOrders, c, after, limit, orderBatch,
		func(o rumbo.Order) string { return o.ID })
}

// Order implements store.RecordReader.
func (r *Reader) Order(ctx context.Context, id string) (rumbo.Order, error) {
	return documentByID(ctx, r, "store.Order", rumbo.KindOrders, id, orderBatch)
}

// Fleet implements store.RecordReader.
func (r *Reader) Fleet(ctx context.Context) ([]rumbo.Vehicle, []rumbo.Depot, error) {
	const op = "store.Fleet"
	conn, done, err := r.conn.Snapshot(ctx)
	if err != nil {
		return nil, nil, r.dialect.fail(op, err)
	}
	defer done()
	vehicles, err := readDocuments(ctx, r, conn, op, rumbo.KindVehicles, clause{}, 0, vehicleBatch)
	if err != nil {
		return nil, nil, err
	}
	depots, err := readDocuments(ctx, r, conn, op, rumbo.KindDepots, clause{}, 0, depotBatch)
	return vehicles, depots, err
}

// Vehicles implements store.RecordReader.
func (r *Reader) Vehicles(ctx context.Context, after string, limit int) (store.Page[rumbo.Vehicle], error) {
	return documentPage(ctx, r, "store.Vehicles", rumbo.KindVehicles, clause{}, after, limit, vehicleBatch,
		func(v rumbo.Vehicle) string { return v.ID })
}

// Vehicle implements store.RecordReader.
func (r *Reader) Vehicle(ctx context.Context, id string) (rumbo.Vehicle, error) {
	return documentByID(ctx, r, "store.Vehicle", rumbo.KindVehicles, id, vehicleBatch)
}

// Depots implements store.RecordReader.
func (r *Reader) Depots(ctx context.Context, after string, limit int) (store.Page[rumbo.Depot], error) {
	return documentPage(ctx, r, "store.Depots", rumbo.KindDepots, clause{}, after, limit, depotBatch,
		func(d rumbo.Depot) string { return d.ID })
}

// Depot implements store.RecordReader.
func (r *Reader) Depot(ctx context.Context, id string) (rumbo.Depot, error) {
	return documentByID(ctx, r, "store.Depot", rumbo.KindDepots, id, depotBatch)
}

// CountRecords implements store.RecordReader.
func (r *Reader) CountRecords(ctx context.Context) (store.RecordCounts, error) {
	const op = "store.CountRecords"
	var counts store.RecordCounts
	conn, done, err := r.conn.Snapshot(ctx)
	if err != nil {
		return counts, r.dialect.fail(op, err)
	}
	defer done()
	for kind, n := range map[string]*int64{rumbo.KindTrips: &counts.Trips, rumbo.KindOrders: &counts.Orders,
		rumbo.KindVehicles: &counts.Vehicles, rumbo.KindDepots: &counts.Depots, rumbo.KindEvents: &counts.Events} {
		name := home(kind)
		if _, err := one(ctx, conn, `SELECT count(*) FROM `+name+` v JOIN batch b ON b.seq = v.batch WHERE `+visible(name), nil, n); err != nil {
			return counts, r.dialect.fail(op, err)
		}
	}
	return counts, nil
}
