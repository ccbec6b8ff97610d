package api

import (
	"context"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func formats() []string {
	return []string{rumbo.FormatCSV, rumbo.FormatJSON, rumbo.FormatNDJSON, rumbo.FormatParquet}
}

const mediaParquet = "application/vnd.apache.parquet"

// payloadMedia are the content types of an ingestion, with the format that
// each one says; a general one says nothing.
func payloadMedia() map[string]string {
	return map[string]string{
		"application/json": rumbo.FormatJSON, "text/csv": rumbo.FormatCSV, mediaParquet: rumbo.FormatParquet,
		"application/x-ndjson": rumbo.FormatNDJSON, "application/ndjson": rumbo.FormatNDJSON, "application/jsonl": rumbo.FormatNDJSON,
		"application/octet-stream": "",
	}
}

func (s *server) ingestionEndpoints() []*endpoint {
	d, tag := s.document, "ingestions"
	post := operation("POST", "/v1/ingestions", "ingest", tag, "Send a payload").needs(ScopeIngest).
		about("The body is kept as it is, answered with 202 and cleaned in the background; its records become visible all at once when the batch is `loaded`. "+
			"Rows that a rule rejects go to the batch's quarantine. The same payload sent again changes nothing and answers 200 with the first batch.").
		takes(
			required(choiceParam("kind", "What the records are", rumbo.Kinds()...)),
			choiceParam("format", "Format of the body; by Content-Type when absent. CSV and Parquet are for trips", formats()...),
			choiceParam("schema", "Columns of a table of trips; by their names when absent", "tlc_yellow", "tlc_green", "rumbo"),
			textParam("time_zone", "IANA zone of local times without offset, as America/New_York"),
			patternParam("month", "Month that the trips should lie in; others go to quarantine", `^[0-9]{4}-(0[1-9]|1[0-2])$`, "YYYY-MM"),
			patternParam("upload", "What was put at this upload is the payload; the body is then empty", `^upl_[0-9A-Z]{26}$`, "the id of an upload"),
			waits(),
		).
		answers(d, http.StatusAccepted, "The batch is being cleaned", exampleBatch(rumbo.BatchReceived)).located(http.StatusAccepted).
		answers(d, http.StatusOK, "The same payload had been sent before, or the batch ended while you waited", exampleBatch(rumbo.BatchLoaded)).located(http.StatusOK).
		by(s.ingest)
	post.raw, post.check = true, func(r *request) []rumbo.FieldError { return append(checkPayload(payloadOf(r)), checkUpload(r)...) }
	post.RequestBody = &huma.RequestBody{Description: "The payload, at most 2 GiB; Content-Encoding: gzip is understood. Nothing with `upload`", Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{AnyOf: []*huma.Schema{
			schemaOf(d, rumbo.Order{}), schemaOf(d, rumbo.Vehicle{}), schemaOf(d, rumbo.Depot{}), schemaOf(d, rumbo.Trip{}), schemaOf(d, rumbo.VehicleEvent{})}}}, Example: []rumbo.Depot{exampleDepot()}},
		"text/csv":             {Schema: &huma.Schema{Type: huma.TypeString}, Example: exampleCSV},
		"application/x-ndjson": {Schema: &huma.Schema{Type: huma.TypeString}, Example: exampleNDJSON},
		mediaParquet:           {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
	return []*endpoint{
		post,
		s.uploadEndpoint(),
		operation("GET", "/v1/ingestions", "list-ingestions", tag, "List batches, newest first").needs(ScopeRead).
			takes(choiceParam("kind", "Only this kind", rumbo.Kinds()...),
				choiceParam("state", "Only this state", rumbo.BatchReceived, rumbo.BatchCleaning, rumbo.BatchLoaded, rumbo.BatchFailed)).takes(pageParams()...).
			answers(d, http.StatusOK, "A page of batches", client.Page[rumbo.Batch]{Items: []rumbo.Batch{exampleBatch(rumbo.BatchLoaded)}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				q := store.BatchQuery{Kind: r.params["kind"], State: r.params["state"]}
				return pageAnswer(s.Store.Batches(ctx, q, r.params["after"], r.params.number("limit")))
			}),
		operation("GET", "/v1/ingestions/{id}", "read-ingestion", tag, "Read a batch").needs(ScopeRead).
			takes(pathParam("id", "ID of the batch"), waits()).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The batch with its counts", exampleBatch(rumbo.BatchLoaded)).
			by(func(ctx context.Context, r *request) (*answer, error) {
				b, _, err := await(ctx, r.http, s.batchReader(r.params["id"]), batchEnded)
				return oneAnswer(b, err)
			}),
		operation("GET", "/v1/ingestions/{id}/quarantine", "list-quarantine", tag, "List the rows that were kept out").needs(ScopeRead).
			takes(pathParam("id", "ID of the batch"), textParam("rule", "Only rows that this rule rejected")).takes(pageParams()...).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "A page of rows, in the order of the payload", client.Page[rumbo.Quarantine]{Items: []rumbo.Quarantine{exampleQuarantine()}}).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return pageAnswer(s.Store.Quarantine(ctx, r.params["id"], r.params["rule"], r.params["after"], r.params.number("limit")))
			}),
	}
}

