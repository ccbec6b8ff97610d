package ingest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

func TestSweepDeletesWhatBelongsToNoBatch(t *testing.T) {
	rc, b := receiver(t)
	for _, id := range []string{"batch_1", "batch_2", "batch_3"} {
		body := strings.NewReader(`[{"id":"A"}]`)
		if _, err := rc.Receive(t.Context(), id, received, rumbo.Payload{Kind: "orders", Format: "json", Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Put(t.Context(), "models/1", strings.NewReader("x"), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	known := func(_ context.Context, id string) (bool, error) { return id == "batch_2", nil }
	if n, err := rc.Sweep(t.Context(), received, known); n != 0 || err != nil {
		t.Errorf("younger payloads: deleted %d, %v", n, err)
	}
	later := time.Now().Add(time.Hour)
	if n, err := rc.Sweep(t.Context(), later, known); n != 2 || err != nil {
		t.Errorf("deleted %d, %v", n, err)
	}
	if left := stored(t, b); len(left) != 2 || left["raw/batch_2.json"] == "" || left["models/1"] == "" {
		t.Errorf("left %v", left)
	}
	boom := rumbo.Fault(rumbo.Unavailable, "store", "", errors.New("boom"))
	if _, err := rc.Sweep(t.Context(), later, func(context.Context, string) (bool, error) { return false, boom }); rumbo.CodeOf(err) != rumbo.Unavailable {
		t.Errorf("got %v", err)
	}
}
