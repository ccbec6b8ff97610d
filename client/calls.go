package client

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// pollWait is how long one poll of long work lets the server hold its answer.
const pollWait = 20 * time.Second

// IngestOptions say more about a payload; zero values leave it to the server.
type IngestOptions struct {
	Schema   string // tlc_yellow or rumbo
	TimeZone string // IANA name for local times without offset
	Month    string // YYYY-MM
	Gzip     bool   // the body is compressed already
	// IdempotencyKey makes sendings of several processes one; a key of this
	// call alone when empty.
	IdempotencyKey string

	upload string // what was put there is the payload
}

// Ingest sends a payload of a kind in a format (rumbo.FormatJSON, ...). A body that
// is an io.Seeker is sent again after a network error; another one is not.
func (c *Client) Ingest(ctx context.Context, kind, format string, body io.Reader, o IngestOptions) (rumbo.Batch, error) {
	query := url.Values{"kind": {kind}, "format": {format}}
	for name, value := range map[string]string{"schema": o.Schema, "time_zone": o.TimeZone, "month": o.Month, "upload": o.upload} {
		if value != "" {
			query.Set(name, value)
		}
	}
	q := call{method: http.MethodPost, path: "/v1/ingestions", query: query, media: "application/json", idempotency: o.IdempotencyKey}
	switch format {
	case rumbo.FormatCSV:
		q.media = "text/csv"
	case rumbo.FormatNDJSON:
		q.media = "application/x-ndjson"
	case rumbo.FormatParquet:
		q.media = "application/vnd.apache.parquet"
	}
	q.gzip = o.Gzip
	if rewindable, ok := body.(io.ReadSeeker); ok {
		q.body = rewindable
	} else {
		q.once = body
	}
	return decode[rumbo.Batch](c.do(ctx, q))
}

// Batch reads a batch.
func (c *Client) Batch(ctx context.Context, id string) (rumbo.Batch, error) {
	return get[rumbo.Batch](ctx, c, "/v1/ingestions/"+url.PathEscape(id), nil, 0)
}

// WaitBatch waits until a batch is loaded; a failed one is an error.
func (c *Client) WaitBatch(ctx context.Context, id string) (rumbo.Batch, error) {
	return wait(ctx, c, "/v1/ingestions/", id, func(b rumbo.Batch) (bool, string) {
		return b.State == rumbo.BatchLoaded, failure(b.State == rumbo.BatchFailed, b.Error)
	})
}

// Quarantine iterates over the rows of a batch that were kept out; rule "" is all.
func (c *Client) Quarantine(ctx context.Context, batchID, rule string) iter.Seq2[rumbo.Quarantine, error] {
	return pages[rumbo.Quarantine](ctx, c, "/v1/ingestions/"+url.PathEscape(batchID)+"/quarantine", named("rule", rule))
}

// Quarantined reads one row that was kept out.
func (c *Client) Quarantined(ctx context.Context, batchID string, row int64) (rumbo.Quarantine, error) {
	return get[rumbo.Quarantine](ctx, c, quarantinedPath(batchID, row), nil, 0)
}

// EditQuarantined mends a row that was kept out; a text that a rule would still
// keep out is refused with rumbo.BrokenRule.
func (c *Client) EditQuarantined(ctx context.Context, batchID string, row int64, edit rumbo.QuarantineEdit) (rumbo.Quarantine, error) {
	return send[rumbo.Quarantine](ctx, c, http.MethodPatch, quarantinedPath(batchID, row), edit)
}

func quarantinedPath(batchID string, row int64) string {
	return "/v1/ingestions/" + url.PathEscape(batchID) + "/quarantine/" + strconv.FormatInt(row, 10)
}

// Replay cleans rows of a loaded batch's quarantine again; an empty request is all.
func (c *Client) Replay(ctx context.Context, batchID string, r rumbo.ReplayRequest) (rumbo.ReplayResult, error) {
	return post[rumbo.ReplayResult](ctx, c, "/v1/ingestions/"+url.PathEscape(batchID)+"/replay", r)
}

// Quality reads what is expected of data.
func (c *Client) Quality(ctx context.Context) (rumbo.QualityDocument, error) {
	return get[rumbo.QualityDocument](ctx, c, "/v1/quality", nil, 0)
}

