package gbdt

import (
	"bytes"
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"
)

func absError(y, p float64) float64 { return math.Abs(y - p) }

// The model must come near the noise that the world adds, for every objective that predicts a center.
func TestObjectivesLearnTheWorld(t *testing.T) {
	train, test := world(20_000, 1), world(5_000, 2)
	mean := 0.0
	for _, y := range train.Target {
		mean += y / float64(len(train.Target))
	}
	for name, change := range map[string]func(*Params){
		"l2":       func(*Params) {},
		"log l2":   func(p *Params) { p.Target = Log1p },
		"l1":       func(p *Params) { p.Objective = L1 },
		"huber":    func(p *Params) { p.Objective, p.Delta = Huber, 500 },
		"poisson":  func(p *Params) { p.Objective = Poisson },
		"median":   func(p *Params) { p.Objective, p.Alpha = Quantile, 0.5 },
		"depth 4":  func(p *Params) { p.MaxDepth = 4 },
		"sampling": func(p *Params) { p.RowFraction, p.FeatureFraction, p.Seed = 0.5, 0.8, 3 },
	} {
		t.Run(name, func(t *testing.T) {
			p := small()
			change(&p)
			got := meanLoss(mustTrain(t, train, p), test, absError)
			floor, flat := 0.0, 0.0
			for i, y := range test.Target {
				r := test.Rows[i*5:]
				floor += absError(y, truth(r[0], r[1], r[2], r[3])) / float64(len(test.Target))
				flat += absError(y, mean) / float64(len(test.Target))
			}
			if got > floor*1.15 {
				t.Errorf("mean absolute error %.1f s, the truth has %.1f, the mean %.1f", got, floor, flat)
			}
		})
	}
}

func TestQuantileCoverage(t *testing.T) {
	train, test := world(20_000, 1), world(10_000, 2)
	for _, alpha := range []float64{0.1, 0.5, 0.9} {
		for _, target := range []Transform{Identity, Log1p} {
			p := small()
			p.Objective, p.Alpha, p.Target, p.Trees = Quantile, alpha, target, 100
			below := meanLoss(mustTrain(t, train, p), test, func(y, q float64) float64 {
				if y <= q {
					return 1
				}
				return 0
			})
			if math.Abs(below-alpha) > 0.02 {
				t.Errorf("%v P%.0f covers %.3f", target, 100*alpha, below)
			}
		}
	}
}

func TestSameBytesForAnyThreads(t *testing.T) {
	d := world(40_000, 5)
	d.Weight = make([]float64, len(d.Target))
	for i := range d.Weight {
		d.Weight[i] = 0.5 + float64(i%7)/3
	}
	unweighted := d
	unweighted.Weight = nil
	quantile, sampled := small(), small()
	quantile.Objective, quantile.Alpha = Quantile, 0.9
	sampled.RowFraction, sampled.FeatureFraction = 0.7, 0.7
	valid := world(3000, 6)
	sampled.Validation, sampled.Patience = &valid, 5
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, c := range map[string]struct {
		d Data
		p Params
	}{"l2": {unweighted, small()}, "weighted": {d, small()}, "quantile": {unweighted, quantile}, "sampled": {d, sampled}} {
		var want []byte
		for _, procs := range []int{1, 2, 4} {
			runtime.GOMAXPROCS(procs)
			got := modelBytes(t, mustTrain(t, c.d, c.p))
			if want == nil {
				want = got
			} else if !bytes.Equal(got, want) {
				t.Errorf("%s: model differs with GOMAXPROCS %d", name, procs)
			}
		}
	}
}

func TestRowsAndColumnsGiveTheSameModel(t *testing.T) {
	d := world(3000, 3)
	c := d
	c.Rows, c.Columns = nil, make([][]float64, len(d.Features))
	for j := range c.Columns {
		c.Columns[j] = make([]float64, len(d.Target))
		d.column(j, c.Columns[j])
	}
	if !bytes.Equal(modelBytes(t, mustTrain(t, d, small())), modelBytes(t, mustTrain(t, c, small()))) {
		t.Error("models differ")
	}
}

