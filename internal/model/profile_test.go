package model

import (
	"math"
	"math/rand/v2"
	"testing"
)

func normal(n int, mean float64, seed uint64) []float64 {
	random := rand.New(rand.NewPCG(seed, 5))
	out := make([]float64, n)
	for i := range out {
		out[i] = mean + random.NormFloat64()
	}
	return out
}

func TestShift(t *testing.T) {
	p := NewProfile(normal(10_000, 0, 1))
	unknown := normal(10_000, 0, 2)
	for i := range 2000 {
		unknown[i] = math.NaN()
	}
	for _, c := range []struct {
		name      string
		values    []float64
		low, high float64
	}{
		{"the same spread", normal(10_000, 0, 2), 0, 0.01},
		{"a little to the right", normal(10_000, 0.25, 2), 0.03, 0.1},
		{"far to the right", normal(10_000, 1, 2), 0.8, 1.3},
		{"a fifth unknown", unknown, 1, 2},
		{"nothing", nil, 0, 0},
	} {
		if got := p.Shift(c.values); got < c.low || got > c.high {
			t.Errorf("%s: shift %.4f, want %.2f to %.2f", c.name, got, c.low, c.high)
		}
	}
	if len(p.Edges) != profileBins-1 || !p.valid() {
		t.Errorf("profile %+v", p)
	}
}

func TestProfilesOfFewValues(t *testing.T) {
	for name, values := range map[string][]float64{"none": nil, "unknown": {math.NaN()}, "one": {3, 3, 3}, "two": {1, 1, 2}} {
		p := NewProfile(values)
		if !p.valid() || len(p.Edges) > 1 || p.Shift(values) != 0 {
			t.Errorf("%s: %+v, shift from itself %v", name, p, p.Shift(values))
		}
	}
}