// SetQuality replaces what is expected of data.
func (c *Client) SetQuality(ctx context.Context, d rumbo.QualityDocument) (rumbo.QualityDocument, error) {
	return send[rumbo.QualityDocument](ctx, c, http.MethodPut, "/v1/quality", d)
}

// Retention reads how long things are kept.
func (c *Client) Retention(ctx context.Context) (rumbo.RetentionDocument, error) {
	return get[rumbo.RetentionDocument](ctx, c, "/v1/retention", nil, 0)
}

// SetRetention replaces how long things are kept; runs of retention go by it.
func (c *Client) SetRetention(ctx context.Context, d rumbo.RetentionDocument) (rumbo.RetentionDocument, error) {
	return send[rumbo.RetentionDocument](ctx, c, http.MethodPut, "/v1/retention", d)
}

// Automations reads what the installation wants to be told of, and where.
func (c *Client) Automations(ctx context.Context) (rumbo.AutomationsDocument, error) {
	return get[rumbo.AutomationsDocument](ctx, c, "/v1/automations", nil, 0)
}

// SetAutomations replaces it; runs that end, and what is late, from now on are held against it.
func (c *Client) SetAutomations(ctx context.Context, d rumbo.AutomationsDocument) (rumbo.AutomationsDocument, error) {
	return send[rumbo.AutomationsDocument](ctx, c, http.MethodPut, "/v1/automations", d)
}

// Watermarks reads how far the data of each kind has come.
func (c *Client) Watermarks(ctx context.Context) ([]rumbo.Watermark, error) {
	p, err := get[Page[rumbo.Watermark]](ctx, c, "/v1/watermarks", nil, 0)
	return p.Items, err
}

// Train starts a training.
func (c *Client) Train(ctx context.Context, r rumbo.TrainRequest) (rumbo.Run, error) {
	return c.StartRun(ctx, rumbo.FlowTrain, rumbo.RunParameters{TrainRequest: r})
}

// Run reads a run.
func (c *Client) Run(ctx context.Context, id string) (rumbo.Run, error) {
	return get[rumbo.Run](ctx, c, "/v1/runs/"+url.PathEscape(id), nil, 0)
}

// WaitRun waits until a run is done; one that failed, crashed or was canceled is an error.
func (c *Client) WaitRun(ctx context.Context, id string) (rumbo.Run, error) {
	return wait(ctx, c, "/v1/runs/", id, func(r rumbo.Run) (bool, string) {
		return r.State == rumbo.RunDone, failure(r.Ended() && r.State != rumbo.RunDone, r.Error)
	})
}

// Models reads the newest version of every model.
func (c *Client) Models(ctx context.Context) ([]rumbo.ModelVersion, error) {
	p, err := get[Page[rumbo.ModelVersion]](ctx, c, "/v1/models", nil, 0)
	return p.Items, err
}

// ModelVersions reads all versions of a model, newest first.
func (c *Client) ModelVersions(ctx context.Context, name string) ([]rumbo.ModelVersion, error) {
	p, err := get[Page[rumbo.ModelVersion]](ctx, c, "/v1/models/"+url.PathEscape(name), nil, 0)
	return p.Items, err
}

// Rollback makes an earlier version champion.
func (c *Client) Rollback(ctx context.Context, name string, version int) (rumbo.ModelVersion, error) {
	return post[rumbo.ModelVersion](ctx, c, "/v1/models/"+url.PathEscape(name)+"/rollback", RollbackRequest{Version: version})
}

// Predict asks how long drives take.
func (c *Client) Predict(ctx context.Context, r rumbo.PredictionRequest) (rumbo.PredictionSet, error) {
	return post[rumbo.PredictionSet](ctx, c, "/v1/predictions", r)
}

// SubmitPlan asks for the plan of a day.
func (c *Client) SubmitPlan(ctx context.Context, r rumbo.PlanRequest) (rumbo.Plan, error) {
	return post[rumbo.Plan](ctx, c, "/v1/plans", r)
}

// Plan reads a plan.
func (c *Client) Plan(ctx context.Context, id string) (rumbo.Plan, error) {
	return get[rumbo.Plan](ctx, c, "/v1/plans/"+url.PathEscape(id), nil, 0)
}