// Weight 1 everywhere is no weight, and weight 2 is a row twice.
func TestWeights(t *testing.T) {
	d := world(4000, 3)
	ones := d
	ones.Weight = slices.Repeat([]float64{1}, len(d.Target))
	a, b := mustTrain(t, d, small()), mustTrain(t, ones, small())
	if diff := meanLoss(a, d, func(_, _ float64) float64 { return 0 }); diff != 0 {
		t.Fatal(diff)
	}
	for i := range 200 {
		row := d.Rows[i*5 : i*5+5]
		if x, y := a.Predict(row), b.Predict(row); math.Abs(x-y) > 1e-6*math.Abs(x) {
			t.Fatalf("row %d: %v without weights, %v with ones", i, x, y)
		}
	}
	heavy := d
	heavy.Weight = slices.Clone(ones.Weight)
	for i := range heavy.Weight {
		if d.Rows[i*5+1] == 9 {
			heavy.Weight[i] = 0 // nothing is learned from hour 9
		}
		if d.Rows[i*5+1] == 8 {
			heavy.Weight[i] = 2
		}
	}
	p := small()
	p.Objective, p.Alpha = Quantile, 0.7
	p.MinLeafRows = 1
	if got := mustTrain(t, heavy, p).Predict([]float64{3, 9, 0, 0.5, 0.5}); got < 200 || got > 2000 {
		t.Errorf("where all weights are 0 the prediction is %v", got)
	}
	if got := weightedQuantile([]float64{5, 1, 3}, []float64{1, 1, 2}, 0.7); got != 3 {
		t.Errorf("weighted quantile is %v, want 3", got)
	}
}

func TestMissingSideIsLearned(t *testing.T) {
	m := mustTrain(t, world(20_000, 1), small())
	with, without := []float64{3, 14, 0, 0.5, 0.5}, []float64{3, 14, 0, math.NaN(), 0.5}
	if gap := m.Predict(without) - m.Predict(with); gap < 100 || gap > 200 {
		t.Errorf("missing adds %.0f s, the world adds 150", gap)
	}
	// A feature without missing values in training still answers for a missing one.
	if p := m.Predict([]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}); math.IsNaN(p) {
		t.Error("prediction of missing values is NaN")
	}
}

func TestCategories(t *testing.T) {
	m := mustTrain(t, world(20_000, 1), small())
	base := m.Predict([]float64{3, 14, 0, 0.5, 0.5})
	for zone := range 12 {
		gap := m.Predict([]float64{3, 14, float64(zone), 0.5, 0.5}) - base
		if want := 200 * float64(b2i(zone%3 == 1)); math.Abs(gap-want) > 70 {
			t.Errorf("zone %d adds %.0f s, the world adds %.0f", zone, gap, want)
		}
	}
	unseen, missing := m.Predict([]float64{3, 14, 99, 0.5, 0.5}), m.Predict([]float64{3, 14, math.NaN(), 0.5, 0.5})
	if unseen != missing {
		t.Errorf("an unseen zone gives %v, a missing one %v", unseen, missing)
	}
}

func TestMonotone(t *testing.T) {
	d := world(8000, 1)
	for i := range d.Target { // a dent that the constraint must not follow
		if km := d.Rows[i*5]; km > 3 && km < 4 {
			d.Target[i] *= 0.5
		}
	}
	for _, objective := range []Objective{L2, Quantile, Poisson} {
		p := small()
		p.Objective, p.Alpha, p.Monotone = objective, 0.8, []int8{1, 0, 0, 0, -1}
		m := mustTrain(t, d, p)
		for i := range 300 {
			row := slices.Clone(d.Rows[i*5 : i*5+5])
			checkOrder(t, m, row, 0, 1)
			checkOrder(t, m, row, 4, -1)
		}
	}
}

func checkOrder(t *testing.T, m *Model, row []float64, feature int, direction float64) {
	t.Helper()
	last := math.Inf(-1)
	for x := 0.0; x < 12; x += 0.05 {
		row[feature] = x
		v := direction * m.Predict(row)
		if v < last-1e-9*math.Abs(last) {
			t.Fatalf("feature %d: %v after %v at %v", feature, v, last, x)
		}
		last = max(last, v)
	}
}

func TestInteractions(t *testing.T) {
	p := small()
	p.Interactions = [][]int{{0, 1}, {1, 2}}
	m := mustTrain(t, world(8000, 1), p)
	open := map[[2]uint16]bool{{0, 1}: true, {1, 2}: true}
	for _, tree := range m.trees {
		parents := make([][]uint16, len(tree.splits))
		for i, s := range tree.splits {
			path := append(slices.Clone(parents[i]), s.feature)
			for _, a := range path {
				pair := [2]uint16{min(a, s.feature), max(a, s.feature)}
				if a != s.feature && !open[pair] {
					t.Fatalf("features %v meet", pair)
				}
			}
			for _, child := range []int32{s.left, s.right} {
				if child >= 0 {
					parents[child] = path
				}
			}
		}
	}
}

