package bench

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Row is one run of one solver on one instance.
type Row struct {
	Solver       string // rumbo, or a peer with its version
	Line         string
	Instance     string
	Family       string
	Convention   string
	Budget       float64 // seconds
	Clock        string  // cpu or wall: what the budget is measured by
	Seed         uint64
	Threads      int
	Cost         float64 // stated unit of the convention; NaN without a solution
	Best         float64 // best known, 0 where nothing is
	BestVehicles int
	Gap          float64 // percent; NaN without a feasible solution
	Vehicles     int
	Feasible     bool // by the referee, with nothing required left out
	Missing      int  // required work not served
	Iterations   int64
	First        float64 // seconds by the clock until a first complete solution stood; NaN where not told
	Wall, CPU    float64 // seconds that the run took
	Commit       string  // of our source; of a peer, what names its build
	Machine      string
}

var columns = []string{"solver", "line", "instance", "family", "convention", "budget_s", "clock", "seed", "threads",
	"cost", "bks", "bks_vehicles", "gap_percent", "vehicles", "feasible", "missing", "iterations", "first_s", "wall_s", "cpu_s", "commit", "machine"}

func (r *Row) fields() []string {
	f := func(x float64, decimals int) string {
		if math.IsNaN(x) {
			return ""
		}
		return strconv.FormatFloat(x, 'f', decimals, 64)
	}
	return []string{r.Solver, r.Line, r.Instance, r.Family, r.Convention, f(r.Budget, -1), r.Clock,
		strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Threads), f(r.Cost, -1), f(r.Best, -1), strconv.Itoa(r.BestVehicles),
		f(r.Gap, 4), strconv.Itoa(r.Vehicles), strconv.FormatBool(r.Feasible), strconv.Itoa(r.Missing),
		strconv.FormatInt(r.Iterations, 10), f(r.First, 3), f(r.Wall, 3), f(r.CPU, 3), r.Commit, r.Machine}
}

// key is what makes two rows the same measurement.
func (r *Row) key() string {
	return strings.Join([]string{r.Solver, r.Line, r.Instance, r.Convention, strconv.FormatFloat(r.Budget, 'f', -1, 64),
		r.Clock, strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Threads), r.Commit, r.Machine}, "|")
}

// ReadRows reads a results file. An empty one has no rows; a last line that an interrupted
// run left half written is an error that names it.
func ReadRows(r io.Reader) ([]Row, error) {
	c := csv.NewReader(r)
	head, err := c.Read()
	if err == io.EOF {
		return nil, nil
	}
	if err != nil || !slices.Equal(head, columns) {
		return nil, fmt.Errorf("bench: results: the columns are not %s", strings.Join(columns, ","))
	}
	var list []Row
	for {
		fields, err := c.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("bench: results: %w", err)
		}
		row, err := parseRow(fields)
		if err != nil {
			line, _ := c.FieldPos(0)
			return nil, fmt.Errorf("bench: results: line %d: %w", line, err)
		}
		list = append(list, row)
	}
}

func parseRow(f []string) (Row, error) {
	var first error
	keep := func(err error) {
		if first == nil {
			first = err
		}
	}
	float := func(s string) float64 {
		if s == "" {
			return math.NaN()
		}
		x, err := strconv.ParseFloat(s, 64)
		keep(err)
		return x
	}
	whole := func(s string) int64 {
		x, err := strconv.ParseInt(s, 10, 64)
		keep(err)
		return x
	}
	seed, err := strconv.ParseUint(f[7], 10, 64)
	keep(err)
	feasible, err := strconv.ParseBool(f[14])
	keep(err)
	return Row{Solver: f[0], Line: f[1], Instance: f[2], Family: f[3], Convention: f[4], Budget: float(f[5]), Clock: f[6],
		Seed: seed, Threads: int(whole(f[8])), Cost: float(f[9]), Best: float(f[10]), BestVehicles: int(whole(f[11])),
		Gap: float(f[12]), Vehicles: int(whole(f[13])), Feasible: feasible, Missing: int(whole(f[15])),
		Iterations: whole(f[16]), First: float(f[17]), Wall: float(f[18]), CPU: float(f[19]),
		Commit: f[20], Machine: f[21]}, first
}

// WriteRows appends rows to a results file, with the head first if it is new.
func WriteRows(w io.Writer, isNew bool, rows ...Row) error {
	c := csv.NewWriter(w)
	if isNew {
		if err := c.Write(columns); err != nil {
			return err
		}
	}
	for i := range rows {
		if err := c.Write(rows[i].fields()); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
