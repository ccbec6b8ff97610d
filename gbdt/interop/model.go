package interop

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// Model is a foreign regression model, ready to predict. It is immutable and safe for concurrent use.
type Model struct {
	kind    string
	names   []string
	width   int
	root    predictor
	scratch sync.Pool // of *scratch
}

// predictor is an estimator. x has as many values as the estimator was built for.
type predictor interface {
	predict(x []float64, s *scratch) float64
}

// scratch lends the slices that transformers write to; all return at the end of a prediction.
type scratch struct{ buffer []float64 }

func (s *scratch) take(n int) []float64 {
	at := len(s.buffer)
	s.buffer = slices.Grow(s.buffer, n)[:at+n]
	return s.buffer[at : at+n : at+n]
}

// Kind names the outermost estimator as its own library does.
func (m *Model) Kind() string { return m.kind }

// Width is the number of values of a row, or -1 for a constant model that takes rows of any width.
func (m *Model) Width() int { return m.width }

// FeatureNames returns a copy of the names the model was fitted with, nil where it has none.
func (m *Model) FeatureNames() []string { return slices.Clone(m.names) }

// Predict is the prediction for one row. It panics unless row has Width values. Where the original
// would raise an error (a missing value in a model without missing values, an unknown category) the
// prediction is NaN.
func (m *Model) Predict(row []float64) float64 {
	if len(row) != m.width && m.width != anyWidth {
		panic(fmt.Sprintf("interop: row of %d values where the model wants %d", len(row), m.width))
	}
	s, ok := m.scratch.Get().(*scratch)
	if !ok {
		s = &scratch{}
	}
	s.buffer = s.buffer[:0]
	y := m.root.predict(row, s)
	m.scratch.Put(s)
	return y
}

// PredictBatch writes the predictions of row-major rows of equal width to dst. It panics unless that is
// Width.
func (m *Model) PredictBatch(dst, rows []float64) {
	if len(dst) == 0 {
		return
	}
	width := len(rows) / len(dst)
	if width*len(dst) != len(rows) {
		panic(fmt.Sprintf("interop: %d values do not make %d rows", len(rows), len(dst)))
	}
	for i := range dst {
		dst[i] = m.Predict(rows[i*width : (i+1)*width])
	}
}

func anyNaN(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) {
			return true
		}
	}
	return false
}
