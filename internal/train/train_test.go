package train

import (
	"context"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

func TestTaxiBeatsItsFloors(t *testing.T) {
	at := time.Now()
	r, err := Train(context.Background(), taxi(t, nil), Options{Set: feature.B})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(at))
	t.Logf("%+v", r.Report.Metrics)
	t.Logf("%+v", r.Report.Floors)
	t.Log(r.Version.Verdict)
	t.Logf("%+v", r.Version.Lineage)
	t.Logf("%+v", r.Bundle.Correction)
}
