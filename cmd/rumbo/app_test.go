package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

const tinytown = "../../testdata/tinytown/"

// startTown serves an installation on tinytown's maps: the same app that rumbo serve runs.
func startTown(t *testing.T, data string) (*app, *client.Client, func()) {
	t.Helper()
	return startTownAs(t, settings{Data: data})
}

// startTownAs is startTown with roles, a database and the like.
func startTownAs(t *testing.T, s settings) (*app, *client.Client, func()) {
	t.Helper()
	a, stop := startProcess(t, s)
	key, err := createKey(t.Context(), a.store, "test", []string{"all"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(a.url(), key)
	if err != nil {
		t.Fatal(err)
	}
	return a, c, stop
}

// startProcess runs an app as a process of its own would.
func startProcess(t *testing.T, s settings) (*app, func()) {
	t.Helper()
	a, err := openApp(t.Context(), settings{
		Data: s.Data, Database: s.Database, Blobs: s.Blobs, WebhookSecret: s.WebhookSecret, backupSettings: s.backupSettings, RegionsAbove: s.RegionsAbove, Roles: s.Roles, workerSettings: s.workerSettings, Listen: "127.0.0.1:0", TimeZone: "America/Argentina/Buenos_Aires", SnapMeters: 500, MaxPayloadMiB: 1,
		MaxQuarantine: cmp.Or(s.MaxQuarantine, 0.9), AllowPrivateCallbacks: true, Map: tinytown + "roads.map", Zones: tinytown + "zones.geojson",
	}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.run(ctx) }()
	return a, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error("the server ended with", err)
		}
		a.close()
	}
}

func sendFile(t *testing.T, c *client.Client, kind, format, file string) rumbo.Batch {
	t.Helper()
	batch, err := c.Ingest(t.Context(), kind, format, bytes.NewReader(read(t, file)), client.IngestOptions{})
	if err != nil {
		t.Fatal(file, err)
	}
	if batch, err = c.WaitBatch(t.Context(), batch.ID); err != nil {
		t.Fatal(file, err)
	}
	return batch
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(tinytown, file))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestCircuit walks the whole circuit on tinytown over HTTP, restarts in the middle, and
// receives the signed plan.
func TestCircuit(t *testing.T) { testCircuit(t, settings{Data: t.TempDir()}) }

