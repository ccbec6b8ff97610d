package search

import "testing"

// Remembering routes allocates nothing, and a recombination never makes the best worse:
// the record, the current cost and a recount agree.
func TestRecombination(t *testing.T) {
	for name, p := range variants(300) {
		s := New(Compile(p), 1)
		s.Construct()
		s.StartPool()
		found, scale := 0, s.Scale()
		for round := range 30 {
			for range 300 {
				s.Step(scale / float64(3+round))
			}
			before := s.BestCost()
			if s.Recombine(1000) {
				found++
			}
			if s.BestCost() > before {
				t.Fatalf("%s: from %d to %d", name, before, s.BestCost())
			}
			d := s.NewDraft()
			d.WriteBest(s)
			if out := s.Export(d); out.Cost.Total() != s.BestCost() {
				t.Fatalf("%s: the best costs %d, not %d", name, out.Cost.Total(), s.BestCost())
			}
		}
		if got := testing.AllocsPerRun(500, func() { s.Step(scale / 20) }); got != 0 {
			t.Errorf("%s: %v allocations an iteration", name, got)
		}
		t.Logf("%s: %d recombinations found something better", name, found)
	}
}

// What a search absorbs it remembers, at the lower cost of both.
func TestAbsorb(t *testing.T) {
	s := New(Compile(sample(60, false, false)), 1)
	s.Construct()
	a, b := s.Twin(2), s.Twin(3)
	d := s.NewDraft()
	d.Write(s)
	for _, x := range []*Search{a, b} {
		x.Adopt(d)
		x.StartPool()
		for range 2000 {
			x.Step(1)
		}
	}
	a.Absorb(b)
	for _, h := range []*half{b.pool.young, b.pool.old} {
		for _, x := range h.list {
			y := a.pool.young.find(x.hash)
			if y == nil {
				y = a.pool.old.find(x.hash)
			}
			if y == nil || y.cost > x.cost || y.class != x.class {
				t.Fatalf("absorbed %+v as %+v", x, y)
			}
		}
	}
}
