package client

import (
	"bufio"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// RunQuery selects runs; empty fields select all.
type RunQuery struct {
	Flow    string    // rumbo.FlowTrain, ...
	State   string    // rumbo.RunFailed, ...
	Subject string    // ID of a batch, plan or delivery
	From    time.Time // asked for at or after this time
	Until   time.Time // asked for before this time
}

// Flows reads all flows with their counts of runs and their last runs.
func (c *Client) Flows(ctx context.Context) ([]FlowInfo, error) {
	p, err := get[Page[FlowInfo]](ctx, c, "/v1/flows", nil, 0)
	return p.Items, err
}

// Runs iterates over runs, newest first.
func (c *Client) Runs(ctx context.Context, q RunQuery) iter.Seq2[rumbo.Run, error] {
	query := url.Values{}
	for name, value := range map[string]string{"flow": q.Flow, "state": q.State, "subject": q.Subject} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for name, t := range map[string]time.Time{"from": q.From, "until": q.Until} {
		if !t.IsZero() {
			query.Set(name, t.Format(time.RFC3339Nano))
		}
	}
	return pages[rumbo.Run](ctx, c, "/v1/runs", query)
}

// StartRun starts a run of a flow (one of rumbo.StartableFlows).
func (c *Client) StartRun(ctx context.Context, flow string, p rumbo.RunParameters) (rumbo.Run, error) {
	return post[rumbo.Run](ctx, c, "/v1/runs", RunRequest{Flow: flow, Parameters: p})
}

// Backups iterates over the backups in the server's place, newest first; rumbo.Conflict when it
// was told of none.
func (c *Client) Backups(ctx context.Context) iter.Seq2[rumbo.BackupInfo, error] {
	return pages[rumbo.BackupInfo](ctx, c, "/v1/backups", nil)
}

// RunDetail reads a run with its steps.
func (c *Client) RunDetail(ctx context.Context, id string) (RunDetail, error) {
	return get[RunDetail](ctx, c, "/v1/runs/"+url.PathEscape(id), nil, 0)
}

// RunLog iterates over what a run wrote, oldest line first; step "" is all.
func (c *Client) RunLog(ctx context.Context, id, step string) iter.Seq2[rumbo.LogLine, error] {
	return pages[rumbo.LogLine](ctx, c, "/v1/runs/"+url.PathEscape(id)+"/log", named("step", step))
}

// CancelRun ends a run and what it works on; reason may be empty.
func (c *Client) CancelRun(ctx context.Context, id, reason string) (rumbo.Run, error) {
	return post[rumbo.Run](ctx, c, "/v1/runs/"+url.PathEscape(id)+"/cancel", CancelRequest{Reason: reason})
}

// Rerun repeats a run that has ended, from a step on or, with from empty, whole.
func (c *Client) Rerun(ctx context.Context, id, from string) (rumbo.Run, error) {
	return post[rumbo.Run](ctx, c, "/v1/runs/"+url.PathEscape(id)+"/rerun", RerunRequest{From: from})
}

// RunEvent is one event of a run that is watched: a line, or the state with the steps.
type RunEvent struct {
	Line *rumbo.LogLine
	Run  *RunDetail
}

// WatchRun iterates over the events of a run as they happen, until it has ended. After an
// error (the connection broke) it can be called again.
func (c *Client) WatchRun(ctx context.Context, id string) iter.Seq2[RunEvent, error] {
	return func(yield func(RunEvent, error) bool) {
		const op = "client.WatchRun"
		req, err := c.request(ctx, call{method: http.MethodGet, path: "/v1/runs/" + url.PathEscape(id) + "/progress", accept: "text/event-stream"})
		if err != nil {
			yield(RunEvent{}, rumbo.Fault(rumbo.Internal, op, "the request could not be made", err))
			return
		}
		resp, err := c.http.Do(req)
		if err != nil {
			yield(RunEvent{}, rumbo.Fault(rumbo.Unavailable, op, "the server was not reached", err))
			return
		}
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 16<<20)
		if resp.StatusCode != http.StatusOK {
			lines.Scan()
			yield(RunEvent{}, faultOf(op, resp, lines.Bytes()))
			return
		}
		kind := ""
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				kind = name
			}
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			event, err := runEvent(kind, data)
			if !yield(event, err) || err != nil || kind == "end" {
				return
			}
		}
		yield(RunEvent{}, rumbo.Fault(rumbo.Unavailable, op, "the stream broke off", lines.Err()))
	}
}

func runEvent(kind, data string) (e RunEvent, err error) {
	if kind == "log" {
		e.Line = &rumbo.LogLine{}
		err = json.Unmarshal([]byte(data), e.Line)
	} else {
		e.Run = &RunDetail{}
		err = json.Unmarshal([]byte(data), e.Run)
	}
	if err != nil {
		return e, rumbo.Fault(rumbo.Corrupt, "client.WatchRun", "the server's event is not what it should be", err)
	}
	return e, nil
}
