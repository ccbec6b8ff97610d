package zone

import (
	"bytes"
	"os"
	"testing"
)

// TestDocumentedExample reads the map in docs/formats/zones-geojson.md.
func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats/zones-geojson.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(page, []byte("```json\n"))
	example, _, found := bytes.Cut(rest, []byte("```"))
	m, err := Read(bytes.NewReader(example))
	if err != nil || !found {
		t.Fatal(err)
	}
	c, _ := m.Centroid(1)
	if id := m.At(c); id != 1 {
		t.Errorf("the centroid of zone 1 lies in %d", id)
	}
}
