package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/api"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/flow"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
	"github.com/logistica-inteligente/rumbo/internal/mapfile"
	"github.com/logistica-inteligente/rumbo/internal/registry"
	"github.com/logistica-inteligente/rumbo/internal/roadmap"
	"github.com/logistica-inteligente/rumbo/internal/schedule"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/telemetry"
	"github.com/logistica-inteligente/rumbo/internal/webhook"
	"github.com/logistica-inteligente/rumbo/internal/webhook/signature"
	"github.com/logistica-inteligente/rumbo/internal/zone"
	"github.com/logistica-inteligente/rumbo/roads"
	"github.com/logistica-inteligente/rumbo/roads/cch"
)

// app is one installation at work: opened in the order of the walk, closed in reverse.
type app struct {
	settings settings
	log      *slog.Logger
	clock    func() time.Time
	metrics  *telemetry.Metrics

	store    store.Store
	queue    task.Queue
	registry *registry.Registry
	zones    *zone.Map
	roads    *roadmap.Map
	learn    *flow.Learn
	plan     *flow.Plan
	secret   string
	keeper   *schedule.Keeper
	watcher  *flow.Automations

	server   *http.Server
	listener net.Listener
	closers  []func() error
}

// openApp opens everything but does no work yet. What was opened is closed when a later
// step fails.
func openApp(ctx context.Context, s settings, log *slog.Logger) (*app, error) {
	a := &app{settings: s, log: log, clock: time.Now, metrics: telemetry.New(build())}
	if err := a.open(ctx); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *app) open(ctx context.Context) error {
	s := a.settings
	if err := s.validate(); err != nil {
		return err
	}
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return rumbo.Fault(rumbo.Unavailable, "rumbo", "cannot make the data directory", err)
	}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return rumbo.InvalidFields("rumbo", []rumbo.FieldError{{Pointer: "--time-zone", Code: rumbo.NotOneOf, Value: s.TimeZone, Limit: "an IANA time zone"}})
	}
	if err := a.openMaps(ctx); err != nil {
		return err
	}
	if err := a.openStore(ctx); err != nil {
		return err
	}
	blobs, err := s.openBlobs(ctx)
	if err != nil {
		return err
	}
	a.registry = registry.New(blobs, a.clock)
	resolver := &feature.Resolver{Location: zone}
	a.learn = &flow.Learn{
		Inbox: &ingest.Receiver{Blobs: blobs, MaxBytes: s.MaxPayloadMiB << 20, Check: etl.Check},
		Blobs: blobs, Store: a.store, Resolver: resolver, Registry: a.registry,
		Clock: a.clock, Build: build(), MaxQuarantine: s.MaxQuarantine,
	}
	if a.zones != nil {
		resolver.Zones, a.learn.Zones = a.zones, a.zones
	}
	a.plan = &flow.Plan{
		Store: a.store, Clock: a.clock, Build: build(), Policy: webhook.Policy{AllowPrivate: s.AllowPrivateCallbacks},
		Large: a.settings.RegionsAbove, Threads: max(1, runtime.GOMAXPROCS(0)/2), // two plans at a time, as many as there are long workers
		Times: &flow.Times{Registry: a.registry, Resolver: resolver, Roads: a.roads},
	}
	if a.roads != nil {
		a.learn.Roads = a.roads
	}
	if a.learn.Backups, err = a.openBackups(ctx); err != nil {
		return err
	}
	a.keeper = &schedule.Keeper{Store: a.store, Clock: a.clock, Log: a.log, Start: a.startScheduled}
	a.watcher = &flow.Automations{Store: a.store, Clock: a.clock, Policy: a.plan.Policy, RunID: scheduledRun, Log: a.log}
	if err := a.openSender(); err != nil || !s.role(roleAPI) {
		return err
	}
	return a.openServer()
}

// openMaps opens the road map and the zone map, where given.
func (a *app) openMaps(ctx context.Context) error {
	if a.settings.Zones != "" {
		file, err := mapfile.Open(a.settings.Zones)
		if err != nil {
			return err
		}
		defer file.Close()
		if a.zones, err = zone.Read(strings.NewReader(string(file.Bytes()))); err != nil {
			return fmt.Errorf("%s: %w", a.settings.Zones, err)
		}
	}
	if a.settings.Map == "" {
		return nil
	}
	graph, closeMap, err := openMap(a.settings.Map)
	if err != nil {
		return err
	}
	a.closers = append(a.closers, closeMap)
	snapper, err := roads.NewSnapper(graph)
	if err != nil {
		return fmt.Errorf("%s: %w", a.settings.Map, err)
	}
	tabler, err := cch.Prepare(ctx, graph, cch.OrderOptions{})
	if err != nil {
		return fmt.Errorf("%s: %w", a.settings.Map, err)
	}
	a.roads = &roadmap.Map{Snapper: snapper, Tabler: tabler, SnapMeters: a.settings.SnapMeters}
	return nil
}

