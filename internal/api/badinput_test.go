package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
)

// badRequests is the table of testdata/bad: each is sent in both languages and
// its whole answer compared.
var badRequests = []struct{ name, method, target, body string }{
	{"unknown_keys", "POST", "/v1/plans", `{"day":"2022-01-31","tiem_limit_s":5,"Seed":1,"callback":"x"}`},
	{"wrong_types", "POST", "/v1/plans", `{"day":20220131,"time_limit_s":"5","order_ids":"A","vehicle_ids":[1,null],"seed":1.5}`},
	{"all_at_once", "POST", "/v1/plans", `{"day":"31/01/2022","time_limit_s":-1,"iterations":-5,"order_ids":["A","A",""],"callback_url":"http://169.254.169.254/","sed":3}`},
	{"missing", "POST", "/v1/plans", `{}`},
	{"null", "POST", "/v1/plans", `null`},
	{"array", "POST", "/v1/plans", `[]`},
	{"empty", "POST", "/v1/plans", ``},
	{"blank", "POST", "/v1/plans", "  \n"},
	{"truncated", "POST", "/v1/plans", `{"day":"2022-01-31","time_li`},
	{"not_json", "POST", "/v1/plans", `day: 2022-01-31`},
	{"trailing", "POST", "/v1/plans", `{"day":"2022-01-31"} {}`},
	{"not_utf8", "POST", "/v1/plans", "{\"day\":\"2022-01-31\",\"order_ids\":[\"A\xff\"]}"},
	{"twice", "POST", "/v1/plans", `{"day":"2022-01-31","day":"2022-02-01"}`},
	{"time_limit", "POST", "/v1/plans", `{"day":"2022-01-31","time_limit_s":3601}`},
	{"long_id", "POST", "/v1/plans", `{"day":"2022-01-31","vehicle_ids":["` + strings.Repeat("v", 101) + `"]}`},
	{"callback", "POST", "/v1/plans", `{"day":"2022-01-31","callback_url":"ftp://example.com"}`},
	{"swapped", "POST", "/v1/predictions", `{"queries":[{"from":{"point":{"lat":-173.9,"lon":40.7}},"to":{"point":{"lat":0,"lon":0}},"depart_at":"2022-01-31T08:00:00-05:00"}]}`},
	{"no_queries", "POST", "/v1/predictions", `{"queries":[]}`},
	{"no_place", "POST", "/v1/predictions", `{"queries":[{"from":{},"to":{"zone":-4},"depart_at":"2022-01-31 08:00","distance_m":-3}]}`},
	{"epoch", "POST", "/v1/predictions", `{"queries":[{"from":{"zone":1},"to":{"zone":2},"depart_at":1643630400}]}`},
	{"too_many", "POST", "/v1/predictions", `{"queries":[` + strings.Repeat(`{"from":{"zone":1},"to":{"zone":2},"depart_at":"2022-01-31T08:00:00Z"},`, maxQueries) + `{"from":{"zone":1},"to":{"zone":2},"depart_at":"2022-01-31T08:00:00Z"}]}`},
	{"automations", "PUT", "/v1/automations", `{"endpoints":["http://127.0.0.1/"],"rules":[{"name":"a b","when":"run_failed","after_s":5,"flw":"train"},{"name":"x","when":"start_late","max_share":2}]}`},
	{"flow_parameters", "POST", "/v1/runs", `{"flow":"recalibrate","parameters":{"features":"Z","days":-1,"trees":10}}`},
	{"flow", "POST", "/v1/runs", `{"flow":"trian","parameters":{"features":"Z","test_share":0.9,"trees":-1,"leaves":2000,"sead":1}}`},
	{"rollback", "POST", "/v1/models/travel-time/rollback", `{"version":0}`},
	{"ping", "POST", "/v1/webhooks/test", `{"url":"http://localhost:8080/"}`},
	{"kind", "POST", "/v1/ingestions?kind=order&formt=csv&month=2022-13&time_zone=Mars/Olympus", `[]`},
	{"no_kind", "POST", "/v1/ingestions", `[]`},
	{"csv_orders", "POST", "/v1/ingestions?kind=orders&format=csv&schema=tlc_yellow&month=2022-01&time_zone=Nowhere", `x`},
	{"query", "GET", "/v1/orders?day=tomorrow&limit=0&limt=3&after=", ``},
	{"query_types", "GET", "/v1/plans?limit=ten&state=ready&state=done&day=2022-02-30", ``},
	{"query_encoding", "GET", "/v1/orders?day=%zz", ``},
	{"query_not_utf8", "GET", "/v1/deliveries?subject=%ff", ``},
	{"query_long", "GET", "/v1/deliveries?subject=" + strings.Repeat("s", 101), ``},
	{"key", "POST", "/v1/keys", `{"nam":"x","scopes":["raed","read","read"]}`},
	{"query_and_body", "POST", "/v1/plans?wait=5", `{"day":"x","sed":1}`},
	{"quality", "PUT", "/v1/quality", `{"trips":[{"name":"Speed","type":"rnage","severity":"stop","field":"sped_kmh"},` +
		`{"name":"a","type":"range","severity":"quarantine","field":"duration_s","min":5,"max":1,"values":["x"]},` +
		`{"name":"a","type":"volume","severity":"quarantine","field":"id","max_share":2}],` +
		`"orders":[{"name":"b","type":"cross_field","severity":"warn","field":"day","op":"before","other":"dya"},{"nam":"c"}],"depot":[]}`},
	{"edit", "PATCH", "/v1/ingestions/batch_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM/quarantine/17", `{"raw":"bad"}`},
	{"edit_form", "PATCH", "/v1/ingestions/batch_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM/quarantine/17", `{"raw":7,"rwa":"x"}`},
	{"edit_nothing", "PATCH", "/v1/ingestions/none/quarantine/1", `{"raw":"x"}`},
	{"replay", "POST", "/v1/ingestions/batch_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM/replay", `{"rows":[1,0,-3,"4"],"rules":"x"}`},
	{"prefer", "GET", "/v1/plans/none", ``},
}

