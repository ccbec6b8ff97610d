package etl

import (
	"bytes"
	"os"
	"regexp"
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
	b := rumbo.Batch{ID: "batch_1", Kind: rumbo.KindTrips, Format: "csv", Schema: tabular.Rumbo, TimeZone: "America/Argentina/Buenos_Aires"}
	results := all(t, bytes.NewReader(example), b, zonesTo(3))
	for _, res := range results {
		if res.Rejected != nil {
			t.Errorf("row %d: %+v", res.Row, res.Rejected)
		}
	}
	if !found || len(results) != 2 {
		t.Errorf("%d rows", len(results))
	}
	want := []string{RuleUnreadable, RuleFieldCount, RuleBadValue, RuleNoTime, RuleNoPlace, RuleBadPlace}
	for _, r := range tripRules {
		want = append(want, r.Name)
	}
	var documented []string
	_, rest, _ = bytes.Cut(rest, []byte("| rule |"))
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllSubmatch(rest, -1) {
		documented = append(documented, string(m[1]))
	}
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Error(diff)
	}
}
