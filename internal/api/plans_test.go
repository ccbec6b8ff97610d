package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func (w *world) addPlan(p rumbo.Plan) {
	w.tx(func(ctx context.Context, tx store.Tx) error { return tx.AddPlan(ctx, p) })
}

func TestFormsOfAPlan(t *testing.T) {
	w := newWorld(t)
	p := examplePlan(rumbo.PlanDone)
	w.addPlan(p)
	w.load(rumbo.KindDepots, func(ctx context.Context, tx store.Tx, batch string) error {
		_, err := tx.AddDepots(ctx, batch, []rumbo.Depot{exampleDepot()})
		return err
	})
	path := "/v1/plans/" + p.ID
	for _, c := range []struct{ accept, query, want string }{
		{"", "", "application/json"}, {"*/*", "", "application/json"}, {"text/html", "", "application/json"},
		{"application/geo+json", "", "application/geo+json"}, {"text/csv", "", "text/csv; charset=utf-8; header=present"},
		{"text/csv;q=0.5, application/geo+json", "", "application/geo+json"}, {"application/geo+json;q=0.1, application/json", "", "application/json"},
		{"application/json", "?format=csv", "text/csv; charset=utf-8; header=present"}, {"text/csv;q=x", "", "application/json"},
	} {
		r := w.do("GET", path+c.query, "", "Accept", c.accept)
		if r.Code != 200 || r.Header().Get("Content-Type") != c.want || r.Header().Get("Vary") != "Accept" {
			t.Errorf("%q %s: %d %s", c.accept, c.query, r.Code, r.Header().Get("Content-Type"))
		}
	}
	rows, err := csv.NewReader(w.do("GET", path+"?format=csv", "").Body).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][3] != "A-1001" || rows[1][6] != "2022-01-31T09:00:00-05:00" || rows[2][3] != "A-1002" || rows[2][11] != rumbo.ReasonSkill {
		t.Errorf("%v %v", rows, err)
	}
	golden(t, "plan.geojson", w.do("GET", path+"?format=geojson", "").Body.String())
}

func TestProgressStream(t *testing.T) {
	w := newWorld(t)
	p := examplePlan(rumbo.PlanQueued)
	w.addPlan(p)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	req, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/v1/plans/"+p.ID+"/progress", nil)
	req.Header.Set("Authorization", "Bearer "+w.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("type %s", resp.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(resp.Body)
	next := func() (event string, data client.PlanProgress) {
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				event = value
			case "data":
				if err := json.Unmarshal([]byte(value), &data); err != nil {
					t.Fatal(err)
				}
			case "":
				return event, data
			}
		}
		return "closed", data
	}
	if event, data := next(); event != "state" || data.State != rumbo.PlanQueued || data.ID != p.ID {
		t.Errorf("%s %+v", event, data)
	}
	for _, state := range []string{rumbo.PlanSolving, rumbo.PlanDone} {
		p.State = state
		w.tx(func(ctx context.Context, tx store.Tx) error { return tx.SetPlan(ctx, p) })
		want := map[string]string{rumbo.PlanSolving: "state", rumbo.PlanDone: "end"}[state]
		if event, data := next(); event != want || data.State != state {
			t.Errorf("%s %+v", event, data)
		}
	}
	if event, _ := next(); event != "closed" {
		t.Errorf("after the end: %s", event)
	}
}

// The Go client against this server over real HTTP.
func TestClientAgainstServer(t *testing.T) {
	w := newWorld(t)
	w.finish = true
	w.models = []rumbo.ModelVersion{{Name: rumbo.TravelTime, Version: 1}}
	server := NewServer(w.handler)
	listening := httptest.NewUnstartedServer(w.handler)
	listening.Config = server
	listening.Start()
	defer listening.Close()
	c, err := client.New(listening.URL, w.key)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	b, err := c.Ingest(ctx, rumbo.KindTrips, "csv", strings.NewReader(exampleCSV), client.IngestOptions{Schema: "tlc_yellow"})
	if err != nil {
		t.Fatal(err)
	}
	if b, err = c.WaitBatch(ctx, b.ID); err != nil || b.Counts.Accepted != 1 {
		t.Errorf("%+v %v", b, err)
	}
	for range c.Quarantine(ctx, b.ID, "") {
		t.Error("a row in quarantine")
	}
	p, err := c.SubmitPlan(ctx, rumbo.PlanRequest{Day: "2022-01-31"})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = c.WaitPlan(ctx, p.ID); err != nil || len(p.Routes) != 1 {
		t.Errorf("%+v %v", p, err)
	}
	if data, err := c.PlanAs(ctx, p.ID, "text/csv"); err != nil || !strings.HasPrefix(string(data), "plan_id,") {
		t.Errorf("%s %v", data, err)
	}
	if _, err := c.SubmitPlan(ctx, rumbo.PlanRequest{Day: "tomorrow"}); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Errorf("%v", err)
	}
	set, err := c.Predict(ctx, examplePredictionRequest())
	if err != nil || len(set.Predictions) != 1 {
		t.Errorf("%+v %v", set, err)
	}
	if m, err := c.Models(ctx); err != nil || len(m) != 1 {
		t.Errorf("%+v %v", m, err)
	}
	if m, err := c.Rollback(ctx, rumbo.TravelTime, 1); err != nil || m.Version != 1 {
		t.Errorf("%+v %v", m, err)
	}
	if run, err := c.Train(ctx, rumbo.TrainRequest{}); err != nil || run.State != rumbo.RunQueued {
		t.Errorf("%+v %v", run, err)
	}
	if d, err := c.Ping(ctx, "https://example.com/x"); err != nil || d.State != rumbo.DeliveryPending {
		t.Errorf("%+v %v", d, err)
	}
	n := 0
	for d, err := range c.Deliveries(ctx, "") {
		if err != nil || d.Type != rumbo.EventPing {
			t.Errorf("%+v %v", d, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d deliveries", n)
	}
}
