package telemetry

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestMetricsPage(t *testing.T) {
	m, other := New("v1"), New("v2")
	m.RequestBegan()("/v1/plans/{id}", "GET", 200, 30*time.Millisecond)
	m.RequestBegan() // still running
	m.Panicked()
	m.BatchEnded("trips", "loaded", 90, map[string]int64{"too_fast": 10})
	m.PayloadReceived(1234)
	m.TaskAttempted("plan", "done", time.Second)
	m.PlanEnded("done")
	m.DeliveryAttempted("retry")
	m.Gauge("tasks_waiting", "Waiting tasks.", func() float64 { return 7 })
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`rumbo_build_info{build="v1"} 1`, `rumbo_http_requests_total{endpoint="/v1/plans/{id}",method="GET",status="200"} 1`,
		`rumbo_http_requests_in_flight 1`, `rumbo_http_panics_total 1`, `rumbo_batches_total{kind="trips",state="loaded"} 1`,
		`rumbo_rows_total{kind="trips",outcome="accepted"} 90`, `rumbo_rows_total{kind="trips",outcome="too_fast"} 10`,
		`rumbo_payload_bytes_total 1234`, `rumbo_plans_total{state="done"} 1`, `rumbo_webhook_attempts_total{verdict="retry"} 1`,
		`rumbo_task_duration_seconds_count{kind="plan",outcome="done"} 1`, `rumbo_tasks_waiting 7`, `go_goroutines`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("missing %s", want)
		}
	}
	w = httptest.NewRecorder()
	other.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if strings.Contains(w.Body.String(), "rumbo_http_requests_total{") {
		t.Error("two servers share their counts")
	}
}

func TestNoMetricsIsNoFault(t *testing.T) {
	var m *Metrics
	m.RequestBegan()("x", "GET", 200, 0)
	m.Panicked()
	m.BatchEnded("trips", "loaded", 1, nil)
	m.PayloadReceived(1)
	m.TaskAttempted("x", "done", 0)
	m.PlanEnded("done")
	m.DeliveryAttempted("done")
	m.Gauge("x", "x", func() float64 { return 0 })
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 404 {
		t.Errorf("status %d", w.Code)
	}
}

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	log, err := NewLogger(&out, "json", "info")
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("not this")
	log.Info("request", slog.String("Authorization", "Bearer x"), slog.Group("key", slog.String("webhook_secret", "y")), slog.Int("status", 200))
	text := out.String()
	if strings.Contains(text, "not this") || strings.Contains(text, "Bearer") || strings.Contains(text, `"y"`) || !strings.Contains(text, `"status":200`) {
		t.Errorf("log line %s", text)
	}
	if _, err := NewLogger(&out, "xml", "info"); err == nil {
		t.Error("format xml accepted")
	}
	if _, err := NewLogger(&out, "text", "loud"); err == nil {
		t.Error("level loud accepted")
	}
	if _, err := NewLogger(&out, "text", "warn"); err != nil {
		t.Error(err)
	}
}
