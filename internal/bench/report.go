package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ours is the solver of this project.
const ours = "rumbo"

// report writes Markdown and keeps the first error.
type report struct {
	w     io.Writer
	err   error
	lines []Line
	cells []*cell
	walls []*cell // measured by the wall clock although there is another: threads against one
}

func (p *report) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// Report writes the results as Markdown: the target table, peers side by side, and every
// instance. The same rows give the same bytes. plot is the file name of the picture, empty
// for none.
func Report(w io.Writer, rows []Row, lines []Line, plot string) error {
	rows, walls := byClock(rows)
	p := &report{w: w, lines: lines, cells: cells(rows), walls: cells(walls)}
	p.line("# Vehicle routing: what was reached\n")
	p.line("Generated from the rows in `results/` by `rumbo bench vrp`; do not edit. What was measured, and how, is in")
	p.line("`PROTOCOL.md`. A gap is (cost - best known) / best known in percent: the mean over instances of the mean over")
	p.line("seeds. Every solution was judged by the referee; a run without a feasible solution counts as failed.\n")
	p.provenance(rows)
	if plot != "" {
		p.line("![mean gap by budget, one panel a line](%s)\n", plot)
	}
	p.targets()
	p.overruns()
	p.peers()
	p.threads()
	p.towns(rows)
	p.instances()
	return p.err
}

func (p *report) provenance(rows []Row) {
	builds := map[string]bool{}
	for _, c := range p.cells {
		builds[c.solver+" at `"+c.commit+"`"] = true
	}
	machines := map[string]bool{}
	for i := range rows {
		machines[rows[i].Machine] = true
	}
	p.line("Builds: %s. Machine: %s.\n", strings.Join(sortedKeys(builds), ", "), strings.Join(sortedKeys(machines), "; "))
	for _, b := range p.budgets(ours) {
		seeds, runs := map[string]bool{}, 0
		for _, c := range p.cells {
			if c.solver == ours && c.budget == b {
				runs += c.runs
			}
		}
		for i := range rows {
			if rows[i].Solver == ours && rows[i].Budget == b {
				seeds[strconv.FormatUint(rows[i].Seed, 10)] = true
			}
		}
		p.line("- %g s: %d runs of ours, seeds %s.", b, runs, strings.Join(sortedKeys(seeds), ", "))
	}
	p.line("")
}

// find is the cell of a solver, nil if it was not measured.
func (p *report) find(solver, line string, budget float64, threads int) *cell {
	return findIn(p.cells, solver, line, budget, threads)
}

func findIn(list []*cell, solver, line string, budget float64, threads int) *cell {
	at := slices.IndexFunc(list, func(c *cell) bool {
		return c.solver == solver && c.line == line && c.budget == budget && c.threads == threads
	})
	if at < 0 {
		return nil
	}
	return list[at]
}

// budgets are those measured for a solver, ascending.
func (p *report) budgets(solver string) []float64 { return budgetsIn(p.cells, solver) }

func budgetsIn(cells []*cell, solver string) []float64 {
	var list []float64
	for _, c := range cells {
		if c.solver == solver && !slices.Contains(list, c.budget) {
			list = append(list, c.budget)
		}
	}
	slices.Sort(list)
	return list
}

func (p *report) targets() {
	budgets := p.budgets(ours)
	p.line("## Against the targets\n")
	p.line("One thread. Reached / target; bold where the target is met on five\ninstances or all there are; in brackets on how many where not on all.\n")
	head, rule := "| line | instances |", "|---|---:|"
	for _, b := range budgets {
		head += fmt.Sprintf(" %g s |", b)
		rule += "---:|"
	}
	p.line("%s worst instance |\n%s---|", head, rule)
	for _, l := range p.lines {
		text, n, worst := "", 0, ""
		for _, b := range budgets {
			if c := p.find(ours, l.Name, b, 1); c != nil {
				n = max(n, c.instances)
			}
		}
		for _, b := range budgets {
			c := p.find(ours, l.Name, b, 1)
			text += " " + against(c, l.Targets.At(b), n) + " |"
			if c != nil {
				if c.worst != "" {
					worst = fmt.Sprintf("%s (%.2f at %g s)", c.worst, c.gaps[c.worst], b)
				}
			}
		}
		if n > 0 {
			p.line("| %s | %d |%s %s |", l.Title, n, text, worst)
		}
	}
	p.line("")
}

// overruns says how well budgets were kept: within 1 % or 20 ms is the promise.
func (p *report) overruns() {
	for _, b := range p.budgets(ours) {
		var most *cell
		for _, c := range p.cells {
			if c.solver == ours && c.budget == b && (most == nil || c.overrun > most.overrun) {
				most = c
			}
		}
		p.line("- Largest overrun of %g s: %.3f s (%s).", b, most.overrun, most.late)
	}
	p.line("")
}

