package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

const (
	watchPause = 250 * time.Millisecond
	keepAlive  = 15 * time.Second // comments that keep proxies from closing a quiet stream
)

// watchPlan streams a plan's progress as server-sent events (the HTML
// standard's event stream) until it has ended or the client goes. A client
// that reconnects gets the present state first.
func (s *server) watchPlan(ctx context.Context, r *request) (*answer, error) {
	p, err := s.Store.Plan(ctx, r.params["id"])
	if err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/event-stream"}, "Cache-Control": {"no-store"}, "X-Accel-Buffering": {"no"}},
		stream: func(ctx context.Context, w http.ResponseWriter) { s.streamPlan(ctx, w, p) }}, nil
}

func (s *server) streamPlan(ctx context.Context, w http.ResponseWriter, p rumbo.Plan) {
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	tick := time.NewTicker(watchPause)
	defer tick.Stop()
	last, quiet := "", time.Now()
	for {
		data, err := json.Marshal(client.PlanProgress{ID: p.ID, State: p.State, Summary: p.Summary, Error: p.Error})
		if err != nil {
			return
		}
		text := ""
		switch {
		case planEnded(p):
			text = fmt.Sprintf("event: end\ndata: %s\n\n", data)
		case string(data) != last:
			text = fmt.Sprintf("event: state\ndata: %s\n\n", data)
		case time.Since(quiet) > keepAlive:
			text = ": still here\n\n"
		}
		if text != "" {
			if _, err := w.Write([]byte(text)); err != nil || control.Flush() != nil {
				return
			}
			last, quiet = string(data), time.Now()
		}
		if planEnded(p) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-stopping(ctx):
			return
		case <-tick.C:
		}
		if p, err = s.Store.Plan(ctx, p.ID); err != nil {
			return // the client reconnects, and meets the fault as a status
		}
	}
}
