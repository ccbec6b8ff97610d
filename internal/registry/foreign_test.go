package registry_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/registry"
)

const foreignData = "../../gbdt/interop/testdata"

// foreign is one of the models that scikit-learn or XGBoost wrote for package interop's
// tests, with the predictions that they made.
func foreign(t *testing.T, file, column string) registry.Foreign {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(foreignData, file))
	if err != nil {
		t.Fatal(err)
	}
	names, rows := columns(t, "X_test.csv")
	models, predictions := columns(t, "expected.csv")
	f := registry.Foreign{Key: file, File: data, Columns: names}
	at := slices.Index(models, column)
	for i := range rows {
		f.Rows = append(f.Rows, rows[i]...)
		f.Expected = append(f.Expected, predictions[i][at])
	}
	return f
}

func columns(t *testing.T, file string) (names []string, rows [][]float64) {
	t.Helper()
	in, err := os.Open(filepath.Join(foreignData, file))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := make([]float64, len(record))
		for i, text := range record {
			if row[i], err = strconv.ParseFloat(text, 64); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, row)
	}
	return records[0], rows
}

func TestAForeignModelIsKeptAsItCame(t *testing.T) {
	ctx, on := context.Background(), bucket(t)
	r := registry.New(on, clock)
	f := foreign(t, "xgb.json", "xgb")
	v, err := r.AddForeign(ctx, "theirs", f)
	if err != nil || v.Version != 1 || !strings.HasPrefix(v.Verdict, "accepted: ") {
		t.Fatalf("%+v: %v", v, err)
	}
	if again, err := r.AddForeign(ctx, "theirs", f); err != nil || again.Version != 1 {
		t.Errorf("the same key made version %d: %v", again.Version, err)
	}
	m, names, err := registry.New(on, clock).LoadForeign(ctx, "theirs", 1)
	if err != nil || !slices.Equal(names, f.Columns) || m.Predict(f.Rows[:len(names)]) != f.Expected[0] {
		t.Errorf("loaded with columns %v: %v", names, err)
	}
	for what, call := range map[string]func() error{
		"promote":        func() error { _, err := r.Promote(ctx, "theirs", 1); return err },
		"load for trips": func() error { _, err := r.Load(ctx, "theirs", 1); return err },
	} {
		if err := call(); rumbo.CodeOf(err) != rumbo.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
	damage(t, on, "models/theirs/versions/00000001/model.bin")
	if _, _, err := r.LoadForeign(ctx, "theirs", 1); rumbo.CodeOf(err) != rumbo.Corrupt {
		t.Errorf("damaged: %v", err)
	}
}

func TestAForeignModelThatPredictsOtherwiseIsRejected(t *testing.T) {
	ctx := context.Background()
	r := registry.New(bucket(t), clock)
	f := foreign(t, "ridge.p4.pkl", "ridge")
	f.Expected[7] *= 1 + 1e-9
	v, err := r.AddForeign(ctx, "theirs", f)
	if err != nil || !strings.HasPrefix(v.Verdict, "rejected: row 7 predicts ") {
		t.Fatalf("%q: %v", v.Verdict, err)
	}
	if _, _, err := r.LoadForeign(ctx, "theirs", 1); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("loading a rejected model: %v", err)
	}
	f.Key, f.Tolerance = "with a tolerance", 1e-8
	if v, err = r.AddForeign(ctx, "theirs", f); err != nil || v.Version != 2 || !strings.HasPrefix(v.Verdict, "accepted: ") {
		t.Errorf("%q: %v", v.Verdict, err)
	}
}

func TestWhatIsNoForeignModelLeavesNothing(t *testing.T) {
	ctx := context.Background()
	r := registry.New(bucket(t), clock)
	good := foreign(t, "ridge.p4.pkl", "ridge")
	for _, c := range []struct {
		name   string
		change func(f *registry.Foreign)
		want   string
	}{
		{"rubbish", func(f *registry.Foreign) { f.File = []byte("rubbish") }, "refused"},
		{"a command", func(f *registry.Foreign) { f.File = []byte("cposix\nsystem\n(S'true'\ntR.") }, "posix"},
		{"a column too few", func(f *registry.Foreign) { f.Columns = f.Columns[1:] }, "takes 5 columns"},
		{"no proof", func(f *registry.Foreign) { f.Rows, f.Expected = nil, nil }, "0 rows"},
		{"rows cut short", func(f *registry.Foreign) { f.Rows = f.Rows[1:] }, "values for"},
		{"anything goes", func(f *registry.Foreign) { f.Tolerance = 0.5 }, "tolerance"},
	} {
		f := good
		c.change(&f)
		if _, err := r.AddForeign(ctx, "theirs", f); rumbo.CodeOf(err) != rumbo.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if all, err := r.Models(ctx); err != nil || len(all) != 0 {
		t.Errorf("left %v: %v", all, err)
	}
}
