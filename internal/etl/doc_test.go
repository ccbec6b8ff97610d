package etl

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// TestDocumentedExample cleans the example of docs/formats/trips-csv.md and holds
// its table of rules against the code.
func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats/trips-csv.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(page, []byte("```csv\n"))
	example, rest, found := bytes.Cut(rest, []byte("```"))
	b := rumbo.Batch{ID: "batch_1", Kind: rumbo.KindTrips, Format: rumbo.FormatCSV, Schema: tabular.Rumbo, TimeZone: "America/Argentina/Buenos_Aires"}
	results := all(t, bytes.NewReader(example), b, zonesTo(3))
	for _, res := range results {
		if res.Rejected != nil {
			t.Errorf("row %d: %+v", res.Row, res.Rejected)
		}
	}
	if !found || len(results) != 2 {
		t.Errorf("%d rows", len(results))
	}
	_, jsonPart, _ := bytes.Cut(rest, []byte("```json\n"))
	example, _, _ = bytes.Cut(jsonPart, []byte("```"))
	b.Format = rumbo.FormatJSON
	if results := all(t, bytes.NewReader(example), b, zonesTo(3)); len(results) != 1 || results[0].Trip == nil {
		t.Errorf("JSON: %+v", results)
	}
	want := []string{RuleUnreadable, RuleFieldCount, RuleBadValue, RuleNoTime, RuleNoPlace, RuleBadPlace}
	for _, r := range tripRules {
		want = append(want, r.Name)
	}
	want = append(want, RuleDuplicate)
	var documented []string
	_, rest, _ = bytes.Cut(rest, []byte("| rule |"))
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllSubmatch(rest, -1) {
		documented = append(documented, string(m[1]))
	}
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Error(diff)
	}
}

// TestDocumentedRows checks the examples of docs/formats/orders-vehicles-depots.md
// and that its tables name every key.
func TestDocumentedRows(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats/orders-vehicles-depots.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind, heading string
		noun          any
	}{
		{rumbo.KindOrders, "## Orders\n", rumbo.Order{}}, {rumbo.KindVehicles, "## Vehicles\n", rumbo.Vehicle{}}, {rumbo.KindDepots, "## Depots\n", rumbo.Depot{}},
	} {
		_, section, _ := bytes.Cut(page, []byte(c.heading))
		_, rest, _ := bytes.Cut(section, []byte("```json\n"))
		example, rest, found := bytes.Cut(rest, []byte("```"))
		table, _, _ := bytes.Cut(rest, []byte("\n## "))
		if faults := Check(rumbo.Batch{Kind: c.kind, Format: rumbo.FormatJSON}, bytes.NewReader(example)); len(faults) > 0 || !found {
			t.Errorf("%s: %+v", c.kind, faults)
		}
		for _, f := range reflect.VisibleFields(reflect.TypeOf(c.noun)) {
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !bytes.Contains(table, []byte("`"+key+"`")) && key != "batch_id" {
				t.Errorf("%s: %s is not documented", c.kind, key)
			}
		}
	}
}
