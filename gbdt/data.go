package gbdt

import (
	"errors"
	"fmt"
	"math"
)

// Limits of a table and of a model. They keep every index in its integer type and bound what a
// hostile model file may ask for.
const (
	MaxFeatures   = 4096    // columns of a table
	MaxRows       = 1 << 27 // rows of a table
	MaxLeaves     = 4096    // leaves of a tree
	MaxTrees      = 100_000 // trees of a model
	MaxNameBytes  = 256     // length of a feature name in bytes
	MaxCategories = 255     // categories with a bin of their own
	MaxMagnitude  = 1e30    // of targets and weights, so that sums of squares stay finite
)

// Kind says how a feature is split.
type Kind uint8

const (
	Numeric     Kind = iota // ordered; split by a threshold
	Categorical             // non-negative whole numbers; split by a set of values
)

// Feature names one column of a table.
type Feature struct {
	Name string
	Kind Kind
}

// Data is a table to learn from or to validate against. Give either Rows or Columns. A NaN feature
// value is missing. The engine reads the slices and keeps none of them.
type Data struct {
	Features []Feature
	Rows     []float64   // row-major, len(Target) x len(Features)
	Columns  [][]float64 // one slice a feature, each len(Target) long
	Target   []float64   // -MaxMagnitude to MaxMagnitude
	Weight   []float64   // 0 to MaxMagnitude, or nil for weight 1 everywhere
}

// ErrData is wrapped by every error that is the fault of a table.
var ErrData = errors.New("gbdt: bad data")

// validate reports the first thing that is wrong with the table, in O(rows + features).
func (d *Data) validate() error {
	n, f := len(d.Target), len(d.Features)
	switch {
	case n == 0:
		return fmt.Errorf("%w: no rows", ErrData)
	case n > MaxRows:
		return fmt.Errorf("%w: %d rows, limit %d", ErrData, n, MaxRows)
	case f == 0 || f > MaxFeatures:
		return fmt.Errorf("%w: %d features, want 1 to %d", ErrData, f, MaxFeatures)
	case (d.Rows == nil) == (d.Columns == nil):
		return fmt.Errorf("%w: give either Rows or Columns", ErrData)
	case d.Rows != nil && len(d.Rows) != n*f:
		return fmt.Errorf("%w: Rows has %d values, want %d rows x %d features", ErrData, len(d.Rows), n, f)
	case d.Columns != nil && len(d.Columns) != f:
		return fmt.Errorf("%w: %d Columns for %d features", ErrData, len(d.Columns), f)
	case d.Weight != nil && len(d.Weight) != n:
		return fmt.Errorf("%w: %d weights for %d rows", ErrData, len(d.Weight), n)
	}
	for j, c := range d.Columns {
		if len(c) != n {
			return fmt.Errorf("%w: column %q has %d values for %d rows", ErrData, d.Features[j].Name, len(c), n)
		}
	}
	if err := validateFeatures(d.Features); err != nil {
		return err
	}
	return d.validateTargets()
}

func (d *Data) validateTargets() error {
	for i, y := range d.Target {
		if !(math.Abs(y) <= MaxMagnitude) {
			return fmt.Errorf("%w: target of row %d is %v", ErrData, i, y)
		}
	}
	total := 0.0
	for i, w := range d.Weight {
		if !(w >= 0 && w <= MaxMagnitude) {
			return fmt.Errorf("%w: weight of row %d is %v", ErrData, i, w)
		}
		total += w
	}
	if d.Weight != nil && total == 0 {
		return fmt.Errorf("%w: weights sum to %v", ErrData, total)
	}
	return nil
}

func validateFeatures(features []Feature) error {
	seen := make(map[string]bool, len(features))
	for j, f := range features {
		switch {
		case f.Name == "" || len(f.Name) > MaxNameBytes:
			return fmt.Errorf("%w: name of feature %d has %d bytes, want 1 to %d", ErrData, j, len(f.Name), MaxNameBytes)
		case seen[f.Name]:
			return fmt.Errorf("%w: feature %q appears twice", ErrData, f.Name)
		case f.Kind > Categorical:
			return fmt.Errorf("%w: feature %q has unknown kind %d", ErrData, f.Name, f.Kind)
		}
		seen[f.Name] = true
	}
	return nil
}

// column copies feature j into dst, which holds one value a row.
func (d *Data) column(j int, dst []float64) {
	if d.Columns != nil {
		copy(dst, d.Columns[j])
		return
	}
	f := len(d.Features)
	for i := range dst {
		dst[i] = d.Rows[i*f+j]
	}
}
