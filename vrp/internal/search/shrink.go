package search

import (
	"cmp"
	"math"
	"slices"
)

// shrinker empties routes one after the other, as long as their stops find room in the
// rest: the fleet minimization of Christiaens & Vanden Berghe 2020. Every iteration in
// which a unit is left over adds to its absence; a solution whose units left over have been
// absent less often is accepted whatever it costs, so that the hard ones come in and easy
// ones, which find room later, stay out.
type shrinker struct {
	absence []int64 // by unit
	current []int32 // units left over in the current solution
	fewest  int     // vehicles that the loads call for
	kept    int     // vehicles of the best solution
}

// CanShrink reports whether emptying routes makes sense: fewer vehicles come first and all
// work is required and served.
func (s *Search) CanShrink() bool {
	return s.m.fewer && !s.m.optional && len(s.bank) == s.lost && s.used > 1
}

// BeginShrink empties a first route.
func (s *Search) BeginShrink() {
	s.shrink = shrinker{absence: make([]int64, len(s.m.units)), current: make([]int32, 0, len(s.m.units)),
		fewest: s.fewest(), kept: s.used}
	s.dropRoute()
}

// Shrunk reports that no more vehicles can be saved, since the loads fill all that are left.
func (s *Search) Shrunk() bool { return s.shrink.kept <= s.shrink.fewest }

// fewest bounds the number of vehicles from below by what the served jobs bring and take,
// the largest vehicles first. O(jobs * dims + classes * dims * log classes).
func (s *Search) fewest() int {
	m := s.m
	if m.reloads {
		return 1
	}
	most := 1
	order := make([]*class, len(m.classes))
	for k := range order {
		order[k] = &m.classes[k]
	}
	for d := range m.dims {
		slices.SortStableFunc(order, func(a, b *class) int { return cmp.Compare(b.capacity[d], a.capacity[d]) })
		brought, taken := int64(0), int64(0)
		for v := range m.Stops {
			if s.nodes[v].route != none {
				brought += m.deliver[v*m.dims+d]
				taken += m.collect[v*m.dims+d]
			}
		}
		need, vehicles := max(brought, taken), 0
		for _, c := range order {
			for n := c.count; n > 0 && need > 0; n-- {
				need -= c.capacity[d]
				vehicles++
			}
		}
		most = max(most, vehicles)
	}
	return most
}

// EndShrink goes back to the best solution.
func (s *Search) EndShrink() { s.record.restore(s.State) }

// dropRoute empties the route whose units have been absent least, ties by size.
func (s *Search) dropRoute() {
	least, choice := int64(math.MaxInt64), none
	for r := range int32(s.m.Routes) {
		if s.size[r] == 0 {
			continue
		}
		sum := int64(s.size[r])
		for v := s.forth(s.first(r)); v != none; v = s.forth(v) {
			if s.fixed(v) {
				sum = math.MaxInt64
				break
			}
			sum += s.shrink.absence[s.m.unitOf[v]]
		}
		if sum < least {
			least, choice = sum, r
		}
	}
	if choice == none {
		return
	}
	s.begin()
	s.ruin.out = s.ruin.out[:0]
	s.ruin.wholeRoute(choice)
	s.ruin.tidy()
	s.record.changed(s.State)
	s.most = s.used
	s.noteAbsent()
}

func (s *Search) noteAbsent() { s.shrink.current = append(s.shrink.current[:0], s.bank...) }

func (s *Search) absenceOf(units []int32) int64 {
	sum := int64(0)
	for _, u := range units {
		sum += s.shrink.absence[u]
	}
	return sum
}

// ShrinkStep is one iteration with no more vehicles than are left, though a route that the
// ruin emptied may be opened again. It reports whether a route was saved.
func (s *Search) ShrinkStep(temperature float64) bool {
	s.sealed = true
	accepted := s.absentStep(temperature, false)
	s.sealed = false
	if !accepted || len(s.bank) > s.lost || s.cost >= s.record.cost {
		return false
	}
	s.improved()
	s.record.save(s.State)
	s.shrink.kept = s.used
	s.dropRoute()
	return true
}

// absentStep ruins and recreates and keeps what is better, or leaves over units that have
// been absent less often. Every other time those absent most often are put back first. It
// reports whether the new solution is kept.
func (s *Search) absentStep(temperature float64, wide bool) bool {
	s.Stats.Iterations++
	before := s.cost
	s.begin()
	s.ruin.out = s.ruin.out[:0]
	s.drawRuin()
	s.tried(Shrinking)
	if s.m.rel != nil {
		s.ruin.companions()
	}
	if !s.ruin.tidy() {
		s.undo()
		return false
	}
	s.withdraw()
	s.urgent = s.shrink.absence
	s.recreate(s.ruin.out, wide)
	s.urgent = nil
	for _, u := range s.bank {
		if s.m.units[u].required {
			s.shrink.absence[u]++
		}
	}
	if s.m.rel != nil && !s.relationsKept() {
		s.undo()
		return false
	}
	better := s.absenceOf(s.bank) < s.absenceOf(s.shrink.current)
	if !better && float64(s.cost) >= float64(before)-temperature*math.Log(s.rand.unit()) {
		s.undo()
		return false
	}
	s.Stats.Accepted++
	s.gained(s.drawn, before-s.cost)
	s.gained(Shrinking, before-s.cost)
	s.record.changed(s.State)
	s.noteAbsent()
	return true
}
