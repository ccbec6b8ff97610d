package vrplib_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// TestRecords reads every instance that bench/vrp/bks.csv of RUMBO_DATA lists, and where a
// best known solution lies beside it the referee must find it feasible and reproduce its
// stated cost. Without RUMBO_DATA there is nothing to read.
func TestRecords(t *testing.T) {
	data := os.Getenv("RUMBO_DATA")
	if data == "" {
		t.Log("RUMBO_DATA is not set: nothing compared")
		return
	}
	dir := filepath.Join(data, "bench", "vrp")
	if _, err := os.Stat(dir); err != nil {
		dir = filepath.Join(data, "vrp")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "bks.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	type tally struct{ instances, solutions, matched int }
	families := map[string]*tally{}
	var order []string
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		file := row[6]
		family, _, _ := strings.Cut(file, "/")
		if families[family] == nil {
			families[family] = &tally{}
			order = append(order, family)
		}
		if seen[file] {
			continue
		}
		seen[file] = true
		n := families[family]
		n.instances++
		in := readFile(t, filepath.Join(dir, file))
		if in == nil {
			continue
		}
		// bks.csv takes one depot off the nodes, however many there are.
		if want, _ := strconv.Atoi(row[1]); len(in.Nodes)-1 != want && in.Format != vrplib.LiLim && in.Format != vrplib.Cordeau {
			t.Errorf("%s: %d nodes but one, bks.csv says %d", file, len(in.Nodes)-1, want)
		}
		sol := strings.TrimSuffix(filepath.Join(dir, file), filepath.Ext(file)) + ".sol"
		if _, err := os.Stat(sol); err != nil {
			if _, err := in.Model(in.DefaultConvention()); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			continue
		}
		n.solutions++
		bks, _ := strconv.ParseFloat(row[3], 64)
		if reproduce(t, in, sol, bks) {
			n.matched++
		}
	}
	for _, f := range order {
		n := families[f]
		t.Logf("%-16s %4d instances read, %3d solutions, %3d reproduced", f, n.instances, n.solutions, n.matched)
	}
}

func readFile(t *testing.T, path string) *vrplib.Instance {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return nil
	}
	in, err := vrplib.Read(bytes.NewReader(raw), vrplib.Auto)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return nil
	}
	return in
}

// reproduce completes and referees a solution file.
func reproduce(t *testing.T, in *vrplib.Instance, path string, bks float64) bool {
	t.Helper()
	m, err := in.Model(in.DefaultConvention())
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return false
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return false
	}
	s, stated, err := m.ReadSolution(bytes.NewReader(raw))
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return false
	}
	if err := check.Complete(m.Problem, s); err != nil {
		t.Errorf("%s: %v", path, err)
		return false
	}
	report := check.Solution(m.Problem, s)
	cost := m.Stated(report.Cost.Total())
	// The HFVRP files state either double precision cut to two decimals, which three decimals
	// a leg miss by up to 0.02, or the integer sum itself, in 1/100,000.
	within := 0.005
	if m.Convention.Name == "hundredths" {
		if within = 0.02; stated.Cost > 1e8 {
			within, stated.Cost, bks = 1e-6, stated.Cost/1e5, bks/1e5
		}
	}
	ok := report.Feasible() && report.Missing == 0 && math.Abs(cost-stated.Cost) < within && math.Abs(cost-bks) < within
	if !ok {
		t.Errorf("%s: cost %v, stated %v, in bks.csv %v, missing %d, %v", path, cost, stated.Cost, bks, report.Missing, report.Err())
	}
	return ok
}
