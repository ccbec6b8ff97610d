package gbdt

import (
	"context"
	"testing"
)

// benchWorld is a table as wide as the product's: the world's five features and ten more.
func benchWorld(rows int) Data {
	d := world(rows, 1)
	wide := Data{Target: d.Target}
	for range 3 {
		for _, f := range d.Features {
			f.Name += string(rune('a' + len(wide.Features)))
			f.Kind = Numeric
			wide.Features = append(wide.Features, f)
		}
	}
	other := world(rows, 2)
	for i := range rows {
		wide.Rows = append(wide.Rows, d.Rows[i*5:i*5+5]...)
		wide.Rows = append(wide.Rows, other.Rows[i*5:i*5+5]...)
		for _, x := range other.Rows[i*5 : i*5+5] {
			wide.Rows = append(wide.Rows, x+d.Rows[i*5])
		}
	}
	return wide
}

func BenchmarkDataset(b *testing.B) {
	d := benchWorld(50_000)
	b.ReportAllocs()
	for b.Loop() {
		mustDatasetThreads(b, d)
	}
}

func mustDatasetThreads(b *testing.B, d Data) *Dataset {
	ds, err := NewDataset(d, Binning{Threads: 1})
	if err != nil {
		b.Fatal(err)
	}
	return ds
}

func BenchmarkTrain(b *testing.B) {
	ds := mustDatasetThreads(b, benchWorld(50_000))
	quantile, weighted := DefaultParams(), DefaultParams()
	quantile.Objective, quantile.Alpha = Quantile, 0.9
	weighted.Objective = Poisson
	for name, p := range map[string]Params{"l2": DefaultParams(), "quantile": quantile, "poisson": weighted} {
		b.Run(name, func(b *testing.B) {
			p.Threads, p.Trees = 1, 20
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Train(context.Background(), ds, p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(p.Trees*ds.Rows()), "ns/row/tree")
		})
	}
}

func benchModel(b *testing.B) (*Model, Data) {
	d := benchWorld(50_000)
	p := DefaultParams()
	p.Target = Log1p
	return mustTrain(b, d, p), d
}

func BenchmarkPrepare(b *testing.B) {
	m, _ := benchModel(b)
	b.ReportAllocs()
	for b.Loop() {
		newTables(m)
	}
}

func BenchmarkPredictBatch(b *testing.B) {
	m, d := benchModel(b)
	out := make([]float64, len(d.Target))
	m.PredictBatch(out, d.Rows)
	b.ReportAllocs()
	for b.Loop() {
		m.PredictBatch(out, d.Rows)
	}
	b.ReportMetric(float64(len(out))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkPredict(b *testing.B) {
	m, d := benchModel(b)
	m.Prepare()
	b.ReportAllocs()
	i, sum := 0, 0.0
	for b.Loop() {
		sum += m.Predict(d.Rows[i*15 : i*15+15])
		i = (i + 1) % 50_000
	}
}
