package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/bench"
)

type benchCommand struct {
	VRP benchVRP `cmd:"" name:"vrp" help:"Measure the routing search on published instances (bench/vrp/PROTOCOL.md)."`
}

type benchVRP struct {
	Set     string          `required:"" type:"existingdir" help:"Directory of instances."`
	BKS     string          `name:"bks" help:"Best known values; bks.csv in the directory of instances when absent."`
	Lines   []string        `help:"Lines of the table to measure; all when absent."`
	PerLine int             `name:"per-line" default:"8" help:"Instances of a line."`
	Towns   []int           `help:"Sizes of generated towns to measure too."`
	Budget  []time.Duration `default:"1s,10s" help:"Search times."`
	Seeds   []uint64        `default:"1,2,3" help:"Seeds."`
	Threads int             `default:"1" help:"Searches at a time."`
	Clock   string          `default:"cpu" enum:"cpu,wall" help:"What a budget is measured by: ${enum}."`
	Out     string          `required:"" help:"Results file, resumed when it exists."`
	Report  string          `help:"Report to write after the runs, with its picture beside it."`
	Profile string          `name:"cpu-profile" help:"File for a profile of the processor over all runs, such as default.pgo."`
}

// Run makes the runs that the results file lacks.
func (c *benchVRP) Run(ctx context.Context) error {
	if c.Profile == "" {
		return c.measure(ctx)
	}
	f, err := os.Create(c.Profile)
	if err != nil {
		return err
	}
	if err = pprof.StartCPUProfile(f); err == nil {
		err = c.measure(ctx)
		pprof.StopCPUProfile()
	}
	return errors.Join(err, f.Close())
}

func (c *benchVRP) measure(ctx context.Context) error {
	return bench.Measure(ctx, bench.Options{
		Set: c.Set, BKS: c.BKS, Lines: c.Lines, PerLine: c.PerLine, Towns: c.Towns, Budgets: c.Budget, Seeds: c.Seeds,
		Threads: c.Threads, Clock: c.Clock, Out: c.Out, Commit: build(), Report: c.Report,
		Progress: func(left int, row *bench.Row) {
			if row != nil {
				fmt.Fprintf(os.Stderr, "%5d runs left  %-16s %-20s %6gs seed %d  cost %g  gap %.2f %%\n",
					left, row.Line, row.Instance, row.Budget, row.Seed, row.Cost, row.Gap)
			}
		},
	})
}
