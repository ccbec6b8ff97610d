package bench

import (
	"bytes"
	"context"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const known = `instance,customers,objective_convention,bks,bks_vehicles,source,file
X-n101-k25,100,CVRPLIB: EUC_2D rounded to nearest int per arc,27591,26,somewhere,cvrp-X/X-n101-k25.vrp
X-n106-k14,105,CVRPLIB: EUC_2D rounded to nearest int per arc,26362,14,somewhere,cvrp-X/X-n106-k14.vrp
R101,100,"VEHICLES-FIRST then distance, double precision, 2 decimals",1650.80,19,somewhere,vrptw-solomon/R101.txt
R101,100,"DISTANCE-ONLY, double precision, 2 decimals (old)",1642.88,20,somewhere,vrptw-solomon/R101.txt
R101,100,DIMACS: distance-only; d=floor(10*euclid)/10,1637.7,,somewhere,vrptw-solomon/R101.txt
lr101,100,"Li&Lim SINTEF: VEHICLES-FIRST then distance",1650.80,19,somewhere,pdptw-lilim/100/lr101.txt
X129-FSMFD,128,HFVRP,5921884811,500,somewhere,pyvrp-HFVRP/X129-FSMFD.vrp
PR11A,363,MDVRPTW,6655548,40,somewhere,pyvrp-MDVRPTW/PR11A.vrp
`

func TestRecords(t *testing.T) {
	list, err := Records(strings.NewReader(known))
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{"X-n101-k25", "cvrp-X", 100, "cvrplib", 27591, 26, "cvrp-X/X-n101-k25.vrp"},
		{"X-n106-k14", "cvrp-X", 105, "cvrplib", 26362, 14, "cvrp-X/X-n106-k14.vrp"},
		{"R101", "vrptw-solomon", 100, "vehicles-first", 1650.80, 19, "vrptw-solomon/R101.txt"},
		{"R101", "vrptw-solomon", 100, "exact", 1642.88, 20, "vrptw-solomon/R101.txt"},
		{"R101", "vrptw-solomon", 100, "dimacs", 1637.7, 0, "vrptw-solomon/R101.txt"},
		{"lr101", "pdptw-lilim", 100, "vehicles-first", 1650.80, 19, "pdptw-lilim/100/lr101.txt"},
		{"X129-FSMFD", "pyvrp-HFVRP", 128, "hundredths", 59218.84811, 500, "pyvrp-HFVRP/X129-FSMFD.vrp"},
		{"PR11A", "pyvrp-MDVRPTW", 363, "exact-x1000", 6655548, 40, "pyvrp-MDVRPTW/PR11A.vrp"},
	}
	for i := range want {
		if list[i] != want[i] {
			t.Errorf("row %d: %+v, want %+v", i, list[i], want[i])
		}
		if _, err := vrplib.ParseConvention(list[i].Convention); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"a,b\n1,2\n", known + "x,many,c,1,1,s,a/b\n", known + "x,1,c,0,1,s,a/b\n", known + "x,1,c,1,1,s,b\n"} {
		if _, err := Records(strings.NewReader(bad)); err == nil {
			t.Errorf("no error for %q", bad)
		}
	}
}

func TestChooseTakesTheFirstByDigest(t *testing.T) {
	list, err := Records(strings.NewReader(known))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, c := range Choose(list, Lines(), 1) {
		names[c.Line.Name] += c.Instance + " " + c.Convention
	}
	// sha256("X-n106-k14") is below sha256("X-n101-k25").
	first := "X-n101-k25 cvrplib"
	if digest("X-n106-k14") < digest("X-n101-k25") {
		first = "X-n106-k14 cvrplib"
	}
	for line, want := range map[string]string{"cvrp-100-300": first, "vrptw-100": "R101 dimacs",
		"pdptw-100-400": "lr101 exact", "pdptw-vehicles": "lr101 vehicles-first", "hfvrp": "X129-FSMFD hundredths", "vrptw-400": ""} {
		if names[line] != want {
			t.Errorf("%s: %q, want %q", line, names[line], want)
		}
	}
	if n := len(Choose(list, Lines()[:1], 8)); n != 2 {
		t.Errorf("chose %d of 2", n)
	}
}

func TestEveryLineHasAConvention(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Lines() {
		if _, err := vrplib.ParseConvention(l.Convention); err != nil || seen[l.Name] || l.Min > l.Max {
			t.Errorf("%s: %v", l.Name, err)
		}
		seen[l.Name] = true
	}
}

