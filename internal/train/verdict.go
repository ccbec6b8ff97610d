package train

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// Rival sets a model beside the champion on the trips that neither has seen.
type Rival struct {
	// Rows is 0 when fewer than MinRivalTrips of the holdout are new to the champion:
	// then nothing was compared and the champion does not stand in the way.
	Rows           int64
	Ours, Champion rumbo.Metrics
}

// MinRivalTrips is the least number of trips that a comparison with the champion
// rests on.
const MinRivalTrips = 5

// compare scores both models on the holdout trips that the champion has not seen.
func compare(b *model.Bundle, holdout samples, o Options) *Rival {
	if o.Champion == nil {
		return nil
	}
	unseen := holdout[holdout.before(o.ChampionUntil):]
	if len(unseen) < MinRivalTrips {
		return &Rival{}
	}
	return &Rival{
		Rows: int64(len(unseen)),
		Ours: evaluate(b, unseen).Metrics, Champion: evaluate(o.Champion, unseen).Metrics,
	}
}

// absolute is the mean absolute error of the expected duration or of P50, whichever is
// less: a mean is right to lie above the median of a skewed time, and must not lose
// for it to a floor that aims at the median.
func absolute(m rumbo.Metrics) float64 {
	if m.Pinball50 == 0 {
		return m.MAES
	}
	return min(m.MAES, 2*m.Pinball50)
}

// The share of the holdout between P10 and P90 must lie in these limits where there
// are enough trips to tell; it should be 0.8.
const (
	leastCoverage = 0.70
	mostCoverage  = 0.90
	coverageRows  = 200
)

// judge decides whether the model may become champion, and says why.
func (r *Result) judge() {
	var better, worse []string
	note := func(name string, ours, theirs rumbo.Metrics, ok bool) {
		text := fmt.Sprintf("%s (MAE %.1f s against %.1f s, RMSLE %.3f against %.3f)", name, absolute(ours), absolute(theirs), ours.RMSLE, theirs.RMSLE)
		if ok {
			better = append(better, text)
		} else {
			worse = append(worse, text)
		}
	}
	ours := r.Report.Metrics
	for _, name := range r.Bundle.Floors.Names() {
		floor := r.Report.Floors[name]
		note("floor "+name, ours, floor, absolute(ours) < absolute(floor) && ours.RMSLE < floor.RMSLE)
	}
	if r.Rival != nil && r.Rival.Rows > 0 {
		note("the champion", r.Rival.Ours, r.Rival.Champion, absolute(r.Rival.Ours) < absolute(r.Rival.Champion))
	}
	if ours.Rows >= coverageRows && (ours.Coverage < leastCoverage || ours.Coverage > mostCoverage) {
		worse = append(worse, fmt.Sprintf("the coverage asked of P10 to P90 (%.1f %%, wanted %.0f to %.0f %%)",
			100*ours.Coverage, 100*leastCoverage, 100*mostCoverage))
	}
	r.Passed = len(worse) == 0
	r.Version.Verdict = "passed: beats " + strings.Join(better, ", ")
	if !r.Passed {
		r.Version.Verdict = "not promoted: does not beat " + strings.Join(worse, ", ")
	}
}

// describe fills in the version's account of itself.
func (r *Result) describe(train, holdout samples, l *learner, o Options) {
	v := &r.Version
	v.Features, v.FeatureHash, v.Target = string(o.Set), r.Bundle.FeatureHash, model.TargetName(o.Set)
	v.Metrics, v.Floors, v.Segments = r.Report.Metrics, r.Report.Floors, r.Report.Segments
	p := l.params[0]
	v.Lineage = rumbo.Lineage{
		Batches:   slices.Concat(train, holdout).batches(),
		TrainRows: int64(len(train)), TestRows: int64(len(holdout)),
		TrainFrom: train[0].facts.At, TrainUntil: holdout[0].facts.At,
		TestUntil:  holdout[len(holdout)-1].facts.At,
		DataSHA256: train.checksum(),
		Parameters: map[string]any{
			"trees": p.Trees, "trees_p10": l.params[1].Trees, "trees_p50": l.params[2].Trees, "trees_p90": l.params[3].Trees,
			"leaves": p.Leaves, "learning_rate": p.LearningRate, "min_leaf_rows": p.MinLeafRows, "l2": p.L2,
			"test_share": o.TestShare, "half_life_days": o.HalfLife.Hours() / 24,
		},
		Seed: o.Seed, Code: o.Code, RoadScale: r.Bundle.Base.RoadScale,
	}
	if !o.HoldoutFrom.IsZero() {
		delete(v.Lineage.Parameters, "test_share")
		v.Lineage.Parameters["holdout_from"] = o.HoldoutFrom.Format(time.RFC3339)
	}
}

// wrap is a fault of our own making, not of the data sent.
func wrap(detail string, err error) error {
	return rumbo.Fault(rumbo.Internal, "train", detail, err)
}
