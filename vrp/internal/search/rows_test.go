package search

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
)

// withRows gives a problem sparse rows of each place's near places, with ways that are
// longer than the straight line by a random factor in each direction.
func withRows(p *vrp.Problem, near float64) {
	r := rand.New(rand.NewPCG(3, 4))
	s := &vrp.Sparse{First: []int32{0}}
	for _, a := range p.Places {
		for b, c := range p.Places {
			if l := p.Profiles[0].Metric.Length(a, c); l < near {
				s.To = append(s.To, int32(b))
				s.Distance = append(s.Distance, int32(l*(1+r.Float64())))
				s.Duration = append(s.Duration, int32(l*(1+r.Float64())))
			}
		}
		s.First = append(s.First, int32(len(s.To)))
	}
	p.Profiles[0].Sparse = s
	p.Profiles[0].Metric.DistanceFactor, p.Profiles[0].Metric.DurationFactor = 1.5, 1.4
}

// Large and small problems of sparse rows are served by what the problem says of each way.
func TestSparseRowsAgree(t *testing.T) {
	for _, n := range []int{40, gridFrom} {
		p := sample(n, true, false)
		p.Places = slices.Clip(p.Places[:n+1])
		withRows(p, 60)
		m := Compile(p)
		at := &m.travels[0]
		for a := range int32(n) {
			for b := int32(0); b < int32(n); b += int32(1 + n/40) {
				if d, want := at.length(a, b), int64(p.DistanceBetween(0, m.there(a), m.there(b))); d != want {
					t.Fatalf("from %d to %d: distance %d, want %d", a, b, d, want)
				}
				if s, want := at.time(a, b), int64(p.DurationBetween(0, m.there(a), m.there(b), 0)); s != want {
					t.Fatalf("from %d to %d: duration %d, want %d", a, b, s, want)
				}
			}
		}
		s := New(m, 1)
		s.Construct()
		for range 500 {
			s.Step(s.Scale() / 10)
		}
		out := s.Best()
		if r := check.Solution(p, &out); r.Err() != nil || r.Missing > 0 {
			t.Errorf("%d stops: %d missing, %v", n, r.Missing, r.Err())
		}
	}
}
