package search

// mostPrize keeps raised prizes far from overflow.
const mostPrize = 1 << 52

// RaisePrizes makes every prize factor (at least 1) times that of the problem and the current
// solution of each search the best one, since those found before were judged by other prizes. A
// search from full service down finds how many routes pay for themselves; from below it does not,
// as no single stop pays for a route. It changes the model: all searches of it that go on are to be
// given, and stand still. O(searches * (units + stops)).
func RaisePrizes(factor float64, searches ...*Search) {
	m := searches[0].m
	for i := range m.units {
		x := &m.units[i]
		if x.required {
			continue
		}
		p := x.worth
		if factor > 1 {
			p = max(p, int64(min(float64(p)*factor, mostPrize)))
		}
		for _, s := range searches {
			if s.bankPos[i] != none {
				s.cost += p - x.prize
			}
		}
		x.prize = p
	}
	for _, s := range searches {
		s.raised = factor > 1
		s.record.save(s.State)
	}
}

// HasPrizes reports whether raising prizes makes sense: work may be left undone, prizes are
// weighed against costs, not after the number of vehicles, and there are stops enough for
// routes that no single one pays for. In tiny problems it only takes time from the search at
// the true prizes, which finds the optimum.
func (s *Search) HasPrizes() bool {
	const enough = 100
	return s.m.optional && !s.m.fewer && s.m.Stops >= enough
}

// trueBest is the cost of the best solution at the problem's own prizes, of the work that there
// is for this search. O(units + stops).
func (s *Search) trueBest() int64 {
	served := make([]bool, len(s.m.units))
	for r := range int32(s.m.Routes) {
		for v := s.record.next[s.first(r)]; v != s.last(r); v = s.record.next[v] {
			if s.isStop(v) {
				served[s.m.unitOf[v]] = true
			}
		}
	}
	cost := s.record.cost
	for i := range s.m.units {
		x := &s.m.units[i]
		if mine := s.bankPos[i] != none || s.served(int32(i)); mine && !x.required && !served[i] {
			cost -= x.prize - x.worth
		}
	}
	return cost
}
