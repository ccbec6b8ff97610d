package api

import (
	"context"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Automations and SetAutomations of the world keep the document without firing anything.
func (w *world) Automations(ctx context.Context) (rumbo.AutomationsDocument, error) {
	return store.Document(ctx, w.store, store.SettingAutomations, rumbo.AutomationsDocument{Endpoints: []string{}, Rules: []rumbo.Automation{}})
}

func (w *world) SetAutomations(ctx context.Context, d rumbo.AutomationsDocument) error {
	return w.store.InTx(ctx, func(tx store.Tx) error { return store.SetDocument(ctx, tx, store.SettingAutomations, d) })
}

func TestAutomationsAreReplacedAsAWhole(t *testing.T) {
	w := newWorld(t)
	const body = `{"endpoints":["https://example.com/a"],"rules":[{"name":"late","when":"run_late","after_s":60}]}`
	if a := w.do("GET", "/v1/automations", ""); a.Code != 200 || strings.TrimSpace(a.Body.String()) != `{"endpoints":[],"rules":[]}` {
		t.Errorf("%d %s", a.Code, a.Body)
	}
	if a := w.do("PUT", "/v1/automations", body); a.Code != 200 {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	if a := w.do("GET", "/v1/automations", ""); strings.TrimSpace(a.Body.String()) != body {
		t.Errorf("%s", a.Body)
	}
	if a := w.do("PUT", "/v1/automations", body, "Authorization", "Bearer "+w.addKey("reader", ScopeRead)); a.Code != 403 {
		t.Errorf("a reader: %d", a.Code)
	}
}
