package search

import (
	"math"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Search is one thread's search: a state, a generator and the best solution.
type Search struct {
	recreator
	ruin   ruiner
	rand   random
	record record
	shrink shrinker
	local  improver
	raised bool // prizes are above those of the problem
	cross  crosser
	breeder
	pool  *pool // nil while nothing is remembered
	Stats Stats
	// Halt says, now and then during construction, that time is up: what is left is then
	// served the quickest way. Nil means never.
	Halt   func() bool
	drawn  Operator // the ruin of this iteration
	took   uint32   // bitset of the operators that took part in it
	extras []int32  // scratch: units from the bank
	moved  []int32  // scratch: stops of a route that changes its vehicle
}

// New prepares a search that serves nothing yet. O(model).
func New(m *Model, seed uint64) *Search {
	s := &Search{rand: newRandom(seed)}
	st := newState(m)
	s.State = st
	s.rng = &s.rand
	s.ceiling = never
	s.blinkScale = 1 / math.Log(1-m.blinks())
	s.blink = s.rand.geometric(s.blinkScale)
	s.blinked = make([]uint32, len(st.nodes))
	s.order = make([]candidate, 0, len(m.units))
	s.ruin = ruiner{State: st, rng: &s.rand, visited: make([]uint32, len(st.nodes)),
		out: make([]int32, 0, len(m.units)+8), line: make([]int32, 0, m.Stops+8)}
	s.extras = make([]int32, 0, len(m.units))
	s.moved = make([]int32, 0, len(st.nodes))
	if m.grows || m.trades {
		s.growths = make([]growth, m.Routes)
		s.handed = make([]int32, 0, m.Stops)
	}
	scratch := func() []int32 { return make([]int32, 0, m.Stops) }
	s.local = improver{tail: scratch(), head2: scratch(), tail2: scratch(), upTo: make([]int64, m.Stops), summed: make([]uint32, m.Routes)}
	s.prepareKeys()
	s.record = newRecord(st)
	return s
}

// despair marks what no vehicle could serve even alone, so that no iteration tries it
// again. Behind another stop at its place it would need no setup, and later in the day its
// ride may be shorter: where there are setups or rides only skills, amounts and ways count. O(left over * classes).
func (s *Search) despair() {
	for _, u := range s.bank {
		if !s.hope(&s.m.units[u]) {
			s.hopeless[u] = true
			s.lost++
		}
	}
}

// hope reports whether some vehicle might serve a unit. O(classes).
func (s *Search) hope(u *unit) bool {
	for alt := u.first; alt < u.first+u.count; alt++ {
		for k := range s.m.classes {
			if !s.m.fit(alt, int32(k)) {
				continue
			}
			why := s.obstacle(&s.m.alts[alt], &s.m.classes[k])
			if why == vrp.ReasonNoVehicleLeft || ((s.m.setups || s.m.rides) && why > vrp.ReasonUnreachable) {
				return true
			}
		}
	}
	return false
}

// Cost is that of the current solution, penalties for missing work included; BestCost that
// of the best.
func (s *Search) Cost() int64 { return s.cost }
func (s *Search) BestCost() int64 {
	if s.raised {
		return s.trueBest()
	}
	if s.elite != nil {
		return min(s.elite.Cost, s.record.cost)
	}
	return s.record.cost
}

// Missing is the number of units the current solution does not serve.
func (s *Search) Missing() int { return len(s.bank) }

// Stops is the number of jobs, pickups and deliveries.
func (s *Search) Stops() int { return s.m.Stops }

// Units is the number of jobs and shipments, groups of alternatives counted once.
func (s *Search) Units() int { return len(s.m.units) }

// Windowed reports a plain fleet with windows or shifts.
func (s *Search) Windowed() bool { return s.m.plain && s.m.timed }

// Idle reports that there is nothing to search: no work or no vehicle.
func (s *Search) Idle() bool { return s.m.Stops == 0 || s.m.Routes == 0 }

// Scale is what the current solution costs per stop on the road, vehicles and penalties not
// counted: the scale of temperatures. O(stops).
func (s *Search) Scale() float64 {
	sum, stops := 0.0, 0
	for r := range int32(s.m.Routes) {
		if s.size[r] == 0 {
			continue
		}
		stops += int(s.size[r])
		sum += float64(s.extra[r] - s.class(r).fixed)
		for v := s.first(r); v != s.last(r); v = s.nodes[v].next {
			sum += float64(s.nodes[s.nodes[v].next].in)
		}
	}
	return sum / float64(max(1, stops))
}

// Step is one iteration at a temperature: ruin, recreate, keep or undo. It reports whether
// the best solution got better. Its cost is that of what it touches; it allocates nothing.
func (s *Search) Step(temperature float64) bool {
	s.Stats.Iterations++
	before := s.cost
	s.begin()
	s.ruin.out = s.ruin.out[:0]
	s.drawRuin()
	if s.m.rel != nil {
		s.ruin.companions()
	}
	if !s.ruin.tidy() {
		s.undo()
		return false
	}
	s.withdraw()
	if s.m.grows && s.rand.next()&1 == 0 {
		s.refit()
	}
	limit := float64(before) - temperature*math.Log(s.rand.unit())
	s.ceiling = s.futileAt(before, limit, temperature)
	s.recreate(s.ruin.out, s.searchWide())
	s.ceiling = never
	if s.futile {
		s.undo()
		return false
	}
	if len(s.m.classes) > 1 {
		s.refit()
	}
	if s.m.local && float64(s.cost) < float64(before)+localReach*temperature {
		s.improve(s.ruin.out)
	}
	if auditing {
		s.audit()
	}
	if s.m.rel != nil && !s.relationsKept() {
		s.undo()
		return false
	}
	if float64(s.cost) >= limit {
		s.undo()
		if auditing {
			s.audit()
		}
		return false
	}
	s.Stats.Accepted++
	s.gained(s.drawn, before-s.cost)
	s.record.changed(s.State)
	if s.pool != nil {
		s.notice(s.cost < s.record.cost)
	}
	if s.cost < s.record.cost {
		if s.elite == nil || s.cost < s.elite.Cost {
			s.improved()
		}
		s.record.save(s.State)
		return true
	}
	return false
}

// futileAt is the cost at which an iteration need not go on: neither would it be accepted
// nor local search work on it. Where another vehicle for a route may lower the cost behind
// the insertions, nothing is futile.
func (s *Search) futileAt(before int64, limit, temperature float64) int64 {
	if len(s.m.classes) > 1 {
		return never
	}
	if s.m.local {
		limit = max(limit, float64(before)+localReach*temperature)
	}
	return int64(math.Ceil(limit))
}

// localReach is how many temperatures above the current cost a new solution may be for
// local search to work on it.
const localReach = 5

// searchWide decides whether required work that finds no spot near its neighbors is tried
// everywhere in this iteration: always in small problems, now and then in large ones.
func (s *Search) searchWide() bool {
	const small = 200
	return s.m.Stops <= small || (len(s.bank)-s.lost < 2*averageRemoved && s.rand.below(16) == 0)
}

func (s *Search) drawRuin() {
	x := s.rand.below(100)
	if s.m.sizes {
		x += s.rand.below(10)
	}
	s.took = 0
	switch {
	case x < 94:
		s.drawn = RuinStrings
		s.ruin.strings()
	case x < 98:
		s.drawn = RuinScatter
		s.ruin.scatter()
	default:
		s.drawn = RuinRoutes
		s.ruin.routes()
	}
	s.tried(s.drawn)
}

// withdraw adds units left in the bank by earlier iterations: all when they are few, else
// those near the ruin.
func (s *Search) withdraw() {
	m := s.m
	older := len(s.bank) - len(s.ruin.out) - s.lost
	if older <= 0 {
		return
	}
	const most = averageRemoved
	if older <= most {
		s.ruin.out = append(s.ruin.out[:0], s.bank...)
		return
	}
	n := 0
	for _, v := range m.adj[int(s.ruin.seed)*m.adjK:][:m.adjK] {
		if s.bankPos[m.unitOf[v]] != none && n < most {
			s.ruin.out = append(s.ruin.out, m.unitOf[v])
			n++
		}
	}
}
