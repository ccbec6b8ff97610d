package etl

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

const position = `{"vehicle_id":"v","at":"2026-03-16T08:00:00.1234567-03:00","kind":"position","location":{"lat":-34.9,"lon":-62.5}}`

func eventsOf(t *testing.T, format, text string) []Result {
	t.Helper()
	return all(t, strings.NewReader(text), rumbo.Batch{ID: "batch_1", Kind: rumbo.KindEvents, Format: format}, nil)
}

func TestEventsGetTheirNaturalKey(t *testing.T) {
	first := eventsOf(t, rumbo.FormatNDJSON, position)[0].Event
	if first == nil || first.At != time.Date(2026, 3, 16, 11, 0, 0, 123456000, time.UTC) || first.BatchID != "batch_1" {
		t.Fatalf("%+v", first)
	}
	for change, same := range map[[2]string]bool{
		{"-34.9", "-34.8"}:                  true, // a corrected place
		{"1234567", "1234568"}:              true, // the same microsecond
		{"08:00", "08:01"}:                  false,
		{`"v"`, `"w"`}:                      false,
		{"position", "arrived"}:             false,
		{`"kind"`, `"id":"x","kind"`}:       false,
		{`"kind"`, `"order_id":"A","kind"`}: false,
	} {
		other := eventsOf(t, rumbo.FormatNDJSON, strings.Replace(position, change[0], change[1], 1))[0].Event
		if other == nil || (other.ID == first.ID) != same {
			t.Errorf("%v: %+v, the same: want %v", change, other, same)
		}
	}
}

// TestEventsGoToQuarantineOneByOne has many good rows, read by several workers, around bad ones.
func TestEventsGoToQuarantineOneByOne(t *testing.T) {
	var rows []string
	for n := range 2000 {
		rows = append(rows, strings.Replace(position, "08:00:00", fmt.Sprintf("08:%02d:%02d", n/60%60, n%60), 1))
	}
	rows[700], rows[900], rows[1100] = rows[1], strings.Replace(rows[900], "position", "parked", 1), rows[1100][:50]
	results := eventsOf(t, rumbo.FormatNDJSON, strings.Join(rows, "\n"))
	got := map[int64]string{}
	for _, res := range results {
		if res.Rejected != nil {
			got[res.Row] = res.Rejected.Rule
		}
	}
	if want := map[int64]string{701: RuleDuplicate, 901: RuleBadValue, 1101: RuleUnreadable}; len(results) != 2000 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%d results, %v, want %v", len(results), got, want)
	}
}

func TestDocumentedEvents(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats/events.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```json\n")
	example, _, _ := strings.Cut(after, "```")
	results := eventsOf(t, rumbo.FormatJSON, example)
	for _, res := range results {
		if res.Rejected != nil {
			t.Errorf("%+v", res.Rejected)
		}
	}
	if len(results) != 4 {
		t.Errorf("%d rows", len(results))
	}
}
