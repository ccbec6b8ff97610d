package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
)

func TestUploadsBecomeIngestions(t *testing.T) {
	w := newWorld(t)
	a := w.do("POST", "/v1/uploads", `{"bytes":9}`, "Idempotency-Key", "k1")
	var up rumbo.Upload
	if err := json.Unmarshal(a.Body.Bytes(), &up); err != nil || a.Code != 201 || up.URL != "https://bucket/9" {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	if again := w.do("POST", "/v1/uploads", `{"bytes":9}`, "Idempotency-Key", "k1"); again.Code != 201 || again.Body.String() != a.Body.String() {
		t.Errorf("again: %d %s", again.Code, again.Body)
	}
	for _, c := range []struct {
		path, body string
		code       int
		says       string
	}{
		{"/v1/uploads", `{}`, 422, "/bytes"},
		{"/v1/uploads", `{"bytes":0}`, 422, "/bytes"},
		{"/v1/uploads", `{"bytes":1,"kind":"trips"}`, 422, "/kind"},
		{"/v1/ingestions?kind=trips&upload=upl_1", "", 422, "upload"},
		{"/v1/ingestions?kind=trips&upload=upl_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", "", 422, "unknown_reference"},
		{"/v1/ingestions?kind=trips&upload=" + up.ID, "a,b", 422, "conflicting_fields"},
		{"/v1/ingestions?kind=trips&upload=" + up.ID, "", 202, `"batch_`},
	} {
		if a := w.do("POST", c.path, c.body); a.Code != c.code || !strings.Contains(a.Body.String(), c.says) {
			t.Errorf("%s %s: %d %s", c.path, c.body, a.Code, a.Body)
		}
	}
	if a := w.do("POST", "/v1/uploads", `{"bytes":9}`, "Authorization", "Bearer "+w.addKey("reader", ScopeRead)); a.Code != 403 {
		t.Errorf("a reader: %d", a.Code)
	}
}
