package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

// sendDay makes up a day of orders after the training trips and sends it.
func (c *Circuit) sendDay(ctx context.Context, heldOut time.Time) (Day, error) {
	done := c.Screen.Step(fmt.Sprintf("Orders: %d on one day, zones drawn from drop-offs of held-out trips, places sampled on roads inside the zones", dayOrders))
	city, err := NewYork(heldOut)
	if err != nil {
		return Day{}, err
	}
	day, err := city.NewDay(uint64(c.Seed))
	if err != nil {
		return Day{}, err
	}
	for _, part := range []struct {
		kind string
		rows any
	}{{rumbo.KindDepots, day.Depots}, {rumbo.KindVehicles, day.Vehicles}, {rumbo.KindOrders, day.Orders}} {
		body, err := json.Marshal(part.rows)
		if err != nil {
			return Day{}, err
		}
		batch, err := c.Client.Ingest(ctx, part.kind, "json", bytes.NewReader(body), client.IngestOptions{})
		if err != nil {
			return Day{}, err
		}
		if _, err = c.Client.WaitBatch(ctx, batch.ID); err != nil {
			return Day{}, err
		}
	}
	done()
	c.Screen.Day(day)
	return day, nil
}

// predict shows one drive at three times of the day.
func (c *Circuit) predict(ctx context.Context, day Day) error {
	done := c.Screen.Step("Predict: from the depot to the first order, at three times of the day")
	depot, first := day.Depots[0].Location, day.Orders[0]
	var queries []rumbo.PredictionQuery
	for _, hour := range []int{5, 8, 17} {
		at := day.Depots[0].Open.Open.Add(time.Duration(hour-6) * time.Hour)
		queries = append(queries, rumbo.PredictionQuery{From: rumbo.Spot{Point: &depot}, To: rumbo.Spot{Point: &first.Location}, DepartAt: at})
	}
	set, err := c.Client.Predict(ctx, rumbo.PredictionRequest{Queries: queries})
	if err != nil {
		return err
	}
	done()
	c.Screen.Predictions(queries, set)
	return nil
}

// received is a webhook as it arrived.
type received struct {
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Secret  string            `json:"secret"`
}

// plan asks for the day's plan and waits for both: the finished plan and its signed POST
// at a local address.
func (c *Circuit) plan(ctx context.Context, day Day) (rumbo.Plan, received, error) {
	done := c.Screen.Step("Plan: ruin and recreate over learned times, then the referee")
	hooks, address, stop, err := receive()
	if err != nil {
		return rumbo.Plan{}, received{}, err
	}
	defer stop()
	plan, err := c.Client.SubmitPlan(ctx, rumbo.PlanRequest{Day: day.Day, TimeLimitS: c.SearchS, Seed: c.Seed, CallbackURL: address})
	if err != nil {
		return plan, received{}, err
	}
	if plan, err = c.waitPlan(ctx, plan.ID); err != nil {
		return plan, received{}, err
	}
	select {
	case hook := <-hooks:
		hook.Secret = c.Secret
		done()
		c.Screen.Plan(plan)
		return plan, hook, nil
	case <-time.After(30 * time.Second):
		return plan, received{}, fmt.Errorf("the signed plan did not arrive within 30 s")
	case <-ctx.Done():
		return plan, received{}, context.Cause(ctx)
	}
}

// waitPlan shows how much of the search time has passed until the plan has ended.
func (c *Circuit) waitPlan(ctx context.Context, id string) (rumbo.Plan, error) {
	began := c.Clock()
	defer every(500*time.Millisecond, func() {
		c.Screen.Progress("searching", min(c.Clock().Sub(began).Seconds()/c.SearchS, 1))
	})()
	return c.Client.WaitPlan(ctx, id)
}

// receive listens at a local address for one webhook.
func receive() (hooks chan received, address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", nil, err
	}
	hooks = make(chan received, 16)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 64<<20))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		hook := received{Headers: map[string]string{}, Body: string(body)}
		for name := range r.Header {
			hook.Headers[name] = r.Header.Get(name)
		}
		select {
		case hooks <- hook:
		default: // nobody waits for more
		}
		w.WriteHeader(http.StatusNoContent)
	})}
	go server.Serve(listener)
	return hooks, "http://" + listener.Addr().String() + "/rumbo", func() { server.Close() }, nil
}

// verify checks the signature and that the signed plan is the one that the API shows.
func (c *Circuit) verify(hook received, plan rumbo.Plan) (WebhookResult, error) {
	verifier, err := client.NewVerifier(c.Secret)
	if err != nil {
		return WebhookResult{}, err
	}
	header := http.Header{}
	for name, value := range hook.Headers {
		header.Set(name, value)
	}
	event, err := verifier.Verify(header, []byte(hook.Body), c.Clock())
	if err != nil {
		return WebhookResult{}, err
	}
	var signed rumbo.Plan
	if err := json.Unmarshal(event.Data, &signed); err != nil {
		return WebhookResult{}, err
	}
	if event.Type != rumbo.EventPlanFinished || signed.ID != plan.ID || len(signed.Routes) != len(plan.Routes) {
		return WebhookResult{}, fmt.Errorf("the signed event is a %s about %s, not the plan %s", event.Type, signed.ID, plan.ID)
	}
	c.Screen.Verified(event)
	return WebhookResult{Verified: true, ID: event.ID}, nil
}

// keep writes what was sent and received, for checks by others.
func (c *Circuit) keep(day Day, plan rumbo.Plan, hook received) error {
	if c.Out == "" {
		return nil
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	for name, content := range map[string]any{"problem.json": day, "plan.json": plan, "webhook.json": hook} {
		text, err := json.MarshalIndent(content, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(c.Out, name), append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	return nil
}
