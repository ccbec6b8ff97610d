package gbdt

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// world makes rows of five features whose target follows a known rule plus noise: km and hour
// matter smoothly, zone (categorical) adds a step, sparse is often missing and adds when missing, and
// idle is noise.
func world(rows int, seed uint64) Data {
	r := rand.New(rand.NewPCG(seed, 7))
	d := Data{
		Features: []Feature{{Name: "km"}, {Name: "hour"}, {Name: "zone", Kind: Categorical}, {Name: "sparse"}, {Name: "idle"}},
		Target:   make([]float64, rows),
	}
	for i := range rows {
		km, hour, zone := r.ExpFloat64()*4, float64(r.IntN(24)), float64(r.IntN(12))
		sparse := r.Float64()
		if r.IntN(3) == 0 {
			sparse = math.NaN()
		}
		d.Rows = append(d.Rows, km, hour, zone, sparse, r.Float64())
		d.Target[i] = truth(km, hour, zone, sparse) * math.Exp(0.2*r.NormFloat64())
	}
	return d
}

func truth(km, hour, zone, sparse float64) float64 {
	seconds := 120 + 150*km
	if hour >= 8 && hour <= 10 {
		seconds *= 1.5
	}
	if int(zone)%3 == 1 {
		seconds += 200
	}
	if math.IsNaN(sparse) {
		seconds += 150
	}
	return seconds
}

func small() Params {
	p := DefaultParams()
	p.Trees, p.Leaves, p.MinLeafRows = 40, 15, 20
	return p
}

func mustDataset(t testing.TB, d Data) *Dataset {
	t.Helper()
	ds, err := NewDataset(d, Binning{})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func mustTrain(t testing.TB, d Data, p Params) *Model {
	t.Helper()
	m, err := Train(context.Background(), mustDataset(t, d), p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func modelBytes(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := m.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("WriteTo: %d bytes of %d, %v", n, b.Len(), err)
	}
	return b.Bytes()
}

// meanLoss is the mean of loss over the predictions for d.
func meanLoss(m *Model, d Data, loss func(y, p float64) float64) float64 {
	out := make([]float64, len(d.Target))
	m.PredictBatch(out, d.Rows)
	sum := 0.0
	for i, p := range out {
		sum += loss(d.Target[i], p)
	}
	return sum / float64(len(out))
}
