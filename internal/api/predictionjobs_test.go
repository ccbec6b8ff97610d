package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
)

func TestFilesOfQueriesBecomeJobs(t *testing.T) {
	w := newWorld(t)
	var up rumbo.Upload
	if err := json.Unmarshal(w.do("POST", "/v1/uploads", `{"bytes":9}`).Body.Bytes(), &up); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(exampleQueryLines)); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	lines := []string{"Content-Type", mediaLines}
	for _, c := range []struct {
		path, body string
		headers    []string
		code       int
		says       string
	}{
		{"/v1/predictions", exampleQueryLines, lines, 202, `"state":"queued"`},
		{"/v1/predictions", exampleQueryLines, []string{"Content-Type", "application/jsonl; charset=utf-8"}, 202, `"pred_`},
		{"/v1/predictions?callback_url=https://example.com/x", packed.String(), append(lines, "Content-Encoding", "gzip"), 202, `"run_`},
		{"/v1/predictions?upload=" + up.ID, "", nil, 202, `"pred_`},
		{"/v1/predictions?upload=" + up.ID, "x", lines, 422, "conflicting_fields"},
		{"/v1/predictions?upload=upl_1", "", nil, 422, "upload"},
		{"/v1/predictions?upload=upl_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", "", nil, 422, "unknown_reference"},
		{"/v1/predictions?callback_url=ftp://example.com", exampleQueryLines, lines, 422, "bad_url"},
		{"/v1/predictions?callback_url=https://example.com/x", aPrediction, nil, 422, "conflicting_fields"},
		{"/v1/predictions", exampleQueryLines, []string{"Content-Type", "text/csv"}, 415, "unsupported_media_type"},
		{"/v1/predictions", exampleQueryLines, append(lines, "Content-Encoding", "gzip"), 400, "truncated_payload"},
		{"/v1/predictions", "", nil, 400, "empty_payload"},
	} {
		a := w.do("POST", c.path, c.body, c.headers...)
		if a.Code != c.code || !strings.Contains(a.Body.String(), c.says) {
			t.Errorf("%s: %d %s", c.path, a.Code, a.Body)
		}
		if at := a.Header().Get("Location"); a.Code == 202 && w.do("GET", at, "").Code != 200 {
			t.Errorf("%s: nothing at %q", c.path, at)
		}
	}
	if a := w.do("POST", "/v1/predictions", exampleQueryLines, append(lines, "Authorization", "Bearer "+w.addKey("reader", ScopeRead))...); a.Code != 403 {
		t.Errorf("a reader: %d", a.Code)
	}
}

func TestFilesOfQueriesAreSentOnce(t *testing.T) {
	w := newWorld(t)
	headers := []string{"Content-Type", mediaLines, headerIdempotency, "k"}
	first := w.do("POST", "/v1/predictions", exampleQueryLines, headers...)
	again := w.do("POST", "/v1/predictions", exampleQueryLines, headers...)
	if first.Code != 202 || again.Body.String() != first.Body.String() || again.Header().Get("Location") != first.Header().Get("Location") || w.effects.Load() != 1 {
		t.Errorf("%d %s, again %s; %d effects", first.Code, first.Body, again.Body, w.effects.Load())
	}
	for _, other := range []string{exampleQueryLines + "\n", aPrediction} {
		if a := w.do("POST", "/v1/predictions", other, headers...); a.Code != 422 || !strings.Contains(a.Body.String(), string(rumbo.IdempotencyReused)) {
			t.Errorf("another file under the key: %d %s", a.Code, a.Body)
		}
	}
	if a := w.do("POST", "/v1/predictions", aPrediction, headerIdempotency, "k"); a.Code != 422 || !strings.Contains(a.Body.String(), string(rumbo.IdempotencyReused)) {
		t.Errorf("the other form under the key: %d %s", a.Code, a.Body)
	}
}

func TestResultsAreRead(t *testing.T) {
	w := newWorld(t)
	location := func() string {
		return w.do("POST", "/v1/predictions", exampleQueryLines, "Content-Type", mediaLines).Header().Get("Location")
	}
	if a := w.do("GET", location()+"/results", ""); a.Code != 409 {
		t.Errorf("before the end: %d %s", a.Code, a.Body)
	}
	if a := w.do("GET", "/v1/predictions/pred_none/results", ""); a.Code != 404 {
		t.Errorf("of no job: %d %s", a.Code, a.Body)
	}
	w.finish = true
	at := location()
	whole := w.do("GET", at+"/results", "")
	tag := whole.Header().Get("ETag")
	if whole.Code != 200 || whole.Body.String() != exampleResultLines || whole.Header().Get("Content-Type") != mediaLines || tag == "" {
		t.Errorf("%d %v %s", whole.Code, whole.Header(), whole.Body)
	}
	if part := w.do("GET", at+"/results", "", "Range", "bytes=9-", "If-Range", tag); part.Code != 206 || part.Body.String() != exampleResultLines[9:] {
		t.Errorf("a part: %d %s", part.Code, part.Body)
	}
	if same := w.do("GET", at+"/results", "", "If-None-Match", tag); same.Code != 304 {
		t.Errorf("the same again: %d", same.Code)
	}
	if part := w.do("GET", at+"/results", "", "Range", "bytes=9999-"); part.Code != 416 {
		t.Errorf("no such part: %d", part.Code)
	}
	set := w.do("POST", "/v1/predictions", strings.Replace(aPrediction, "{", `{"callback_url":"https://example.com/p",`, 1))
	var answered rumbo.PredictionSet
	if err := json.Unmarshal(set.Body.Bytes(), &answered); err != nil {
		t.Fatal(err)
	}
	if a := w.do("GET", "/v1/predictions/"+answered.ID, ""); a.Code != 200 || a.Body.String() != set.Body.String() {
		t.Errorf("a set that was answered at once: %d %s", a.Code, a.Body)
	}
}
