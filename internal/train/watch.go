package train

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// Limits beyond which [Watch] raises an alert.
const (
	AlertShift    = 0.25 // population stability index of a feature
	AlertError    = 1.25 // mean absolute error over that on the holdout
	AlertCoverage = 0.08 // P10 to P90 off its 80 %, either way
)

// Health is how a model does on recent trips, beside how it did on its holdout.
type Health struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Report
	// Shifts are how far recent trips have moved from the training trips, by feature,
	// farthest first; see [model.Profile.Shift].
	Shifts []Shift `json:"shifts"`
	// Alerts say in a sentence each what is out of its limits; none is good news.
	Alerts []string `json:"alerts"`
}

// Shift is one feature's.
type Shift struct {
	Feature string  `json:"feature"`
	PSI     float64 `json:"psi"`
}

// Watch scores a model on the trips that depart within [from, until) and compares
// with its holdout, whose figures the version tells. The clock features of set A are left
// out of the shifts: a week in March is no other population for being in March.
// Errors and cost are those of [Evaluate].
func Watch(ctx context.Context, b *model.Bundle, version rumbo.ModelVersion, src Source, from, until time.Time) (Health, error) {
	all, _, err := gather(ctx, src, b.Set, from, until, func(string, float64) {})
	if err != nil {
		return Health{}, err
	}
	if len(all) == 0 {
		return Health{}, rumbo.Fault(rumbo.NoData, "train.Watch", "no trip departs in the time asked for", nil)
	}
	h := Health{From: all[0].facts.At, Until: all[len(all)-1].facts.At, Report: evaluate(b, all)}
	h.Shifts = shifts(b, all)
	h.alert(version.Metrics)
	return h, nil
}

func shifts(b *model.Bundle, recent samples) []Shift {
	columns := recent.columns(b.Set)
	for _, f := range b.Set.Features() {
		if f.Clock {
			delete(columns, f.Name)
		}
	}
	var out []Shift
	for name, values := range columns {
		if p, ok := b.Reference[name]; ok {
			out = append(out, Shift{name, p.Shift(values)})
		}
	}
	slices.SortFunc(out, func(a, b Shift) int {
		return cmp.Or(cmp.Compare(b.PSI, a.PSI), cmp.Compare(a.Feature, b.Feature))
	})
	return out
}

func (h *Health) alert(holdout rumbo.Metrics) {
	raise := func(format string, args ...any) { h.Alerts = append(h.Alerts, fmt.Sprintf(format, args...)) }
	if holdout.MAES > 0 && h.MAES > AlertError*holdout.MAES {
		raise("mean absolute error is %.1f s, %.2f times the %.1f s of the holdout", h.MAES, h.MAES/holdout.MAES, holdout.MAES)
	}
	if off := h.Coverage - 0.8; off > AlertCoverage || off < -AlertCoverage {
		raise("P10 to P90 hold %.1f %% of the trips instead of 80 %%", 100*h.Coverage)
	}
	for _, name := range []string{model.FloorSpeed, model.FloorZones, model.FloorRoad} {
		if floor, ok := h.Floors[name]; ok && floor.MAES <= h.MAES {
			raise("floor %s does better: mean absolute error %.1f s against %.1f s", name, floor.MAES, h.MAES)
		}
	}
	for _, s := range h.Shifts {
		if s.PSI > AlertShift {
			raise("%s has shifted: stability index %.2f", s.Feature, s.PSI)
		}
	}
}
