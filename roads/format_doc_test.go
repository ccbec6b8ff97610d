package roads

import (
	"os"
	"strings"
	"testing"
)

// TestFormatDocumentNamesEverySection keeps docs/formats/roads.md and the writer
// together.
func TestFormatDocumentNamesEverySection(t *testing.T) {
	data, err := os.ReadFile("../docs/formats/roads.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(data)
	g := loadTown(t)
	g.SourceID, g.Order, g.Twin = make([]int64, g.NodeCount()), make([]Node, g.NodeCount()), make([]Node, g.NodeCount())
	g.ArcKind, g.ArcName, g.Names = make([]Kind, g.ArcCount()), make([]uint32, g.ArcCount()), NewNameList().Names()
	for _, s := range g.sections() {
		if !strings.Contains(doc, "`"+string(s.name[:])+"`") {
			t.Errorf("section %q is not documented", s.name[:])
		}
	}
	if !strings.Contains(doc, "`"+mapMagic+"`") || !strings.Contains(doc, "version of the format: 1 ") || mapVersion != 1 {
		t.Error("magic or version differ")
	}
}
