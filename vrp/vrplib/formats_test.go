package vrplib_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// All ways to write the same symmetric table.
func TestEdgeWeightFormats(t *testing.T) {
	full := []int32{0, 1, 2, 1, 0, 3, 2, 3, 0}
	for format, numbers := range map[string]string{
		"FULL_MATRIX":    "0 1 2 1 0 3 2 3 0",
		"LOWER_ROW":      "1 2 3",
		"UPPER_COL":      "1 2 3",
		"UPPER_ROW":      "1 2\n3",
		"LOWER_COL":      "1 2\n3",
		"LOWER_DIAG_ROW": "0 1 0 2 3 0",
		"UPPER_DIAG_COL": "0\n1 0\n2 3 0",
		"UPPER_DIAG_ROW": "0 1 2 0 3 0",
		"LOWER_DIAG_COL": "0 1 2 0 3 0",
	} {
		text := "NAME: t\nTYPE: CVRP\nDIMENSION: 3\nCAPACITY 5\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: " + format +
			"\nEDGE_WEIGHT_SECTION\n" + numbers + "\nDEMAND_SECTION\n1 0\n2 1\n3 1\nDEPOT_SECTION\n1\nEOF\n"
		in, err := vrplib.Read(strings.NewReader(text), vrplib.Auto)
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if !reflect.DeepEqual(in.Table, full) {
			t.Errorf("%s: %v", format, in.Table)
		}
	}
	big := "DIMENSION: 30000\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: FULL_MATRIX\nEDGE_WEIGHT_SECTION\n1\n"
	if _, err := vrplib.Read(strings.NewReader(big), vrplib.CVRPLIB); err == nil || !strings.Contains(err.Error(), "line 4: a table of 30000") {
		t.Errorf("a table too large: %v", err)
	}
}

// The types of Cordeau's format, with the one depot before or after the customers.
func TestCordeauTypes(t *testing.T) {
	for _, x := range []struct {
		text  string
		kind  string
		depot int32
		shift vrp.TimeWindow
	}{
		{"0 2 1 1\n0 9\n0 0 0\n1 3 4 1 5 1 2 1 2\n", "VRP", 0, vrp.TimeWindow{}},
		{"0 2 1 1\n0 9\n1 3 4 1 5 1 2 1 2\n2 0 0\n", "VRP", 1, vrp.TimeWindow{}},
		{"4 2 1 1\n0 9\n0 0 0 0 0 0 0 5 90\n1 3 4 1 5 1 2 1 2 10 20\n", "VRPTW", 0, vrp.TimeWindow{Open: 50000, Close: 900000}},
		{"6 2 1 2\n80 9\n80 9\n1 3 4 1 5 1 2 1 2 10 20\n2 0 0 0 0 0 0 5 90\n3 9 9 5 90\n", "MDVRPTW", 1, vrp.TimeWindow{Open: 50000, Close: 900000}},
	} {
		in, err := vrplib.Read(strings.NewReader(x.text), vrplib.Auto)
		if err != nil {
			t.Errorf("%q: %v", x.text, err)
			continue
		}
		m, err := in.Model(in.DefaultConvention())
		if err != nil {
			t.Errorf("%q: %v", x.text, err)
			continue
		}
		if in.Type != x.kind || in.Depots[0] != x.depot || m.Problem.Vehicles[0].Shift != x.shift || len(m.Problem.Jobs) != 1 {
			t.Errorf("%q: %s, depots %v, shift %v", x.text, in.Type, in.Depots, m.Problem.Vehicles[0].Shift)
		}
		if x.shift != (vrp.TimeWindow{}) && m.Problem.Jobs[0].Windows[0] != (vrp.TimeWindow{Open: 100000, Close: 200000}) {
			t.Errorf("%q: window %v", x.text, m.Problem.Jobs[0].Windows)
		}
		var file bytes.Buffer
		if err := vrplib.Write(&file, in); err != nil {
			t.Errorf("%q: %v", x.text, err)
			continue
		}
		if again, err := vrplib.Read(&file, vrplib.Auto); err != nil || !reflect.DeepEqual(in, again) {
			t.Errorf("%q: %v, %+v", x.text, err, again)
		}
	}
}

// A map too wide for four decimals in 32 bits gets fewer.
func TestExactFits(t *testing.T) {
	text := fmt.Sprintf("wide\nVEHICLE\nNUMBER CAPACITY\n1 9\nCUSTOMER\nCUST NO.\n0 0 0 0 0 9e6 0\n1 %d 0 1 0 8e6 0\n", 1_000_000)
	in, err := vrplib.Read(strings.NewReader(text), vrplib.Auto)
	if err != nil {
		t.Fatal(err)
	}
	c, err := vrplib.ParseConvention("exact")
	if err != nil {
		t.Fatal(err)
	}
	m, err := in.Model(c)
	if err != nil {
		t.Fatal(err)
	}
	leg := int64(m.Problem.DistanceBetween(0, 0, 1))
	if leg != 1_000_000_000 || m.Stated(leg) != 1_000_000 || m.Format(leg) != "1000000.00" {
		t.Errorf("leg %d, stated %v, %s", leg, m.Stated(leg), m.Format(leg))
	}
}
