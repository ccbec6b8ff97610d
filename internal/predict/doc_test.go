package predict_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
)

// TestDocumentedFile answers the example of docs/formats/prediction-files.md: the same lines
// are at fault, for the same, with the same texts.
func TestDocumentedFile(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats/prediction-files.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```json\n")
	file, rest, _ := strings.Cut(rest, "```")
	_, rest, _ = strings.Cut(rest, "```json\n")
	answers, _, _ := strings.Cut(rest, "```")
	var out bytes.Buffer
	if _, err := linePredictor(t).AnswerLines(t.Context(), strings.NewReader(file), &out, quiet); err != nil {
		t.Fatal(err)
	}
	got, want := answered(t, out.Bytes()), answered(t, []byte(answers))
	if len(got) != 3 || len(want) != 3 {
		t.Fatalf("%d lines, the page has %d", len(got), len(want))
	}
	for i := range want {
		a, b := said(t, got[i].Faults), said(t, want[i].Faults)
		if got[i].Line != want[i].Line || a != b || (got[i].Prediction == nil) != (want[i].Prediction == nil) {
			t.Errorf("line %d: %s, the page says %s", i+1, a, b)
		}
	}
}

func said(t *testing.T, faults []rumbo.FieldError) string {
	t.Helper()
	text, err := json.Marshal(faults)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
