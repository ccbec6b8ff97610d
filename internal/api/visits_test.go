package api

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// Visits of the world are one when the time that is asked for has it.
func (w *world) Visits(_ context.Context, vehicleID string, from, until time.Time) (out []rumbo.Visit, err error) {
	v := exampleVisit()
	if v.VehicleID == vehicleID && !v.ArriveAt.Before(from) && v.ArriveAt.Before(until) {
		out = append(out, v)
	}
	return out, nil
}

func TestVisits(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"vehicle_id=van-1&from=2022-01-31T00:00:00-05:00&until=2022-02-01T00:00:00-05:00": `"order_ids":["A-1001"]`,
		"vehicle_id=van-2&from=2022-01-31T00:00:00Z&until=2022-02-01T00:00:00Z":           `{"items":[]}`,
		"vehicle_id=van-1": `"pointer":"until"`,
		"vehicle_id=van-1&from=2022-02-01T00:00:00Z&until=2022-01-31T00:00:00Z": "impossible_window",
		"vehicle_id=van-1&from=2022-02-01T00:00:00Z&until=2022-02-03T00:00:01Z": "out_of_range",
	} {
		r := w.do("GET", "/v1/visits?"+query, "")
		if ok := r.Code == 200; ok != (want[0] == '{' || strings.Contains(want, "order")) || !strings.Contains(r.Body.String(), want) {
			t.Errorf("%s: %d %s", query, r.Code, r.Body)
		}
	}
}
