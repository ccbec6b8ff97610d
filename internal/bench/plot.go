package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Sizes of the picture in its own units.
const (
	panelWide, panelHigh = 250.0, 170.0
	panelsAcross         = 4
	marginLeft, marginIn = 34.0, 26.0
	legendHigh           = 30.0
)

// colors are for rumbo first, then peers in order of name; they differ in lightness too.
var colors = [...]string{"#0b5fa5", "#d1495b", "#edae49", "#66a182", "#8d5a97", "#2e2e2e"}

// Plot draws the mean gap over the budget, one panel a line of the target table, as SVG.
// Circles are targets. The budget axis is logarithmic. The same rows give the same bytes.
func Plot(w io.Writer, rows []Row, lines []Line) error {
	rows, _ = byClock(rows)
	all := cells(rows)
	solvers := []string{ours}
	for _, c := range all {
		if !slices.Contains(solvers, c.solver) {
			solvers = append(solvers, c.solver)
		}
	}
	slices.Sort(solvers[1:])
	var panels []string
	for _, l := range lines {
		if text := panel(l, all, solvers); text != "" {
			panels = append(panels, text)
		}
	}
	across := min(panelsAcross, max(1, len(panels)))
	down := (len(panels) + across - 1) / across
	b := &strings.Builder{}
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="sans-serif" font-size="10">`+"\n",
		panelWide*float64(across), legendHigh+panelHigh*float64(down))
	fmt.Fprintf(b, "<title>Mean gap to the best known solution by budget</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n")
	for i, s := range solvers {
		x := 10 + 130*float64(i)
		fmt.Fprintf(b, `<line x1="%g" y1="15" x2="%g" y2="15" stroke="%s" stroke-width="2"%s/><text x="%g" y="18">%s</text>`+"\n",
			x, x+20, colors[i%len(colors)], dash(i), x+25, s)
	}
	for i, text := range panels {
		fmt.Fprintf(b, "<g transform=\"translate(%g %g)\">\n%s</g>\n",
			panelWide*float64(i%across), legendHigh+panelHigh*float64(i/across), text)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func dash(i int) string {
	if i == 0 {
		return ""
	}
	return ` stroke-dasharray="4 2"`
}

// point is a mean gap in percent at a budget in seconds.
type point struct{ budget, gap float64 }

// panel draws one line of the table, empty without any result of ours.
func panel(l Line, all []*cell, solvers []string) string {
	series := make([][]point, len(solvers))
	span := point{0, 0.1}
	first, low := math.Inf(1), 0.0
	for _, c := range all {
		gap := c.mean()
		if c.line != l.Name || c.threads != 1 || math.IsNaN(gap) {
			continue
		}
		at := slices.Index(solvers, c.solver)
		series[at] = append(series[at], point{c.budget, gap})
		first, low = min(first, c.budget), min(low, gap)
		span.budget, span.gap = max(span.budget, c.budget), max(span.gap, gap)
	}
	if len(series[0]) == 0 {
		return ""
	}
	span.budget = max(span.budget, first*10)
	for _, budget := range [...]float64{1, 10, 60} {
		if t := l.Targets.At(budget); t >= 0 && budget <= span.budget {
			span.gap = max(span.gap, t)
		}
	}
	x := func(budget float64) float64 {
		return marginLeft + (panelWide-marginLeft-12)*math.Log(budget/first)/math.Log(span.budget/first)
	}
	y := func(gap float64) float64 {
		return panelHigh - marginIn - (panelHigh-2*marginIn)*(gap-low)/(span.gap*1.05-low)
	}
	b := &strings.Builder{}
	axes(b, l.Title, series, ticks(low, span.gap), x, y)
	for i := len(series) - 1; i >= 0; i-- { // ours on top
		var path []string
		for _, p := range series[i] {
			path = append(path, fmt.Sprintf("%.1f,%.1f", x(p.budget), y(p.gap)))
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="2.5" fill="%s"/>`+"\n", x(p.budget), y(p.gap), colors[i%len(colors)])
		}
		fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"%s/>`+"\n",
			strings.Join(path, " "), colors[i%len(colors)], dash(i))
	}
	for _, budget := range [...]float64{1, 10, 60} {
		if t := l.Targets.At(budget); t >= 0 && budget >= first && budget <= span.budget {
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="4" fill="none" stroke="#555"/>`+"\n", x(budget), y(t))
		}
	}
	return b.String()
}

// ticks are the gaps to name: 0, the largest, and the lowest below 0 or else the middle.
func ticks(low, high float64) [3]float64 {
	if low < 0 {
		return [...]float64{low, 0, high}
	}
	return [...]float64{0, high / 2, high}
}

// axes draws frame, title and ticks, budgets where measured.
func axes(b *strings.Builder, title string, series [][]point, gaps [3]float64, x, y func(float64) float64) {
	fmt.Fprintf(b, `<text x="%g" y="14" font-weight="bold">%s</text>`+"\n", marginLeft, title)
	for _, gap := range gaps {
		fmt.Fprintf(b, `<line x1="%g" y1="%.1f" x2="%g" y2="%.1f" stroke="#ddd"/><text x="%g" y="%.1f" text-anchor="end">%.3g</text>`+"\n",
			marginLeft, y(gap), panelWide-8, y(gap), marginLeft-4, y(gap)+3, gap)
	}
	var budgets []float64
	for _, s := range series {
		for _, p := range s {
			if !slices.Contains(budgets, p.budget) {
				budgets = append(budgets, p.budget)
			}
		}
	}
	for _, t := range budgets {
		fmt.Fprintf(b, `<text x="%.1f" y="%g" text-anchor="middle">%g s</text>`+"\n", x(t), panelHigh-10, t)
	}
}
