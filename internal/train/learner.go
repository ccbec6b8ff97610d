package train

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/logistica-inteligente/rumbo/gbdt"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// learner grows the trees of one bundle: first on the early part of the training
// trips, to choose, then on all of them.
type learner struct {
	bundle model.Bundle
	known  samples // the training trips
	train  samples // those that the trees learn from: set R adds sharp twins
	o      Options

	features []gbdt.Feature
	rows     []float64
	target   []float64
	recent   []float64 // weight of each sample; nil where all count alike

	params [4]gbdt.Params // mean, P10, P50, P90
}

// quantile levels of the models after the mean.
var quantiles = [3]float64{0.1, 0.5, 0.9}

// validationWindow is how far back the validation part reaches where the latest
// fifth of the training trips reaches farther.
const validationWindow = 28 * 24 * time.Hour

// maxQuantileTrees bounds the quantile models, which gain little from more.
const maxQuantileTrees = 700

// minValidation is the least number of trips worth choosing by.
const minValidation = 10

func newLearner(b model.Bundle, train samples, o Options) *learner {
	known := train
	if b.Set.NeedsRoad() {
		train = train.withSharpened()
	}
	r := feature.NewRows(b.Set)
	l := &learner{bundle: b, known: known, train: train, o: o, rows: train.rows(r), target: make([]float64, len(train))}
	for _, f := range b.Set.Features() {
		l.features = append(l.features, gbdt.Feature{Name: f.Name})
	}
	for i := range train {
		l.target[i] = l.bundle.Target(&train[i].facts, train[i].seconds)
	}
	l.recent = recency(train, o.HalfLife)
	for k := range l.params {
		l.params[k] = l.startParams(k)
	}
	return l
}

// recency weighs samples by age: half for each half-life before the last. Trips of
// less than half of a half-life all count alike.
func recency(s samples, half time.Duration) []float64 {
	last := s[len(s)-1].facts.At
	if half <= 0 || last.Sub(s[0].facts.At) < half/2 {
		return nil
	}
	out := make([]float64, len(s))
	for i := range s {
		out[i] = math.Exp2(-last.Sub(s[i].facts.At).Hours() / half.Hours())
	}
	return out
}

// startParams are the parameters before validation has its say. Many trips bear
// larger trees and faster steps.
func (l *learner) startParams(k int) gbdt.Params {
	p := gbdt.DefaultParams()
	p.Trees, p.LearningRate, p.Leaves = 1000, 0.1, 63
	p.MinLeafRows = max(5, min(20, len(l.train)/400))
	if len(l.train) < 50_000 {
		p.Trees, p.LearningRate, p.Leaves = 600, 0.05, 31
	}
	if len(l.train) < 1000 {
		p.Trees, p.Leaves = 100, 8
	}
	if l.o.Leaves > 0 {
		p.Leaves = l.o.Leaves
	}
	if k > 0 {
		p.Trees = min(p.Trees, maxQuantileTrees)
		p.Objective, p.Alpha = gbdt.Quantile, quantiles[k-1]
	}
	if l.o.Trees > 0 {
		p.Trees = l.o.Trees
	}
	p.Seed, p.Threads = uint64(l.o.Seed), l.o.Threads
	return p
}

// validationFrom is the first sample of the validation part: the latest fifth, or
// the latest window of days where that is shorter and holds enough trips.
func (l *learner) validationFrom() int {
	n := len(l.train)
	fifth := n - n/5
	window := l.train.before(l.train[n-1].facts.At.Add(-validationWindow))
	if window > fifth && n-window >= 2000 {
		return window
	}
	return fifth
}

// choose lets the validation part settle how many trees each model gets, and fits
// the correction to its errors there.
func (l *learner) choose(ctx context.Context) error {
	at := l.validationFrom()
	if len(l.train)-at < minValidation {
		return nil
	}
	later := l.part(at, len(l.train))
	later.Weight = nil // the latest trips are what the model is for
	tables, err := l.tables(ctx, at)
	if err != nil {
		return err
	}
	predicted := [4][]float64{}
	for k := range l.params {
		m, err := l.grow(ctx, tables[min(k, 1)], k, &later, 0.1, 0.5)
		if err != nil {
			return err
		}
		l.params[k].Trees = max(1, m.Trees())
		predicted[k] = make([]float64, len(later.Target))
		m.PredictBatch(predicted[k], later.Rows)
	}
	l.bundle.Correction = l.correct(at, predicted)
	return nil
}

