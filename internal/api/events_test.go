package api

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func TestEventsAreTakenByTheirOwnPath(t *testing.T) {
	w := newWorld(t)
	body, _ := json.Marshal(exampleEvents())
	r := w.do("POST", "/v1/events", string(body), headerIdempotency, "once")
	again := w.do("POST", "/v1/events", string(body), headerIdempotency, "once")
	if r.Code != 202 || again.Code != 202 || r.Body.String() != again.Body.String() || !strings.Contains(r.Body.String(), `"kind":"events"`) {
		t.Errorf("%d %s, again %d %s", r.Code, r.Body, again.Code, again.Body)
	}
	if n := w.effects.Load(); n != 1 {
		t.Errorf("%d effects of one key", n)
	}
	if r := w.do("POST", "/v1/events", "a,b\n", "Content-Type", "text/csv"); r.Code != 422 || !strings.Contains(r.Body.String(), `"pointer":"format"`) {
		t.Errorf("as CSV: %d %s", r.Code, r.Body)
	}
	if r := w.do("POST", "/v1/events?kind=trips", string(body)); r.Code != 422 || !strings.Contains(r.Body.String(), "unknown_field") {
		t.Errorf("of another kind: %d %s", r.Code, r.Body)
	}
}

func TestEventsAreListed(t *testing.T) {
	w := newWorld(t)
	events := exampleEvents()
	b := rumbo.Batch{ID: "batch_e", Kind: rumbo.KindEvents, State: rumbo.BatchReceived}
	w.tx(func(ctx context.Context, tx store.Tx) error { return tx.AddBatch(ctx, b) })
	for i := range events {
		events[i].ID = string(rune('a' + i))
	}
	w.tx(func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.AddEvents(ctx, b.ID, events); err != nil {
			return err
		}
		b.State = rumbo.BatchLoaded
		return tx.SetBatch(ctx, b)
	})
	list := func(q url.Values) string {
		t.Helper()
		r := w.do("GET", "/v1/events?"+q.Encode(), "")
		var page client.Page[rumbo.VehicleEvent]
		if err := json.Unmarshal(r.Body.Bytes(), &page); err != nil || r.Code != 200 {
			t.Fatalf("%d %s", r.Code, r.Body)
		}
		ids := page.Next
		for _, e := range page.Items {
			ids += e.ID
		}
		return ids
	}
	second := events[1].At.Format(time.RFC3339)
	for want, q := range map[string]url.Values{"ab": {"vehicle_id": {"van-1"}}, "": {"vehicle_id": {"van-2"}}, "b": {"from": {second}}, "a": {"until": {second}, "limit": {"1"}}} {
		if got := list(q); got != want {
			t.Errorf("%v lists %q, want %q", q, got, want)
		}
	}
	if r := w.do("GET", "/v1/events?from=yesterday", ""); r.Code != 422 {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}