func sampleRows() []Row {
	row := func(solver, line, instance string, budget float64, seed uint64, gap float64) Row {
		r := Row{Solver: solver, Line: line, Instance: instance, Family: "f", Convention: "dimacs", Budget: budget, Clock: "cpu",
			Seed: seed, Threads: 1, Cost: 100 + gap, Best: 100, Gap: gap, Vehicles: 3, Feasible: true, Iterations: 7,
			First: 0.5, Wall: budget, CPU: budget + 0.001, Commit: "abc", Machine: "m"}
		if math.IsNaN(gap) {
			r.Feasible, r.Missing, r.Cost = false, 2, math.NaN()
		}
		return r
	}
	old := row(ours, "vrptw-100", "R101", 1, 1, 50)
	old.Commit = "before"
	two := row(ours, "vrptw-100", "R101", 1, 1, 0.05)
	two.Threads = 2
	first := row(ours, "pdptw-city", "bar", 1, 1, 2)
	first.Convention, first.BestVehicles = "vehicles-first", 2
	big := row(ours, "town", "town-1000-1", 1, 1, 0)
	big.Family, big.Best, big.Gap = town, 0, math.NaN()
	return []Row{
		old, big,
		row(ours, "vrptw-100", "R101", 1, 1, 0.1), row(ours, "vrptw-100", "R101", 1, 2, 0.3), row(ours, "vrptw-100", "C101", 1, 1, 0),
		row(ours, "vrptw-100", "R101", 10, 1, 0.2), row(ours, "cvrp-1000", "X", 1, 1, math.NaN()),
		row(ours, "cvrp-1000", "Y", 1, 1, 2), row("peer 1", "vrptw-100", "R101", 1, 1, 0.5), two, first,
	}
}

func TestRowsReadBack(t *testing.T) {
	var file bytes.Buffer
	rows := sampleRows()
	if err := WriteRows(&file, true, rows[:2]...); err != nil {
		t.Fatal(err)
	}
	if err := WriteRows(&file, false, rows[2:]...); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	again, err := ReadRows(&file)
	if err != nil {
		t.Fatal(err)
	}
	var second bytes.Buffer
	if err := WriteRows(&second, true, again...); err != nil || second.String() != text || len(again) != len(rows) {
		t.Errorf("%v\n%s\nbecame\n%s", err, text, second.String())
	}
	if _, err := ReadRows(strings.NewReader(text[:len(text)-40])); err == nil {
		t.Error("no error for a half written line")
	}
	if _, err := ReadRows(strings.NewReader("a,b\n1,2\n")); err == nil {
		t.Error("no error for other columns")
	}
	if rows, err := ReadRows(strings.NewReader("")); rows != nil || err != nil {
		t.Error(rows, err)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at it and run go test -update\n%s", name, got)
	}
}

func TestReportAndPlot(t *testing.T) {
	var md, svg bytes.Buffer
	if err := Report(&md, sampleRows(), Lines(), "gap.svg"); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.md", md.Bytes())
	if err := Plot(&svg, sampleRows(), Lines()); err != nil {
		t.Fatal(err)
	}
	golden(t, "gap.svg", svg.Bytes())
	if err := Report(&bytes.Buffer{}, nil, Lines(), ""); err != nil {
		t.Error(err)
	}
	if err := Plot(&bytes.Buffer{}, nil, Lines()); err != nil {
		t.Error(err)
	}
}

func TestTownIsServable(t *testing.T) {
	in := Town(300, 7)
	m, err := in.Model(in.DefaultConvention())
	if err != nil {
		t.Fatal(err)
	}
	p := m.Problem
	for i := range p.Jobs {
		j := &p.Jobs[i]
		out := int64(p.DurationBetween(0, 0, j.Place, 0))
		start := max(out, j.Windows[0].Open)
		if start > j.Windows[0].Close || start+j.Service+out > p.Vehicles[0].Shift.Close {
			t.Errorf("customer %d cannot be served alone: %+v, %d away", i, j.Windows, out)
		}
	}
	if other := Town(300, 7); other.Nodes[300] != in.Nodes[300] {
		t.Error("the same seed gave another town")
	}
}