func testCircuit(t *testing.T, s settings) {
	a, c, stop := startTownAs(t, s)
	trips := sendFile(t, c, rumbo.KindTrips, "csv", "trips.csv")
	if trips.Counts.Accepted != 40 || trips.Counts.Quarantined != 0 {
		t.Errorf("counts %+v, want 40 accepted", trips.Counts)
	}
	dirty := sendFile(t, c, rumbo.KindTrips, "csv", "trips-dirty.csv")
	if len(dirty.Counts.ByRule) < 10 || dirty.Counts.Accepted+dirty.Counts.Quarantined != dirty.Counts.Rows {
		t.Errorf("dirty batch %+v", dirty.Counts)
	}
	again := sendFile(t, c, rumbo.KindTrips, "csv", "trips.csv")
	if again.ID != trips.ID {
		t.Errorf("the same payload made batch %s beside %s", again.ID, trips.ID)
	}
	otherwise, err := c.Ingest(t.Context(), rumbo.KindTrips, "csv", bytes.NewReader(read(t, "trips.csv")), client.IngestOptions{Month: "2026-03"})
	if err != nil || otherwise.ID == trips.ID {
		t.Errorf("the same bytes declared otherwise are still batch %s, %v", otherwise.ID, err)
	}
	if otherwise, err = c.WaitBatch(t.Context(), otherwise.ID); err != nil || otherwise.Counts.Unchanged != 40 {
		t.Errorf("the same trips again: %+v, %v", otherwise.Counts, err)
	}
	for _, kind := range []string{rumbo.KindDepots, rumbo.KindVehicles, rumbo.KindOrders} {
		sendFile(t, c, kind, "json", kind+".json")
	}
	run, err := c.Train(t.Context(), rumbo.TrainRequest{Trees: 20, Leaves: 4})
	if err != nil {
		t.Fatal(err)
	}
	if run, err = c.WaitRun(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	var version rumbo.ModelVersion
	if err := json.Unmarshal(run.Result, &version); err != nil || version.Version != 1 || version.Verdict == "" {
		t.Fatalf("run %s made %+v, %v", run.ID, version, err)
	}
	secret := a.secret
	stop()

	_, c, stop = startTownAs(t, s)
	defer stop()
	hooks := make(chan client.Event, 4)
	verifier, err := client.NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	receiver := httptest.NewServer(verifier.Handler(func(e client.Event) error { hooks <- e; return nil }))
	defer receiver.Close()
	plan, err := c.SubmitPlan(t.Context(), rumbo.PlanRequest{Day: "2026-03-16", Iterations: 2000, CallbackURL: receiver.URL})
	if err != nil {
		t.Fatal(err)
	}
	if plan, err = c.WaitPlan(t.Context(), plan.ID); err != nil {
		t.Fatal(err)
	}
	checkPlan(t, plan)
	select {
	case e := <-hooks:
		var signed rumbo.Plan
		if err := json.Unmarshal(e.Data, &signed); err != nil || signed.ID != plan.ID || e.Type != rumbo.EventPlanFinished {
			t.Errorf("webhook %s about %s, %v", e.Type, signed.ID, err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no webhook came")
	}
	second, err := c.SubmitPlan(t.Context(), rumbo.PlanRequest{Day: "2026-03-16", Iterations: 2000})
	if err != nil {
		t.Fatal(err)
	}
	if second, err = c.WaitPlan(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	if a, b := routesOf(plan), routesOf(second); a != b {
		t.Errorf("the same seed and iterations gave\n%s\nand\n%s", a, b)
	}
}

// checkPlan holds what every plan must: each order once, the referee's word.
func checkPlan(t *testing.T, plan rumbo.Plan) {
	t.Helper()
	seen := map[string]int{}
	for _, r := range plan.Routes {
		for _, s := range r.Stops {
			seen[s.OrderID]++
		}
	}
	for _, u := range plan.Unassigned {
		seen[u.OrderID]++
		if u.Reason == "" {
			t.Errorf("order %s is left out without a reason", u.OrderID)
		}
	}
	if len(seen) != plan.Summary.Orders || !plan.Summary.Feasible {
		t.Errorf("%d orders in a plan for %d, feasible %t", len(seen), plan.Summary.Orders, plan.Summary.Feasible)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("order %s is in the plan %d times", id, n)
		}
	}
}

func routesOf(p rumbo.Plan) string {
	text, _ := json.Marshal(p.Routes)
	return string(text)
}

// TestBadInputLeavesNothing sends what must be refused and then counts what is stored.
func TestBadInputLeavesNothing(t *testing.T) {
	a, c, stop := startTown(t, t.TempDir())
	defer stop()
	order := `{"id":"A","day":"2026-03-16","location":{"lat":-34.9,"lon":-62.5}`
	for _, bad := range []struct {
		name, kind, format, body string
		codes                    []rumbo.Code
	}{
		{"unknown key", "orders", "json", `[` + order + `,"windws":[]}]`, []rumbo.Code{rumbo.UnknownField}},
		{"wrong types, all at once", "orders", "json", `[` + order + `,"service_s":"soon"},{"id":7}]`, []rumbo.Code{rumbo.WrongType, rumbo.WrongType}},
		{"swapped coordinates", "orders", "json", `[{"id":"A","day":"2026-03-16","location":{"lat":-162.5,"lon":-34.9}}]`, []rumbo.Code{rumbo.SwappedCoordinates}},
		{"negative time", "orders", "json", `[` + order + `,"service_s":-1}]`, []rumbo.Code{rumbo.OutOfRange}},
		{"impossible window", "orders", "json", `[` + order + `,"windows":[{"open":"2026-03-16T10:00:00Z","close":"2026-03-16T09:00:00Z"}]}]`, []rumbo.Code{rumbo.ImpossibleWindow}},
		{"empty", "trips", "csv", "", []rumbo.Code{rumbo.EmptyPayload}},
		{"truncated JSON", "orders", "json", `[` + order, []rumbo.Code{rumbo.TruncatedPayload}},
		{"wrong columns", "trips", "csv", "trip,when\n1,2\n", []rumbo.Code{rumbo.UnknownColumn, rumbo.MissingColumn}},
		{"not UTF-8", "trips", "csv", "trip_id,pickup_at,dropoff_at\n\xff\xfe,1,2\n", []rumbo.Code{rumbo.NotUTF8}},
		{"huge", "trips", "csv", "trip_id,pickup_at,dropoff_at\n" + strings.Repeat("x,y,z\n", 1<<18), nil},
	} {
		_, err := c.Ingest(t.Context(), bad.kind, bad.format, strings.NewReader(bad.body), client.IngestOptions{})
		var fault *rumbo.Error
		if !errors.As(err, &fault) {
			t.Errorf("%s: accepted, or %v", bad.name, err)
			continue
		}
		for _, want := range bad.codes {
			found := false
			for _, f := range fault.Fields {
				found = found || f.Code == want
			}
			if !found {
				t.Errorf("%s: no %s in %v", bad.name, want, fault)
			}
		}
		if bad.codes == nil && fault.Code != rumbo.TooLarge {
			t.Errorf("%s: %v", bad.name, fault)
		}
	}
	counts, err := a.store.CountRecords(t.Context())
	if err != nil || counts.Orders+counts.Trips != 0 {
		t.Errorf("stored %+v, %v", counts, err)
	}
	blobs, _ := filepath.Glob(filepath.Join(a.settings.Data, "blobs", "raw", "*"))
	if len(blobs) != 0 {
		t.Errorf("blobs left: %v", blobs)
	}
}

// TestSecondProcessIsRefused opens the same data directory twice.
func TestSecondProcessIsRefused(t *testing.T) {
	data := t.TempDir()
	a, _, stop := startTown(t, data)
	defer stop()
	_, err := openApp(t.Context(), a.settings, a.log)
	if rumbo.CodeOf(err) != rumbo.Locked || !strings.Contains(explain(err), "stop it first") {
		t.Errorf("got %v", err)
	}
}

// TestServerAnswersWithoutMap says what is missing instead of failing.
func TestServerAnswersWithoutMap(t *testing.T) {
	a, err := openApp(t.Context(), settings{Data: t.TempDir(), Listen: "127.0.0.1:0", TimeZone: "UTC", MaxPayloadMiB: 1, MaxQuarantine: 0.5},
		slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	w := httptest.NewRecorder()
	a.server.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if w.Code != http.StatusOK {
		t.Errorf("health %d %s", w.Code, w.Body)
	}
}
