package telemetry

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the figures of one server.
type Metrics struct {
	registry *prometheus.Registry

	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	panics   prometheus.Counter

	batches    *prometheus.CounterVec
	rows       *prometheus.CounterVec
	bytesIn    prometheus.Counter
	tasks      *prometheus.HistogramVec
	plans      *prometheus.CounterVec
	deliveries *prometheus.CounterVec
}

// New makes the metrics of a server of the given build.
func New(build string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: counters("http_requests_total", "Answered requests.", "endpoint", "method", "status"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "rumbo_http_request_duration_seconds", Help: "Time to answer, by endpoint.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"endpoint", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "rumbo_http_requests_in_flight", Help: "Requests being answered."}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "rumbo_http_panics_total", Help: "Handlers that panicked; each is a defect."}),
		batches:  counters("batches_total", "Batches that ended, by kind and state.", "kind", "state"),
		rows:     counters("rows_total", "Rows of batches, by kind and outcome (accepted or the rule that rejected them).", "kind", "outcome"),
		bytesIn:  prometheus.NewCounter(prometheus.CounterOpts{Name: "rumbo_payload_bytes_total", Help: "Bytes of raw payloads received."}),
		tasks: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "rumbo_task_duration_seconds", Help: "Time of one attempt of background work, by kind and outcome.",
			Buckets: prometheus.ExponentialBuckets(.005, 4, 10),
		}, []string{"kind", "outcome"}),
		plans:      counters("plans_total", "Plans that ended, by state.", "state"),
		deliveries: counters("webhook_attempts_total", "Attempts to deliver an event, by verdict.", "verdict"),
	}
	about := prometheus.NewGauge(prometheus.GaugeOpts{Name: "rumbo_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"build": build}})
	about.Set(1)
	m.registry.MustRegister(about, m.requests, m.duration, m.inFlight, m.panics, m.batches, m.rows, m.bytesIn,
		m.tasks, m.plans, m.deliveries, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rumbo_" + name, Help: help}, labels)
}

// Handler answers with all figures, for GET /metrics.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// RequestBegan counts a request in flight and returns what ends it. endpoint
// is the pattern ("/v1/plans/{id}"), never the path.
func (m *Metrics) RequestBegan() (ended func(endpoint, method string, status int, took time.Duration)) {
	if m == nil {
		return func(string, string, int, time.Duration) {}
	}
	m.inFlight.Inc()
	return func(endpoint, method string, status int, took time.Duration) {
		m.inFlight.Dec()
		m.requests.WithLabelValues(endpoint, method, strconv.Itoa(status)).Inc()
		m.duration.WithLabelValues(endpoint, method).Observe(took.Seconds())
	}
}

// Panicked counts a handler that panicked.
func (m *Metrics) Panicked() {
	if m != nil {
		m.panics.Inc()
	}
}

// BatchEnded counts a batch and its rows: accepted ones, and rejected ones by rule.
func (m *Metrics) BatchEnded(kind, state string, accepted int64, byRule map[string]int64) {
	if m == nil {
		return
	}
	m.batches.WithLabelValues(kind, state).Inc()
	m.rows.WithLabelValues(kind, "accepted").Add(float64(accepted))
	for rule, n := range byRule {
		m.rows.WithLabelValues(kind, rule).Add(float64(n))
	}
}

// PayloadReceived counts the bytes of a raw payload.
func (m *Metrics) PayloadReceived(bytes int64) {
	if m != nil {
		m.bytesIn.Add(float64(bytes))
	}
}

// TaskAttempted records one attempt of background work; outcome is "done",
// "retry" or "dead".
func (m *Metrics) TaskAttempted(kind, outcome string, took time.Duration) {
	if m != nil {
		m.tasks.WithLabelValues(kind, outcome).Observe(took.Seconds())
	}
}

// PlanEnded counts a plan that is done or failed.
func (m *Metrics) PlanEnded(state string) {
	if m != nil {
		m.plans.WithLabelValues(state).Inc()
	}
}

// DeliveryAttempted counts an attempt by verdict: "done", "retry" or "gave_up".
func (m *Metrics) DeliveryAttempted(verdict string) {
	if m != nil {
		m.deliveries.WithLabelValues(verdict).Inc()
	}
}

// Gauge registers a figure that is read when somebody asks, as the number of
// waiting tasks; name is without the prefix rumbo_. Registering a name twice
// is a defect of the caller and panics.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	if m != nil {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "rumbo_" + name, Help: help}, read))
	}
}
