package model

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/logistica-inteligente/rumbo/gbdt"
	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Bundle is one trained travel-time model. Build it with [New] or [Read]; do not
// change it afterwards.
type Bundle struct {
	Set         feature.Set
	FeatureHash string // of the definition it was trained with
	Base        Base
	Mean        *gbdt.Model    // of the target, see [Bundle.Target]
	Quantiles   [3]*gbdt.Model // of the target: P10, P50, P90
	Correction  Correction
	Floors      Floors
	// Reference is the spread of every feature, and of "duration_s", over the training
	// trips; a name may be missing.
	Reference map[string]Profile

	rows  *feature.Rows
	cross func() *gbdt.Cross // of Mean, for many departures; made when it is first asked for
}

// TargetName says in a word what the trees of a set learn.
func TargetName(s feature.Set) string {
	if s == feature.R {
		return "log1p(duration_s) - log1p(base_s)"
	}
	return "log1p(duration_s)"
}

// ErrFeatures says that a model was trained with another definition of its
// features than this program has.
var ErrFeatures = errors.New("model: trained with another feature definition")

// ErrBundle is wrapped by every error that is the fault of a bundle's parts or file.
var ErrBundle = errors.New("model: bad bundle")

// New checks the parts and makes them ready for use. The bundle given is copied.
func New(b Bundle) (*Bundle, error) {
	if !b.Set.Valid() {
		return nil, fmt.Errorf("%w: unknown feature set %q", ErrBundle, b.Set)
	}
	if b.FeatureHash != b.Set.Hash() {
		return nil, fmt.Errorf("%w: set %s was %.12s, is %.12s", ErrFeatures, b.Set, b.FeatureHash, b.Set.Hash())
	}
	b.rows = feature.NewRows(b.Set)
	b.cross = sync.OnceValue(func() *gbdt.Cross { return gbdt.NewCross(b.Mean, b.rows.Clocks()) })
	for _, m := range b.trees() {
		if m == nil || len(m.Features()) != b.rows.Width() {
			return nil, fmt.Errorf("%w: set %s needs four tree models of %d features", ErrBundle, b.Set, b.rows.Width())
		}
	}
	if err := b.checkNumbers(); err != nil {
		return nil, err
	}
	b.Floors.Set, b.Floors.Base = b.Set, b.Base
	return &b, nil
}

// Rows computes the rows that the bundle's trees take.
func (b *Bundle) Rows() *feature.Rows { return b.rows }

// WithCorrection is the same model with another correction.
func (b *Bundle) WithCorrection(c Correction) (*Bundle, error) {
	next := *b
	next.Correction = c
	return New(next)
}

func (b *Bundle) trees() [4]*gbdt.Model {
	return [4]*gbdt.Model{b.Mean, b.Quantiles[0], b.Quantiles[1], b.Quantiles[2]}
}

// checkNumbers refuses numbers that would make an answer NaN or infinite.
func (b *Bundle) checkNumbers() error {
	positive := map[string]float64{
		"line speed": b.Base.LineSpeed, "floor speed": b.Floors.Speed,
		"correction ratio by zone": b.Correction.Ratio[0], "correction ratio between places": b.Correction.Ratio[1],
	}
	if b.Set.NeedsRoad() {
		positive["road scale"] = b.Base.RoadScale
	}
	for name, x := range positive {
		if !(x > 0) || math.IsInf(x, 0) {
			return fmt.Errorf("%w: %s is %v", ErrBundle, name, x)
		}
	}
	for _, offsets := range b.Correction.Offsets {
		for _, x := range offsets {
			if !(math.Abs(x) < 20) {
				return fmt.Errorf("%w: offset %v", ErrBundle, x)
			}
		}
	}
	if !(b.Base.BlurredS >= 0) || !(b.Correction.Correlation >= 0 && b.Correction.Correlation < 1) {
		return fmt.Errorf("%w: blurred %v s, correlation %v", ErrBundle, b.Base.BlurredS, b.Correction.Correlation)
	}
	for name, p := range b.Reference {
		if !p.valid() {
			return fmt.Errorf("%w: reference of %q is out of order", ErrBundle, name)
		}
	}
	for _, name := range (&Floors{Set: b.Set}).Names() {
		s, ok := b.Floors.Spreads[name]
		if !ok || !(0 <= s.P10 && s.P10 <= s.P50 && s.P50 <= s.P90) || math.IsInf(s.P90, 0) {
			return fmt.Errorf("%w: spread of floor %s is %v", ErrBundle, name, s)
		}
	}
	return nil
}
