package search

import "math"

// breeder holds a population: solutions from annealings of their own, from two of which a child
// is made by Cross, annealed from little heat, and put in the place of a parent that costs more. Small
// problems have few good solutions that a single annealing may miss for good; children
// combine what several found.
type breeder struct {
	elite          *Draft // the best solution so far; nil while nothing is bred
	kin            []*Draft
	child          *Draft
	mother, father int // of the child that is annealed
	left           int // iterations until it is grown
	heat, cooling  float64
	hot, cold      float64 // of the annealing of a child
}

// polish is how many iterations a child is annealed for each stop in what its parents
// exchanged. On CVRP 100-300 60 did as well.
const polish = 20

// CanBreed reports whether solutions can be crossed: routes are judged by themselves and
// there are several.
func (s *Search) CanBreed() bool {
	return s.m.rel == nil && s.m.pinned == nil && s.used > 1 && !s.raised
}

// BeginBreeding begins an empty population, whose children will be annealed between two
// temperatures. From now on the best solution is that of the population too.
func (s *Search) BeginBreeding(hot, cold float64) {
	s.breeder = breeder{elite: s.NewDraft(), child: s.NewDraft(), hot: hot, cold: cold}
	s.elite.writeRecord(s)
}

// crown keeps the best solution of this annealing if there was none better.
func (s *Search) crown() {
	if s.record.cost < s.elite.Cost {
		s.elite.writeRecord(s)
	}
}

// Forget makes the current solution the best one of this annealing, so that what is sown has
// nothing of those before it. O(stops).
func (s *Search) Forget() {
	s.crown()
	s.child.Write(s)
	s.Adopt(s.child)
}

// Sow adds the best solution of this annealing to the population. O(stops).
func (s *Search) Sow() {
	s.crown()
	d := s.NewDraft()
	d.writeRecord(s)
	s.kin = append(s.kin, d)
}

// Invite puts a solution of another search into the place of the worst of the population,
// unless it costs as much as one of them or more than all. O(stops).
func (s *Search) Invite(d *Draft) {
	worst := 0
	for i, x := range s.kin {
		if x.Cost == d.Cost {
			return
		}
		if x.Cost > s.kin[worst].Cost {
			worst = i
		}
	}
	if len(s.kin) > 0 && d.Cost < s.kin[worst].Cost {
		s.kin[worst].CopyFrom(d)
	}
}

// BreedStep is one iteration on a child, its own temperature instead of the one given. A grown child takes its
// place and the next is made. It reports whether the child got better.
func (s *Search) BreedStep(float64) bool {
	if s.left == 0 {
		s.conceive()
	}
	s.left--
	better := s.Step(s.heat)
	s.heat *= s.cooling
	if s.left == 0 {
		s.grown()
	}
	return better
}

// conceive makes the next child. Where parents have nothing to exchange the mother alone is
// annealed again.
func (s *Search) conceive() {
	n := len(s.kin)
	s.mother, s.father = s.rand.below(n), s.rand.below(n)
	if s.mother == s.father || !s.Cross(s.kin[s.mother], s.kin[s.father]) {
		s.Adopt(s.kin[s.mother])
	}
	span := len(s.aim)
	if s.aim == nil {
		span = s.work()
	}
	s.left = polish * span
	s.heat = s.hot
	s.cooling = math.Pow(s.cold/s.hot, 1/float64(s.left))
}

// grown puts the child in the place of a parent that costs more, unless there is one like it.
func (s *Search) grown() {
	s.crown()
	cost := s.record.cost
	for _, x := range s.kin {
		if x.Cost == cost {
			return
		}
	}
	for _, i := range []int{s.mother, s.father} {
		if cost < s.kin[i].Cost {
			s.kin[i].writeRecord(s)
			return
		}
	}
}

// EndBreeding makes the best solution of all the current one and forgets the others.
func (s *Search) EndBreeding() {
	s.crown()
	d := s.elite
	s.breeder = breeder{}
	s.Adopt(d)
}