// against is one entry of the target table. A target is met only by five instances or all
// there are.
func against(c *cell, target float64, all int) string {
	if c == nil {
		return "–"
	}
	text := "none"
	if mean := c.mean(); !math.IsNaN(mean) {
		if text = fmt.Sprintf("%.2f", mean); target >= 0 && mean <= target && c.failed == 0 && c.instances >= min(5, all) {
			text = "**" + text + "**"
		}
	}
	if target >= 0 {
		text += fmt.Sprintf(" / %g", target)
	}
	if c.instances < all {
		text += fmt.Sprintf(" (%d)", c.instances)
	}
	if c.extra != 0 {
		text += fmt.Sprintf(", %+.2f vehicles", float64(c.extra)/float64(c.runs-c.failed))
	}
	if c.failed > 0 {
		text += fmt.Sprintf(", %d of %d failed", c.failed, c.runs)
	}
	return text
}

// peers compares with each peer over the instances that both solved.
func (p *report) peers() {
	var names []string
	for _, c := range p.cells {
		if c.solver != ours && !slices.Contains(names, c.solver) {
			names = append(names, c.solver)
		}
	}
	slices.Sort(names)
	for _, peer := range names {
		p.line("## Beside %s\n", peer)
		p.line("Mean gap over the instances that both solved, same machine, same CPU seconds.\n")
		p.line("| line | budget | instances | rumbo | %s | difference |\n|---|---:|---:|---:|---:|---:|", peer)
		for _, l := range p.lines {
			for _, b := range p.budgets(peer) {
				a, c := p.find(ours, l.Name, b, 1), p.find(peer, l.Name, b, 1)
				if a == nil || c == nil {
					continue
				}
				if ma, mc, n := common(a, c); n > 0 {
					p.line("| %s | %g s | %d | %s | %s | %+.2f |", l.Title, b, n, failures(ma, a), failures(mc, c), ma-mc)
				}
			}
		}
		p.line("")
	}
}

func failures(mean float64, c *cell) string {
	if c.failed == 0 {
		return fmt.Sprintf("%.2f", mean)
	}
	return fmt.Sprintf("%.2f, %d of %d failed", mean, c.failed, c.runs)
}

// threads compares two threads with one at equal budgets, where both were measured: by the
// wall clock, where there are such rows.
func (p *report) threads() {
	list := p.cells
	if len(p.walls) > 0 {
		list = p.walls
	}
	begun := false
	for _, l := range p.lines {
		for _, b := range budgetsIn(list, ours) {
			one, two := findIn(list, ours, l.Name, b, 1), findIn(list, ours, l.Name, b, 2)
			if one == nil || two == nil {
				continue
			}
			if !begun {
				p.line("## Two threads against one\n\nAt equal time by the clock of the rows; CPU seconds: what a run used of them on average, which tells how busy the machine was.\n")
				p.line("| line | budget | instances | one | two | CPU seconds |\n|---|---:|---:|---:|---:|---|")
				begun = true
			}
			if m1, m2, n := common(one, two); n > 0 {
				p.line("| %s | %g s | %d | %.2f | %.2f | %.1f, %.1f |", l.Title, b, n, m1, m2, one.cpu, two.cpu)
			}
		}
	}
	if begun {
		p.line("")
	}
}

// towns lists the runs on generated instances, which have no best known value.
func (p *report) towns(rows []Row) {
	begun := false
	for i := range rows {
		r := &rows[i]
		if r.Family != town {
			continue
		}
		if !begun {
			p.line("## Generated towns\n\nTime windows, `dimacs` convention; first: seconds until a complete solution stood.\n")
			p.line("| instance | solver | commit | budget | seed | first | cost | vehicles | feasible |\n|---|---|---|---:|---:|---:|---:|---:|---|")
			begun = true
		}
		p.line("| %s | %s | `%s` | %g s | %d | %.1f s | %.1f | %d | %v |", r.Instance, r.Solver, r.Commit, r.Budget, r.Seed, r.First, r.Cost, r.Vehicles, r.Feasible)
	}
	if begun {
		p.line("")
	}
}

func (p *report) instances() {
	budgets := p.budgets(ours)
	p.line("## Every instance\n")
	p.line("Mean gap over seeds, one thread.\n")
	for _, l := range p.lines {
		names := map[string]bool{}
		for _, b := range budgets {
			if c := p.find(ours, l.Name, b, 1); c != nil {
				for name := range c.gaps {
					names[name] = true
				}
			}
		}
		if len(names) == 0 {
			continue
		}
		p.line("### %s (%s)\n", l.Title, l.Convention)
		head, rule := "| instance |", "|---|"
		for _, b := range budgets {
			head += fmt.Sprintf(" %g s |", b)
			rule += "---:|"
		}
		p.line("%s\n%s", head, rule)
		for _, name := range sortedKeys(names) {
			text := "| " + name + " |"
			for _, b := range budgets {
				entry := "–"
				if c := p.find(ours, l.Name, b, 1); c != nil {
					if gap, ok := c.gaps[name]; ok {
						entry = fmt.Sprintf("%.2f", gap)
					}
				}
				text += " " + entry + " |"
			}
			p.line("%s", text)
		}
		p.line("")
	}
}