// refit grows the chosen trees on the whole training part.
func (l *learner) refit(ctx context.Context) (*model.Bundle, error) {
	tables, err := l.tables(ctx, len(l.train))
	if err != nil {
		return nil, err
	}
	for k := range l.params {
		m, err := l.grow(ctx, tables[min(k, 1)], k, nil, 0.5, 0.95)
		if err != nil {
			return nil, err
		}
		if k == 0 {
			l.bundle.Mean = m
		} else {
			l.bundle.Quantiles[k-1] = m
		}
	}
	l.bundle.Reference = profilesOf(l.bundle.Set, l.known)
	return model.New(l.bundle)
}

// profilesOf describes every feature of the samples, and their durations.
func profilesOf(set feature.Set, s samples) map[string]model.Profile {
	out := map[string]model.Profile{}
	for name, values := range s.columns(set) {
		out[name] = model.NewProfile(values)
	}
	return out
}

// tables are those of the first n samples: for the mean, and for the quantiles. The
// quantiles take all trips alike: they need many, and their offsets follow the drift
// (measured on green taxis: pinball P90 47.4 s without recency, 47.9 s with).
func (l *learner) tables(ctx context.Context, n int) (out [2]*gbdt.Dataset, err error) {
	whole := l.part(0, n)
	if out[0], err = gbdt.NewDataset(whole, gbdt.Binning{Threads: l.o.Threads}); err != nil {
		return out, fault(ctx, err)
	}
	if whole.Weight == nil {
		out[1] = out[0]
		return out, nil
	}
	whole.Weight = nil
	out[1], err = gbdt.NewDataset(whole, gbdt.Binning{Threads: l.o.Threads})
	return out, fault(ctx, err)
}

// part is the table of samples lo to hi.
func (l *learner) part(lo, hi int) gbdt.Data {
	w := len(l.features)
	d := gbdt.Data{Features: l.features, Rows: l.rows[lo*w : hi*w], Target: l.target[lo:hi]}
	if l.recent != nil {
		d.Weight = l.recent[lo:hi]
	}
	return d
}

// grow trains model k; with a validation table it stops when that no longer
// improves, unless the number of trees was asked for.
func (l *learner) grow(ctx context.Context, ds *gbdt.Dataset, k int, validation *gbdt.Data, from, to float64) (*gbdt.Model, error) {
	p := l.params[k]
	step := "growing trees"
	if validation != nil && l.o.Trees == 0 {
		p.Validation, p.Patience = validation, 40
		step = "choosing the number of trees"
	}
	p.Progress = func(g gbdt.Progress) {
		share := (float64(k) + float64(g.Tree)/float64(g.Trees)) / float64(len(l.params))
		l.o.Progress(step, from+(to-from)*share)
	}
	m, err := gbdt.Train(ctx, ds, p)
	if err != nil {
		return nil, fault(ctx, err)
	}
	return m, nil
}

// correct fits the correction to the errors on the samples from index at on.
func (l *learner) correct(at int, predicted [4][]float64) model.Correction {
	residuals := make([]model.Residual, len(l.train)-at)
	for i := range residuals {
		s := &l.train[at+i]
		start := math.Log1p(s.seconds) - l.target[at+i]
		r := model.Residual{Facts: &s.facts, Seconds: s.seconds, Mean: math.Expm1(start + predicted[0][i])}
		for k := range r.Log {
			r.Log[k] = l.target[at+i] - predicted[k+1][i]
		}
		residuals[i] = r
	}
	return model.FitCorrection(residuals)
}

// fault turns an engine's error into the platform's.
func fault(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return canceled(ctx)
	}
	if errors.Is(err, gbdt.ErrParams) || errors.Is(err, gbdt.ErrData) {
		return wrap("the trees cannot be grown", err)
	}
	return err
}
