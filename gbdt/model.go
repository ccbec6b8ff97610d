package gbdt

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// Model is a trained ensemble. It is immutable and safe for concurrent use.
type Model struct {
	objective Objective
	target    Transform
	alpha     float64 // quantile level; 0 but for Quantile
	features  []Feature
	binners   []binner
	base      float64
	trees     []*tree

	tablesOnce sync.Once
	tables     atomic.Pointer[tables] // nil until prepared
	asked      atomic.Int64           // rows asked for before that
	scratch    sync.Pool              // of *[]uint8: codes of a batch
}

// newModel packs trees grown on ds and drops the cuts that no split uses.
func newModel(params *Params, ds *Dataset, base float64, trees []*tree) *Model {
	m := &Model{
		objective: params.Objective, target: params.Target, base: base, trees: trees,
		features: ds.Features(), binners: slices.Clone(ds.binners),
	}
	if m.objective == Quantile {
		m.alpha = params.Alpha
	}
	m.dropUnusedCuts()
	return m
}

// dropUnusedCuts keeps of every numeric feature the cuts that splits use, and renumbers the splits'
// bins. Decisions do not change.
func (m *Model) dropUnusedCuts() {
	used := make([][histBins]bool, len(m.features))
	m.eachSplit(func(s *split) {
		if s.set < 0 {
			used[s.feature][s.bin] = true
		}
	})
	renumber := make([][histBins]uint8, len(m.features))
	for j := range m.binners {
		b := &m.binners[j]
		if b.kind != Numeric {
			continue
		}
		kept := make([]float64, 0, len(b.values))
		for k, cut := range b.values {
			renumber[j][k] = uint8(len(kept))
			if used[j][k] {
				kept = append(kept, cut)
			}
		}
		renumber[j][len(b.values)] = uint8(len(kept)) // "all values", for splits against missing
		*b = numericBinner(kept)
	}
	m.eachSplit(func(s *split) {
		if s.set < 0 {
			s.bin = renumber[s.feature][s.bin]
		}
	})
}

func (m *Model) eachSplit(visit func(*split)) {
	for _, t := range m.trees {
		for i := range t.splits {
			visit(&t.splits[i])
		}
	}
}

// Features returns a copy of the columns that rows must have, in order.
func (m *Model) Features() []Feature { return slices.Clone(m.features) }

// Trees is the number of trees.
func (m *Model) Trees() int { return len(m.trees) }

// Objective is the loss the model was trained on.
func (m *Model) Objective() Objective { return m.objective }

// Target is the transform of the targets.
func (m *Model) Target() Transform { return m.target }

// Alpha is the quantile level of a Quantile model, else 0.
func (m *Model) Alpha() float64 { return m.alpha }

// Gain is one feature's part of what all splits gained.
type Gain struct {
	Feature string
	Gain    float64 // sum over its splits, in squared raw units
	Splits  int     // number of splits
}

// Importance lists the gain of every feature, greatest first; equals in feature order. O(splits).
func (m *Model) Importance() []Gain {
	gains := make([]Gain, len(m.features))
	for j, f := range m.features {
		gains[j].Feature = f.Name
	}
	m.eachSplit(func(s *split) {
		gains[s.feature].Gain += s.gain
		gains[s.feature].Splits++
	})
	slices.SortStableFunc(gains, func(a, b Gain) int {
		switch {
		case a.Gain > b.Gain:
			return -1
		case a.Gain < b.Gain:
			return 1
		}
		return 0
	})
	return gains
}

// unlink takes a raw score to a prediction.
func (m *Model) unlink(raw float64) float64 {
	switch {
	case m.objective == Poisson:
		return math.Exp(raw)
	case m.target == Log1p:
		return math.Expm1(raw)
	}
	return raw
}

// mustHold panics where a row or batch has the wrong length, as an index out of range would. Check
// the columns against Features before rows are built.
func mustHold(got, want int) {
	if got != want {
		panic(fmt.Sprintf("gbdt: %d values where the model wants %d", got, want))
	}
}
