package search

// Ruin parameters of Christiaens & Vanden Berghe 2020, doi:10.1287/trsc.2019.0914.
const (
	averageRemoved = 10   // mean number of stops taken out
	longestString  = 10   // most stops of one string
	longestTimed   = 20   // the same for plain fleets with windows
	splitChance    = 0.5  // share of strings that keep some stops in their middle
	keepMore       = 0.01 // chance that such a string keeps one more
	longChance     = 0.1  // share of ruins with strings twice as long, where windows tie routes of
	farLonger      = 1.5  // so many times the longest string
)

// ruiner takes stops out of the solution. Units taken out gather in out.
type ruiner struct {
	*State
	rng     *random
	out     []int32  // units, to be put back
	visited []uint32 // by route, with reloads by the node that begins a trip: already ruined in this call, by tick
	call    uint32
	line    []int32 // scratch: stops of one string
	seed    int32   // where the last ruin began
	walk    walk
	ends    []int32 // deliveries taken out whose pickup stays
}

// strand is the longest string for a problem. With windows, where routes are long a whole
// span of the day has to go before its stops can be put in another order.
func (m *Model) strand() float64 {
	if m.plain && m.timed {
		return longestTimed
	}
	return longestString
}

// strings is the adjacent string removal: from the routes around a random stop it takes a
// string of stops each, holding the stop nearest to the seed. O(removed + neighbors).
func (s *ruiner) strings() {
	m := s.m
	if s.used == 0 {
		s.seed = s.draw()
		return
	}
	mean := float64(s.work()-len(s.bank)) / float64(s.strands())
	longest := min(m.longest, mean)
	if m.plain && m.timed && mean > farLonger*m.longest && s.rng.unit() < longChance {
		longest = min(2*m.longest, mean)
	}
	most := max(0, 4*averageRemoved/(1+longest)-1) // strings beside the first
	strings := int(s.rng.unit()*most + 1)
	s.seed = s.draw()
	s.call++
	if s.string(s.seed, longest) {
		strings--
	}
	for _, v := range m.adj[int(s.seed)*m.adjK:][:m.adjK] {
		if strings == 0 {
			break
		}
		if s.string(v, longest) {
			strings--
		}
	}
}

// draw is a stop at random, of those that ruins are aimed at or, without an aim, that are there
// for this search.
func (s *ruiner) draw() int32 {
	if s.aim != nil {
		return s.aim[s.rng.below(len(s.aim))]
	}
	if s.mine == nil {
		return int32(s.walk.next(s.rng, s.m.Stops))
	}
	return s.mine[s.walk.next(s.rng, len(s.mine))]
}

// string removes a random string around v, of its trip: what the vehicle drives before and
// after lies elsewhere. False where v is not served or its trip has been ruined already.
func (s *ruiner) string(v int32, longest float64) bool {
	r := s.nodes[v].route
	if r == none {
		return false
	}
	key, size := r, int(s.size[r])
	if s.m.reloads {
		key, size = s.tripOf(v)
	}
	if s.visited[key] == s.call {
		return false
	}
	s.visited[key] = s.call
	length := int(s.rng.unit()*min(float64(size), longest) + 1)
	length = min(length, size)
	keep := 0
	if length > 1 && length < size && s.rng.unit() < splitChance {
		keep = 1
		for length+keep < size && s.rng.unit() < keepMore {
			keep++
		}
	}
	s.collect(v, length+keep)
	if keep > 0 {
		// The kept stops lie strictly inside, anywhere.
		from := 1 + s.rng.below(length-1)
		s.line = append(s.line[:from], s.line[from+keep:]...)
	}
	for _, x := range s.line {
		s.remove(x)
	}
	return true
}

// collect writes count consecutive stops of v's route, v among them, to line.
func (s *ruiner) collect(v int32, count int) {
	before := 0
	a := v
	for before < count-1 {
		p := s.nodes[a].prev
		if !s.isStop(p) {
			break
		}
		a = p
		before++
	}
	after := 0
	for b := v; after < count-1; after++ {
		if b = s.nodes[b].next; !s.isStop(b) {
			break
		}
	}
	least := max(0, count-1-after)
	lead := least + s.rng.below(before-least+1)
	for ; before > lead; before-- {
		a = s.nodes[a].next
	}
	s.line = s.line[:0]
	for len(s.line) < count && s.isStop(a) {
		s.line = append(s.line, a)
		a = s.nodes[a].next
	}
}

