package bench

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// cell sums up the runs of one solver on one line with one budget.
type cell struct {
	solver, line string
	budget       float64
	threads      int
	commit       string
	runs         int
	instances    int                // with or without a gap
	failed       int                // without a feasible solution
	extra        int                // vehicles above the best known, over all feasible runs
	gaps         map[string]float64 // by instance: mean over seeds; vehicles-first: of runs with no vehicle too many
	worst        string             // instance with the largest gap
	overrun      float64            // largest time beyond the budget by the run's clock, seconds
	late         string             // the instance where that was
	cpu          float64            // mean CPU seconds of a run
}

// mean of the gaps over instances, NaN without any.
func (c *cell) mean() float64 {
	sum := 0.0
	for _, name := range sortedKeys(c.gaps) {
		sum += c.gaps[name]
	}
	return sum / float64(len(c.gaps))
}

// common is the mean of two cells over the instances that both have, and how many these are.
func common(a, b *cell) (ma, mb float64, n int) {
	for _, name := range sortedKeys(a.gaps) {
		if y, ok := b.gaps[name]; ok {
			ma, mb = ma+a.gaps[name], mb+y
			n++
		}
	}
	return ma / float64(n), mb / float64(n), n
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// byClock sets rows by the wall clock apart where the solver was measured by CPU time too:
// the two are not to be compared.
func byClock(rows []Row) (main, wall []Row) {
	cpu := map[string]bool{}
	for i := range rows {
		cpu[rows[i].Solver] = cpu[rows[i].Solver] || rows[i].Clock == "cpu"
	}
	for _, r := range rows {
		if r.Clock == "wall" && cpu[r.Solver] {
			wall = append(wall, r)
		} else {
			main = append(main, r)
		}
	}
	return main, wall
}

// cells groups rows. Where a solver was measured at several commits, or on several machines, only the last in the
// file counts, line by line and budget by budget.
func cells(rows []Row) []*cell {
	type group struct {
		solver, line string
		budget       float64
		threads      int
	}
	last := map[group]*Row{}
	for i := range rows {
		r := &rows[i]
		last[group{r.Solver, r.Line, r.Budget, r.Threads}] = r
	}
	byGroup := map[group][]*Row{}
	for i := range rows {
		r := &rows[i]
		g := group{r.Solver, r.Line, r.Budget, r.Threads}
		if l := last[g]; l.Commit == r.Commit && l.Machine == r.Machine {
			byGroup[g] = append(byGroup[g], r)
		}
	}
	var list []*cell
	for g, runs := range byGroup {
		list = append(list, newCell(&cell{solver: g.solver, line: g.line, budget: g.budget, threads: g.threads}, runs))
	}
	slices.SortFunc(list, func(a, b *cell) int {
		return cmp.Or(strings.Compare(a.line, b.line), cmp.Compare(a.budget, b.budget),
			strings.Compare(a.solver, b.solver), cmp.Compare(a.threads, b.threads))
	})
	return list
}

func newCell(c *cell, runs []*Row) *cell {
	c.gaps = map[string]float64{}
	count := map[string]int{}
	seen := map[string]bool{}
	for _, r := range runs {
		seen[r.Instance] = true
		c.instances = len(seen)
		c.runs++
		c.cpu += r.CPU / float64(len(runs))
		c.commit = r.Commit
		used := r.CPU / float64(max(1, r.Threads))
		if r.Clock == "wall" {
			used = r.Wall
		}
		if over := used - r.Budget; c.late == "" || over > c.overrun {
			c.overrun, c.late = over, r.Instance
		}
		if !r.Feasible {
			c.failed++
			continue
		}
		if r.Best == 0 {
			continue
		}
		if r.Convention == "vehicles-first" {
			c.extra += r.Vehicles - r.BestVehicles
			if r.Vehicles != r.BestVehicles {
				continue // a cost with more vehicles, or fewer, says nothing
			}
		}
		c.gaps[r.Instance] += r.Gap
		count[r.Instance]++
	}
	most := math.Inf(-1)
	for _, name := range sortedKeys(c.gaps) {
		c.gaps[name] /= float64(count[name])
		if c.gaps[name] > most {
			most, c.worst = c.gaps[name], name
		}
	}
	return c
}
