package search

import "slices"

// How often a spot that would be taken is overlooked. Where windows leave a stop few spots,
// the cheapest is nearly always the same, and it takes more blinks to get away from it: on
// Gehring-Homberger 0.08 is far better than 0.01, while fleets with exact classes, whose
// spots are fewer still and dearer to test, lose by it.
const (
	blinkChance      = 0.01
	blinkChanceTimed = 0.08
)

// blinks is the chance for a problem.
func (m *Model) blinks() float64 {
	if m.plain && m.timed {
		return blinkChanceTimed
	}
	return blinkChance
}

// sortKeys are what units can be sorted by before they are put back. Random order has no
// key. The weights follow Christiaens & Vanden Berghe; the window keys play only where
// there are windows.
const (
	byRandom = iota
	byDemand
	byFar
	byNear
	byNarrow
	byOpen
	byClose
	sortKinds
	byUrgency // what was left over most often first; while routes are saved
)

var sortWeights = [sortKinds]int{4, 4, 2, 1, 2, 2, 2}

// recreator puts units back, each at its cheapest spot, in an order drawn anew each time.
type recreator struct {
	inserter
	keys     [sortKinds][]int64 // by unit, least first
	order    []candidate
	hopeless []bool  // by unit: no vehicle can serve it even alone
	lost     int     // how many are hopeless
	urgent   []int64 // by unit: how often it was left over, nil where that does not matter
	patience float64 // optional work is served for up to this many times its prize
	ceiling  int64   // an iteration whose cost reaches this cannot be accepted
	futile   bool    // it has been reached
}

// prepareKeys computes the sort keys. O(units).
func (s *recreator) prepareKeys() {
	m := s.m
	s.hopeless = make([]bool, len(m.units))
	for k := byDemand; k < sortKinds; k++ {
		s.keys[k] = make([]int64, len(m.units))
	}
	if len(m.classes) == 0 {
		return
	}
	c := &m.classes[0]
	t := &m.travels[c.travel]
	for i := range m.units {
		v := m.alts[m.units[i].first].a
		x := &m.site[v]
		far := t.cost(c.start, x.place)
		if int(c.start) >= len(m.Problem.Places) {
			far = t.cost(x.place, c.end)
		}
		s.keys[byDemand][i] = -m.units[i].size
		s.keys[byFar][i] = -far
		s.keys[byNear][i] = far
		s.keys[byNarrow][i] = x.close - x.open
		s.keys[byOpen][i] = x.open
		s.keys[byClose][i] = -x.close
	}
}

// drawKey picks a sort key by weight.
func (s *recreator) drawKey() int {
	total := 0
	for k, w := range sortWeights {
		if s.m.timed || k < byNarrow {
			total += w
		}
	}
	x := s.rng.below(total)
	for k, w := range sortWeights {
		if x -= w; x < 0 {
			return k
		}
	}
	return byRandom
}

// patient is the patience that serves optional work at any cost.
const patient = 100

// recreate puts the units back where that is possible, optional ones where it costs less
// than their prize times the patience of the call: a first stop seldom pays for its vehicle,
// but those that follow may. The rest stays in the bank. O(units * neighbors), each spot O(1).
func (s *recreator) recreate(units []int32, wide bool) {
	key := s.drawKey()
	if s.urgent != nil && s.rng.next()&1 == 0 {
		key = byUrgency
	}
	s.sort(units, key)
	if s.bold = s.m.sizes && s.rng.next()&1 == 0; s.bold {
		s.faith = 1
	}
	s.patience = 1
	if s.m.optional {
		switch s.rng.below(4) {
		case 0:
			s.patience = patient
		case 1:
			s.patience = 1 + 4*s.rng.unit()
		}
	}
	s.insert(wide)
}

// insert puts back the units in s.order.
func (s *recreator) insert(wide bool) {
	pending := s.prizesOf(s.order)
	s.futile = false
	for _, x := range s.order {
		// What is still to come costs nothing at best.
		if s.cost-pending >= s.ceiling {
			s.futile = true
			return
		}
		u := x.node
		if s.bankPos[u] == none || s.hopeless[u] {
			continue // served already: a unit can be listed twice
		}
		pending -= s.m.units[u].prize
		if s.m.rel != nil && s.placeChain(u, wide) {
			continue
		}
		limit := never
		if x := &s.m.units[u]; !x.required && s.patience < patient {
			limit = int64(float64(x.prize) * s.patience)
		}
		if p, ok := s.find(u, limit, wide && s.m.units[u].required); ok {
			before := s.cost
			if p.grow != 0 {
				s.growRoute(&p)
			}
			s.place(p)
			if auditing {
				s.checkDelta(before, p)
			}
		}
	}
}

// prizesOf is what leaving the given units undone costs, no less than what the running cost
// holds for them.
func (s *recreator) prizesOf(units []candidate) int64 {
	sum := int64(0)
	for _, x := range units {
		if s.bankPos[x.node] != none && !s.hopeless[x.node] {
			sum += s.m.units[x.node].prize
		}
	}
	return sum
}

// sort fills s.order with the units by a key.
func (s *recreator) sort(units []int32, key int) {
	s.order = s.order[:0]
	for _, u := range units {
		c := candidate{node: u}
		switch key {
		case byRandom:
			c.key = int64(s.rng.next() >> 1)
		case byUrgency:
			c.key = -s.urgent[u]
		default:
			c.key = s.keys[key][u]
		}
		s.order = append(s.order, c)
	}
	if len(s.order) > 64 {
		slices.SortStableFunc(s.order, func(a, b candidate) int {
			switch {
			case a.key < b.key:
				return -1
			case a.key > b.key:
				return 1
			}
			return 0
		})
		return
	}
	for i := 1; i < len(s.order); i++ {
		c := s.order[i]
		j := i
		for ; j > 0 && s.order[j-1].key > c.key; j-- {
			s.order[j] = s.order[j-1]
		}
		s.order[j] = c
	}
}
