package api

import (
	"github.com/logistica-inteligente/rumbo/client"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// newDocument is the OpenAPI 3.1 document before its operations.
func newDocument(build string) *huma.OpenAPI {
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Rumbo", Version: build,
			Description: "Route intelligence: orders, fleet and driven history in; learned travel times and optimized routes out.\n\n" +
				"Every fault of a request is reported at once (RFC 9457, `errors` with JSON pointers), in English or Spanish by `Accept-Language`. " +
				"Every POST takes an `Idempotency-Key`: sent again with the same key, it has its effect once. " +
				"Long work answers 202 with the resource to poll; `Prefer: wait=10` holds the answer back for up to ten seconds. " +
				"[All codes of faults](/docs/errors).",
			License: &huma.License{Name: "MIT", Identifier: "MIT"},
		},
		Servers: []*huma.Server{{URL: "/", Description: "This server"}},
		Tags: []*huma.Tag{
			{Name: "ingestions", Description: "Raw data in: batches and the rows that were kept out of them"},
			{Name: "events", Description: "What vehicles tell of themselves on their way"},
			{Name: "quality", Description: "What is expected of data, and what was kept out mended"},
			{Name: "records", Description: "What the loaded batches brought"},
			{Name: "runs", Description: "Flows and their runs: every batch, training, plan and delivery, step by step"},
			{Name: "models", Description: "Trained versions and the champion among them"},
			{Name: "predictions", Description: "How long a drive takes"},
			{Name: "plans", Description: "The routes of a day"},
			{Name: "webhooks", Description: "Signed events to your systems, by Standard Webhooks"},
			{Name: "backups", Description: "Copies of the installation in another place"},
			{Name: "keys", Description: "API keys and what they may do"},
			{Name: "system", Description: "Health, metrics and this document"},
		},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				securityName: {Type: "http", Scheme: "bearer", Description: "An API key: `Authorization: Bearer rumbo_…`. Its scopes say what it may do."},
			},
		},
	}
}

const securityName = "apiKey"

// operation begins the declaration of an endpoint.
func operation(method, path, id, tag, summary string) *endpoint {
	return &endpoint{Operation: huma.Operation{Method: method, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary,
		Responses: map[string]*huma.Response{}}}
}

func (ep *endpoint) about(description string) *endpoint {
	ep.Description = description
	return ep
}

func (ep *endpoint) needs(scope string) *endpoint {
	ep.scope = scope
	return ep
}

func (ep *endpoint) takes(ps ...*huma.Param) *endpoint {
	ep.Parameters = append(ep.Parameters, ps...)
	return ep
}

// body declares a JSON body of the type of example.
func (ep *endpoint) body(d *huma.OpenAPI, example any) *endpoint {
	ep.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: schemaOf(d, example), Example: example},
	}}
	return ep
}

// mayHaveBody declares a JSON body of the type of example that may be left out.
func (ep *endpoint) mayHaveBody(d *huma.OpenAPI, example any) *endpoint {
	ep.body(d, example).RequestBody.Required = false
	return ep
}

// answers declares a JSON answer of the type of example.
func (ep *endpoint) answers(d *huma.OpenAPI, status int, doc string, example any) *endpoint {
	ep.Responses[strconv.Itoa(status)] = &huma.Response{Description: doc, Content: map[string]*huma.MediaType{
		"application/json": {Schema: schemaOf(d, example), Example: example},
	}}
	return ep
}

// alsoAs adds another media type to the 200 answer.
func (ep *endpoint) alsoAs(media, doc string) *endpoint {
	ep.Responses["200"].Content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: doc}}
	return ep
}

// located declares the Location header of an answer.
func (ep *endpoint) located(status int) *endpoint {
	ep.Responses[strconv.Itoa(status)].Headers = map[string]*huma.Param{
		"Location": {Description: "Path of the resource", Schema: &huma.Schema{Type: huma.TypeString}},
	}
	return ep
}

// fails declares the statuses of problems beside those that every endpoint has.
func (ep *endpoint) fails(statuses ...int) *endpoint {
	ep.Errors = append(ep.Errors, statuses...)
	return ep
}

func (ep *endpoint) by(handle handler) *endpoint {
	ep.handle = handle
	return ep
}

func schemaOf(d *huma.OpenAPI, example any) *huma.Schema {
	return d.Components.Schemas.Schema(reflect.TypeOf(example), true, "")
}

// describe adds what all endpoints have in common and puts the operation into
// the document.
func describe(d *huma.OpenAPI, ep *endpoint) {
	ep.Errors = append(ep.Errors, http.StatusInternalServerError)
	if ep.scope != "" {
		ep.Security = []map[string][]string{{securityName: {ep.scope}}}
		ep.Errors = append(ep.Errors, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden,
			http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	}
	if ep.RequestBody != nil {
		ep.Errors = append(ep.Errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if ep.Method == http.MethodPost {
		ep.Errors = append(ep.Errors, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
		most := maxIdempotencyKey
		ep.Parameters = append(ep.Parameters, &huma.Param{Name: headerIdempotency, In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most},
			Description: "A name that you choose for this request, as a UUID: sent again with it, the request has its effect once and gets the first answer (`Idempotent-Replayed: true`)"})
	}
	ep.Parameters = append(ep.Parameters, &huma.Param{Name: "Accept-Language", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
		Description: "Language of problems: en or es", Example: "es"})
	for _, status := range ep.Errors {
		ep.Responses[strconv.Itoa(status)] = problemResponse(d, status)
	}
	op := ep.Operation
	d.AddOperation(&op)
}

func problemResponse(d *huma.OpenAPI, status int) *huma.Response {
	return &huma.Response{Description: http.StatusText(status), Content: map[string]*huma.MediaType{problemType: {Schema: schemaOf(d, client.Problem{})}}}
}

// waits is the Prefer header, for endpoints that start long work.
func waits() *huma.Param {
	return &huma.Param{Name: "Prefer", In: "header", Schema: &huma.Schema{Type: huma.TypeString}, Example: "wait=10",
		Description: "wait=N holds the answer back for up to N seconds (at most 120), until the work has ended"}
}

// finish makes the schemas say what we send and take: our lists are never null, and words are
// those that the nouns know.
func finish(d *huma.OpenAPI) {
	sayWords(d)
	for _, s := range d.Components.Schemas.Map() {
		neverNull(s)
	}
}

func neverNull(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
		neverNull(s.Items)
	}
	for _, property := range s.Properties {
		neverNull(property)
	}
	if inner, ok := s.AdditionalProperties.(*huma.Schema); ok {
		neverNull(inner)
	}
}
