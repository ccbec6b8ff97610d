package vrplib_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// TestMalformed changes one thing in a good file and expects the line and the reason.
func TestMalformed(t *testing.T) {
	for _, x := range []struct {
		file, old, new string
		line           int
		reason         string
	}{
		{"square.vrp", "DIMENSION : 9", "DIMENSION : 10", 17, "ends after 9 of 10 nodes"},
		{"square.vrp", "DIMENSION : 9", "DIMENSION : 99999999999", 4, "must be 1 to"},
		{"square.vrp", "EUC_2D", "GEO", 5, "GEO is not supported"},
		{"square.vrp", "CAPACITY : 10\n", "", 0, "no CAPACITY"},
		{"square.vrp", "CAPACITY : 10", "CAPACITY : ten", 6, `"ten" is not a number`},
		{"square.vrp", "CAPACITY : 10", "CAPACITY : 10\nCAPACITY : 11", 7, "appears twice"},
		{"square.vrp", "CAPACITY : 10", "COLOR : 10", 6, "COLOR is not supported"},
		{"square.vrp", "2 3 4\n", "2 3 nan\n", 9, "not a number"},
		{"square.vrp", "2 3 4\n", "2 3 1e300\n", 9, "not a number up to"},
		{"square.vrp", "2 3 4\n", "2 3\n", 9, "needs 3 columns"},
		{"square.vrp", "2 3 4\n", "7 3 4\n", 9, "node 7 where node 2"},
		{"square.vrp", "2 4\n", "1 4\n", 19, "node 1 appears twice"},
		{"square.vrp", "2 4\n", "2 -4\n", 19, "must be 0 to"},
		{"square.vrp", "2 4\n", "2 4.5\n", 19, "not a whole number"},
		{"square.vrp", "DEPOT_SECTION\n1\n", "", 0, "no DEPOT_SECTION"},
		{"square.vrp", "DEPOT_SECTION\n1\n", "DEPOT_SECTION\n12\n", 28, "must be 1 to 9"},
		{"square.vrp", "DEPOT_SECTION\n1\n", "DEPOT_SECTION\n1\n1\n", 29, "twice"},
		{"square.vrp", "DEMAND_SECTION", "HORIZON_SECTION", 17, "HORIZON_SECTION is not supported"},
		{"square.vrp", "1 0\n", "1 3\n", 0, "depot and has a demand"},
		{"triangle.vrp", "30 6\n7", "30 6", 12, "is not a number"},
		{"triangle.vrp", "LOWER_ROW", "SPIRAL", 8, `"SPIRAL" is not supported`},
		{"triangle.vrp", "30 6", "30 -6", 11, "must be 0 to"},
		{"mixed.vrp", "VEHICLES: 3", "VEHICLES: 4", 0, "VEHICLES is 4"},
		{"mixed.vrp", "2 20\n", "5 20\n", 21, "vehicle 5 where vehicle 2"},
		{"mixed.vrp", "3 1000\n", "", 0, "different numbers of vehicles"},
		{"day.vrp", "VEHICLES_DEPOT_SECTION\n1 1\n2 2\n", "", 0, "several depots"},
		{"day.vrp", "VEHICLES_DEPOT_SECTION\n1 1\n", "VEHICLES_DEPOT_SECTION\n1 3\n", 0, "which is no depot"},
		{"day.vrp", "4 40 90", "4 95 90", 0, "closes at 90"},
		{"groups.vrp", "1 2 3", "1 2 4", 21, "two groups"},
		{"pairs.vrp", "3 -5 10 60 2 2 0", "3 -5 10 60 2 0 0", 0, "no pickup"},
		{"pairs.vrp", "3 -5 10 60 2 2 0", "3 -5 10 60 2 1 0", 0, "not a pickup"},
		{"solomon.txt", "NUMBER", "TRUCKS", 4, "NUMBER should be"},
		{"solomon.txt", "    2      4 ", "    5      4 ", 0, "node 5 where node 2"},
		{"solomon.txt", "         20         30          5", "         20         30", 13, "7 columns"},
		{"lilim.txt", "2\t20\t1\n", "2\t20\t7\n", 1, "speed"},
		{"lilim.txt", "\t0\t3\n", "\t0\t4\n", 0, "not a pickup and its delivery"},
		{"lilim.txt", "\t0\t3\n", "\t1\t3\n", 3, "not both"},
		{"lilim.txt", "\t0\t3\n", "\t0\t0\n", 0, "neither a pickup"},
		{"lilim.txt", "-12", "12", 5, "positive demand"},
		{"sartori.txt", "6 5 0\n", "", 18, "needs 3 columns"},
		{"sartori.txt", "SIZE: 3\n", "", 10, "NODES before SIZE"},
		{"sartori.txt", "CAPACITY: 5\n", "", 0, "no CAPACITY"},
		{"cordeau.txt", "2 1 3 2", "1 1 3 2", 1, "type 1"},
		{"cordeau.txt", "2 1 3 2", "0 1 3 2", 1, "one depot"},
		{"cordeau.txt", "2 1 3 2", "2 1 9 2", 0, "the file ends"},
		{"cordeau.txt", "2 1 3 2", "2 1 2 2", 0, "more rows"},
		{"cordeau.txt", "  3 90 0 1 5 1 2 1 2", "  2 90 0 1 5 1 2 1 2", 0, "appears twice"},
		{"hvrp.txt", " -3 4 15\n", "", 0, "the file ends"},
		{"hvrp.txt", " 3 2 999999.0", " 1 2 999999.0", 0, "more rows"},
		{"hvrp.txt", "1 20 35.0 1.1", "1 20 35.0", 5, "needs 4 columns"},
	} {
		text := string(open(t, x.file))
		if !strings.Contains(text, x.old) {
			t.Fatalf("%s does not contain %q", x.file, x.old)
		}
		_, err := vrplib.Read(strings.NewReader(strings.Replace(text, x.old, x.new, 1)), vrplib.Auto)
		var s *vrplib.SyntaxError
		switch {
		case !errors.As(err, &s) || !errors.Is(err, vrplib.ErrSyntax):
			t.Errorf("%s with %q: error %v", x.file, x.new, err)
		case !strings.Contains(s.Reason, x.reason) || (x.line != 0 && s.Line != x.line):
			t.Errorf("%s with %q: line %d, %s; want line %d, %s", x.file, x.new, s.Line, s.Reason, x.line, x.reason)
		}
	}
}

