package api

import (
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/telemetry"
	"github.com/logistica-inteligente/rumbo/internal/webhook"
)

// Config is all that the front door needs. Metrics may be nil; everything else
// without a stated default must be there.
type Config struct {
	Store       store.Store
	Ingestions  Ingestions
	Runs        Runs
	Schedules   Schedules
	Plans       Plans
	Predictions Predictions
	Models      Models
	Pings       Pings
	Quality     Quality
	Retention   Retention
	Automations Automations
	Tracks      Tracks
	Backups     Backups

	Policy  webhook.Policy // which callback addresses are admitted
	Clock   func() time.Time
	Random  io.Reader // crypto/rand.Reader
	Log     *slog.Logger
	Metrics *telemetry.Metrics
	Build   string // version shown in the document and in /healthz
	// MaxPayload bounds one ingestion, bytes after decompression; 2 GiB when 0.
	MaxPayload int64
	// SoleProcess says that no other process serves this store: then a request
	// that a crash cut off can be repeated at once.
	SoleProcess bool
	// ClaimLease is how long a request of another process may be silent before its
	// repetition is worked on here; 45 s when 0. Living ones speak up every third of it.
	ClaimLease time.Duration
	Rates      Rates // requests of one key; no bounds when zero
	// Origins are the web pages, as https://app.example.com, whose scripts may
	// call the API from a browser (CORS); none when empty.
	Origins []string

	stall time.Duration // see defaultStall; tests have less patience
}

// server is a Config that has been made ready.
type server struct {
	Config
	serving  serving
	limiter  limiter
	pruned   atomic.Int64 // when old replies were last removed, Unix seconds
	document *huma.OpenAPI
	mux      *http.ServeMux
}

// New makes the handler of all endpoints. It fails when something that it
// needs is missing.
func New(cfg Config) (http.Handler, error) {
	if cfg.Store == nil || cfg.Ingestions == nil || cfg.Runs == nil || cfg.Plans == nil || cfg.Predictions == nil ||
		cfg.Schedules == nil || cfg.Models == nil || cfg.Pings == nil || cfg.Quality == nil || cfg.Retention == nil || cfg.Automations == nil || cfg.Tracks == nil || cfg.Backups == nil || cfg.Clock == nil || cfg.Random == nil || cfg.Log == nil {
		return nil, rumbo.Fault(rumbo.Internal, "api.New", "a service, the store, the clock, the random source or the log is missing", nil)
	}
	if cfg.MaxPayload <= 0 {
		cfg.MaxPayload = 2 << 30
	}
	if cfg.stall <= 0 {
		cfg.stall = defaultStall
	}
	s := &server{Config: cfg, document: newDocument(cfg.Build), mux: http.NewServeMux(),
		serving: serving{keys: map[string]chan struct{}{}}, limiter: limiter{rates: cfg.Rates, buckets: map[bucketName]*bucket{}}}
	for _, ep := range s.endpoints() {
		describe(s.document, ep)
		s.mux.HandleFunc(ep.Method+" "+ep.Path, func(w http.ResponseWriter, r *http.Request) {
			if err := s.serve(ep, w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	finish(s.document)
	if err := s.mountPages(); err != nil {
		return nil, err
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, s.unknown(w, r)) })
	return s.outermost(s.mux), nil
}

// endpoints are all operations, in the order of the document.
func (s *server) endpoints() []*endpoint {
	var all []*endpoint
	for _, group := range [][]*endpoint{
		s.ingestionEndpoints(), s.eventEndpoints(), s.visitEndpoints(), s.qualityEndpoints(), s.recordEndpoints(), s.runEndpoints(), s.retentionEndpoints(), s.automationEndpoints(), s.modelEndpoints(),
		s.scheduleEndpoints(), s.predictionEndpoints(), s.planEndpoints(), s.deliveryEndpoints(), s.backupEndpoints(), s.keyEndpoints(), s.systemEndpoints(),
	} {
		all = append(all, group...)
	}
	return all
}
