package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options are what the command line says; the zero value of a field means the protocol's.
type Options struct {
	Set     string          // directory of instances; only those below it are measured
	BKS     string          // bks.csv; the files it lists lie below its directory. Empty: Set/bks.csv
	Lines   []string        // names of lines, all of them if empty
	PerLine int             // instances of a line, 8
	Towns   []int           // sizes of generated towns to measure too
	Budgets []time.Duration // 1 s and 10 s
	Seeds   []uint64        // 1, 2, 3
	Threads int             // searches at a time; 0 means one
	Clock   string          // cpu where there is one, else wall
	Out     string          // results file
	Commit  string
	Report  string // file to write the report to after the runs, with the picture beside it; empty for none

	Progress func(left int, row *Row) // as in Config
}

// protocolMost is what 60 seconds are limited to.
var protocolMost = Most{Instances: 5, Seeds: 1}

// Measure chooses instances, makes the runs that the results file lacks, and writes the
// report over all results files in its directory. Errors name the file or the line.
func Measure(ctx context.Context, o Options) error {
	c, err := o.config()
	if err != nil {
		return err
	}
	if err := Run(ctx, c); err != nil || o.Report == "" {
		return err
	}
	return WriteReport(o.Report, filepath.Dir(o.Out))
}

func (o *Options) config() (Config, error) {
	if o.BKS == "" {
		o.BKS = filepath.Join(o.Set, "bks.csv")
	}
	data := filepath.Dir(o.BKS)
	f, err := os.Open(o.BKS)
	if err != nil {
		return Config{}, err
	}
	defer f.Close()
	records, err := Records(f)
	if err != nil {
		return Config{}, err
	}
	if o.Set != "" {
		below, err := filepath.Rel(data, o.Set)
		if err != nil {
			return Config{}, err
		}
		records = slices.DeleteFunc(records, func(r Record) bool {
			return below != "." && !strings.HasPrefix(r.File, filepath.ToSlash(below)+"/")
		})
	}
	lines, err := named(o.Lines)
	if err != nil {
		return Config{}, err
	}
	c := Config{
		Data: data, Chosen: append(Choose(records, lines, or(o.PerLine, 8)), Towns(o.Towns...)...),
		Budgets: o.Budgets, Seeds: o.Seeds, Threads: or(o.Threads, 1), Clock: o.Clock,
		Most:   map[time.Duration]Most{time.Minute: protocolMost},
		Commit: o.Commit, Machine: Machine(), Results: o.Out, Progress: o.Progress,
	}
	if len(c.Chosen) == 0 {
		return c, fmt.Errorf("%w: no instance of these lines below %s", ErrConfig, o.Set)
	}
	if c.Budgets == nil {
		c.Budgets = []time.Duration{time.Second, 10 * time.Second}
	}
	if c.Seeds == nil {
		c.Seeds = []uint64{1, 2, 3}
	}
	if c.Clock == "" {
		if c.Clock = "wall"; HasCPU {
			c.Clock = "cpu"
		}
	}
	return c, nil
}

func or(x, otherwise int) int {
	if x == 0 {
		return otherwise
	}
	return x
}

// named picks lines by name, all of them without names.
func named(names []string) ([]Line, error) {
	all := Lines()
	for _, n := range names {
		if !slices.ContainsFunc(all, func(l Line) bool { return l.Name == n }) {
			return nil, fmt.Errorf("%w: no line %q", ErrConfig, n)
		}
	}
	if len(names) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(l Line) bool { return !slices.Contains(names, l.Name) }), nil
}

// WriteReport writes the report and the picture gap.svg beside it from all results files
// (*.csv) of a directory, in order of name.
func WriteReport(path, results string) error {
	files, err := filepath.Glob(filepath.Join(results, "*.csv"))
	if err != nil {
		return err
	}
	var rows []Row
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		part, err := ReadRows(bytes.NewReader(raw))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		rows = append(rows, part...)
	}
	var text, picture bytes.Buffer
	if err := Plot(&picture, rows, Lines()); err != nil {
		return err
	}
	if err := Report(&text, rows, Lines(), "gap.svg"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "gap.svg"), picture.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}