func (a *app) openSender() error {
	text, err := a.settings.secret()
	if err != nil {
		return err
	}
	secret, err := signature.ParseSecret(text)
	if err != nil {
		return rumbo.Fault(rumbo.Invalid, "rumbo", "the webhook secret is not of the form whsec_ and base64", err)
	}
	a.secret = text
	a.plan.Sender, err = webhook.NewSender(webhook.Config{
		Secrets: []signature.Secret{secret}, Policy: a.plan.Policy, Clock: a.clock, UserAgent: "Rumbo/" + build(),
	})
	if err == nil {
		a.closers = append(a.closers, func() error { a.plan.Sender.Close(); return nil })
	}
	return err
}

// runs are what the API asks of runs; the queue is told of those that are canceled.
func (a *app) runs() *flow.Runs {
	desk, _ := a.queue.(task.Desk)
	return &flow.Runs{Learn: a.learn, Plan: a.plan, Desk: desk}
}

func (a *app) openServer() error {
	handler, err := api.New(api.Config{
		Store: a.store, Ingestions: a.learn, Runs: a.runs(), Plans: a.plan, Predictions: &flow.Predictions{Plan: a.plan, Learn: a.learn}, Pings: a.plan, Quality: a.learn, Retention: a.learn, Tracks: a.learn, Backups: a.learn, Automations: a.watcher, Models: a.registry,
		Schedules: a.keeper,
		Policy:    a.plan.Policy, Clock: a.clock, Random: rand.Reader, Log: a.log, Metrics: a.metrics, Build: build(),
		MaxPayload: a.settings.MaxPayloadMiB << 20, SoleProcess: !a.settings.shared(), ClaimLease: a.settings.Rescue,
	})
	if err != nil {
		return err
	}
	a.server = api.NewServer(handler)
	a.listener, err = net.Listen("tcp", a.settings.Listen)
	if err != nil {
		return rumbo.Fault(rumbo.Unavailable, "rumbo", "cannot listen on "+a.settings.Listen, err)
	}
	return nil
}

// run works and serves until ctx ends, then lets running work finish for a while.
func (a *app) run(ctx context.Context) error {
	if !a.settings.shared() { // beside other processes a payload without a batch may be under way
		if err := a.settings.sweepRehearsals(); err != nil {
			return err
		}
		if err := a.learn.Sweep(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
	if err := a.offerBackups(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	if a.settings.role(roleWorker) {
		if err := a.queue.Start(ctx, flow.Handlers(a.learn, a.plan)); err != nil {
			if ctx.Err() != nil {
				return nil // told to stop before the work began
			}
			return err
		}
		keeping, stop := context.WithCancel(ctx)
		var kept sync.WaitGroup
		kept.Go(func() { a.keeper.Run(keeping) })
		kept.Go(func() { a.watcher.Watch(keeping) })
		defer kept.Wait()
		defer stop()
	}
	failed := make(chan error, 1)
	if a.server != nil {
		go func() { failed <- a.server.Serve(a.listener) }()
		a.log.Info("serving", "url", a.url(), "docs", a.url()+"/docs", "data", a.settings.Data, "roles", a.settings.Roles)
	} else {
		a.log.Info("working", "queues", a.settings.Queues, "data", a.settings.Data)
	}
	var err error
	select {
	case <-ctx.Done():
		a.log.Info("stopping")
	case err = <-failed:
	}
	return cmp.Or(err, a.drain(context.WithoutCancel(ctx)))
}

// startScheduled starts the run of a schedule's time, under a name that is the time's.
func (a *app) startScheduled(ctx context.Context, d schedule.Due) (rumbo.Run, error) {
	token, err := api.NewToken(d.At, d.Seed)
	if err != nil {
		return rumbo.Run{}, err
	}
	return a.learn.StartDue(ctx, token, d.Schedule, d.At, d.Past)
}

// scheduledRun is the name that startScheduled gives.
func scheduledRun(name string, at time.Time) (string, error) {
	token, err := api.NewToken(at, schedule.Seed(name, at))
	return "run_" + token, err
}

// drain lets requests and running work end for a while, and hands back what has not.
func (a *app) drain(ctx context.Context) error {
	patience, cancel := context.WithTimeout(ctx, cmp.Or(a.settings.Drain, 10*time.Second))
	defer cancel()
	if a.server != nil {
		_ = a.server.Shutdown(patience)
	}
	return a.queue.Stop(patience)
}

func (a *app) url() string { return "http://" + a.listener.Addr().String() }

// close closes in reverse order what was opened; it may be called after a failed open.
func (a *app) close() {
	if a.listener != nil {
		a.listener.Close()
	}
	for i := len(a.closers) - 1; i >= 0; i-- {
		if err := a.closers[i](); err != nil {
			a.log.Error("closing", "err", err)
		}
	}
	a.closers = nil
}
