package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// watchRun streams a run's states, progress and log lines as server-sent events until it
// has ended or the client goes. The ID of an event is the number of the last line sent.
func (s *server) watchRun(ctx context.Context, r *request) (*answer, error) {
	run, err := s.Store.Run(ctx, r.params["id"])
	if err != nil {
		return nil, err
	}
	seen := r.http.Header.Get("Last-Event-ID")
	if _, err := strconv.ParseInt(seen, 10, 64); err != nil {
		seen = "" // none, or not ours: everything is sent
	}
	return &answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/event-stream"}, "Cache-Control": {"no-store"}, "X-Accel-Buffering": {"no"}},
		stream: func(ctx context.Context, w http.ResponseWriter) { s.streamRun(ctx, w, run, seen) }}, nil
}

func (s *server) streamRun(ctx context.Context, w http.ResponseWriter, run rumbo.Run, seen string) {
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	tick := time.NewTicker(watchPause)
	defer tick.Stop()
	last, quiet := "", time.Now()
	for {
		text, state, err := s.runEvents(ctx, run, &seen, last)
		if err != nil {
			return // the client reconnects, and meets the fault as a status
		}
		if text == "" && time.Since(quiet) > keepAlive {
			text = ": still here\n\n"
		}
		if text != "" {
			if _, err := w.Write([]byte(text)); err != nil || control.Flush() != nil {
				return
			}
			last, quiet = state, time.Now()
		}
		if run.Ended() {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-stopping(ctx):
			return
		case <-tick.C:
		}
		if run, err = s.Store.Run(ctx, run.ID); err != nil {
			return
		}
	}
}

// runEvents are the events that are due: lines after seen, then the state when it differs
// from last.
func (s *server) runEvents(ctx context.Context, run rumbo.Run, seen *string, last string) (text, state string, err error) {
	for more := true; more; {
		page, err := s.Store.RunLog(ctx, run.ID, "", *seen, maxPage)
		if err != nil {
			return "", last, err
		}
		for _, line := range page.Items {
			data, err := json.Marshal(line)
			if err != nil {
				return "", last, err
			}
			*seen = strconv.FormatInt(line.Number, 10)
			text += fmt.Sprintf("id: %s\nevent: log\ndata: %s\n\n", *seen, data)
		}
		more = page.Next != ""
	}
	detail, err := s.detail(ctx, run)
	if err != nil {
		return "", last, err
	}
	data, err := json.Marshal(detail)
	state = string(data)
	switch {
	case run.Ended():
		text += fmt.Sprintf("event: end\ndata: %s\n\n", data)
	case state != last:
		text += fmt.Sprintf("event: state\ndata: %s\n\n", data)
	}
	return text, state, err
}
