package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
)

// TestWordsOfTheDocument holds every list of flows or kinds in the published document against the
// nouns': a flow that is added appears wherever flows are named.
func TestWordsOfTheDocument(t *testing.T) {
	text, err := json.Marshal(testServer(t).document)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	walk(doc, func(key string, v any) {
		list, ok := v.([]any)
		if key != "enum" || !ok {
			return
		}
		var given []string
		for _, word := range list {
			given = append(given, fmt.Sprint(word))
		}
		for word, lists := range map[string][][]string{
			rumbo.FlowTrain: {rumbo.Flows(), rumbo.StartableFlows()},
			rumbo.KindTrips: {rumbo.Kinds()},
		} {
			if !slices.Contains(given, word) {
				continue
			}
			seen[word]++
			if !slices.ContainsFunc(lists, func(l []string) bool { return slices.Equal(l, given) }) {
				t.Errorf("the document lists %q, which is none of %q", given, lists)
			}
		}
	})
	if seen[rumbo.FlowTrain] < 3 || seen[rumbo.KindTrips] < 1 {
		t.Errorf("lists seen: %v", seen)
	}
}

// TestEveryWordIsAProperty fails when a schema or a property of it is called otherwise than words
// says: it would be published without its list.
func TestEveryWordIsAProperty(t *testing.T) {
	schemas := testServer(t).document.Components.Schemas.Map()
	for name := range words() {
		schema, property, _ := strings.Cut(name, ".")
		if schemas[schema] == nil || schemas[schema].Properties[property] == nil {
			t.Errorf("the document has no %s", name)
		}
	}
}

// TestRulesOnEveryFlow has an automation on each flow and kind accepted, and published so.
func TestRulesOnEveryFlow(t *testing.T) {
	enum := testServer(t).document.Components.Schemas.Map()["Automation"].Properties["flow"].Enum
	for _, flow := range rumbo.Flows() {
		d := rumbo.AutomationsDocument{Endpoints: []string{"https://example.com"}, Rules: []rumbo.Automation{{Name: "a", When: rumbo.WhenRunFailed, Flow: flow}}}
		if faults := d.Validate(); faults != nil || !slices.Contains(enum, any(flow)) {
			t.Errorf("%s: %v, published %v", flow, faults, enum)
		}
	}
}
