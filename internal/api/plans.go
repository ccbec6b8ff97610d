package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func (s *server) planEndpoints() []*endpoint {
	d, tag := s.document, "plans"
	progress := operation("GET", "/v1/plans/{id}/progress", "watch-plan", tag, "Watch a plan").needs(ScopeRead).
		about("Server-sent events: `state` with the plan's state and summary whenever they change, `end` when it is done or failed.").
		takes(pathParam("id", "ID of the plan")).fails(http.StatusNotFound).by(s.watchPlan)
	progress.Responses["200"] = &huma.Response{Description: "Events until the plan has ended", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}
	return []*endpoint{
		operation("POST", "/v1/plans", "submit-plan", tag, "Ask for a plan").needs(ScopePlan).
			about("Plans the stored orders of a day with the stored fleet. Unknown orders and vehicles are named before any work begins. "+
				"With `callback_url` the finished plan is POSTed there as `plan.finished`.").
			takes(waits()).body(d, examplePlanRequest()).
			answers(d, http.StatusAccepted, "The plan is queued", examplePlan(rumbo.PlanQueued)).located(http.StatusAccepted).
			answers(d, http.StatusOK, "The plan ended while you waited", examplePlan(rumbo.PlanDone)).located(http.StatusOK).
			by(s.submitPlan),
		operation("GET", "/v1/plans", "list-plans", tag, "List plans, newest first, without routes").needs(ScopeRead).
			takes(dateParam("day", "Only plans of this day"),
				choiceParam("state", "Only this state", rumbo.PlanQueued, rumbo.PlanSolving, rumbo.PlanDone, rumbo.PlanFailed)).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of plans", client.Page[rumbo.Plan]{Items: []rumbo.Plan{examplePlan(rumbo.PlanQueued)}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				q := store.PlanQuery{Day: r.params["day"], State: r.params["state"]}
				return pageAnswer(s.Store.Plans(ctx, q, r.params["after"], r.params.number("limit")))
			}),
		operation("GET", "/v1/plans/{id}", "read-plan", tag, "Read a plan").needs(ScopeRead).
			about("As JSON, as GeoJSON (`Accept: application/geo+json`: stops, and a straight line for each leg) or as CSV (`Accept: text/csv`: one row for each stop and each order left out). `format` says the same in the address.").
			takes(pathParam("id", "ID of the plan"), choiceParam("format", "Form of the answer; by Accept when absent", formatJSON, formatGeoJSON, formatCSV), waits()).
			fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The plan", examplePlan(rumbo.PlanDone)).
			alsoAs("application/geo+json", "An RFC 7946 FeatureCollection").alsoAs("text/csv", "RFC 4180 with a header").
			by(s.readPlan),
		progress,
	}
}

func (s *server) submitPlan(ctx context.Context, r *request) (*answer, error) {
	body, err := decode(r, s.checkPlan)
	if err != nil {
		return nil, err
	}
	p, err := s.Plans.SubmitPlan(ctx, r.token, body)
	if err != nil {
		return nil, err
	}
	note(ctx, "plan", p.ID)
	p, ended, err := await(ctx, r.http, s.planReader(p.ID), planEnded)
	return accepted("/v1/plans/"+p.ID, p, ended, err)
}

func (s *server) readPlan(ctx context.Context, r *request) (*answer, error) {
	p, _, err := await(ctx, r.http, s.planReader(r.params["id"]), planEnded)
	if err != nil {
		return nil, err
	}
	format := r.params["format"]
	if format == "" {
		format = preferredFormat(r.http.Header.Get("Accept"))
	}
	switch format {
	case formatGeoJSON:
		return s.planGeoJSON(ctx, p)
	case formatCSV:
		return planCSV(p)
	}
	a, err := jsonAnswer(http.StatusOK, p)
	if err != nil {
		return nil, err
	}
	return a.with("Vary", "Accept"), nil
}

func (s *server) planReader(id string) func(context.Context) (rumbo.Plan, error) {
	return func(ctx context.Context) (rumbo.Plan, error) { return s.Store.Plan(ctx, id) }
}

func planEnded(p rumbo.Plan) bool { return p.State == rumbo.PlanDone || p.State == rumbo.PlanFailed }