// forth is the stop behind v, across reloads; none at the end.
func (s *State) forth(v int32) int32 {
	for v = s.nodes[v].next; s.isReload(v); {
		v = s.nodes[v].next
	}
	if s.isEnd(v) {
		return none
	}
	return v
}

// remove takes v and its mate out and their unit to the list.
func (s *ruiner) remove(v int32) {
	b := s.m.mate[v]
	if s.nodes[v].route == none || s.fixed(v) || (b != none && s.fixed(b)) {
		s.loosen(v)
		return
	}
	s.unlink(v)
	if b != none {
		s.unlink(b)
	}
	s.out = append(s.out, s.m.unitOf[v])
}

// tidy drops reloads that begin or end nothing and renews all touched routes. Where taking
// stops out made a route infeasible (the direct way may be longer than the detour, an
// earlier pickup means a longer ride) it takes out the rest. False says that a locked head
// keeps a route infeasible.
func (s *ruiner) tidy() bool {
	if s.m.leans && !s.closeGaps() {
		return false
	}
	for i := 0; i < len(s.touched); i++ {
		r := s.touched[i].route
		if s.class(r).lean {
			s.renewLoads(r)
			continue
		}
		if s.m.reloads {
			s.dropReloads(r)
		}
		if !s.renew(r) {
			s.strip(r)
			if !s.renew(r) {
				s.ends = s.ends[:0]
				return false
			}
		}
	}
	if len(s.ends) > 0 {
		ok := s.tieEnds()
		s.ends = s.ends[:0]
		return ok
	}
	return true
}

// strip takes everything out of a route.
func (s *ruiner) strip(r int32) {
	s.line = s.line[:0]
	for v := s.nodes[s.first(r)].next; v != s.last(r); v = s.nodes[v].next {
		s.line = append(s.line, v)
	}
	for _, v := range s.line {
		if s.isStop(v) {
			s.remove(v)
		} else {
			s.unlink(v)
		}
	}
}

func (s *State) dropReloads(r int32) {
	for v := s.nodes[s.first(r)].next; v != s.last(r); {
		w := s.nodes[v].next
		if s.isReload(v) && (!s.isStop(s.nodes[v].prev) || !s.isStop(w)) {
			s.unlink(v)
		}
		v = w
	}
}

// scatter removes single stops at random places of the seed's neighborhood, for problems
// whose routes are too few or too long for strings.
func (s *ruiner) scatter() {
	m := s.m
	s.seed = s.draw()
	count := 1 + s.rng.below(2*averageRemoved-1)
	s.remove(s.seed)
	row := m.adj[int(s.seed)*m.adjK:][:m.adjK]
	span := min(len(row), 3*count)
	for i := 0; i < count && span > 0; i++ {
		s.remove(row[s.rng.below(span)])
	}
}

// routes removes all stops of the seed's route, and where vehicles differ in price often
// those of a route beside it too, so that one vehicle can take the place of two.
func (s *ruiner) routes() {
	m := s.m
	s.seed = s.draw()
	r := s.nodes[s.seed].route
	if r == none || s.size[r] > 6*averageRemoved {
		s.strings()
		return
	}
	s.wholeRoute(r)
	if !m.sizes || s.rng.next()&1 == 0 {
		return
	}
	for _, v := range m.adj[int(s.seed)*m.adjK:][:m.adjK] {
		if q := s.nodes[v].route; q != none && s.size[q] <= 6*averageRemoved {
			s.wholeRoute(q)
			return
		}
	}
}

func (s *ruiner) wholeRoute(r int32) {
	s.line = s.line[:0]
	for v := s.forth(s.first(r)); v != none; v = s.forth(v) {
		s.line = append(s.line, v)
	}
	for _, v := range s.line {
		s.remove(v)
	}
}
