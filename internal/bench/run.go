package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// Config is what to measure.
type Config struct {
	Data    string // directory below which the instances lie
	Chosen  []Chosen
	Budgets []time.Duration
	Most    map[time.Duration]Most // limits for a budget; without an entry everything chosen
	Seeds   []uint64
	Threads int    // searches at a time, 1 or more
	Clock   string // cpu, the mean over threads, or wall
	Commit  string
	Machine string // see Machine
	Results string // file to append to

	// Progress is told before each run how many are left, and after it its row.
	Progress func(left int, row *Row)
}

// Most limits the runs of a long budget: the protocol takes five instances and one seed at
// 60 seconds.
type Most struct{ Instances, Seeds int }

// ErrConfig says that a measurement cannot be made as asked.
var ErrConfig = errors.New("bench: cannot measure")

// Run makes all runs that the results file does not hold yet, one at a time, each row
// written before the next run begins. A context that is done ends it after the current run.
func Run(ctx context.Context, c Config) error {
	if c.Clock == "cpu" && !HasCPU {
		return fmt.Errorf("%w: no processor clock on this system, use wall", ErrConfig)
	}
	if c.Clock != "cpu" && c.Clock != "wall" {
		return fmt.Errorf("%w: the clock is cpu or wall, not %q", ErrConfig, c.Clock)
	}
	if c.Threads < 1 {
		return fmt.Errorf("%w: %d threads", ErrConfig, c.Threads)
	}
	done, isNew, err := c.done()
	if err != nil {
		return err
	}
	var todo []Row
	for _, row := range c.rows() {
		if !done[row.key()] {
			todo = append(todo, row)
		}
	}
	out, err := os.OpenFile(c.Results, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	for i := range todo {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if c.Progress != nil {
			c.Progress(len(todo)-i, nil)
		}
		if err := c.one(ctx, &todo[i]); err != nil {
			return fmt.Errorf("%s: %w", todo[i].Instance, err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx) // the run was cut short: not a measurement
		}
		if err := WriteRows(out, isNew, todo[i]); err != nil {
			return err
		}
		isNew = false
		if c.Progress != nil {
			c.Progress(len(todo)-i-1, &todo[i])
		}
	}
	return out.Close()
}

// done reads which runs are measured.
func (c *Config) done() (map[string]bool, bool, error) {
	raw, err := os.ReadFile(c.Results)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, false, err
	}
	rows, err := ReadRows(bytes.NewReader(raw))
	if err != nil {
		return nil, false, err
	}
	done := map[string]bool{}
	for i := range rows {
		done[rows[i].key()] = true
	}
	return done, len(raw) == 0, nil
}

// rows are all runs asked for: short budgets first, then seed by seed, so that an
// interrupted measurement has something of every line.
func (c *Config) rows() []Row {
	var list []Row
	for _, budget := range c.Budgets {
		most, limited := c.Most[budget]
		for k, seed := range c.Seeds {
			if limited && k >= most.Seeds {
				break
			}
			taken := map[string]int{}
			for i := range c.Chosen {
				x := &c.Chosen[i]
				if taken[x.Line.Name]++; limited && taken[x.Line.Name] > most.Instances {
					continue
				}
				list = append(list, Row{Solver: "rumbo", Line: x.Line.Name, Instance: x.Instance, Family: x.Family,
					Convention: x.Convention, Budget: budget.Seconds(), Clock: c.Clock, Seed: seed, Threads: c.Threads,
					Best: x.Best, BestVehicles: x.Vehicles, Commit: c.Commit, Machine: c.Machine})
			}
		}
	}
	return list
}

// model reads the instance of a row.
func (c *Config) model(row *Row) (*vrplib.Model, error) {
	for i := range c.Chosen {
		if c.Chosen[i].Line.Name != row.Line || c.Chosen[i].Instance != row.Instance {
			continue
		}
		in, err := c.read(&c.Chosen[i].Record)
		if err != nil {
			return nil, err
		}
		convention, err := vrplib.ParseConvention(row.Convention)
		if err != nil {
			return nil, err
		}
		return in.Model(convention)
	}
	return nil, fmt.Errorf("%w: not chosen", ErrConfig)
}

// read opens an instance, or generates it.
func (c *Config) read(r *Record) (*vrplib.Instance, error) {
	if r.Family == town {
		return Town(r.Customers, townSeed), nil
	}
	f, err := os.Open(filepath.Join(c.Data, filepath.FromSlash(r.File)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return vrplib.Read(f, vrplib.Auto)
}

// one makes one run and fills its row. Reading the file is not part of the run.
func (c *Config) one(ctx context.Context, row *Row) error {
	m, err := c.model(row)
	if err != nil {
		return err
	}
	runtime.GC() // the last run's garbage is not this one's work
	wall, cpu := time.Now(), CPU()
	elapsed := func() time.Duration { return (CPU() - cpu) / time.Duration(row.Threads) }
	if c.Clock == "wall" {
		elapsed = func() time.Duration { return time.Since(wall) }
	}
	s, stats, err := solver.Run(ctx, m.Problem, solver.Options{
		Seed:    row.Seed,
		Threads: row.Threads,
		Budget:  time.Duration(row.Budget * float64(time.Second)),
		Elapsed: elapsed,
	})
	if err != nil {
		return err
	}
	row.Wall, row.CPU = time.Since(wall).Seconds(), (CPU() - cpu).Seconds()
	row.Iterations, row.First = stats.Iterations, stats.ConstructedAt.Seconds()
	report := check.Solution(m.Problem, &s)
	row.judge(m, &report)
	return nil
}

// judge fills in what the referee says.
func (r *Row) judge(m *vrplib.Model, report *check.Report) {
	r.Vehicles, r.Missing = report.Vehicles, report.Missing
	r.Feasible = report.Feasible() && report.Missing == 0
	r.Cost, r.Gap = m.Stated(report.Cost.Total()), math.NaN()
	if r.Feasible && r.Best > 0 {
		r.Gap = 100 * (r.Cost - r.Best) / r.Best
	}
}

// Machine describes where a measurement was made as far as it matters to it: system,
// processor and how many of them, no names.
func Machine() string {
	text := fmt.Sprintf("%s/%s, %d CPU", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return text
	}
	for line := range strings.Lines(string(info)) {
		key, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(key) == "model name" {
			return text + ", " + strings.TrimSpace(value)
		}
	}
	return text
}