func (s *server) ingest(ctx context.Context, r *request) (*answer, error) {
	return s.receive(ctx, r, payloadOf(r))
}

// receive takes a payload in and answers with its batch.
func (s *server) receive(ctx context.Context, r *request, p rumbo.Payload) (*answer, error) {
	b, err := s.Ingestions.Receive(ctx, r.token, p)
	if err != nil {
		return nil, err
	}
	s.Metrics.PayloadReceived(b.Bytes)
	note(ctx, "batch", b.ID)
	repeated := b.Repeated
	if b, _, err = await(ctx, r.http, s.batchReader(b.ID), batchEnded); err != nil {
		return nil, err
	}
	b.Repeated = repeated
	status := http.StatusAccepted
	if repeated || batchEnded(b) {
		status = http.StatusOK
	}
	a, err := jsonAnswer(status, b)
	if err != nil {
		return nil, err
	}
	return a.with("Location", "/v1/ingestions/"+b.ID), nil
}

func payloadOf(r *request) rumbo.Payload {
	return rumbo.Payload{Kind: r.params["kind"], Format: formatOf(r), Schema: r.params["schema"],
		TimeZone: r.params["time_zone"], Month: r.params["month"], Body: r.stream, Upload: r.params["upload"]}
}

func (s *server) batchReader(id string) func(context.Context) (rumbo.Batch, error) {
	return func(ctx context.Context) (rumbo.Batch, error) { return s.Store.Batch(ctx, id) }
}

func batchEnded(b rumbo.Batch) bool {
	return b.State == rumbo.BatchLoaded || b.State == rumbo.BatchFailed
}

// formatOf is what was asked for, else what Content-Type says, else JSON.
func formatOf(r *request) string {
	if f := r.params["format"]; f != "" {
		return f
	}
	media, _, _ := mime.ParseMediaType(r.http.Header.Get("Content-Type"))
	if f := payloadMedia()[media]; f != "" {
		return f
	}
	return rumbo.FormatJSON
}

func checkPayload(p rumbo.Payload) (faults []rumbo.FieldError) {
	if p.Kind != rumbo.KindTrips && p.Kind != "" {
		if p.Format == rumbo.FormatCSV || p.Format == rumbo.FormatParquet {
			faults = append(faults, rumbo.FieldError{Pointer: "format", Code: rumbo.Conflicting, Value: p.Format, Limit: "kind=trips"})
		}
		if p.Schema != "" && p.Schema != "rumbo" {
			faults = append(faults, rumbo.FieldError{Pointer: "schema", Code: rumbo.Conflicting, Value: p.Schema, Limit: "kind=trips"})
		}
		if p.Month != "" {
			faults = append(faults, rumbo.FieldError{Pointer: "month", Code: rumbo.Conflicting, Value: p.Month, Limit: "kind=trips"})
		}
	}
	if p.TimeZone != "" {
		if _, err := time.LoadLocation(p.TimeZone); err != nil || p.TimeZone == "Local" {
			faults = append(faults, rumbo.FieldError{Pointer: "time_zone", Code: rumbo.NotOneOf, Value: p.TimeZone, Limit: "an IANA time zone"})
		}
	}
	return faults
}
