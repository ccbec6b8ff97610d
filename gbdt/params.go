package gbdt

import (
	"errors"
	"fmt"
	"math"
)

// Objective is the loss that training lowers.
type Objective uint8

const (
	L2       Objective = iota // squared error: predicts the mean
	L1                        // absolute error: predicts the median
	Quantile                  // pinball loss: predicts the quantile Params.Alpha
	Huber                     // squared up to Params.Delta, linear beyond
	Poisson                   // counts and rates: predicts the mean, raw score is its logarithm
)

// String is the name of the objective.
func (o Objective) String() string {
	names := [...]string{"l2", "l1", "quantile", "huber", "poisson"}
	if int(o) < len(names) {
		return names[o]
	}
	return fmt.Sprintf("objective(%d)", uint8(o))
}

// Transform is applied to targets before training and undone after prediction; it is kept in the model.
type Transform uint8

const (
	Identity Transform = iota // none
	Log1p                     // trains on log(1+y), predicts exp(raw)-1; every target must exceed -1
)

// String is the name of the transform.
func (t Transform) String() string {
	names := [...]string{"identity", "log1p"}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("transform(%d)", uint8(t))
}

// Params says what to learn and how. Begin with DefaultParams.
type Params struct {
	Objective Objective
	Target    Transform
	Alpha     float64 // quantile level, in (0,1); Quantile only
	Delta     float64 // width of the squared zone, in transformed target units; Huber only

	Trees        int     // at most
	LearningRate float64 // in (0,1]
	Leaves       int     // of a tree, at most; 2 to MaxLeaves
	MaxDepth     int     // splits from root to leaf; 0 means no limit
	MinLeafRows  int     // rows of a leaf, at least 1
	MinLeafMass  float64 // sum of curvatures (L2: of weights) of a leaf
	L2           float64 // penalty on squared leaf values
	MinGain      float64 // a split must gain more, in squared raw units

	RowFraction     float64 // rows drawn for each tree, in (0,1]
	FeatureFraction float64 // features drawn for each tree, in (0,1]
	Seed            uint64  // of both draws

	// Monotone has one value a feature: +1 the prediction must not fall as the feature grows, -1 it
	// must not rise, 0 free. Missing values are not compared. Nil means all free.
	Monotone []int8
	// Interactions lists groups of features (by index) that may meet on a path from root to leaf. A
	// feature in no group stands alone. Nil means no limit.
	Interactions [][]int

	// Validation, when given, is scored after every tree; Patience trees without improvement end
	// training (0 never does), and the model keeps the trees up to the best score.
	Validation *Data
	Patience   int

	Threads  int            // 0 means GOMAXPROCS; never changes the result
	Progress func(Progress) // called after every tree, on the caller's goroutine; may be nil
}

// Progress reports one finished tree.
type Progress struct {
	Tree           int     // trees so far
	Trees          int     // trees asked for
	Leaves         int     // leaves of this tree
	ValidationLoss float64 // mean loss in transformed target units; NaN without validation
	BestTree       int     // trees of the best validation loss so far; Tree without validation
}

// DefaultParams are 300 trees of 63 leaves at rate 0.1 for squared error.
func DefaultParams() Params {
	return Params{
		Alpha: 0.5, Delta: 1,
		Trees: 300, LearningRate: 0.1, Leaves: 63, MinLeafRows: 50, L2: 1,
		RowFraction: 1, FeatureFraction: 1,
	}
}

// ErrParams is wrapped by every error that is the fault of the parameters.
var ErrParams = errors.New("gbdt: bad parameters")

// validate reports everything that is wrong with the parameters for a table of that many features.
func (p *Params) validate(features []Feature) error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrParams}, args...)...))
		}
	}
	finite := func(x float64) bool { return x >= 0 && !math.IsInf(x, 0) }
	check(p.Objective <= Poisson, "unknown %v", p.Objective)
	check(p.Target <= Log1p, "unknown %v", p.Target)
	check(p.Objective != Poisson || p.Target == Identity, "poisson has a log link of its own; Target must be identity")
	check(p.Objective != Quantile || p.Alpha > 0 && p.Alpha < 1, "Alpha is %v, want between 0 and 1", p.Alpha)
	check(p.Objective != Huber || finite(p.Delta) && p.Delta > 0, "Delta is %v, want more than 0", p.Delta)
	check(p.Trees >= 1 && p.Trees <= MaxTrees, "Trees is %d, want 1 to %d", p.Trees, MaxTrees)
	check(p.LearningRate > 0 && p.LearningRate <= 1, "LearningRate is %v, want in (0,1]", p.LearningRate)
	check(p.Leaves >= 2 && p.Leaves <= MaxLeaves, "Leaves is %d, want 2 to %d", p.Leaves, MaxLeaves)
	check(p.MaxDepth >= 0, "MaxDepth is %d, want 0 or more", p.MaxDepth)
	check(p.MinLeafRows >= 1, "MinLeafRows is %d, want 1 or more", p.MinLeafRows)
	check(finite(p.MinLeafMass), "MinLeafMass is %v, want 0 or more", p.MinLeafMass)
	check(finite(p.L2), "L2 is %v, want 0 or more", p.L2)
	check(finite(p.MinGain), "MinGain is %v, want 0 or more", p.MinGain)
	check(p.RowFraction > 0 && p.RowFraction <= 1, "RowFraction is %v, want in (0,1]", p.RowFraction)
	check(p.FeatureFraction > 0 && p.FeatureFraction <= 1, "FeatureFraction is %v, want in (0,1]", p.FeatureFraction)
	check(p.Patience >= 0, "Patience is %d, want 0 or more", p.Patience)
	check(p.Patience == 0 || p.Validation != nil, "Patience needs Validation")
	check(p.Monotone == nil || len(p.Monotone) == len(features), "Monotone has %d values for %d features", len(p.Monotone), len(features))
	for j, m := range p.Monotone {
		check(m >= -1 && m <= 1, "Monotone of feature %d is %d, want -1, 0 or 1", j, m)
		check(m == 0 || j >= len(features) || features[j].Kind == Numeric, "Monotone of feature %d, which is categorical", j)
	}
	for _, group := range p.Interactions {
		for _, j := range group {
			check(j >= 0 && j < len(features), "Interactions names feature %d of %d", j, len(features))
		}
	}
	return errors.Join(errs...)
}
