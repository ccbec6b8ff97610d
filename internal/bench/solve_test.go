package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// small has an optional customer that does not pay, and one that no vehicle can carry.
const small = `NAME : small
TYPE : PCVRPTW
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 900 900
5 1 1
DEMAND_SECTION
1 0
2 5
3 5
4 5
5 50
PRIZE_SECTION
1 0
2 0
3 100
4 3
5 0
DEPOT_SECTION
1
-1
EOF
`

func TestSolve(t *testing.T) {
	var told int
	s, err := Solve(context.Background(), strings.NewReader(small), SolveOptions{Convention: "cvrplib", Iterations: 2000, Seed: 3,
		Progress: func(time.Duration, int64, string) { told++ }})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(s.Result)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"instance":"small"`, `"convention":"cvrplib"`, `"cost":23`, `"vehicles":1`, `"feasible":false`,
		`{"node":3,"reason":"prize"}`, `{"node":4,"reason":"capacity"}`, `"iterations":`, `"wall_s":`, `"cpu_s":`, `"seed":3`, `"threads":1`} {
		if !bytes.Contains(raw, []byte(part)) {
			t.Errorf("no %s in %s", part, raw)
		}
	}
	var file strings.Builder
	if err := s.Model.WriteSolution(&file, &s.Solution); err != nil {
		t.Fatal(err)
	}
	again, err := Solve(context.Background(), strings.NewReader(small), SolveOptions{Format: "cvrplib", Convention: "cvrplib",
		Time: 5 * time.Millisecond, Clock: "wall", Initial: strings.NewReader(file.String())})
	if err != nil || again.Cost != s.Cost {
		t.Errorf("from its own solution: %v, cost %v after %v", err, again.Cost, s.Cost)
	}
}

func TestSolveServesAll(t *testing.T) {
	var file bytes.Buffer
	if err := vrplib.Write(&file, Town(40, 2)); err != nil {
		t.Fatal(err)
	}
	s, err := Solve(context.Background(), &file, SolveOptions{Iterations: 500})
	if err != nil || !s.Feasible || len(s.Unserved) != 0 || s.Convention != "cvrplib" {
		t.Errorf("%v, %+v", err, s)
	}
}

func TestSolveErrors(t *testing.T) {
	for name, o := range map[string]SolveOptions{
		"format":     {Format: "json", Iterations: 1},
		"convention": {Convention: "best", Iterations: 1},
		"clock":      {Clock: "sun", Iterations: 1},
		"threads":    {Threads: -1, Iterations: 1},
		"budget":     {},
		"initial":    {Iterations: 1, Initial: strings.NewReader("Route #1: 77\n")},
		"other file": {Iterations: 1, Format: "solomon"},
	} {
		if _, err := Solve(context.Background(), strings.NewReader(small), o); err == nil {
			t.Errorf("no error for a bad %s", name)
		}
	}
}
