package search

import "testing"

// sown is a search with a population of a few short annealings.
func sown(t *testing.T, s *Search, seeds, steps int) {
	t.Helper()
	s.Construct()
	scale := s.Scale()
	s.BeginBreeding(scale/5, scale/100)
	for range seeds {
		for i := range steps {
			if s.Step(scale / float64(1+i*100/steps)); i == steps/2 {
				s.Forget()
			}
		}
		s.Sow()
	}
}

// Children are whole solutions that cost what the search says; the best of all is never lost, and
// a population never gets worse.
func TestBreeding(t *testing.T) {
	for name, p := range variants(80) {
		s := New(Compile(p), 1)
		if s.Construct(); !s.CanBreed() {
			t.Fatalf("%s: too few routes", name)
		}
		s = New(Compile(p), 1)
		sown(t, s, 5, 400)
		crossed, better := 0, 0
		for range 40 {
			best := s.BestCost()
			if s.conceive(); s.aim != nil {
				crossed++
				s.audit()
			}
			kin := append([]*Draft(nil), s.kin...)
			cost := make([]int64, len(kin))
			for i, d := range kin {
				cost[i] = d.Cost
			}
			for s.BreedStep(0); s.left > 0; {
				s.BreedStep(0)
			}
			for i, d := range s.kin {
				if d.Cost > cost[i] {
					t.Fatalf("%s: from %d to %d", name, cost[i], d.Cost)
				}
				if d.Cost < cost[i] {
					better++
				}
				if out := s.Export(d); out.Cost.Total() != d.Cost {
					t.Fatalf("%s: costs %d, not %d", name, out.Cost.Total(), d.Cost)
				}
			}
			if out := s.Best(); s.BestCost() > best || out.Cost.Total() != s.BestCost() {
				t.Fatalf("%s: the best costs %d, said to be %d, before %d", name, out.Cost.Total(), s.BestCost(), best)
			}
		}
		best := s.BestCost()
		if s.EndBreeding(); s.Cost() != best || s.BestCost() != best {
			t.Errorf("%s: ends at %d, not %d", name, s.Cost(), best)
		}
		if crossed < 20 || better == 0 {
			t.Errorf("%s: %d of 40 children were crossed, %d were better than a parent", name, crossed, better)
		}
	}
}

// A child has the routes of one parent far from where they were exchanged, and takes
// whole routes of the other.
func TestCrossTakesRoutesOfBoth(t *testing.T) {
	s := New(Compile(sample(120, false, false)), 1)
	sown(t, s, 2, 2000)
	a, b := s.kin[0], s.kin[1]
	count := func(d *Draft) (n int) {
		for r := range int32(s.m.Routes) {
			list := d.route(r)
			for q := range int32(s.m.Routes) {
				if len(list) > 0 && s.follows(q, list) {
					n++
				}
			}
		}
		return n
	}
	fromA, fromB := 0, 0
	for range 50 {
		if s.Cross(a, b) {
			fromA += count(a)
			fromB += count(b)
		}
	}
	if fromA == 0 || fromB == 0 {
		t.Errorf("%d routes of the first parent and %d of the second stayed whole", fromA, fromB)
	}
	if s.Adopt(b); s.Cross(b, b) {
		t.Error("two equal parents had something to exchange")
	}
}

// Solutions of other searches come in only where they are new and better than the worst.
func TestInvite(t *testing.T) {
	s := New(Compile(sample(60, false, false)), 1)
	sown(t, s, 3, 300)
	worst := s.kin[0]
	for _, d := range s.kin {
		if d.Cost > worst.Cost {
			worst = d
		}
	}
	guest := s.NewDraft()
	guest.CopyFrom(worst)
	guest.Cost--
	if s.Invite(guest); worst.Cost != guest.Cost {
		t.Error("a better one stayed out")
	}
	guest.Cost += 1 << 40
	if s.Invite(guest); worst.Cost == guest.Cost {
		t.Error("the worst of all came in")
	}
}
