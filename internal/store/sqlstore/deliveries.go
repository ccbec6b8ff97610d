package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func encodeDelivery(d rumbo.Delivery) (string, error) {
	d.Attempts = nil // rows of their own
	return encode(d)
}

func decodeDelivery(text string) (d rumbo.Delivery, err error) { return d, decode(text, &d) }

// Delivery implements store.DeliveryReader.
func (r *Reader) Delivery(ctx context.Context, id string) (rumbo.Delivery, error) {
	const op = "store.Delivery"
	conn, done, err := r.conn.Snapshot(ctx)
	if err != nil {
		return rumbo.Delivery{}, r.dialect.fail(op, err)
	}
	defer done()
	var doc string
	var payload []byte
	found, err := one(ctx, conn, `SELECT doc, payload FROM delivery WHERE id = $1`+r.lock, []any{id}, &doc, &payload)
	if err != nil {
		return rumbo.Delivery{}, r.dialect.fail(op, err)
	}
	if !found {
		return rumbo.Delivery{}, notFound(op, "delivery", id)
	}
	d, err := decodeDelivery(doc)
	if err != nil {
		return d, err
	}
	attempts, err := r.attempts(ctx, conn, []string{id})
	d.Payload, d.Attempts = payload, attempts[id]
	return d, r.dialect.fail(op, err)
}

// Deliveries implements store.DeliveryReader.
func (r *Reader) Deliveries(ctx context.Context, q store.DeliveryQuery, after string, limit int) (store.Page[rumbo.Delivery], error) {
	const op = "store.Deliveries"
	none := store.Page[rumbo.Delivery]{}
	conn, done, err := r.conn.Snapshot(ctx)
	if err != nil {
		return none, r.dialect.fail(op, err)
	}
	defer done()
	var c clause
	c.equal("subject", q.Subject)
	c.equal("state", q.State)
	list, err := newestFirst(ctx, &Reader{conn: conn, dialect: r.dialect}, op, "delivery", "doc", &c, after, limit,
		decodeDelivery, func(d rumbo.Delivery) string { return d.ID })
	if err != nil {
		return none, err
	}
	ids := make([]string, len(list.Items))
	for i, d := range list.Items {
		ids[i] = d.ID
	}
	attempts, err := r.attempts(ctx, conn, ids)
	for i := range list.Items {
		list.Items[i].Attempts = attempts[list.Items[i].ID]
	}
	return list, r.dialect.fail(op, err)
}

// attempts reads the attempts of some deliveries, by number.
func (r *Reader) attempts(ctx context.Context, conn Conn, ids []string) (map[string][]rumbo.DeliveryAttempt, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]rumbo.DeliveryAttempt, len(ids))
	err = each(ctx, conn, `SELECT delivery, number, doc FROM delivery_attempt WHERE delivery `+r.inList(1)+
		` ORDER BY delivery, number`, []any{string(list)}, func(scan func(...any) error) error {
		var id, doc string
		var number int
		if err := scan(&id, &number, &doc); err != nil {
			return err
		}
		var a rumbo.DeliveryAttempt
		if err := decode(doc, &a); err != nil {
			return err
		}
		a.Number = number
		out[id] = append(out[id], a)
		return nil
	})
	return out, err
}

// AddDelivery implements store.DeliveryWriter.
func (w *Writer) AddDelivery(ctx context.Context, d rumbo.Delivery) error {
	const op = "store.AddDelivery"
	doc, err := encodeDelivery(d)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	payload := d.Payload
	if payload == nil {
		payload = []byte{}
	}
	_, err = w.conn.Exec(ctx, `INSERT INTO delivery (id, subject, state, created, doc, payload) VALUES ($1, $2, $3, $4, $5, $6)`,
		d.ID, d.Subject, d.State, unix(d.CreatedAt), doc, payload)
	return w.dialect.fail(op, err)
}

// AddAttempt implements store.DeliveryWriter.
func (w *Writer) AddAttempt(ctx context.Context, deliveryID string, a rumbo.DeliveryAttempt, state string) (number int, err error) {
	const op = "store.AddAttempt"
	if err := w.setDeliveryState(ctx, op, deliveryID, state); err != nil {
		return 0, err
	}
	_, err = one(ctx, w.conn, `SELECT coalesce(max(number), 0) + 1 FROM delivery_attempt WHERE delivery = $1`,
		[]any{deliveryID}, &number)
	if err != nil {
		return 0, w.dialect.fail(op, err)
	}
	a.Number = number
	doc, err := encode(a)
	if err != nil {
		return 0, w.dialect.fail(op, err)
	}
	_, err = w.conn.Exec(ctx, `INSERT INTO delivery_attempt (delivery, number, doc) VALUES ($1, $2, $3)`, deliveryID, number, doc)
	return number, w.dialect.fail(op, err)
}

// SetDeliveryState implements store.DeliveryWriter.
func (w *Writer) SetDeliveryState(ctx context.Context, deliveryID, state string) error {
	return w.setDeliveryState(ctx, "store.SetDeliveryState", deliveryID, state)
}

func (w *Writer) setDeliveryState(ctx context.Context, op, id, state string) error {
	var doc string
	found, err := one(ctx, w.conn, `SELECT doc FROM delivery WHERE id = $1`+w.lock, []any{id}, &doc)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	if !found {
		return notFound(op, "delivery", id)
	}
	d, err := decodeDelivery(doc)
	if err != nil {
		return err
	}
	d.State = state
	if doc, err = encodeDelivery(d); err != nil {
		return w.dialect.fail(op, err)
	}
	_, err = w.conn.Exec(ctx, `UPDATE delivery SET state = $1, doc = $2 WHERE id = $3`, state, doc, id)
	return w.dialect.fail(op, err)
}