func TestMalformedFromTheStart(t *testing.T) {
	for _, text := range []string{"", "\n\n", "hello", "1 2", "a b c d", "{}", "NAME : x"} {
		if _, err := vrplib.Read(strings.NewReader(text), vrplib.Auto); !errors.Is(err, vrplib.ErrSyntax) {
			t.Errorf("%q: %v", text, err)
		}
		for f := vrplib.CVRPLIB; f <= vrplib.HVRP; f++ {
			if _, err := vrplib.Read(strings.NewReader(text), f); !errors.Is(err, vrplib.ErrSyntax) {
				t.Errorf("%q as %v: %v", text, f, err)
			}
		}
	}
	if _, err := vrplib.ParseFormat("json"); err == nil {
		t.Error("no error for an unknown format")
	}
}

func TestInexpressible(t *testing.T) {
	for _, x := range []struct{ file, old, new string }{
		{"solomon.txt", "60          0", "60          7"}, // service at the depot
		{"solomon.txt", "0         60 ", "0          0 "}, // a day of one moment
		{"mixed.vrp", "2 150\n", "2 0.12345678\n"},
		{"square.vrp", "2 3 4\n", "2 3 4e11\n"},
	} {
		text := string(open(t, x.file))
		if !strings.Contains(text, x.old) {
			t.Fatalf("%s does not contain %q", x.file, x.old)
		}
		in, err := vrplib.Read(strings.NewReader(strings.Replace(text, x.old, x.new, 1)), vrplib.Auto)
		if err != nil {
			t.Errorf("%s: %v", x.file, err)
			continue
		}
		if x.file == "square.vrp" { // far beyond 32 bits: unreachable, but no error and no panic
			if m, err := in.Model(in.DefaultConvention()); err != nil || m.Problem.DistanceBetween(0, 0, 1) < 1<<31-1 {
				t.Errorf("huge coordinates: %v", err)
			}
			continue
		}
		if _, err := in.Model(in.DefaultConvention()); !errors.Is(err, vrplib.ErrInexpressible) {
			t.Errorf("%s with %q: %v", x.file, x.new, err)
		}
	}
}

func TestMalformedSolutions(t *testing.T) {
	m := model(t, "mixed.vrp")
	for _, x := range []struct {
		text   string
		line   int
		reason string
	}{
		{"Route #1 1 2", 1, "colon"},
		{"Route #x: 1 2", 1, "number from 1"},
		{"Route #0: 1 2", 1, "number from 1"},
		{"Route #9: 1 2", 1, "no vehicle 9"},
		{"Cost 3\nRoute #1: 1 99", 2, "no node 99"},
		{"Route #1: 1 x", 1, "not a number"},
		{"Route #1: 1 0 2", 1, "do not reload"},
		{"Cost many", 1, "not a number"},
		{"Cost 1\nCost 1", 2, "second cost"},
		{"1 2 3", 1, "neither a route"},
	} {
		_, _, err := m.ReadSolution(strings.NewReader(x.text))
		var s *vrplib.SyntaxError
		if !errors.As(err, &s) || s.Line != x.line || !strings.Contains(s.Reason, x.reason) {
			t.Errorf("%q: %v", x.text, err)
		}
	}
}