func TestBadInputIsAnsweredWhole(t *testing.T) {
	w := newWorld(t)
	w.quarantined()
	for _, c := range badRequests {
		for _, lang := range []rumbo.Language{rumbo.English, rumbo.Spanish} {
			headers := []string{"Accept-Language", string(lang), headerRequestID, "example"}
			if c.name == "prefer" {
				headers = append(headers, "Prefer", "wait=soon")
			}
			r := w.do(c.method, c.target, c.body, headers...)
			if r.Code < 400 || r.Code >= 500 {
				t.Errorf("%s: %d %s", c.name, r.Code, r.Body)
			}
			if r.Header().Get("Content-Language") != string(lang) {
				t.Errorf("%s: language %s", c.name, r.Header().Get("Content-Language"))
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, r.Body.Bytes(), "", "  "); err != nil {
				t.Fatalf("%s: %s", c.name, r.Body)
			}
			request := c.method + " " + shortened(c.target) + "\n" + shortened(fmt.Sprintf("%q", c.body))
			golden(t, filepath.Join("bad", c.name+"."+string(lang)+".txt"), request+"\n\n"+fmt.Sprint(r.Code)+"\n"+pretty.String())
		}
	}
	if n := w.effects.Load(); n != 0 {
		t.Errorf("bad input had %d effects", n)
	}
}

func shortened(s string) string {
	if len(s) > 300 {
		return s[:150] + " … " + s[len(s)-50:]
	}
	return s
}

// Every golden file belongs to a row of the table.
func TestNoForgottenGoldenFiles(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("testdata", "bad"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range badRequests {
		names[c.name] = true
	}
	for _, e := range entries {
		name, _, _ := strings.Cut(e.Name(), ".")
		if !names[name] {
			t.Errorf("%s belongs to no request", e.Name())
		}
	}
	if len(entries) != 2*len(badRequests) {
		t.Errorf("%d files for %d requests", len(entries), len(badRequests))
	}
}
