package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/bench"
)

type solveCommand struct {
	File       string        `arg:"" type:"existingfile" help:"Instance: CVRPLIB, Solomon, Li & Lim, Sartori, Cordeau or HVRP."`
	Format     string        `default:"auto" help:"Layout of the file; told by its first lines."`
	Convention string        `help:"How lengths become numbers and what is minimized: cvrplib, dimacs, vehicles-first, exact, …; the format's usual one when absent."`
	Time       time.Duration `default:"10s" help:"Search time."`
	Clock      string        `default:"wall" enum:"wall,cpu" help:"What the time is measured by: ${enum}."`
	Threads    int           `default:"1" help:"Searches at a time."`
	Seed       uint64        `default:"1" help:"Of the search."`
	Iterations int64         `help:"Stop after so many iterations; 0 means none."`
	Initial    string        `type:"existingfile" help:"Solution file to start from."`
	Out        string        `help:"Solution file to write."`
	JSON       bool          `name:"json" help:"Print one JSON object."`
	Progress   bool          `help:"Print the best cost about once a second."`
}

// Run reads, solves, referees and writes.
func (c *solveCommand) Run(ctx context.Context) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	o := bench.SolveOptions{Format: c.Format, Convention: c.Convention, Time: c.Time, Iterations: c.Iterations,
		Clock: c.Clock, Seed: c.Seed, Threads: c.Threads}
	if c.Initial != "" {
		initial, err := os.Open(c.Initial)
		if err != nil {
			return err
		}
		defer initial.Close()
		o.Initial = initial
	}
	if c.Progress {
		o.Progress = func(elapsed time.Duration, iterations int64, cost string) {
			fmt.Fprintf(os.Stderr, "%6.1f s %10d iterations, cost %s\n", elapsed.Seconds(), iterations, cost)
		}
	}
	solved, err := bench.Solve(ctx, file, o)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.Out != "" {
		if err := writeWhole(c.Out, func(w io.Writer) error { return solved.Model.WriteSolution(w, &solved.Solution) }); err != nil {
			return err
		}
	}
	return c.print(solved)
}

func (c *solveCommand) print(s *bench.Solved) error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(s.Result)
	}
	fmt.Printf("cost %s (%s) on %d routes, feasible %t, %d unserved, %d iterations in %.2f s\n",
		s.Model.Format(s.Solution.Cost.Total()), s.Result.Convention, s.Result.Vehicles, s.Result.Feasible, len(s.Result.Unserved), s.Result.Iterations, s.Result.WallS)
	for i := range s.Report.Violations {
		fmt.Printf("  %v\n", s.Report.Violations[i])
	}
	return nil
}

// writeWhole writes beside the file and renames, so that a reader never meets half of it.
func writeWhole(path string, write func(io.Writer) error) error {
	file, err := os.Create(path + ".tmp")
	if err != nil {
		return err
	}
	err = write(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(path + ".tmp")
		return err
	}
	return os.Rename(path+".tmp", path)
}
