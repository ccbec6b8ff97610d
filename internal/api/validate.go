package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

// Limits of what one request may ask for, named in the errors that break them.
const (
	maxIDs     = 100_000
	maxQueries = 10_000
	maxPage    = 500 // items
)

// decode reads a JSON body strictly and validates what it read, so that faults
// of parameters, form and meaning are reported together. Every handler of a
// JSON body begins with it.
func decode[T any](r *request, validate func(T) []rumbo.FieldError) (T, error) {
	var v T
	faults := strictjson.Decode(r.body, &v, strictjson.Options{})
	if !unreadable(faults) {
		faults = strictjson.Merge(faults, validate(v))
	}
	return v, rumbo.InvalidFields("api.decode", append(r.faults, faults...))
}

func checkRun(r client.RunRequest) (out []rumbo.FieldError) {
	flows, flow := rumbo.StartableFlows(), r.Flow
	if !slices.Contains(flows, flow) {
		out = append(out, rumbo.FieldError{Pointer: "/flow", Code: rumbo.NotOneOf, Value: flow, Limit: strings.Join(flows, ", "), Suggestion: strictjson.Nearest(flow, flows)})
		flow = rumbo.FlowTrain // which most want: its faults are told as well
	}
	return append(out, r.Parameters.Validate(flow, "/parameters")...)
}

func (s *server) checkPlan(r rumbo.PlanRequest) (out []rumbo.FieldError) {
	out = append(r.Validate(""), checkIDs("/order_ids", r.OrderIDs)...)
	out = append(out, checkIDs("/vehicle_ids", r.VehicleIDs)...)
	return append(out, s.checkCallback(r.CallbackURL)...)
}

func (s *server) checkPredictions(r rumbo.PredictionRequest) (out []rumbo.FieldError) {
	switch {
	case len(r.Queries) == 0:
		out = append(out, rumbo.FieldError{Pointer: "/queries", Code: rumbo.EmptyPayload})
	case len(r.Queries) > maxQueries:
		out = append(out, rumbo.FieldError{Pointer: "/queries", Code: rumbo.TooMany, Value: len(r.Queries), Limit: maxQueries})
	}
	for i, q := range r.Queries {
		out = append(out, q.Validate(fmt.Sprintf("/queries/%d", i))...)
	}
	return append(out, s.checkCallback(r.CallbackURL)...)
}

func (s *server) checkCallback(url string) []rumbo.FieldError {
	if url == "" {
		return nil
	}
	return s.Policy.ValidateURL("/callback_url", url)
}

func checkIDs(at string, ids []string) (out []rumbo.FieldError) {
	if len(ids) > maxIDs {
		return []rumbo.FieldError{{Pointer: at, Code: rumbo.TooMany, Value: len(ids), Limit: maxIDs}}
	}
	seen := make(map[string]bool, len(ids))
	for i, id := range ids {
		place := fmt.Sprintf("%s/%d", at, i)
		switch {
		case id == "":
			out = append(out, rumbo.FieldError{Pointer: place, Code: rumbo.MissingField})
		case len(id) > rumbo.MaxIDLength:
			out = append(out, rumbo.FieldError{Pointer: place, Code: rumbo.TooLong, Value: len(id), Limit: rumbo.MaxIDLength})
		case seen[id]:
			out = append(out, rumbo.FieldError{Pointer: place, Code: rumbo.DuplicateID, Value: id})
		}
		seen[id] = true
	}
	return out
}

func within(at string, v, low, high float64) []rumbo.FieldError {
	if v >= low && v <= high {
		return nil
	}
	return []rumbo.FieldError{{Pointer: at, Code: rumbo.OutOfRange, Value: v, Limit: decimal(low) + " to " + decimal(high)}}
}
