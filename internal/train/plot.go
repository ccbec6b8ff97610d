package train

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/logistica-inteligente/rumbo"
)

// Size of the plot, in pixels.
const (
	plotSide   = 480
	plotMargin = 56
)

// plot draws in seconds; both axes are logarithmic.
type plot struct {
	strings.Builder
	low, high float64 // seconds at the ends of both axes
}

// WritePlot draws the bins of a report as an SVG picture: the band and lines are the
// predicted quantiles, the dots what the trips took. Dots on their lines are what one
// wants to see.
func WritePlot(w io.Writer, title string, bins []Bin) error {
	p := plot{low: math.Inf(1)}
	for _, b := range bins {
		p.low = min(p.low, b.Predicted.P10, b.Actual.P10)
		p.high = max(p.high, b.Predicted.P90, b.Actual.P90)
	}
	p.low, p.high = max(1, p.low/1.2), max(10, p.high*1.2)
	fmt.Fprintf(&p, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n", plotSide, plotSide)
	fmt.Fprintf(&p, `<rect width="100%%" height="100%%" fill="white"/><text x="%d" y="24" font-size="14">%s</text>`+"\n", plotMargin, escape(title))
	p.axes()
	p.band(bins)
	for _, of := range quantileViews() {
		p.line(bins, of)
		p.dots(bins, of)
	}
	fmt.Fprintf(&p, `<text x="%d" y="%d" text-anchor="middle">predicted P50, seconds</text>`+"\n", plotSide/2, plotSide-14)
	fmt.Fprintf(&p, `<text x="14" y="%d" text-anchor="middle" transform="rotate(-90 14 %d)">seconds: lines predicted, dots actual</text>`+"\n</svg>\n", plotSide/2, plotSide/2)
	_, err := io.WriteString(w, p.String())
	return err
}

// quantileView is one quantile and its color.
type quantileView struct {
	name, color string
	of          func(rumbo.Quantiles) float64
}

func quantileViews() []quantileView {
	return []quantileView{
		{"P10", "#1b7837", func(q rumbo.Quantiles) float64 { return q.P10 }},
		{"P50", "#2166ac", func(q rumbo.Quantiles) float64 { return q.P50 }},
		{"P90", "#b2182b", func(q rumbo.Quantiles) float64 { return q.P90 }},
	}
}

// at is the pixel of a number of seconds, from the left; y counts from the top.
func (p *plot) at(seconds float64) float64 {
	share := math.Log(max(seconds, p.low)/p.low) / math.Log(p.high/p.low)
	return plotMargin + share*(plotSide-2*plotMargin)
}

func (p *plot) point(x, y float64) string {
	return fmt.Sprintf("%.1f,%.1f", p.at(x), plotSide-p.at(y))
}

func (p *plot) axes() {
	for _, s := range []float64{10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200} {
		if s < p.low || s > p.high {
			continue
		}
		x := p.at(s)
		fmt.Fprintf(p, `<path d="M%.1f %d V%d M%d %.1f H%d" stroke="#ddd"/>`+"\n", x, plotMargin, plotSide-plotMargin, plotMargin, plotSide-x, plotSide-plotMargin)
		fmt.Fprintf(p, `<text x="%.1f" y="%d" text-anchor="middle">%.0f</text><text x="%d" y="%.1f" text-anchor="end">%.0f</text>`+"\n",
			x, plotSide-plotMargin+16, s, plotMargin-6, plotSide-x+4, s)
	}
}

func (p *plot) band(bins []Bin) {
	var points []string
	for _, b := range bins {
		points = append(points, p.point(b.Predicted.P50, b.Predicted.P90))
	}
	for i := len(bins) - 1; i >= 0; i-- {
		points = append(points, p.point(bins[i].Predicted.P50, bins[i].Predicted.P10))
	}
	fmt.Fprintf(p, `<polygon points="%s" fill="#2166ac" opacity="0.12"/>`+"\n", strings.Join(points, " "))
}

func (p *plot) line(bins []Bin, v quantileView) {
	var points []string
	for _, b := range bins {
		points = append(points, p.point(b.Predicted.P50, v.of(b.Predicted)))
	}
	fmt.Fprintf(p, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+"\n", strings.Join(points, " "), v.color)
	if len(bins) > 0 {
		last := bins[len(bins)-1].Predicted
		fmt.Fprintf(p, `<text x="%.1f" y="%.1f" fill="%s">%s</text>`+"\n", p.at(last.P50)+6, plotSide-p.at(v.of(last))+4, v.color, v.name)
	}
}

func (p *plot) dots(bins []Bin, v quantileView) {
	for _, b := range bins {
		fmt.Fprintf(p, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", p.at(b.Predicted.P50), plotSide-p.at(v.of(b.Actual)), v.color)
	}
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
