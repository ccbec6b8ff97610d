package feature

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

// Departure holds the clock features of one departure time, to be written over
// those of rows that differ in nothing else.
type Departure struct {
	columns []int
	values  []float64
}

// Departure computes the clock features for the local time in f.
func (r *Rows) Departure(f *Facts) Departure {
	d := Departure{columns: r.clocks, values: make([]float64, len(r.clocks))}
	at := drive{clock: clockOf(f)}
	for i, column := range r.clocks {
		d.values[i] = r.features[column].value(at)
	}
	return d
}

// Set writes the departure into a row that [Rows.Fill] made.
func (d Departure) Set(row []float64) {
	for i, column := range d.columns {
		row[column] = d.values[i]
	}
}
