package train

import (
	"context"
	"fmt"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// MinTrips is the least number of usable trips that training accepts.
const MinTrips = 20

// DefaultTestShare is the share of the trips held out when nobody says otherwise.
const DefaultTestShare = 0.2

// DefaultHalfLife is how long it takes for a trip to count half as much.
const DefaultHalfLife = 180 * 24 * time.Hour

// Options say what to train. The zero value asks for set R with every choice left
// to the validation part.
type Options struct {
	Set feature.Set // R when empty
	// From and Until bound the departures looked at, [From, Until); zero is no bound.
	From, Until time.Time
	// HoldoutFrom parts training from holdout; when zero, the latest TestShare
	// (DefaultTestShare when 0) of the trips are held out.
	HoldoutFrom time.Time
	TestShare   float64
	// Trees and Leaves fix the size of the tree models; 0 leaves it to validation.
	Trees, Leaves int
	// HalfLife weighs trips by age, half for each HalfLife before the last one:
	// traffic drifts. DefaultHalfLife when 0, no weighing when negative.
	HalfLife time.Duration
	// Seed drives the draws of rows and features.
	Seed    int64
	Threads int // 0 means GOMAXPROCS; never changes the result
	// Champion, when given, is the model to beat on the same holdout. It has not
	// seen trips from ChampionUntil on: only those are compared.
	Champion      *model.Bundle
	ChampionUntil time.Time
	// Code names the build, for the lineage.
	Code string
	// Progress is told the step under way and the share done, 0 to 1, on the
	// caller's goroutine. It may be nil.
	Progress func(step string, done float64)
}

// Result is a trained model and what is known of it.
type Result struct {
	Bundle *model.Bundle
	Report Report
	// Rival compares this model with the champion; nil without one.
	Rival  *Rival
	Passed bool
	// Version describes the model; name, number, time and checksum are the
	// registry's to fill in.
	Version rumbo.ModelVersion
}

// Train learns from the trips of src. The step names that Progress sees are short
// English phrases. Errors: rumbo.NoData for fewer than MinTrips usable trips or an
// empty holdout, rumbo.NoRoads for set R without a map, rumbo.Canceled when ctx
// ends, and whatever src fails with. Cost: about 15 times one tree model's.
func Train(ctx context.Context, src Source, o Options) (*Result, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	all, unplaced, err := gather(ctx, src, o.Set, o.From, o.Until, o.Progress)
	if err != nil {
		return nil, err
	}
	train, holdout, err := split(all, o)
	if err != nil {
		return nil, err
	}
	b, err := begin(o.Set, train)
	if err != nil {
		return nil, err
	}
	l := newLearner(b, train, o)
	if err := l.choose(ctx); err != nil {
		return nil, err
	}
	bundle, err := l.refit(ctx)
	if err != nil {
		return nil, err
	}
	o.Progress("evaluating", 0.95)
	r := &Result{Bundle: bundle, Report: evaluate(bundle, holdout)}
	r.Report.evaluateExact(bundle, holdout)
	r.Report.Unplaced = int64(unplaced)
	r.Rival = compare(bundle, holdout, o)
	r.judge()
	r.describe(train, holdout, l, o)
	o.Progress("done", 1)
	return r, nil
}

func (o *Options) complete() error {
	if o.Set == "" {
		o.Set = feature.R
	}
	if o.TestShare == 0 {
		o.TestShare = DefaultTestShare
	}
	if o.HalfLife == 0 {
		o.HalfLife = DefaultHalfLife
	}
	if o.Progress == nil {
		o.Progress = func(string, float64) {}
	}
	var faults []rumbo.FieldError
	if !o.Set.Valid() {
		faults = append(faults, rumbo.FieldError{Pointer: "/features", Code: rumbo.NotOneOf, Value: string(o.Set), Limit: "A, B, R"})
	}
	if !(o.TestShare > 0 && o.TestShare <= 0.5) {
		faults = append(faults, rumbo.FieldError{Pointer: "/test_share", Code: rumbo.OutOfRange, Value: o.TestShare, Limit: "above 0, at most 0.5"})
	}
	if o.Trees < 0 || o.Trees > 5000 {
		faults = append(faults, rumbo.FieldError{Pointer: "/trees", Code: rumbo.OutOfRange, Value: o.Trees, Limit: "0 to 5000"})
	}
	if o.Leaves < 0 || o.Leaves == 1 || o.Leaves > 1024 {
		faults = append(faults, rumbo.FieldError{Pointer: "/leaves", Code: rumbo.OutOfRange, Value: o.Leaves, Limit: "0, or 2 to 1024"})
	}
	return rumbo.InvalidFields("train.Train", faults)
}

// split parts the samples at an instant: departures before it train, the others
// are held out.
func split(all samples, o Options) (train, holdout samples, err error) {
	if len(all) < MinTrips {
		return nil, nil, rumbo.Fault(rumbo.NoData, "train.Train",
			fmt.Sprintf("%d usable trips, at least %d are needed", len(all), MinTrips), nil)
	}
	at := o.HoldoutFrom
	if at.IsZero() {
		at = all[len(all)-max(1, int(float64(len(all))*o.TestShare))].facts.At
	}
	n := all.before(at)
	if n < MinTrips/2 || n == len(all) {
		return nil, nil, rumbo.Fault(rumbo.NoData, "train.Train",
			fmt.Sprintf("%d trips before %s and %d from then on", n, at.Format(time.RFC3339), len(all)-n), nil)
	}
	return all[:n], all[n:], nil
}

// before is how many samples depart before the instant.
func (s samples) before(at time.Time) int {
	n := 0
	for n < len(s) && s[n].facts.At.Before(at) {
		n++
	}
	return n
}

// begin fits what needs no trees.
func begin(set feature.Set, train samples) (model.Bundle, error) {
	b := model.Bundle{Set: set, FeatureHash: set.Hash(), Correction: model.NoCorrection()}
	var err error
	if b.Base, err = fitBase(set, train); err != nil {
		return b, err
	}
	b.Floors, err = fitFloors(set, b.Base, train)
	return b, err
}
