package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

func TestSchedules(t *testing.T) {
	w := newWorld(t)
	const body = `{"name":"weekly","flow":"train","cron":"0 3 * * 1","missed":"skip"}`
	if r := w.do("POST", "/v1/schedules", body); r.Code != 200 {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	if r := w.do("POST", "/v1/schedules", strings.Replace(body, "}", `,"paused":true}`, 1)); r.Code != 200 { // replaced
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	var page client.Page[rumbo.Schedule]
	r := w.do("GET", "/v1/schedules", "")
	if err := json.Unmarshal(r.Body.Bytes(), &page); err != nil || len(page.Items) != 1 || !page.Items[0].Paused {
		t.Errorf("list %s, %v", r.Body, err)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "/v1/schedules/weekly", "", 200, `"paused":true`},
		{"GET", "/v1/schedules/none", "", 404, "none"},
		{"POST", "/v1/schedules", `{"name":"x","flow":"train","cron":"now"}`, 422, "/cron"},
		{"POST", "/v1/schedules", `{"name":"x","flow":"train","crn":"0 3 * * 1"}`, 422, "cron"},
		{"POST", "/v1/schedules/weekly/backfill", `{"from":"2022-01-31T00:00:00Z","until":"2022-01-30T00:00:00Z"}`, 422, "/until"},
		{"POST", "/v1/schedules/none/backfill", `{"from":"2022-01-30T00:00:00Z","until":"2022-01-31T00:00:00Z"}`, 404, "none"},
		{"POST", "/v1/schedules/weekly/backfill", `{"from":"2022-01-30T00:00:00Z","until":"2022-01-31T00:00:00Z"}`, 200, "run_"},
		{"DELETE", "/v1/schedules/weekly", "", 204, ""},
		{"DELETE", "/v1/schedules/weekly", "", 404, ""},
	} {
		if r := w.do(c.method, c.path, c.body); r.Code != c.status || !strings.Contains(r.Body.String(), c.says) {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, r.Code, r.Body)
		}
	}
}
