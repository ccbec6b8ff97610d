package interop

import (
	"bytes"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// table reads a CSV file of numbers with a header; an empty field or nan is NaN.
func table(t testing.TB, path string) (header []string, rows [][]float64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		row := make([]float64, len(r))
		for j, s := range r {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				v = math.NaN()
			}
			row[j] = v
		}
		rows = append(rows, row)
	}
	return records[0], rows
}

// exact are the models whose predictions must agree to the last bit; the others to 1e-12.
func exact(name string) bool {
	for _, prefix := range []string{"dtree", "rf", "et", "gbr", "hgb", "xgb", "pipe_scaler_xgb"} {
		if strings.HasPrefix(name, prefix) && !strings.Contains(name, "poisson") && !strings.Contains(name, "gamma") {
			return true
		}
	}
	return false
}

// directories are the bundled models and, where RUMBO_DATA names a data directory, the larger ones there.
func directories() []string {
	dirs := []string{"testdata"}
	if data := os.Getenv("RUMBO_DATA"); data != "" {
		dirs = append(dirs, filepath.Join(data, "models"))
	}
	return dirs
}

func open(t testing.TB, path string) *Model {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := Read(f, Limits{})
	if err != nil {
		t.Errorf("%s: %v", filepath.Base(path), err)
		return &Model{root: constant(math.NaN()), width: anyWidth}
	}
	return m
}

// Every model must predict what its own library predicted: expected.csv has a column a model, and
// expected_nan.csv for those that know missing values.
func TestPredictionsOfTheOriginals(t *testing.T) {
	for _, dir := range directories() {
		header, want := table(t, filepath.Join(dir, "expected.csv"))
		_, x := table(t, filepath.Join(dir, "X_test.csv"))
		headerNaN, wantNaN := table(t, filepath.Join(dir, "expected_nan.csv"))
		_, xNaN := table(t, filepath.Join(dir, "X_test_nan.csv"))
		files, err := filepath.Glob(filepath.Join(dir, "*.*"))
		if err != nil {
			t.Fatal(err)
		}
		tested := 0
		for _, path := range files {
			base := filepath.Base(path)
			name, _, _ := strings.Cut(base, ".")
			column := slices.Index(header, name)
			if column < 0 {
				continue
			}
			tested++
			m := open(t, path)
			compare(t, base, m, exact(name), x, want, column)
			if column = slices.Index(headerNaN, name); column >= 0 {
				compare(t, base+" with missing values", m, exact(name), xNaN, wantNaN, column)
			}
		}
		t.Logf("%d models", tested)
		if tested < 20 {
			t.Errorf("%d models in %s", tested, dir)
		}
	}
}

func compare(t *testing.T, name string, m *Model, exact bool, x, want [][]float64, column int) {
	t.Helper()
	for i, row := range x {
		got, want := m.Predict(row), want[i][column]
		off := math.Abs(got-want) / math.Max(math.Abs(want), 1e-300)
		if exact && got != want || !(off <= 1e-12) {
			t.Errorf("%s (%s) row %d: %.17g, want %.17g (off by %.2g)", name, m.Kind(), i, got, want, off)
			return
		}
	}
}

func TestEvilIsRefused(t *testing.T) {
	file, err := os.ReadFile("testdata/evil.p4.pkl")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Read(bytes.NewReader(file), Limits{})
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "posix.system") {
		t.Errorf("got %v", err)
	}
}

func TestFeatureNames(t *testing.T) {
	want := []string{"trip_distance", "hour", "dow", "pu", "do"}
	for _, name := range []string{"coltrans_names.p5.pkl", "xgb_names.json"} {
		if got := open(t, filepath.Join("testdata", name)).FeatureNames(); !slices.Equal(got, want) {
			t.Errorf("%s: features %v", name, got)
		}
	}
	if m := open(t, "testdata/linear.p4.pkl"); m.FeatureNames() != nil || m.Kind() != "sklearn.linear_model.LinearRegression" || m.Width() != 5 {
		t.Errorf("%s of %d features %v", m.Kind(), m.Width(), m.FeatureNames())
	}
}
