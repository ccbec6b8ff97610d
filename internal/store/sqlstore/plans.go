package sqlstore

import (
	"context"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// planBody is the large part of a plan, kept apart so that lists stay small.
type planBody struct {
	Routes     []rumbo.Route      `json:"routes,omitempty"`
	Unassigned []rumbo.Unassigned `json:"unassigned,omitempty"`
}

// split is a plan as it is kept.
func split(p rumbo.Plan) (head, body string, err error) {
	body, err = encode(planBody{p.Routes, p.Unassigned})
	if err != nil {
		return "", "", err
	}
	p.Routes, p.Unassigned = nil, nil
	head, err = encode(p)
	return head, body, err
}

func decodePlanHead(text string) (p rumbo.Plan, err error) { return p, decode(text, &p) }

// Plan implements store.PlanReader.
func (r *Reader) Plan(ctx context.Context, id string) (rumbo.Plan, error) {
	const op = "store.Plan"
	var head, body string
	found, err := one(ctx, r.conn, `SELECT head, body FROM plan WHERE id = $1`+r.lock, []any{id}, &head, &body)
	if err != nil {
		return rumbo.Plan{}, r.dialect.fail(op, err)
	}
	if !found {
		return rumbo.Plan{}, notFound(op, "plan", id)
	}
	p, err := decodePlanHead(head)
	if err != nil {
		return p, err
	}
	var rest planBody
	err = decode(body, &rest)
	p.Routes, p.Unassigned = rest.Routes, rest.Unassigned
	return p, err
}

// Plans implements store.PlanReader.
func (r *Reader) Plans(ctx context.Context, q store.PlanQuery, after string, limit int) (store.Page[rumbo.Plan], error) {
	var c clause
	c.equal("day", q.Day)
	c.equal("state", q.State)
	return newestFirst(ctx, r, "store.Plans", "plan", "head", &c, after, limit,
		decodePlanHead, func(p rumbo.Plan) string { return p.ID })
}

// AddPlan implements store.PlanWriter.
func (w *Writer) AddPlan(ctx context.Context, p rumbo.Plan) error {
	const op = "store.AddPlan"
	head, body, err := split(p)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	_, err = w.conn.Exec(ctx, `INSERT INTO plan (id, state, day, head, body) VALUES ($1, $2, $3, $4, $5)`,
		p.ID, p.State, text(p.Request.Day), head, body)
	return w.dialect.fail(op, err)
}

// SetPlan implements store.PlanWriter.
func (w *Writer) SetPlan(ctx context.Context, p rumbo.Plan) error {
	const op = "store.SetPlan"
	head, body, err := split(p)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	return w.change(ctx, op, "plan", p.ID, `UPDATE plan SET state = $1, day = $2, head = $3, body = $4 WHERE id = $5`,
		p.State, text(p.Request.Day), head, body, p.ID)
}

// change runs an update that must meet one row.
func (w *Writer) change(ctx context.Context, op, what, id, statement string, args ...any) error {
	n, err := w.conn.Exec(ctx, statement, args...)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	if n == 0 {
		return notFound(op, what, id)
	}
	return nil
}

// Predictions implements store.PlanReader.
func (r *Reader) Predictions(ctx context.Context, id string) (rumbo.PredictionSet, error) {
	const op = "store.Predictions"
	var doc string
	var set rumbo.PredictionSet
	found, err := one(ctx, r.conn, `SELECT doc FROM prediction WHERE id = $1`, []any{id}, &doc)
	if err != nil {
		return set, r.dialect.fail(op, err)
	}
	if !found {
		return set, notFound(op, "prediction", id)
	}
	return set, decode(doc, &set)
}

// AddPredictions implements store.PlanWriter.
func (w *Writer) AddPredictions(ctx context.Context, s rumbo.PredictionSet, at time.Time) error {
	const op = "store.AddPredictions"
	doc, err := encode(s)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	_, err = w.conn.Exec(ctx, `INSERT INTO prediction (id, at, doc) VALUES ($1, $2, $3)`, s.ID, at.UnixMicro(), doc)
	return w.dialect.fail(op, err)
}
