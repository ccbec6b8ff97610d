package rumbo_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

// TestDocumentedDocuments holds the examples of the pages about documents.
func TestDocumentedDocuments(t *testing.T) {
	example := func(page string, v any) {
		t.Helper()
		text, err := os.ReadFile("docs/formats/" + page)
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(text), "```json\n")
		body, _, _ := strings.Cut(after, "```")
		if faults := strictjson.Decode([]byte(body), v, strictjson.Options{}); len(faults) > 0 {
			t.Errorf("%s: %+v", page, faults)
		}
	}
	var retention rumbo.RetentionDocument
	example("retention.md", &retention)
	if faults := retention.Validate(); len(faults) > 0 || retention != rumbo.DefaultRetention() {
		t.Errorf("%+v %+v, the page should show the default", retention, faults)
	}
	var automations rumbo.AutomationsDocument
	example("automations.md", &automations)
	if faults := automations.Validate(); len(faults) > 0 || len(automations.Rules) != len(rumbo.Whens()) {
		t.Errorf("%+v", faults)
	}
}

// TestParametersOfFlows gives each flow its own fields, and refuses those of others.
func TestParametersOfFlows(t *testing.T) {
	all := rumbo.RunParameters{TrainRequest: rumbo.TrainRequest{Features: "B", TestShare: 0.1, Trees: 3, Leaves: 4, Seed: 5}, Days: 6, DryRun: true, Verify: "read"}
	for flow, want := range map[string][2]string{
		rumbo.FlowTrain:       {`{"features":"B","test_share":0.1,"trees":3,"leaves":4,"seed":5}`, "/days /dry_run /verify"},
		rumbo.FlowRecalibrate: {`{"features":"B","days":6}`, "/test_share /trees /leaves /seed /dry_run /verify"},
		rumbo.FlowRetention:   {`{"dry_run":true}`, "/features /test_share /trees /leaves /seed /days /verify"},
		rumbo.FlowBackup:      {`{"verify":"read"}`, "/features /test_share /trees /leaves /seed /days /dry_run"},
	} {
		text, err := json.Marshal(all.Of(flow))
		if err != nil || string(text) != want[0] {
			t.Errorf("%s: %s, %v", flow, text, err)
		}
		var refused []string
		for _, f := range all.Validate(flow, "") {
			refused = append(refused, f.Pointer)
			if f.Code != rumbo.Conflicting {
				t.Errorf("%s: %+v", flow, f)
			}
		}
		if got := strings.Join(refused, " "); got != want[1] {
			t.Errorf("%s refuses %s, want %s", flow, got, want[1])
		}
		var own rumbo.RunParameters
		if err := json.Unmarshal(text, &own); err != nil || len(own.Validate(flow, "")) != 0 {
			t.Errorf("%s: its own fields are refused: %v", flow, own.Validate(flow, ""))
		}
	}
}
