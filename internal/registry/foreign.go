package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/gbdt/interop"
)

// Foreign is a model that another library trained, with the proof that we read it
// rightly: rows and what that library predicts for them.
type Foreign struct {
	// Key names what is added; the same key adds nothing twice. It is required.
	Key string
	// File is the model as its library wrote it; see package interop for the formats.
	File []byte
	// Columns are the names of a row's values, in order.
	Columns []string
	// Rows are row-major, one value a column, NaN for a missing one; Expected has
	// that library's prediction for each.
	Rows, Expected []float64
	// Tolerance is how far a prediction may be off, relative to what was expected; 0
	// for bit by bit.
	Tolerance float64
}

// Bounds of a foreign model.
const (
	MaxForeignBytes = 256 << 20
	MaxParityRows   = 100_000
)

// foreignMeta is what meta.json says of a foreign model.
type foreignMeta struct {
	Kind       string   `json:"kind"`
	Columns    []string `json:"columns"`
	ParityRows int      `json:"parity_rows"`
	// WorstOff is the greatest relative difference met.
	WorstOff float64 `json:"worst_off"`
}

// AddForeign keeps a foreign model as a new version, with its file as it came. Nothing
// in the file is executed. A model that cannot be read is refused with rumbo.Invalid and
// leaves nothing; one that predicts otherwise than expected is kept as rejected: its
// verdict says where it differs, and [Registry.LoadForeign] does not load it.
func (r *Registry) AddForeign(ctx context.Context, name string, f Foreign) (rumbo.ModelVersion, error) {
	if err := checkName("registry.AddForeign", name); err != nil {
		return rumbo.ModelVersion{}, err
	}
	m, err := f.read()
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	numbers, err := r.numbers(ctx, name)
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	if there, err := r.byKey(ctx, name, f.Key, numbers); err != nil || there != nil {
		return r.crowned(ctx, there, err)
	}
	number, err := r.claim(ctx, name, f.File, numbers)
	if err != nil {
		return rumbo.ModelVersion{}, err
	}
	worst, verdict := f.parity(m)
	columns := sha256.Sum256([]byte(strings.Join(f.Columns, "\n")))
	d := meta{
		Key: f.Key, Passed: strings.HasPrefix(verdict, "accepted"),
		Foreign: &foreignMeta{Kind: m.Kind(), Columns: f.Columns, ParityRows: len(f.Expected), WorstOff: worst},
		Version: rumbo.ModelVersion{Features: "foreign", FeatureHash: hex.EncodeToString(columns[:]), Target: m.Kind(), Verdict: verdict},
	}
	return r.complete(ctx, name, number, d, f.File)
}

// read understands the file and checks that the proof fits it.
func (f *Foreign) read() (*interop.Model, error) {
	refuse := func(detail string, err error) error {
		return rumbo.Fault(rumbo.Invalid, "registry.AddForeign", detail, err)
	}
	if len(f.File) > MaxForeignBytes {
		return nil, rumbo.Fault(rumbo.TooLarge, "registry.AddForeign", fmt.Sprintf("%d bytes, at most %d", len(f.File), MaxForeignBytes), nil)
	}
	m, err := interop.Read(bytes.NewReader(f.File), interop.DefaultLimits())
	if err != nil {
		return nil, refuse("the model is refused: "+err.Error(), err)
	}
	width := m.Width()
	if width < 0 {
		width = len(f.Columns)
	}
	switch {
	case len(f.Columns) != width:
		return nil, refuse(fmt.Sprintf("the model takes %d columns, %d are named", width, len(f.Columns)), nil)
	case len(f.Expected) == 0 || len(f.Expected) > MaxParityRows:
		return nil, refuse(fmt.Sprintf("%d rows with expected predictions, want 1 to %d", len(f.Expected), MaxParityRows), nil)
	case len(f.Rows) != len(f.Expected)*width:
		return nil, refuse(fmt.Sprintf("%d values for %d rows of %d columns", len(f.Rows), len(f.Expected), width), nil)
	case !(f.Tolerance >= 0 && f.Tolerance <= 0.01):
		return nil, refuse(fmt.Sprintf("tolerance %v, want 0 to 0.01", f.Tolerance), nil)
	}
	names := m.FeatureNames()
	for i, name := range names {
		if i < len(f.Columns) && name != f.Columns[i] {
			return nil, refuse(fmt.Sprintf("column %d is %q, the model was fitted with %q there", i, f.Columns[i], name), nil)
		}
	}
	return m, nil
}

// parity predicts the rows of the proof.
func (f *Foreign) parity(m *interop.Model) (worst float64, verdict string) {
	got := make([]float64, len(f.Expected))
	m.PredictBatch(got, f.Rows)
	at := 0
	for i, want := range f.Expected {
		if off := relative(got[i], want); off > worst {
			worst, at = off, i
		}
	}
	if worst > f.Tolerance {
		return worst, fmt.Sprintf("rejected: row %d predicts %v, expected %v", at, got[at], f.Expected[at])
	}
	return worst, fmt.Sprintf("accepted: %d rows predict as expected, at most %.1g off", len(got), worst)
}

// relative is how far got is from want; two unknown values are alike.
func relative(got, want float64) float64 {
	switch {
	case got == want || math.IsNaN(got) && math.IsNaN(want):
		return 0
	case math.IsNaN(got) || math.IsNaN(want):
		return math.MaxFloat64 // JSON has no infinity
	}
	return min(math.MaxFloat64, math.Abs(got-want)/max(math.Abs(want), 1e-300))
}

// LoadForeign reads a foreign model and the names of its columns. Conflict for a
// rejected one and for a model of our own, Corrupt for one that has changed.
func (r *Registry) LoadForeign(ctx context.Context, name string, version int) (*interop.Model, []string, error) {
	m, err := r.known(ctx, "registry.LoadForeign", name, version)
	if err != nil {
		return nil, nil, err
	}
	if m.Foreign == nil || !m.Passed {
		return nil, nil, rumbo.Fault(rumbo.Conflict, "registry.LoadForeign", "not an accepted foreign model: "+m.Version.Verdict, nil)
	}
	file, err := r.file(ctx, &m, MaxForeignBytes)
	if err != nil {
		return nil, nil, err
	}
	foreign, err := interop.Read(bytes.NewReader(file), interop.DefaultLimits())
	if err != nil {
		return nil, nil, rumbo.Fault(rumbo.Corrupt, "registry.LoadForeign", fmt.Sprintf("%s version %d", name, version), err)
	}
	return foreign, m.Foreign.Columns, nil
}
