package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
)

// TestRandomRequests sends requests made from the document itself, some right,
// most spoiled, to every operation: no answer is a fault of ours, has a status
// that the document does not list, or breaks its schema (conforms sees to the
// last two). RUMBO_REQUESTS sets their number.
func TestRandomRequests(t *testing.T) {
	requests := 5000
	if testing.Short() {
		requests = 500
	}
	if n, err := strconv.Atoi(os.Getenv("RUMBO_REQUESTS")); err == nil {
		requests = n
	}
	w := newWorld(t)
	w.addPlan(examplePlan(rumbo.PlanDone))
	w.models = []rumbo.ModelVersion{exampleModel()}
	s := testServer(t)
	g := &maker{Rand: rand.New(rand.NewPCG(1, 2)), schemas: s.document.Components.Schemas}
	endpoints := s.endpoints()
	met := map[int]int{}
	for range requests {
		ep := endpoints[g.IntN(len(endpoints))]
		if strings.HasSuffix(ep.Path, "/progress") {
			continue // a stream, tested by itself
		}
		target, body, headers := g.request(ep)
		r := w.do(ep.Method, target, body, headers...)
		met[r.Code]++
		if r.Code >= 500 {
			t.Fatalf("%s %s %q %q: %d %s", ep.Method, target, body, headers, r.Code, r.Body)
		}
	}
	for _, status := range []int{200, 202, 400, 401, 404, 415, 422} {
		if met[status] == 0 {
			t.Errorf("no request was answered %d: %v", status, met)
		}
	}
}

// maker makes requests.
type maker struct {
	*rand.Rand
	schemas huma.Registry
}

func (g *maker) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *maker, from ...T) T { return from[g.IntN(len(from))] }

