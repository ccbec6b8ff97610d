package train

import (
	"context"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// Report is how well a model did on trips it had not seen, beside its floors.
type Report struct {
	rumbo.Metrics
	// Segments are the same figures by part of the day ("hour 06-10"), by
	// straight-line distance ("distance 1-2 km") and, for set R, between exact places
	// ("ends exact"; metered trips known by zone are made exact for it).
	Segments map[string]rumbo.Metrics `json:"segments"`
	// Levels counts the answers by what they rested on.
	Levels map[string]int64         `json:"levels"`
	Floors map[string]rumbo.Metrics `json:"floors"`
	// Bins compare predicted quantiles with what was observed; see [WritePlot].
	Bins []Bin `json:"bins"`
	// Unplaced counts trips left out because an end could not be placed.
	Unplaced int64 `json:"unplaced"`
}

// Evaluate scores a model on the trips that depart within [from, until); a zero
// time is no bound. Errors: rumbo.NoData without such a trip, rumbo.NoRoads for a
// model of set R without a map. O(trips x trees x depth).
func Evaluate(ctx context.Context, b *model.Bundle, src Source, from, until time.Time) (Report, error) {
	all, unplaced, err := gather(ctx, src, b.Set, from, until, func(string, float64) {})
	if err != nil {
		return Report{}, err
	}
	if len(all) == 0 {
		return Report{}, rumbo.Fault(rumbo.NoData, "train.Evaluate", "no trip departs in the time asked for", nil)
	}
	report := evaluate(b, all)
	report.evaluateExact(b, all)
	report.Unplaced = int64(unplaced)
	return report, nil
}

func evaluate(b *model.Bundle, holdout samples) Report {
	estimates := make([]model.Estimate, len(holdout))
	b.Estimate(holdout.facts(), estimates)
	var total tally
	segments, levels := map[string]*tally{}, map[string]int64{}
	for i := range holdout {
		s := &holdout[i]
		total.add(&estimates[i], s.seconds)
		levels[string(estimates[i].Level)]++
		for _, name := range segmentsOf(&s.facts) {
			if segments[name] == nil {
				segments[name] = &tally{}
			}
			segments[name].add(&estimates[i], s.seconds)
		}
	}
	r := Report{Metrics: total.metrics(), Segments: map[string]rumbo.Metrics{}, Levels: levels, Floors: evaluateFloors(&b.Floors, holdout), Bins: binsOf(estimates, holdout)}
	for name, t := range segments {
		r.Segments[name] = t.metrics()
	}
	return r
}

// evaluateExact adds to a report the segment of trips between exact places, by their
// own ends or by their meter (see withSharpened): how well plans, which know their
// places, are served.
func (r *Report) evaluateExact(b *model.Bundle, holdout samples) {
	if !b.Set.NeedsRoad() {
		return
	}
	if exact := holdout.exact(); len(exact) > 0 {
		r.Segments["ends exact"] = evaluate(b, exact).Metrics
	}
}

func evaluateFloors(fl *model.Floors, holdout samples) map[string]rumbo.Metrics {
	out := map[string]rumbo.Metrics{}
	for _, name := range fl.Names() {
		var t tally
		for i := range holdout {
			e := fl.Estimate(model.Level(name), &holdout[i].facts)
			t.add(&e, holdout[i].seconds)
		}
		out[name] = t.metrics()
	}
	return out
}

// segmentsOf names the segments that a drive belongs to.
func segmentsOf(f *feature.Facts) [2]string {
	hour, distance := model.GroupNames(f)
	return [2]string{"hour " + hour, "distance " + distance}
}
