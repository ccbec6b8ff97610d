package api

import (
	"context"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// EditQuarantined, Replay, Quality, SetQuality and Watermarks of the world keep the
// promises of the service without cleaning anything.
func (w *world) EditQuarantined(ctx context.Context, batchID string, row int64, edit rumbo.QuarantineEdit) (q rumbo.Quarantine, err error) {
	err = w.store.InTx(ctx, func(tx store.Tx) error {
		rows, err := tx.QuarantineRows(ctx, batchID, []int64{row})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return rumbo.Fault(rumbo.NotFound, "world", "no such row", nil)
		}
		if q = rows[0]; strings.HasPrefix(edit.Raw, "bad") {
			return rumbo.InvalidFields("world", []rumbo.FieldError{{Pointer: "/raw", Code: rumbo.BrokenRule, Value: "too_short", Limit: "took 0 s"}})
		}
		at := noon
		q.Original, q.Raw, q.EditedAt = q.Raw, edit.Raw, &at
		return tx.EditQuarantine(ctx, q)
	})
	return q, err
}

func (w *world) Replay(ctx context.Context, batchID string, r rumbo.ReplayRequest) (out rumbo.ReplayResult, err error) {
	err = w.store.InTx(ctx, func(tx store.Tx) error {
		if out.Batch, err = tx.Batch(ctx, batchID); err != nil {
			return err
		}
		n, err := tx.RemoveQuarantine(ctx, batchID, r.Rows)
		out.Replayed, out.Accepted = int64(n), int64(n)
		return err
	})
	return out, err
}

func (w *world) Quality(ctx context.Context) (rumbo.QualityDocument, error) {
	return store.Document(ctx, w.store, store.SettingQuality, exampleQuality())
}

func (w *world) SetQuality(ctx context.Context, d rumbo.QualityDocument) error {
	return w.store.InTx(ctx, func(tx store.Tx) error { return store.SetDocument(ctx, tx, store.SettingQuality, d) })
}

func (w *world) Watermarks(context.Context) ([]rumbo.Watermark, error) { return nil, nil }

// quarantined stores a loaded batch with one row in quarantine.
func (w *world) quarantined() string {
	q := exampleQuarantine()
	w.tx(func(ctx context.Context, tx store.Tx) error {
		b := exampleBatch(rumbo.BatchReceived)
		if err := tx.AddBatch(ctx, b); err != nil {
			return err
		}
		if err := tx.AddQuarantine(ctx, b.ID, []rumbo.Quarantine{q}); err != nil {
			return err
		}
		return tx.SetBatch(ctx, exampleBatch(rumbo.BatchLoaded))
	})
	return "/v1/ingestions/" + q.BatchID
}

func TestARowIsMendedAndReplayed(t *testing.T) {
	w := newWorld(t)
	base := w.quarantined()
	for _, step := range []struct {
		method, path, body string
		status             int
		holds              string
	}{
		{"GET", "/quarantine/17", "", 200, `"rule":"too_short"`},
		{"GET", "/quarantine/18", "", 404, `"code":"not_found"`},
		{"GET", "/quarantine/x", "", 404, `"code":"not_found"`},
		{"PATCH", "/quarantine/17", `{"raw":"good"}`, 200, `"original":"2022-01-31/18`},
		{"GET", "/quarantine/17", "", 200, `"raw":"good"`},
		{"PATCH", "/quarantine/99", `{"raw":"good"}`, 404, `"code":"not_found"`},
		{"POST", "/replay", `{"rows":[17]}`, 200, `"accepted":1`},
		{"POST", "/replay", `{"rows":[17]}`, 200, `"accepted":0`},
		{"GET", "/quarantine/17", "", 404, `"code":"not_found"`},
	} {
		a := w.do(step.method, base+step.path, step.body)
		if a.Code != step.status || !strings.Contains(a.Body.String(), step.holds) {
			t.Errorf("%s %s: %d %s", step.method, step.path, a.Code, a.Body)
		}
	}
}

func TestQualityIsReplacedAsAWhole(t *testing.T) {
	w := newWorld(t)
	body := `{"trips":[],"orders":[],"vehicles":[],"depots":[{"name":"named","type":"null","severity":"warn","field":"name"}]}`
	if a := w.do("PUT", "/v1/quality", body); a.Code != 200 {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	if a := w.do("GET", "/v1/quality", ""); strings.TrimSpace(a.Body.String()) != body {
		t.Errorf("%s", a.Body)
	}
	if a := w.do("GET", "/v1/watermarks", ""); strings.TrimSpace(a.Body.String()) != `{"items":[]}` {
		t.Errorf("%s", a.Body)
	}
}