func (g *maker) request(ep *endpoint) (target, body string, headers []string) {
	target = ep.Path
	query := url.Values{}
	for _, p := range ep.Parameters {
		switch p.In {
		case "path":
			id := pick(g, "plan_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", rumbo.TravelTime, "1", "0", "x", "A 1", "ñ", g.text())
			if id == "" || id == "." || id == ".." {
				id = "x"
			}
			target = strings.Replace(target, "{"+p.Name+"}", url.PathEscape(id), 1)
		case "query":
			if p.Required && !g.chance(10) || g.chance(40) {
				query.Set(p.Name, g.parameter(p.Schema))
			}
			if g.chance(3) {
				query.Add(p.Name, g.text())
			}
		}
	}
	if g.chance(8) {
		query.Set(g.text(), g.text())
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	if len(query) > 0 && g.chance(3) {
		target += "&%zz"
	}
	if ep.RequestBody != nil && !g.chance(3) {
		if content := ep.RequestBody.Content["application/json"]; content != nil {
			data, _ := json.Marshal(g.value(content.Schema, 0)) // made of plain values
			body = string(data)
		}
		if g.chance(8) {
			body = g.spoil(body)
		}
	}
	return target, body, g.headers()
}

func (g *maker) headers() (h []string) {
	if g.chance(5) {
		h = append(h, "Authorization", pick(g, "", "Bearer x", "Bearer rumbo_aaaaaaaa_b", g.text()))
	}
	if g.chance(15) {
		h = append(h, headerIdempotency, pick(g, "a", "b", "c", g.text(), strings.Repeat("k", 300)))
	}
	if g.chance(10) {
		h = append(h, "Prefer", pick(g, "wait=0", "wait=x", "respond-async", "wait=-1", "return=minimal; wait=0", g.text()))
	}
	if g.chance(5) {
		h = append(h, "Content-Type", pick(g, "text/csv", "text/plain", "application/json; charset=utf-16", g.text()))
	}
	if g.chance(3) {
		h = append(h, "Content-Encoding", pick(g, "gzip", "br", "identity"))
	}
	if g.chance(20) {
		h = append(h, "Accept-Language", pick(g, "es", "en", "*", g.text()))
	}
	return h
}

func (g *maker) parameter(s *huma.Schema) string {
	if g.chance(20) {
		return g.text()
	}
	switch {
	case len(s.Enum) > 0:
		return fmt.Sprint(pick(g, s.Enum...))
	case s.Type == huma.TypeInteger:
		return fmt.Sprint(pick(g, 1, 2, 50, 500, 0, 501, -1))
	case s.Format == "date":
		return pick(g, "2022-01-31", "2022-02-30", "31/01/2022")
	case s.Pattern != "":
		return pick(g, "2022-01", "2022-13", "22-01")
	}
	return pick(g, "America/New_York", "Local", "", "plan_1", "too_short", g.text())
}

// value makes a value that fits a schema, except where it does not.
func (g *maker) value(s *huma.Schema, depth int) any {
	if s.Ref != "" {
		s = g.schemas.SchemaFromRef(s.Ref)
	}
	if g.chance(2) || depth > 6 {
		return pick[any](g, nil, "text", -1, 1.5, true, []any{}, map[string]any{}, 1e300, g.text())
	}
	switch {
	case len(s.AnyOf) > 0:
		return g.value(pick(g, s.AnyOf...), depth+1)
	case len(s.Enum) > 0:
		return pick(g, s.Enum...)
	}
	switch s.Type {
	case huma.TypeObject:
		return g.object(s, depth)
	case huma.TypeArray:
		list := []any{}
		for range g.IntN(4) {
			list = append(list, g.value(s.Items, depth+1))
		}
		return list
	case huma.TypeInteger:
		return pick[any](g, 0, 1, 5, 240, -1, int64(1)<<40, 7.0)
	case huma.TypeNumber:
		return pick[any](g, 0, 0.5, 40.7614, -73.9776, 200, -1, 1e9)
	case huma.TypeBoolean:
		return g.chance(50)
	}
	if s.Format == "date-time" {
		return pick(g, "2022-01-31T08:00:00-05:00", "2022-01-31T13:00:00Z", "2022-01-31 08:00", "tomorrow")
	}
	return pick(g, "2022-01-31", "A-1", "America/New_York", "https://example.com/x", "http://10.0.0.1/", g.text())
}

func (g *maker) object(s *huma.Schema, depth int) map[string]any {
	out := map[string]any{}
	for _, name := range sorted(s.Properties) {
		if contains(s.Required, name) && !g.chance(3) || g.chance(40) {
			out[name] = g.value(s.Properties[name], depth+1)
		}
	}
	if g.chance(4) {
		out[g.text()] = 1
	}
	return out
}

func contains(list []string, name string) bool {
	for _, v := range list {
		if v == name {
			return true
		}
	}
	return false
}

func (g *maker) text() string {
	return pick(g, "", "a", "limt", "\x00", "\xff", "ñandú", "a/b", "..", "<script>", "' OR 1=1 --", "{{", strings.Repeat("x", 150), "\r\nX: y", "🚚", "-1", "null")
}

// spoil damages a body somewhere.
func (g *maker) spoil(body string) string {
	if body == "" {
		return g.text()
	}
	at := g.IntN(len(body))
	switch g.IntN(4) {
	case 0:
		return body[:at]
	case 1:
		return body[:at] + "\xff" + body[at:]
	case 2:
		return body[:at] + pick(g, "{", "]", ",", `"`, "\\u12") + body[at:]
	}
	return body + body
}

func FuzzQuery(f *testing.F) {
	for _, c := range badRequests {
		if _, query, ok := strings.Cut(c.target, "?"); ok {
			f.Add(query)
		}
	}
	f.Add("kind=trips&month=2022-01&limit=5&after=x")
	s := testServer(f)
	f.Fuzz(func(t *testing.T, query string) {
		for _, ep := range s.endpoints() {
			r := &http.Request{Method: "GET", URL: &url.URL{Path: "/", RawQuery: query}}
			p, faults := checkParameters(&ep.Operation, r)
			again, faults2 := checkParameters(&ep.Operation, r)
			if len(p) != len(again) || len(faults) != len(faults2) {
				t.Fatalf("%s: two readings of %q differ", ep.Path, query)
			}
			for _, fault := range rumbo.Render(rumbo.Spanish, faults) {
				if fault.Message == "" || fault.Message == string(fault.Code) {
					t.Errorf("%s: no text for %+v", ep.Path, fault)
				}
			}
		}
	})
}

func FuzzBodies(f *testing.F) {
	for _, c := range badRequests {
		if len(c.body) < 1000 {
			f.Add([]byte(c.body))
		}
	}
	f.Add([]byte(aPlan))
	f.Add([]byte(aPrediction))
	s := testServer(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		r := &request{body: body}
		if p, err := decode(r, s.checkPlan); err == nil {
			roundTrip(t, r, p, s.checkPlan)
		}
		if p, err := decode(r, s.checkPredictions); err == nil {
			roundTrip(t, r, p, s.checkPredictions)
		}
		if p, err := decode(r, checkRun); err == nil {
			roundTrip(t, r, p, checkRun)
		}
	})
}

// roundTrip: what was accepted and is written again is accepted again.
func roundTrip[T any](t *testing.T, r *request, v T, check func(T) []rumbo.FieldError) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%s became %+v, which cannot be written: %v", r.body, v, err)
	}
	if _, err := decode(&request{body: data}, check); err != nil {
		t.Errorf("%s was accepted, %s is not: %v", r.body, data, err)
	}
}
