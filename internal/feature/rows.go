package feature

import "time"

// Rows computes the rows of one set. It is read-only: one value may serve any
// number of goroutines.
type Rows struct {
	features []Feature
	clocks   []int // columns that depend on the departure time only
}

// NewRows prepares the set's features; it panics on an unknown set, which callers
// check with [Set.Valid] where the name comes from outside.
func NewRows(s Set) *Rows {
	if !s.Valid() {
		panic("feature: unknown set " + string(s))
	}
	r := &Rows{features: s.Features()}
	for i, f := range r.features {
		if f.Clock {
			r.clocks = append(r.clocks, i)
		}
	}
	return r
}

// Width is the number of features, and of values a row.
func (r *Rows) Width() int { return len(r.features) }

// Fill writes one row into out, which holds at least Width values. It does not
// allocate. O(features).
func (r *Rows) Fill(out []float64, f *Facts) {
	out = out[:len(r.features)]
	d := driveOf(f)
	for i := range out {
		out[i] = r.features[i].value(d)
	}
}

// Clocks are the columns of the features that depend on the departure alone.
func (r *Rows) Clocks() []int { return r.clocks }

// Clock is what those columns hold for a departure at a local time.
func (r *Rows) Clock(at time.Time) []float64 {
	values := make([]float64, len(r.clocks))
	d := drive{clock: clockOf(&Facts{At: at})}
	for i, column := range r.clocks {
		values[i] = r.features[column].value(d)
	}
	return values
}
