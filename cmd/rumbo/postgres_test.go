package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3/s3test"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
	"github.com/logistica-inteligente/rumbo/internal/telemetry"
)

// server is the one PostgreSQL of these tests; nil where none is installed.
var server *pgtest.Server

func TestMain(m *testing.M) {
	os.Exit(pgtest.Main(m, func(s *pgtest.Server) { server = s }, "fsync=off"))
}

// TestCircuitOnPostgres is TestCircuit on a real PostgreSQL.
func TestCircuitOnPostgres(t *testing.T) {
	pgtest.Need(t, server)
	testCircuit(t, settings{Data: t.TempDir(), Database: server.Database(t)})
}

// TestManyProcesses serves the API in one process and works in three others, one of
// which takes short work only: everything that was asked for ends, once.
func TestManyProcesses(t *testing.T) {
	pgtest.Need(t, server)
	data := t.TempDir()
	testManyProcesses(t, settings{Database: server.Database(t)}, func() string { return data })
}

// TestManyMachines is TestManyProcesses where they have no directory in common.
func TestManyMachines(t *testing.T) {
	pgtest.Need(t, server)
	objects := s3test.New(t)
	s := settings{Database: server.Database(t), Blobs: objects.Bucket(t), WebhookSecret: "whsec_" + strings.Repeat("c2Vj", 8)}
	testManyProcesses(t, s, func() string { return t.TempDir() })
}

// TestManyProcessesShareAPlan is TestManyProcesses with plans in regions.
func TestManyProcessesShareAPlan(t *testing.T) {
	pgtest.Need(t, server)
	data := t.TempDir()
	testManyProcesses(t, settings{Database: server.Database(t), RegionsAbove: 5}, func() string { return data })
}

func testManyProcesses(t *testing.T, s settings, data func() string) {
	s.Data, s.Roles, s.Rescue = data(), []string{roleAPI}, 2*time.Second
	a, c, stop := startTownAs(t, s)
	defer stop()
	trips := sendWithoutWaiting(t, c, rumbo.KindTrips, "trips.csv")
	for _, queues := range [][]string{{"short"}, {"short", "long"}, {"long"}} {
		s.Data, s.Roles, s.Queues = data(), []string{roleWorker}, queues
		worker, stop := startProcess(t, s)
		defer stop()
		if worker.server != nil || worker.secret != a.secret {
			t.Errorf("a worker serves, or signs with another secret")
		}
	}
	if trips, err := c.WaitBatch(t.Context(), trips.ID); err != nil || trips.Counts.Added != 40 {
		t.Fatalf("%+v, %v", trips, err)
	}
	for _, kind := range []string{rumbo.KindDepots, rumbo.KindVehicles, rumbo.KindOrders} {
		sendFile(t, c, kind, "json", kind+".json")
	}
	run, err := c.Train(t.Context(), rumbo.TrainRequest{Trees: 20, Leaves: 4})
	if err == nil {
		run, err = c.WaitRun(t.Context(), run.ID)
	}
	if err != nil || run.State != rumbo.RunDone {
		t.Fatalf("%+v, %v", run, err)
	}
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			plan, err := c.SubmitPlan(t.Context(), rumbo.PlanRequest{Day: "2026-03-16", Iterations: 200, Seed: int64(n + 1)})
			if err == nil {
				plan, err = c.WaitPlan(t.Context(), plan.ID)
			}
			if err != nil || plan.State != rumbo.PlanDone || !plan.Summary.Feasible || plan.Summary.Served+len(plan.Unassigned) != plan.Summary.Orders {
				t.Errorf("plan %d: %s %+v, %v", n, plan.State, plan.Summary, err)
			}
		})
	}
	wg.Wait()
}

func sendWithoutWaiting(t *testing.T, c *client.Client, kind, file string) rumbo.Batch {
	t.Helper()
	batch, err := c.Ingest(t.Context(), kind, "csv", bytes.NewReader(read(t, file)), client.IngestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// TestSettingsAreRefused holds what an operator is told before anything is opened.
func TestSettingsAreRefused(t *testing.T) {
	log, err := telemetry.NewLogger(os.Stderr, "text", "error")
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		settings settings
		says     string
	}{
		"worker beside SQLite": {settings{Roles: []string{roleWorker}}, "rumbo worker --database postgres://"},
		"API beside SQLite":    {settings{Roles: []string{roleAPI}}, "one SQLite file, on which one process does all the work"},
		"unknown class":        {settings{workerSettings: workerSettings{Concurrency: map[string]int{"huge": 1}}}, "--concurrency"},
		"no worker":            {settings{workerSettings: workerSettings{Concurrency: map[string]int{"short": 0}}}, "--concurrency/short"},
		"hasty rescue":         {settings{workerSettings: workerSettings{Rescue: time.Millisecond}}, "--rescue"},
		"no server":            {settings{Database: "postgres://ana:secret@127.0.0.1:1/x"}, "no PostgreSQL server answers at 127.0.0.1:1"},
		"bucket elsewhere":     {settings{Blobs: "gs://bucket"}, "s3://bucket/prefix?region=…&endpoint=…"},
		"bucket with password": {settings{Blobs: "s3://ana:secret@bucket"}, "without credentials"},
		"a secret a machine":   {settings{Blobs: "s3://bucket", Database: "postgres://ana:secret@127.0.0.1:1/x"}, "--webhook-secret"},
		"another database":     {settings{Database: "mysql://ana:secret@127.0.0.1/x"}, "postgres://user:password@host:5432/database"},
	} {
		c.settings.Data, c.settings.TimeZone = t.TempDir()+"/data", "UTC"
		_, err := openApp(t.Context(), c.settings, log)
		if err == nil {
			t.Errorf("%s: accepted", what)
			continue
		}
		if text := explain(err) + fmt.Sprint(err); !strings.Contains(text, c.says) || strings.Contains(text, ":secret@") {
			t.Errorf("%s: %s", what, text)
		}
	}
}

// TestQualityOnPostgres is TestQuality on a real PostgreSQL.
func TestQualityOnPostgres(t *testing.T) {
	pgtest.Need(t, server)
	testQuality(t, settings{Data: t.TempDir(), Database: server.Database(t)})
}
