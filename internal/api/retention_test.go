package api

import (
	"context"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Retention and SetRetention of the world keep the document without removing anything.
func (w *world) Retention(ctx context.Context) (rumbo.RetentionDocument, error) {
	return store.Document(ctx, w.store, store.SettingRetention, rumbo.DefaultRetention())
}

func (w *world) SetRetention(ctx context.Context, d rumbo.RetentionDocument) error {
	return w.store.InTx(ctx, func(tx store.Tx) error { return store.SetDocument(ctx, tx, store.SettingRetention, d) })
}

func TestRetentionIsReplacedAsAWhole(t *testing.T) {
	w := newWorld(t)
	const body = `{"superseded_versions":false,"payload_days":30,"quarantine_days":0,"run_days":7,"delivery_days":3650}`
	if a := w.do("GET", "/v1/retention", ""); a.Code != 200 || !strings.Contains(a.Body.String(), `"run_days":90`) {
		t.Errorf("%d %s", a.Code, a.Body)
	}
	for _, c := range []struct{ body, says string }{
		{`{"superseded_versions":false,"payload_days":30}`, "/quarantine_days"},
		{strings.Replace(body, `"run_days":7`, `"run_days":6`, 1), "/run_days"},
		{strings.Replace(body, "3650", "3651", 1), "/delivery_days"},
		{strings.Replace(body, "run_days", "runs_days", 1), "run_days"},
	} {
		if a := w.do("PUT", "/v1/retention", c.body); a.Code != 422 || !strings.Contains(a.Body.String(), c.says) {
			t.Errorf("%s: %d %s", c.body, a.Code, a.Body)
		}
	}
	if a := w.do("PUT", "/v1/retention", body); a.Code != 200 {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	if a := w.do("GET", "/v1/retention", ""); strings.TrimSpace(a.Body.String()) != body {
		t.Errorf("%s", a.Body)
	}
	if a := w.do("PUT", "/v1/retention", body, "Authorization", "Bearer "+w.addKey("reader", ScopeRead)); a.Code != 403 {
		t.Errorf("a reader: %d", a.Code)
	}
}
