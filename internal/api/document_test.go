package api

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

func TestDocument(t *testing.T) {
	w := newWorld(t)
	golden(t, "openapi.yaml", w.do("GET", "/openapi.yaml", "").Body.String())
	var doc map[string]any
	if err := json.Unmarshal(w.do("GET", "/openapi.json", "").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc["openapi"] != "3.1.0" {
		t.Errorf("version %v", doc["openapi"])
	}
	refs := 0
	walk(doc, func(key string, v any) {
		text, ok := v.(string)
		if key != "$ref" || !ok {
			return
		}
		refs++
		var at any = doc
		for _, part := range strings.Split(strings.TrimPrefix(text, "#/"), "/") {
			at, _ = at.(map[string]any)[part]
		}
		if at == nil {
			t.Errorf("%s leads nowhere", text)
		}
	})
	if refs < 20 {
		t.Errorf("only %d references", refs)
	}
}

func walk(v any, visit func(key string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			visit(key, inner)
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

// Every operation says what it does, who may do it and how it can fail, and
// every answer and body has an example that fits its schema.
func TestEveryOperationIsDescribed(t *testing.T) {
	s := testServer(t)
	schemas := s.document.Components.Schemas
	for _, ep := range s.endpoints() {
		name := ep.Method + " " + ep.Path
		if ep.Summary == "" || len(ep.Tags) != 1 || ep.handle == nil {
			t.Errorf("%s: summary %q, tags %v", name, ep.Summary, ep.Tags)
		}
		if (ep.scope != "") != strings.HasPrefix(ep.Path, "/v1/") {
			t.Errorf("%s: scope %q", name, ep.scope)
		}
		for _, p := range ep.Parameters {
			if p.Description == "" || p.Schema == nil {
				t.Errorf("%s: parameter %s is not described", name, p.Name)
			}
		}
		for status, r := range ep.Responses {
			if media := r.Content["application/json"]; media != nil {
				checkExample(t, schemas, name+" "+status, media, huma.ModeReadFromServer)
			}
		}
		if ep.RequestBody != nil && !ep.raw {
			checkExample(t, schemas, name+" body", ep.RequestBody.Content["application/json"], huma.ModeWriteToServer)
		}
	}
}

func checkExample(t *testing.T, schemas huma.Registry, name string, media *huma.MediaType, mode huma.ValidateMode) {
	t.Helper()
	data, err := json.Marshal(media.Example)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	res := &huma.ValidateResult{}
	huma.Validate(schemas, media.Schema, huma.NewPathBuffer(nil, 0), mode, v, res)
	for _, e := range res.Errors {
		t.Errorf("%s: the example breaks its schema: %v", name, e)
	}
}

func testServer(t testing.TB) *server {
	t.Helper()
	s := &server{document: newDocument("test")}
	s.Build = "test"
	for _, ep := range s.endpoints() {
		describe(s.document, ep)
	}
	finish(s.document)
	s.document.Paths = nil // endpoints() is asked again by tests, with the finished schemas
	return s
}

// Our strict decoder and the published schema accept and refuse the same
// bodies; what only one of them can know is listed.
func TestSchemaAndDecoderAgree(t *testing.T) {
	s := testServer(t)
	s.Policy.AllowPrivate = true
	for _, c := range []struct {
		path   string
		decode func([]byte) error
	}{
		{"/v1/plans", func(b []byte) error { _, err := decode(&request{body: b}, s.checkPlan); return err }},
		{"/v1/predictions", func(b []byte) error { _, err := decode(&request{body: b}, s.checkPredictions); return err }},
		{"/v1/keys", func(b []byte) error { _, err := decode(&request{body: b}, checkKey); return err }},
		{"/v1/runs", func(b []byte) error { _, err := decode(&request{body: b}, checkRun); return err }},
	} {
		var schema *huma.Schema
		for _, ep := range s.endpoints() {
			if ep.Path == c.path && ep.Method == "POST" {
				schema = ep.RequestBody.Content["application/json"].Schema
			}
		}
		for _, body := range agreeCorpus {
			if !strings.HasPrefix(body, c.path+" ") {
				continue
			}
			body = strings.TrimPrefix(body, c.path+" ")
			var v any
			if err := json.Unmarshal([]byte(body), &v); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			res := &huma.ValidateResult{}
			huma.Validate(s.document.Components.Schemas, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, v, res)
			err := c.decode([]byte(body))
			if (err == nil) != (len(res.Errors) == 0) {
				t.Errorf("%s %s:\n  ours: %v\n  schema: %v", c.path, body, err, res.Errors)
			}
		}
	}
}

var agreeCorpus = []string{
	`/v1/plans {"day":"2022-01-31"}`, `/v1/plans {}`, `/v1/plans []`, `/v1/plans {"day":5}`, `/v1/plans {"day":null}`,
	`/v1/plans {"day":"2022-01-31","time_limit_s":0}`, `/v1/plans {"day":"2022-01-31","time_limit_s":3600}`, `/v1/plans {"day":"2022-01-31","time_limit_s":3600.5}`,
	`/v1/plans {"day":"2022-01-31","time_limit_s":-0.1}`, `/v1/plans {"day":"2022-01-31","time_limit_s":"5"}`, `/v1/plans {"day":"2022-01-31","unknown":1}`,
	`/v1/plans {"day":"2022-01-31","order_ids":[]}`, `/v1/plans {"day":"2022-01-31","order_ids":["A"]}`, `/v1/plans {"day":"2022-01-31","order_ids":[1]}`,
	`/v1/plans {"day":"2022-01-31","seed":7,"iterations":100}`, `/v1/plans {"day":"2022-01-31","seed":true}`, `/v1/plans {"day":"2022-01-31","seed":1.5}`,
	`/v1/plans {"day":"2022-01-31","callback_url":7}`, `/v1/plans {"day":"2022-01-31","callback_url":"https://example.com/x"}`,
	`/v1/predictions {"queries":[{"from":{"zone":1},"to":{"zone":2},"depart_at":"2022-01-31T08:00:00-05:00"}]}`,
	`/v1/predictions {"queries":[{"from":{"zone":1},"to":{"zone":2},"depart_at":"2022-01-31"}]}`,
	`/v1/predictions {"queries":[{"from":{"zone":1},"to":{"zone":2}}]}`, `/v1/predictions {"queries":[{"from":{"zone":1},"depart_at":"2022-01-31T08:00:00Z"}]}`,
	`/v1/predictions {"queries":[]}`, `/v1/predictions {"queries":{}}`, `/v1/predictions {}`,
	`/v1/predictions {"queries":[{"from":{"point":{"lat":40.7,"lon":-73.9}},"to":{"point":{"lat":91,"lon":-73.9}},"depart_at":"2022-01-31T08:00:00Z"}]}`,
	`/v1/predictions {"queries":[{"from":{"point":{"lat":40.7}},"to":{"zone":2},"depart_at":"2022-01-31T08:00:00Z"}]}`,
	`/v1/predictions {"queries":[{"from":{"point":{"lat":40.7,"lon":181}},"to":{"zone":2},"depart_at":"2022-01-31T08:00:00Z"}]}`,
	`/v1/predictions {"queries":[{"from":{"zone":"1"},"to":{"zone":2},"depart_at":"2022-01-31T08:00:00Z"}]}`,
	`/v1/predictions {"queries":[{"from":{"zone":1},"to":{"zone":2},"depart_at":"2022-01-31T08:00:00Z","distance_m":5.5}],"callback_url":"https://example.com"}`,
	`/v1/keys {"name":"a","scopes":["read"]}`, `/v1/keys {"name":"","scopes":["read"]}`, `/v1/keys {"name":"a","scopes":[]}`, `/v1/keys {"name":"a"}`, `/v1/keys {"name":"a","scopes":"read"}`,
	`/v1/runs {"flow":"train"}`, `/v1/runs {"flow":"sleep"}`, `/v1/runs {"flow":"train","parameters":{}}`, `/v1/runs {}`, `/v1/runs {"flow":"train","parameters":[]}`,
	`/v1/runs {"flow":"train","parameters":{"features":"R","test_share":0.5,"trees":5000,"leaves":1024,"seed":1}}`,
	`/v1/runs {"flow":"train","parameters":{"features":"X"}}`, `/v1/runs {"flow":"train","parameters":{"test_share":0.6}}`,
	`/v1/runs {"flow":"train","parameters":{"trees":5001}}`, `/v1/runs {"flow":"train","parameters":{"leaves":-1}}`, `/v1/runs {"flow":"train","parameters":{"depth":3}}`,
	`/v1/runs {"flow":"recalibrate"}`, `/v1/runs {"flow":"recalibrate","parameters":{"days":28,"features":"B"}}`, `/v1/runs {"flow":"recalibrate","parameters":{"days":367}}`,
	`/v1/runs {"flow":"recalibrate","parameters":{"days":"28"}}`, `/v1/runs {"flow":"retention","parameters":{"dry_run":true}}`, `/v1/runs {"flow":"retention","parameters":{"dry_run":1}}`,
}

// What the document promises of the records is what ingestion's decoder wants:
// its required fields are the same.
func TestRecordsRequireWhatTheDocumentSays(t *testing.T) {
	s := testServer(t)
	for name, v := range map[string]any{"Order": &rumbo.Order{}, "Vehicle": &rumbo.Vehicle{}, "Depot": &rumbo.Depot{}, "VehicleEvent": &rumbo.VehicleEvent{}} {
		var missing []string
		for _, f := range strictjson.Decode([]byte("{}"), v, strictjson.Options{}) {
			missing = append(missing, strings.TrimPrefix(f.Pointer, "/"))
		}
		want := slices.Clone(s.document.Components.Schemas.Map()[name].Required)
		slices.Sort(missing)
		slices.Sort(want)
		if !slices.Equal(missing, want) {
			t.Errorf("%s: the decoder requires %v, the document %v", name, missing, want)
		}
	}
}

// No page of ours loads anything from another host: the pages name none, and
// the policy sent with them would not let the script inside them.
func TestPagesStayAtHome(t *testing.T) {
	w := newWorld(t)
	elsewhere := regexp.MustCompile(`(?i)(src|href|action|url)\s*[=(]\s*["']?\s*(https?:)?//`)
	for _, path := range []string{"/docs", "/docs/errors", "/docs/docs.css", "/docs/docs.js", "/docs/swagger-ui.css"} {
		r := w.do("GET", path, "", "Authorization", "")
		if r.Code != 200 {
			t.Errorf("%s: %d", path, r.Code)
		}
		if at := elsewhere.FindString(r.Body.String()); at != "" {
			t.Errorf("%s refers to another host: %s", path, at)
		}
		policy := r.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "http") || strings.Contains(policy, "*") {
			t.Errorf("%s: policy %s", path, policy)
		}
	}
	r := w.do("GET", "/docs/swagger-ui-bundle.js", "")
	if again := w.do("GET", "/docs/swagger-ui-bundle.js", "", "If-None-Match", r.Header().Get("ETag")); r.Code != 200 || again.Code != 304 {
		t.Errorf("the script: %d, then %d", r.Code, again.Code)
	}
}

// docs/errors.md is written from the codes; -update renews it.
func TestErrorsDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString(errorsHead)
	for _, row := range codeRows() {
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s |\n", row.Code, row.Status, cell(row.English), cell(row.Spanish))
	}
	const file = "../../docs/errors.md"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Error("docs/errors.md is behind the codes; run go test ./internal/api -run TestErrorsDocument -update")
	}
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

const errorsHead = "# Codes of faults\n\n" +
	"Every answer that is not a success is a problem (RFC 9457, `application/problem+json`) with a `code`; a request with several\n" +
	"faults lists all of them in `errors`, each with its own code, a JSON pointer (or the name of the parameter, header or column),\n" +
	"the value that was met and what would have been right. Codes never change; texts may. `Accept-Language: es` asks for Spanish.\n\n" +
	"The status is that of a problem with this code. Codes of fields stand inside a problem with code `invalid_request`, which is 422,\n" +
	"or 400 when the body could not be read at all (`bad_json`, `not_utf8`, `empty_payload`, `truncated_payload`).\n\n" +
	"This page is written from the code by `go test ./internal/api -run TestErrorsDocument -update`.\n\n" +
	"| code | status | English | Español |\n|---|---|---|---|\n"

func TestEveryCodeHasAStatus(t *testing.T) {
	for _, code := range rumbo.Codes() {
		status := statusOf(code, nil)
		rec := httptest.NewRecorder()
		writeProblem(rec, problemOf(&rumbo.Error{Code: code}, rumbo.Spanish), rumbo.Spanish)
		if status < 400 || status > 599 || rec.Code != status {
			t.Errorf("%s: %d, sent %d", code, status, rec.Code)
		}
		if p := problem(t, rec.Body.Bytes()); p.Title == "" || p.Title == string(code) || p.Code != code {
			t.Errorf("%s: %+v", code, p)
		}
	}
}
