package vrp_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// square has three places and ways by road from the first to both others.
func square() *vrp.Problem {
	return &vrp.Problem{
		Places: []vrp.Place{{X: 0, Y: 0}, {X: 30, Y: 40}, {X: 30, Y: 0}},
		Profiles: []vrp.Profile{{
			Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1.5, DurationFactor: 2},
			Sparse: &vrp.Sparse{First: []int32{0, 2, 2, 2}, To: []int32{1, 2},
				Distance: []int32{70, 33}, Duration: []int32{700, vrp.Unreachable}},
		}},
	}
}

func TestSparseRows(t *testing.T) {
	p := square()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ a, b, distance, duration int32 }{
		{0, 1, 70, 700},
		{0, 2, 33, vrp.Unreachable},
		{1, 0, 75, 100}, // not in a row: the straight line of 50
		{1, 2, 60, 80},
		{1, 1, 0, 0},
		{-1, 1, 0, 0},
	} {
		if d, s := p.DistanceBetween(0, c.a, c.b), p.DurationBetween(0, c.a, c.b, 0); d != c.distance || s != c.duration {
			t.Errorf("from %d to %d: %d and %d, want %d and %d", c.a, c.b, d, s, c.distance, c.duration)
		}
	}
}

func TestSparseRowsAreValidated(t *testing.T) {
	for path, spoil := range map[string]func(f *vrp.Profile){
		"Profiles[0].Sparse":          func(f *vrp.Profile) { f.Distance = make([]int32, 9) },
		"Profiles[0].Sparse.First":    func(f *vrp.Profile) { f.Sparse.First[1] = 3 },
		"Profiles[0].Sparse.To[1]":    func(f *vrp.Profile) { f.Sparse.To[1] = 1 },
		"Profiles[0].Sparse.To[0]":    func(f *vrp.Profile) { f.Sparse.To[0] = -1 },
		"Profiles[0].Sparse, entry 0": func(f *vrp.Profile) { f.Sparse.Distance[0] = -1 },
		"Profiles[0].Metric.Kind":     func(f *vrp.Profile) { f.Metric.Kind = vrp.NoMetric },
	} {
		p := square()
		spoil(&p.Profiles[0])
		err := p.Validate()
		var f *vrp.FieldError
		if !errors.As(err, &f) || f.Path != path {
			t.Errorf("want an error at %s, got %v", path, err)
		}
	}
	p := square()
	p.Profiles[0].Slices = []vrp.Slice{{Duration: slices.Repeat([]int32{1}, 9)}}
	if p.Validate() == nil {
		t.Error("sparse rows with slices are valid")
	}
}
