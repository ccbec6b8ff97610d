package gbdt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

// models are small and cover every part of the file: missing sides, categories, quantile level, log
// target, a tree deeper and wider than masks hold, and a model without trees.
func models(t testing.TB) map[string]*Model {
	quantile, wide, none := small(), small(), small()
	quantile.Objective, quantile.Alpha, quantile.Target = Quantile, 0.9, Log1p
	wide.Leaves, wide.MinLeafRows, wide.Trees = 200, 5, 3
	quantile.Trees, none.Trees = 5, 1
	none.MinGain = 1e20
	one := small()
	one.Trees = 7
	d := world(4000, 11)
	return map[string]*Model{
		"l2": mustTrain(t, d, one), "quantile": mustTrain(t, d, quantile),
		"wide": mustTrain(t, d, wide), "none": mustTrain(t, d, none),
	}
}

func TestRoundTrip(t *testing.T) {
	d := world(3000, 12)
	d.Rows[7], d.Rows[12] = math.Inf(1), 1e9
	for name, m := range models(t) {
		file := modelBytes(t, m)
		got, err := Read(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(modelBytes(t, got), file) {
			t.Errorf("%s: written again it differs", name)
		}
		a, b := make([]float64, len(d.Target)), make([]float64, len(d.Target))
		m.PredictBatch(a, d.Rows)
		got.PredictBatch(b, d.Rows)
		for i := range a {
			if single := got.Predict(d.Rows[i*5 : i*5+5]); a[i] != b[i] || single != a[i] {
				t.Fatalf("%s row %d: %v before, %v after, %v alone", name, i, a[i], b[i], single)
			}
		}
		if got.Alpha() != m.Alpha() || got.Target() != m.Target() || got.Objective() != m.Objective() || got.Trees() != m.Trees() {
			t.Errorf("%s: facts differ", name)
		}
	}
}

// Trees of more leaves than a mask holds are cut into pieces; batches of every size, prepared or not, must
// agree to the bit.
func TestBatchesAgree(t *testing.T) {
	d := world(6000, 12)
	for _, leaves := range []int{2, 63, 64, 65, 127, 300} {
		p := small()
		p.Leaves, p.MinLeafRows, p.Trees = leaves, 2, 9
		m := mustTrain(t, d, p)
		before := make([]float64, 300)
		for i := range before {
			before[i] = m.Predict(d.Rows[i*5 : i*5+5])
		}
		m.Prepare()
		if m.tables.Load().covered != m.Trees() {
			t.Errorf("%d leaves: tables cover %d of %d trees", leaves, m.tables.Load().covered, m.Trees())
		}
		for _, n := range []int{1, 7, 63, 64, 300} {
			after := make([]float64, n)
			m.PredictBatch(after, d.Rows[:n*5])
			if !slices.Equal(after, before[:n]) {
				t.Errorf("%d leaves: a batch of %d differs", leaves, n)
			}
		}
	}
}

// Any prefix, any flipped byte and anything appended is refused.
func TestDamagedFiles(t *testing.T) {
	file := modelBytes(t, models(t)["quantile"])
	for n := range file {
		if _, err := Read(bytes.NewReader(file[:n])); !errors.Is(err, ErrModelFile) {
			t.Fatalf("first %d bytes: %v", n, err)
		}
	}
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 0x41
		if _, err := Read(bytes.NewReader(bad)); !errors.Is(err, ErrModelFile) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	if _, err := Read(bytes.NewReader(append(bytes.Clone(file), 0))); !errors.Is(err, ErrModelFile) {
		t.Errorf("a byte more: %v", err)
	}
	broken := errors.New("disk on fire")
	if _, err := Read(io.MultiReader(bytes.NewReader(file[:100]), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("failing reader: %v", err)
	}
}

var update = flag.Bool("update", false, "write the golden model files anew")

// The golden files pin the format: a model file that was written once must stay readable.
func TestGoldenFiles(t *testing.T) {
	for name, m := range models(t) {
		path := filepath.Join("testdata", name+".gbdt")
		m.trees = m.trees[:min(2, len(m.trees))]
		if *update {
			if err := os.WriteFile(path, modelBytes(t, m), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(modelBytes(t, got), file) {
			t.Errorf("%s: written again it differs", name)
		}
		if got.Objective() != m.Objective() || got.Trees() != m.Trees() || len(got.Features()) != 5 {
			t.Errorf("%s: %v with %d trees and %d features", name, got.Objective(), got.Trees(), len(got.Features()))
		}
	}
}

// FuzzRead repairs the checksum, so that mutations reach the checks behind it.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.gbdt")
	if err != nil || len(paths) == 0 {
		f.Fatal("no golden files", err)
	}
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file[:len(file)-4])
	}
	row := make([]float64, MaxFeatures)
	f.Fuzz(func(t *testing.T, body []byte) { checkHostile(t, body, row) })
}

func checkHostile(t *testing.T, body []byte, row []float64) {
	sum := crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli))
	file := binary.LittleEndian.AppendUint32(bytes.Clone(body), sum)
	m, err := Read(bytes.NewReader(file))
	if err != nil {
		if !errors.Is(err, ErrModelFile) {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(modelBytes(t, m), file) {
		t.Fatal("written again it differs")
	}
	n := len(m.features)
	var one [1]float64
	m.PredictBatch(one[:], row[:n])
	if p := m.Predict(row[:n]); p != one[0] && !(math.IsNaN(p) && math.IsNaN(one[0])) {
		t.Fatalf("%v alone, %v in a batch", p, one[0])
	}
	m.Importance()
}

func TestPredictionAllocatesNothing(t *testing.T) {
	d := world(2000, 12)
	out := make([]float64, len(d.Target))
	for name, m := range models(t) {
		m.PredictBatch(out, d.Rows) // builds the tables
		if n := testing.AllocsPerRun(50, func() { m.PredictBatch(out, d.Rows) }); n > 0 {
			t.Errorf("%s: batch allocates %v times", name, n)
		}
		if n := testing.AllocsPerRun(2000, func() { m.Predict(d.Rows[:5]) }); n > 0 {
			t.Errorf("%s: single row allocates %v times", name, n)
		}
	}
}

func TestConcurrentPrediction(t *testing.T) {
	m, d := models(t)["l2"], world(3000, 12)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			out := make([]float64, len(d.Target))
			m.PredictBatch(out, d.Rows)
			for i := 0; i < len(out); i += 100 {
				if p := m.Predict(d.Rows[i*5 : i*5+5]); p != out[i] {
					t.Errorf("row %d: %v alone, %v in a batch", i, p, out[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestWrongWidthPanics(t *testing.T) {
	m := models(t)["l2"]
	for name, call := range map[string]func(){
		"row":   func() { m.Predict(make([]float64, 4)) },
		"batch": func() { m.PredictBatch(make([]float64, 2), make([]float64, 9)) },
	} {
		func() {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "gbdt: ") {
					t.Errorf("%s: recovered %q", name, s)
				}
			}()
			call()
		}()
	}
}

func TestImportance(t *testing.T) {
	gains := models(t)["l2"].Importance()
	if gains[0].Feature != "km" || gains[len(gains)-1].Gain > gains[0].Gain/20 {
		t.Errorf("gains %v", gains)
	}
}

func TestEveryBitHasItsSlot(t *testing.T) {
	seen := [maskLeaves]bool{}
	for bit := range maskLeaves {
		seen[slotOf(1<<bit)] = true
	}
	for slot, ok := range seen {
		if !ok {
			t.Errorf("no bit has slot %d", slot)
		}
	}
	if slotOf(0) != slotOf(1) {
		t.Error("none and bit 0 differ")
	}
}

// A tree whose categorical splits need more masks than a group holds is walked, and so are those after
// it; predictions do not change.
func TestTooManyMasksAreWalked(t *testing.T) {
	const features, each = 7, 9
	m := &Model{}
	for j := range features {
		f := Feature{Name: string(rune('a' + j)), Kind: Categorical}
		b := binner{kind: Categorical}
		for v := range MaxCategories {
			b.values = append(b.values, float64(v))
		}
		m.features, m.binners = append(m.features, f), append(m.binners, b)
	}
	chain := &tree{leaves: []float64{0}, cover: []uint32{1}}
	for i := range features * each {
		var set binSet
		for code := range histBins {
			if mix(uint64(i*histBins+code))&3 == 0 {
				set.add(uint8(code))
			}
		}
		chain.sets = append(chain.sets, set)
		chain.splits = append(chain.splits, split{feature: uint16(i % features), set: int32(i), left: ^int32(i + 1), right: int32(i + 1)})
		chain.leaves, chain.cover = append(chain.leaves, float64(i+1)), append(chain.cover, 1)
	}
	chain.splits[len(chain.splits)-1].right = ^int32(0)
	m.trees = []*tree{chain, chain}
	row := make([]float64, features)
	var want, got [300]float64
	for i := range want {
		for j := range row {
			row[j] = float64(mix(uint64(i*features+j)) % 255)
		}
		want[i] = m.Predict(row)
	}
	m.Prepare()
	if covered := m.tables.Load().covered; covered != 0 {
		t.Errorf("tables cover %d trees", covered)
	}
	for i := range got {
		for j := range row {
			row[j] = float64(mix(uint64(i*features+j)) % 255)
		}
		if got[i] = m.Predict(row); got[i] != want[i] {
			t.Fatalf("row %d: %v before, %v after", i, want[i], got[i])
		}
	}
}
