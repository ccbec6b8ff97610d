package demo

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

// Screen prints the demo for a person at a terminal, or into a log.
type Screen struct {
	Out      io.Writer
	Terminal bool // progress may be written over itself
	Clock    func() time.Time

	mu   sync.Mutex
	last time.Time // of progress, when not on a terminal
}

// Step prints a heading; the function it returns prints how long the step took.
func (s *Screen) Step(title string) func() {
	began := s.Clock()
	s.last = began
	fmt.Fprintf(s.Out, "\n%s\n", title)
	return func() {
		s.wipe()
		fmt.Fprintf(s.Out, "  done in %.1f s\n", s.Clock().Sub(began).Seconds())
	}
}

// Progress shows how far long work is: on a terminal in place, elsewhere a line every
// five seconds.
func (s *Screen) Progress(what string, share float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := fmt.Sprintf("  %3.0f %% %s", share*100, what)
	if s.Terminal {
		fmt.Fprintf(s.Out, "\r%-70s", text)
		return
	}
	if now := s.Clock(); now.Sub(s.last) >= 5*time.Second {
		s.last = now
		fmt.Fprintln(s.Out, text)
	}
}

func (s *Screen) wipe() {
	if s.Terminal {
		fmt.Fprintf(s.Out, "\r%-70s\r", "")
	}
}

func (s *Screen) table(print func(w io.Writer)) {
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	print(w)
	w.Flush()
}

// Batch shows what was accepted, and the quarantined rows by rule with the first of each.
func (s *Screen) Batch(b rumbo.Batch, first map[string]rumbo.Quarantine) {
	fmt.Fprintf(s.Out, "  %d rows: %d accepted, %d quarantined\n", b.Counts.Rows, b.Counts.Accepted, b.Counts.Quarantined)
	s.table(func(w io.Writer) {
		fmt.Fprintln(w, "  RULE\tROWS\tFIRST")
		rules := slices.SortedFunc(maps.Keys(b.Counts.ByRule), func(x, y string) int {
			return int(b.Counts.ByRule[y] - b.Counts.ByRule[x])
		})
		for _, rule := range rules {
			fmt.Fprintf(w, "  %s\t%d\trow %d: %s\n", rule, b.Counts.ByRule[rule], first[rule].Row, first[rule].Reason)
		}
	})
}

// Model shows a model beside its floors.
func (s *Screen) Model(v rumbo.ModelVersion) {
	fmt.Fprintf(s.Out, "  %s version %d, features %s: %d trips to learn from, the latest %d held out\n",
		v.Name, v.Version, v.Features, v.Lineage.TrainRows, v.Lineage.TestRows)
	s.table(func(w io.Writer) {
		fmt.Fprintln(w, "  HELD OUT\tMAE\tRMSE\tRMSLE\tP10..P90 COVER")
		row := func(name string, m rumbo.Metrics) {
			fmt.Fprintf(w, "  %s\t%.1f s\t%.1f s\t%.3f\t%.1f %%\n", name, m.MAES, m.RMSES, m.RMSLE, m.Coverage*100)
		}
		for _, name := range slices.Sorted(maps.Keys(v.Floors)) {
			row(strings.ReplaceAll(name, "_", " "), v.Floors[name])
		}
		row("model", v.Metrics)
	})
	fmt.Fprintf(s.Out, "  %s\n", v.Verdict)
}

// Day shows the sizes of the day.
func (s *Screen) Day(d Day) {
	windows, cold, optional := 0, 0, 0
	for _, o := range d.Orders {
		windows += min(len(o.Windows), 1)
		cold += min(len(o.Skills), 1)
		if o.Optional {
			optional++
		}
	}
	fmt.Fprintf(s.Out, "  %s: %d orders (%d with a time window, %d refrigerated, %d optional), %d vans, 1 depot\n",
		d.Day, len(d.Orders), windows, cold, optional, len(d.Vehicles))
}

// Predictions shows drives with their quantiles.
func (s *Screen) Predictions(queries []rumbo.PredictionQuery, set rumbo.PredictionSet) {
	s.table(func(w io.Writer) {
		fmt.Fprintln(w, "  DEPARTURE\tEXPECTED\tP10\tP50\tP90")
		for i, p := range set.Predictions {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", queries[i].DepartAt.Format("15:04"), minutes(p.DurationS),
				minutes(p.Quantiles.P10), minutes(p.Quantiles.P50), minutes(p.Quantiles.P90))
		}
	})
	fmt.Fprintf(s.Out, "  %s version %d; the road is %.1f km\n", set.Model, set.Version, set.Predictions[0].DistanceM/1000)
}

func minutes(seconds float64) string { return fmt.Sprintf("%.1f min", seconds/60) }

// Plan shows every route and what was left out.
func (s *Screen) Plan(p rumbo.Plan) {
	zone, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	s.table(func(w io.Writer) {
		fmt.Fprintln(w, "  VEHICLE\tSTOPS\tLEAVES\tBACK\tDRIVING\tDISTANCE\tCOST\tLAST ARRIVAL P10..P90")
		for _, r := range p.Routes {
			spread := ""
			if q := r.Stops[len(r.Stops)-1].Arrive; q != nil {
				at := func(seconds float64) string {
					return r.StartAt.Add(time.Duration(seconds * float64(time.Second))).In(zone).Format("15:04")
				}
				spread = at(q.P10) + ".." + at(q.P90)
			}
			fmt.Fprintf(w, "  %s\t%d\t%s\t%s\t%s\t%.1f km\t%.2f\t%s\n", r.VehicleID, len(r.Stops), r.StartAt.In(zone).Format("15:04"),
				r.EndAt.In(zone).Format("15:04"), (time.Duration(r.DriveS) * time.Second).String(), float64(r.DistanceM)/1000, float64(r.CostCents)/100, spread)
		}
	})
	for _, u := range p.Unassigned {
		fmt.Fprintf(s.Out, "  not served: %s, %s (%s)\n", u.OrderID, u.Reason, u.Detail)
	}
	m := p.Summary
	fmt.Fprintf(s.Out, "  %d of %d orders on %d routes, %.1f km, cost %.2f, times %s (%s); %d iterations in %.1f s; the referee says feasible: %t\n",
		m.Served, m.Orders, m.Vehicles, float64(m.DistanceM)/1000, float64(m.CostCents)/100, m.TravelTime, m.Model, m.Iterations, m.SearchS, m.Feasible)
}

// Verified says that the signed plan arrived.
func (s *Screen) Verified(e client.Event) {
	fmt.Fprintf(s.Out, "\nWebhook: %s %s arrived, its signature is right\n", e.Type, e.ID)
}
