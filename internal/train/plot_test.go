package train

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"testing"

	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
)

func TestBinsAndTheirPlot(t *testing.T) {
	r := mustTrain(t, city(modeltest.Trips(2000, 1, 1)), Options{})
	var rows int64
	for i, b := range r.Report.Bins {
		rows += b.Rows
		if i > 0 && b.Predicted.P50 < r.Report.Bins[i-1].Predicted.P50 {
			t.Errorf("bin %d is out of order", i)
		}
		if math.Abs(b.Actual.P50/b.Predicted.P50-1) > 0.25 {
			t.Errorf("bin %d: predicted %+v, actual %+v", i, b.Predicted, b.Actual)
		}
	}
	if rows != r.Report.Rows || len(r.Report.Bins) != 20 {
		t.Errorf("%d trips in %d bins", rows, len(r.Report.Bins))
	}
	var picture bytes.Buffer
	if err := WritePlot(&picture, "city <400 trips>", r.Report.Bins); err != nil {
		t.Fatal(err)
	}
	circles := 0
	for d := xml.NewDecoder(&picture); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
			circles++
		}
	}
	if circles != 60 {
		t.Errorf("%d dots, want 60", circles)
	}
	if err := WritePlot(io.Discard, "nothing", nil); err != nil {
		t.Error(err)
	}
}