// WaitPlan waits until a plan is done; a failed one is an error.
func (c *Client) WaitPlan(ctx context.Context, id string) (rumbo.Plan, error) {
	return wait(ctx, c, "/v1/plans/", id, func(p rumbo.Plan) (bool, string) {
		return p.State == rumbo.PlanDone, failure(p.State == rumbo.PlanFailed, p.Error)
	})
}

// PlanAs reads a plan in another form: "application/geo+json" or "text/csv".
func (c *Client) PlanAs(ctx context.Context, id, media string) ([]byte, error) {
	return c.do(ctx, call{method: http.MethodGet, path: "/v1/plans/" + url.PathEscape(id), accept: media})
}

// Orders iterates over the orders of a day; day "" is all.
func (c *Client) Orders(ctx context.Context, day string) iter.Seq2[rumbo.Order, error] {
	return pages[rumbo.Order](ctx, c, "/v1/orders", named("day", day))
}

// Vehicles iterates over the vehicles.
func (c *Client) Vehicles(ctx context.Context) iter.Seq2[rumbo.Vehicle, error] {
	return pages[rumbo.Vehicle](ctx, c, "/v1/vehicles", nil)
}

// Depots iterates over the depots.
func (c *Client) Depots(ctx context.Context) iter.Seq2[rumbo.Depot, error] {
	return pages[rumbo.Depot](ctx, c, "/v1/depots", nil)
}

// Deliveries iterates over the events about a plan or prediction, newest
// first; subject "" is all.
func (c *Client) Deliveries(ctx context.Context, subject string) iter.Seq2[rumbo.Delivery, error] {
	return pages[rumbo.Delivery](ctx, c, "/v1/deliveries", named("subject", subject))
}

// Ping has a signed test event sent to an address of yours.
func (c *Client) Ping(ctx context.Context, address string) (rumbo.Delivery, error) {
	return post[rumbo.Delivery](ctx, c, "/v1/webhooks/test", PingRequest{URL: address})
}

// WaitDelivery waits until a delivery is delivered; one given up is an error.
func (c *Client) WaitDelivery(ctx context.Context, id string) (rumbo.Delivery, error) {
	return wait(ctx, c, "/v1/deliveries/", id, func(d rumbo.Delivery) (bool, string) {
		return d.State == rumbo.DeliveryDelivered, failure(d.State == rumbo.DeliveryFailed, "it was given up")
	})
}

// Limits reads what one request, and this client's key, may ask for.
func (c *Client) Limits(ctx context.Context) (Limits, error) {
	return get[Limits](ctx, c, "/v1/limits", nil, 0)
}

// Ready says whether the server can serve.
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/readyz"})
	return err
}

// failure is the reason of a failed thing, never empty.
func failure(failed bool, reason string) string {
	if failed && reason == "" {
		return "no reason was given"
	}
	if !failed {
		return ""
	}
	return reason
}

// wait polls, letting the server hold each answer, until the thing is done or
// failed. It returns what it read last, also with an error.
func wait[T any](ctx context.Context, c *Client, path, id string, look func(T) (done bool, failed string)) (T, error) {
	for {
		v, err := get[T](ctx, c, path+url.PathEscape(id), nil, pollWait)
		if err != nil {
			return v, err
		}
		done, failed := look(v)
		if done {
			return v, nil
		}
		if failed != "" {
			return v, rumbo.Fault(rumbo.Conflict, "client.wait", id+" failed: "+failed, nil)
		}
		select {
		case <-time.After(c.pause): // in case something between us does not let the server wait
		case <-ctx.Done():
			return v, rumbo.Fault(rumbo.Canceled, "client.wait", "", ctx.Err())
		}
	}
}

func named(name, value string) url.Values {
	if value == "" {
		return nil
	}
	return url.Values{name: {value}}
}

// pages iterates over a list, one page of it in memory.
func pages[T any](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		after := ""
		for {
			q := url.Values{"limit": {strconv.Itoa(500)}}
			for name, values := range query {
				q[name] = values
			}
			if after != "" {
				q.Set("after", after)
			}
			p, err := get[Page[T]](ctx, c, path, q, 0)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if p.Next == "" {
				return
			}
			after = p.Next
		}
	}
}
