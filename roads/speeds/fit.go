package speeds

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo/roads"
	"github.com/logistica-inteligente/rumbo/roads/cch"
)

// ErrTrips is wrapped by the error for trips from which nothing can be learned.
var ErrTrips = errors.New("no trips to learn speeds from")

// Trip is one observed drive between two nodes.
type Trip struct {
	From, To roads.Node
	Slice    int     // from 0 up to, not including, Options.Slices
	Seconds  float64 // driven
}

// Options tunes [Fit]; the zero value is ready for use.
type Options struct {
	Slices int // how many slices trips name; 0 means one
	Rounds int // how often routes are computed again with the learned times; 0 means two

	// HoldOut says that one trip in so many is kept for choosing among the stages;
	// 0 means five.
	HoldOut int
}

// Stage is how fine the factors are.
type Stage int

// Stages, from coarse to fine.
const (
	OneFactor      Stage = iota // for all arcs at all times
	ByGroup                     // one for each group
	BySlice                     // those, times one for each slice
	ByGroupBySlice              // one for each group in each slice
)

// Factors are driven seconds for each second of the map.
type Factors struct {
	Stage  Stage
	Groups Groups
	Slice  [][]float64 // by slice, then group
}

// Report tells how well each stage predicts.
type Report struct {
	Used, HeldOut, Ignored int // trips; ignored are those without a route, or with a duration that is not positive

	// Error is the mean absolute error in seconds on the held-out trips, for each
	// stage up to the finest that was tried. The chosen stage has the least; of
	// equal ones the coarsest.
	Error [ByGroupBySlice + 1]float64
}

// Fit learns factors for the arcs of g, on the hierarchy of the same network. The
// order of the trips decides which are held out, so they should come in the order
// of time or in none. It errs with [ErrTrips] when fewer than ten trips can be
// used, and with the context's cause.
//
// Each round routes every trip, some tens of microseconds each, and customizes
// the hierarchy once a slice.
func Fit(ctx context.Context, h *cch.Hierarchy, g *roads.Graph, groups Groups, trips []Trip, opts Options) (Factors, Report, error) {
	f := &fitter{h: h, g: g, groups: groups, trips: trips, slices: max(1, opts.Slices), holdOut: opts.HoldOut}
	if f.holdOut < 2 {
		f.holdOut = 5
	}
	rounds := opts.Rounds
	if rounds <= 0 {
		rounds = 2
	}
	if len(groups.Of) != g.ArcCount() {
		return Factors{}, Report{}, fmt.Errorf("%w: groups of %d arcs for %d", roads.ErrGraph, len(groups.Of), g.ArcCount())
	}
	best := f.constant(1)
	var report Report
	for range rounds {
		learn, test, ignored, err := f.rows(ctx, best)
		if err != nil {
			return Factors{}, Report{}, err
		}
		if len(learn) < 10 || len(test) == 0 {
			return Factors{}, Report{}, fmt.Errorf("%w: %d of %d usable", ErrTrips, len(learn)+len(test), len(trips))
		}
		report = Report{Used: len(learn), HeldOut: len(test), Ignored: ignored}
		best = f.choose(learn, test, &report)
	}
	return best, report, nil
}

// fitter holds what stays the same from round to round.
type fitter struct {
	h       *cch.Hierarchy
	g       *roads.Graph
	groups  Groups
	trips   []Trip
	slices  int
	holdOut int
}

// constant is one factor for everything.
func (f *fitter) constant(x float64) Factors {
	return f.everySlice(OneFactor, slices.Repeat([]float64{x}, f.groups.Count))
}

// everySlice is the same factors at all times.
func (f *fitter) everySlice(stage Stage, factor []float64) Factors {
	out := Factors{Stage: stage, Groups: f.groups}
	for range f.slices {
		out.Slice = append(out.Slice, factor)
	}
	return out
}

// rows routes every trip with the times of its slice.
func (f *fitter) rows(ctx context.Context, now Factors) (learn, test []row, ignored int, err error) {
	metrics := make([]*cch.Metric, f.slices)
	for i := range metrics {
		if i > 0 && now.Stage < BySlice { // the same times as before
			metrics[i] = metrics[0]
			continue
		}
		g, err := now.Apply(f.g, i)
		if err != nil {
			return nil, nil, 0, err
		}
		if metrics[i], err = f.h.Customize(ctx, g); err != nil {
			return nil, nil, 0, err
		}
	}
	for i, t := range f.trips {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, nil, 0, context.Cause(ctx)
		}
		r, ok := f.row(ctx, metrics, t)
		switch {
		case !ok:
			ignored++
		case i%f.holdOut == f.holdOut-1:
			test = append(test, r)
		default:
			learn = append(learn, r)
		}
	}
	return learn, test, ignored, nil
}