func TestEarlyStopping(t *testing.T) {
	valid := world(2000, 9)
	p := small()
	p.Trees, p.LearningRate, p.Validation, p.Patience = 400, 0.3, &valid, 10
	var last Progress
	p.Progress = func(got Progress) { last = got }
	m := mustTrain(t, world(4000, 1), p)
	if m.Trees() != last.BestTree || last.Tree != last.BestTree+10 {
		t.Errorf("model has %d trees, best %d, ended after %d", m.Trees(), last.BestTree, last.Tree)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	p := small()
	p.Progress = func(got Progress) {
		if got.Tree == 3 {
			cancel()
		}
	}
	m, err := Train(ctx, mustDataset(t, world(2000, 1)), p)
	if m != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestConstantTargetNeedsNoTree(t *testing.T) {
	d := world(500, 1)
	for i := range d.Target {
		d.Target[i] = 60
	}
	for _, objective := range []Objective{L2, L1, Quantile, Huber, Poisson} {
		p := small()
		p.Objective = objective
		m := mustTrain(t, d, p)
		if got := m.Predict(d.Rows[:5]); math.Abs(got-60) > 1e-9 {
			t.Errorf("%v: %v with %d trees", objective, got, m.Trees())
		}
	}
}

func TestBadParams(t *testing.T) {
	ds := mustDataset(t, world(200, 1))
	for name, change := range map[string]func(*Params){
		"no trees": func(p *Params) { p.Trees = 0 }, "rate": func(p *Params) { p.LearningRate = math.NaN() },
		"leaves": func(p *Params) { p.Leaves = 1 }, "many leaves": func(p *Params) { p.Leaves = MaxLeaves + 1 },
		"alpha": func(p *Params) { p.Objective, p.Alpha = Quantile, 1 }, "fraction": func(p *Params) { p.RowFraction = 0 },
		"monotone length": func(p *Params) { p.Monotone = []int8{1} }, "patience": func(p *Params) { p.Patience = 3 },
		"monotone category": func(p *Params) { p.Monotone = []int8{0, 0, 1, 0, 0} },
		"interaction":       func(p *Params) { p.Interactions = [][]int{{9}} }, "objective": func(p *Params) { p.Objective = 99 },
		"poisson of logs": func(p *Params) { p.Objective, p.Target = Poisson, Log1p }, "zero": func(p *Params) { *p = Params{} },
	} {
		p := small()
		change(&p)
		if _, err := Train(context.Background(), ds, p); !errors.Is(err, ErrParams) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadData(t *testing.T) {
	for name, change := range map[string]func(*Data){
		"no rows": func(d *Data) { d.Target, d.Rows = nil, []float64{} }, "short": func(d *Data) { d.Rows = d.Rows[1:] },
		"nan target": func(d *Data) { d.Target[3] = math.NaN() }, "huge": func(d *Data) { d.Target[3] = 1e31 },
		"weights": func(d *Data) { d.Weight = make([]float64, 3) }, "no weight": func(d *Data) { d.Weight = make([]float64, 200) },
		"negative weight": func(d *Data) { d.Weight = slices.Repeat([]float64{-1}, 200) },
		"twice":           func(d *Data) { d.Features[1].Name = "km" }, "unnamed": func(d *Data) { d.Features[0].Name = "" },
		"fraction": func(d *Data) { d.Rows[2] = 0.5 }, "negative category": func(d *Data) { d.Rows[2] = -1 },
		"both": func(d *Data) { d.Columns = make([][]float64, 5) }, "kind": func(d *Data) { d.Features[0].Kind = 7 },
	} {
		d := world(200, 1)
		change(&d)
		if _, err := NewDataset(d, Binning{}); !errors.Is(err, ErrData) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, target := range map[string]struct {
		y float64
		p Params
	}{"log1p": {-1, Params{Target: Log1p}}, "poisson": {-0.5, Params{Objective: Poisson}}} {
		d, p := world(200, 1), small()
		d.Target[5] = target.y
		p.Objective, p.Target = target.p.Objective, target.p.Target
		if _, err := Train(context.Background(), mustDataset(t, d), p); !errors.Is(err, ErrData) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
