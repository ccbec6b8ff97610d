package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// solomon is a file of the 1987 layout with a depot open from 0 to 230, vehicles of capacity
// 20 and the given customers.
func solomon(vehicles int, customers ...string) string {
	text := fmt.Sprintf("C1\n\nVEHICLE\nNUMBER     CAPACITY\n  %d         20\n\nCUSTOMER\n"+
		"CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME\n\n    0      35      35       0          0       230          0\n", vehicles)
	for i, c := range customers {
		text += fmt.Sprintf("  %d  %s\n", i+1, c)
	}
	return text
}

// Difficult files end with what can be served and a reason for each customer that cannot.
func TestSolveDifficultFiles(t *testing.T) {
	for _, x := range []struct {
		name, file string
		routes     int
		unserved   []Unserved
	}{
		{"no customers", solomon(3), 0, nil},
		{"one customer", solomon(3, "41 49 10 0 230 10"), 1, nil},
		{"two customers, one vehicle", solomon(1, "41 49 10 0 230 10", "41 49 10 0 230 10"), 1, nil},
		{"more than one vehicle holds", solomon(1, "41 49 15 0 230 10", "35 35 15 0 230 10"), 1, []Unserved{{0, "no_vehicle_left"}}},
		{"no demand at all", solomon(1, "41 49 0 0 230 10", "35 35 0 0 230 10"), 1, nil},
		{"a demand above every capacity", solomon(3, "41 49 21 0 230 10", "35 36 1 0 230 10"), 1, []Unserved{{1, "capacity"}}},
		{"a window out of reach", solomon(3, "95 35 1 0 50 10", "35 36 1 0 230 10"), 1, []Unserved{{1, "time_window"}}},
		{"back too late", solomon(3, "95 35 1 180 230 10"), 0, []Unserved{{1, "shift"}}},
		{"the depot alone", "NAME : d\nTYPE : CVRP\nDIMENSION : 1\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 1\nNODE_COORD_SECTION\n1 0 0\n" +
			"DEMAND_SECTION\n1 0\nDEPOT_SECTION\n1\n-1\nEOF\n", 0, nil},
		{"at the end of the numbers", "NAME : h\nTYPE : CVRP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 1000000000\nNODE_COORD_SECTION\n1 0 0\n2 1000000000 0\n" +
			"3 -1000000000 0\nDEMAND_SECTION\n1 0\n2 1000000000\n3 1000000000\nDEPOT_SECTION\n1\n-1\nEOF\n", 2, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			for _, o := range []SolveOptions{{Iterations: 200}, {Time: 5 * time.Millisecond}} {
				s, err := Solve(context.Background(), strings.NewReader(x.file), o)
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Report.Err(); err != nil || s.Vehicles != x.routes || s.Feasible != (len(x.unserved) == 0) || s.Cost < 0 {
					t.Errorf("%v, %d routes, feasible %v, cost %v", err, s.Vehicles, s.Feasible, s.Cost)
				}
				if len(s.Unserved) != len(x.unserved) {
					t.Fatalf("unserved %v, want %v", s.Unserved, x.unserved)
				}
				for i, want := range x.unserved {
					if got := s.Unserved[i]; got.Reason != want.Reason || (want.Node != 0 && got.Node != want.Node) {
						t.Errorf("unserved %v, want %v", got, want)
					}
				}
			}
		})
	}
}

// A malformed file is refused with line and reason.
func TestSolveMalformedFiles(t *testing.T) {
	for _, x := range []struct{ file, want string }{
		{solomon(1, "41 49 ten 0 230 10"), `line 11: demand: "ten" is not a number`},
		{solomon(1, "41 49 -1 0 230 10"), "line 11: node 1 has a negative demand"},
		{solomon(1, "41 49 10 0"), "line 11"},
		{"", "line 1: none of the known formats"},
	} {
		_, err := Solve(context.Background(), strings.NewReader(x.file), SolveOptions{Iterations: 1})
		if !errors.Is(err, vrplib.ErrSyntax) || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%v, want %s", err, x.want)
		}
	}
}