// row is one trip by groups; ok is false for a trip that cannot be used.
func (f *fitter) row(ctx context.Context, metrics []*cch.Metric, t Trip) (row, bool) {
	if t.Slice < 0 || t.Slice >= f.slices || !(t.Seconds > 0) || math.IsInf(t.Seconds, 1) {
		return row{}, false
	}
	route, err := metrics[t.Slice].Route(ctx, roads.Location{Node: t.From}, roads.Location{Node: t.To}, roads.RouteOptions{})
	if err != nil || len(route.Arcs) == 0 {
		return row{}, false
	}
	r := row{slice: t.Slice, driven: t.Seconds}
	for _, a := range route.Arcs {
		group := f.groups.Of[a]
		k := slices.Index(r.groups, group)
		if k < 0 {
			k = len(r.groups)
			r.groups, r.seconds = append(r.groups, group), append(r.seconds, 0)
		}
		r.seconds[k] += float64(f.g.Duration[a]) * f.g.Units.SecondsPerUnit
	}
	return r, true
}

// tenMinutes is the strength of a prior: as if one drive of ten minutes in each
// group had been observed at it.
const tenMinutes = 600

// choose fits all stages and keeps the one with the least error on test trips.
func (f *fitter) choose(learn, test []row, report *Report) Factors {
	var observed []roads.Observation
	for _, r := range learn {
		observed = append(observed, roads.Observation{Road: r.predicted(f.constant(1).Slice[0]), Seconds: r.driven})
	}
	one := 1.0
	if c, err := roads.Calibrate(observed); err == nil {
		one = c.Factor
	}
	stages := []Factors{f.constant(one)}
	grouped := leastAbsolute(learn, stages[0].Slice[0], tenMinutes)
	stages = append(stages, f.everySlice(ByGroup, grouped), f.bySlice(learn, grouped, false), f.bySlice(learn, grouped, true))
	best := stages[0]
	for i, s := range stages {
		report.Error[i] = meanError(test, func(slice int) []float64 { return s.Slice[slice] })
		if report.Error[i] < report.Error[best.Stage] {
			best = s
		}
	}
	return best
}

// bySlice fits every slice on its own trips: one factor on top of those of the
// groups or, when fine, a factor for each group drawn toward that.
func (f *fitter) bySlice(learn []row, grouped []float64, fine bool) Factors {
	out := Factors{Stage: BySlice, Groups: f.groups}
	if fine {
		out.Stage = ByGroupBySlice
	}
	for i := range f.slices {
		var own []row
		var observed []roads.Observation
		for _, r := range learn {
			if r.slice == i {
				own = append(own, r)
				observed = append(observed, roads.Observation{Road: r.predicted(grouped), Seconds: r.driven})
			}
		}
		factor := slices.Clone(grouped)
		if c, err := roads.Calibrate(observed); err == nil && len(own) >= 10 {
			for g := range factor {
				factor[g] *= c.Factor
			}
			if fine {
				factor = leastAbsolute(own, factor, tenMinutes)
			}
		}
		out.Slice = append(out.Slice, factor)
	}
	return out
}

// Apply is the map with the learned durations of one slice, its units marked as
// calibrated. Durations keep the map's unit, so they are rounded to it; an arc
// that took time takes at least one unit.
func (x Factors) Apply(g *roads.Graph, slice int) (*roads.Graph, error) {
	if slice < 0 || slice >= len(x.Slice) || len(x.Groups.Of) != g.ArcCount() {
		return nil, fmt.Errorf("%w: factors of %d slices and %d arcs, asked for slice %d of a map of %d arcs",
			roads.ErrGraph, len(x.Slice), len(x.Groups.Of), slice, g.ArcCount())
	}
	durations := make([]uint32, g.ArcCount())
	for a, d := range g.Duration {
		if d > 0 {
			durations[a] = uint32(max(1, min(math.Round(float64(d)*x.Slice[slice][x.Groups.Of[a]]), math.MaxInt32)))
		}
	}
	out, err := g.WithDurations(durations)
	if err != nil {
		return nil, err
	}
	units := g.Units
	units.Calibrated = true
	return out.WithUnits(units)
}