// TestRunResumes measures a tiny instance, interrupts nothing, and runs again: nothing new.
func TestRunResumes(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cvrp-X"), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "cvrp-X", "town.vrp"))
	if err != nil {
		t.Fatal(err)
	}
	if err := vrplib.Write(f, Town(30, 1)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	runs := 0
	c := Config{
		Data: dir, Budgets: []time.Duration{5 * time.Millisecond, 10 * time.Millisecond}, Seeds: []uint64{1, 2}, Threads: 1, Clock: "wall",
		Most:   map[time.Duration]Most{10 * time.Millisecond: {Instances: 1, Seeds: 1}},
		Chosen: []Chosen{{Lines()[0], Record{"town", "cvrp-X", 30, "cvrplib", 1000, 3, "cvrp-X/town.vrp"}}},
		Commit: "abc", Machine: "m", Results: filepath.Join(dir, "rows.csv"),
		Progress: func(_ int, row *Row) {
			if row != nil {
				runs++
			}
		},
	}
	for range 2 {
		if err := Run(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(c.Results)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := ReadRows(bytes.NewReader(raw))
	if err != nil || len(rows) != 3 || runs != 3 {
		t.Fatalf("%d rows after %d runs, %v", len(rows), runs, err)
	}
	if r := rows[0]; !r.Feasible || math.IsNaN(r.Gap) || r.Cost <= 0 || r.Vehicles == 0 {
		t.Errorf("%+v", r)
	}
	c.Chosen, c.Commit = append(Towns(20), c.Chosen...), "town"
	if err := Run(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	c.Chosen, c.Commit = c.Chosen[1:], "def"
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Run(ctx, c); err == nil {
		t.Error("a canceled measurement ended without error")
	}
	for _, bad := range []func(*Config){
		func(c *Config) { c.Clock = "sun" }, func(c *Config) { c.Threads = 0 },
		func(c *Config) { c.Chosen[0].File = "cvrp-X/none.vrp" }, func(c *Config) { c.Results = filepath.Join(dir, "no", "rows.csv") },
	} {
		d := c
		d.Chosen = append([]Chosen(nil), c.Chosen...)
		bad(&d)
		if err := Run(context.Background(), d); err == nil {
			t.Error("no error for a bad configuration")
		}
	}
}

// The list that the protocol fixed is what Choose takes: lines in the table's order, names by digest.
func TestInstancesOfTheProtocol(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "bench", "vrp", "instances.csv"))
	if err != nil {
		t.Fatal(err)
	}
	byLine := map[string][]string{}
	for i, text := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if fields := strings.Split(text, ","); i > 0 {
			byLine[fields[0]] = append(byLine[fields[0]], fields[1])
		}
	}
	for _, l := range Lines() {
		names := byLine[l.Name]
		if len(names) == 0 || len(names) > 8 {
			t.Errorf("%s: %d instances", l.Name, len(names))
		}
		for i := 1; i < len(names); i++ {
			if digest(names[i-1]) > digest(names[i]) {
				t.Errorf("%s: %s before %s", l.Name, names[i-1], names[i])
			}
		}
	}
}

func TestMeasureWritesRowsAndReport(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := vrplib.Write(&file, Town(20, 3)); err != nil {
		t.Fatal(err)
	}
	write("data/cvrp-X/a.vrp", file.String())
	write("data/bks.csv", "instance,customers,c,bks,v,s,file\na,100,CVRPLIB,1000,3,s,cvrp-X/a.vrp\nb,100,DIMACS,10,3,s,vrptw-solomon/b.txt\n")
	write("results/old.csv", "")
	o := Options{Set: filepath.Join(dir, "data", "cvrp-X"), BKS: filepath.Join(dir, "data", "bks.csv"), Clock: "wall",
		Budgets: []time.Duration{time.Millisecond}, Seeds: []uint64{1}, Out: filepath.Join(dir, "results", "new.csv"),
		Report: filepath.Join(dir, "REPORT.md"), Commit: "abc"}
	if err := Measure(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"REPORT.md", "gap.svg"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Contains(raw, []byte("CVRP 100-300")) {
			t.Errorf("%s: %v\n%s", name, err, raw)
		}
	}
	for _, bad := range []func(*Options){
		func(o *Options) { o.BKS = filepath.Join(dir, "none.csv") },
		func(o *Options) { o.Lines = []string{"tsp"} },
		func(o *Options) { o.Lines = []string{"vrptw-100"} }, // none below Set
	} {
		p := o
		bad(&p)
		if err := Measure(context.Background(), p); err == nil {
			t.Error("no error for bad options")
		}
	}
	write("results/broken.csv", "a,b\n")
	if err := Measure(context.Background(), o); err == nil {
		t.Error("no error for a broken results file")
	}
}

// Rows by the wall clock tell about threads and nothing else, where there are others.
func TestWallRowsStandApart(t *testing.T) {
	rows := sampleRows()
	wall := rows[2]
	wall.Clock, wall.Gap, wall.Cost = "wall", 9, 109
	wallTwo := wall
	wallTwo.Threads, wallTwo.Gap = 2, 7
	rows = append(rows, wall, wallTwo)
	var text strings.Builder
	if err := Report(&text, rows, Lines(), ""); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "| VRPTW 100 | 1 s | 1 | 9.00 | 7.00 |") || strings.Count(text.String(), "9.00") != 1 {
		t.Errorf("%s", text.String())
	}
}
