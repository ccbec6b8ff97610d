package search

// node is the hot state of one stop, route end or reload: one cache line. Routes are
// doubly linked lists from a start node to an end node.
type node struct {
	prev, next int32
	route      int32 // none when not served
	place      int32
	in         int64 // cost of the leg from prev
	leave      int64 // earliest departure
	late       int64 // latest departure that keeps the rest of the route feasible
	open       int64
	close      int64
	service    int64
}

// op is a journal entry: node was linked (after is none), or unlinked from behind after.
// Kind is what the node was, if it is a reload.
type op struct{ node, after, kind int32 }

// touch remembers what a route's extra was when the iteration first changed it.
type touch struct {
	route int32
	extra int64
}

// State is a solution under change, with the route state that makes tests cheap and a
// journal that takes changes back at the price of what they touched.
type State struct {
	m     *Model
	nodes []node
	size  []int32 // stops by route, reloads not counted
	load  []int64 // by route*dims: sum of amounts; decides alone unless m.mixed
	extra []int64 // by route: fixed cost and all that is not a sum over legs
	cost  int64   // legs + extras + prizes lost

	after  []int64 // by node*dims, if m.mixed: aboard when leaving
	before []int64 // most aboard from the start of the trip to here
	beyond []int64 // most aboard from here to the end of the trip

	spans    []span  // by node, where some class uses them
	distance []int64 // by route, for such classes
	driving  []int64
	guess    []int64 // by route of a rough class: its extra by spans

	trips     []trip  // by node, where some class uses them
	tripCount []int32 // by route
	taken     []int64 // by node*dims: collected from the start of the trip to here

	bank    []int32 // units not served
	bankPos []int32 // by unit, none when served
	mine    []int32 // stops that there are for this search; nil for all
	aim     []int32 // stops at which ruins begin; nil for all that are there
	used    int     // routes with stops
	free    [][]int32
	freePos []int32 // by route, place in its class's free list, none when used

	reloadFree []int32 // nodes to be handed out
	reloadKind []int32 // by node: index into Model.reloadSites

	journal    []op
	clocks     []clock // times before their changes since begin
	clocksLost bool    // the log did not hold them all
	touched    []touch
	stamp      []uint32 // by route: touched in this iteration
	epoch      uint32
	version    []uint32 // by route: counts changes

	setups []int64 // by stop node where types differ: as it is dressed
	bond   *bond   // nil without relations
	seq    []int32 // scratch for exact evaluation
	sim    simulation
	mark   []uint32 // by node, scratch
	tick   uint32
}

// newState is the solution that serves nothing.
func newState(m *Model) *State {
	spare := 0
	if m.reloads {
		spare = 2*len(m.alts) + m.Routes
	}
	total := m.Stops + 2*m.Routes + spare
	s := &State{m: m, nodes: make([]node, total),
		size: make([]int32, m.Routes), load: make([]int64, m.Routes*m.dims), extra: make([]int64, m.Routes),
		bankPos: make([]int32, len(m.units)), free: make([][]int32, len(m.classes)), freePos: make([]int32, m.Routes),
		stamp: make([]uint32, m.Routes), version: make([]uint32, m.Routes), mark: make([]uint32, total), epoch: 1}
	if m.mixed {
		s.after = make([]int64, total*m.dims)
		s.before = make([]int64, total*m.dims)
		s.beyond = make([]int64, total*m.dims)
	}
	for k := range m.classes {
		if (m.classes[k].spans || m.classes[k].rough) && s.spans == nil {
			s.spans = make([]span, total)
			s.distance = make([]int64, m.Routes)
			s.driving = make([]int64, m.Routes)
			s.guess = make([]int64, m.Routes)
		}
	}
	s.journal = make([]op, 0, 4*m.Stops+64)
	s.clocks = make([]clock, 0, clocksKept)
	s.touched = make([]touch, 0, m.Routes)
	s.seq = make([]int32, 0, total)
	s.bank = make([]int32, 0, len(m.units))
	for k := range m.Stops {
		x := &m.site[k]
		s.nodes[k] = node{prev: none, next: none, route: none, place: x.place, open: x.open, close: x.close, service: x.service}
	}
	for u := range m.units {
		s.bankPos[u] = int32(len(s.bank))
		s.bank = append(s.bank, int32(u))
		s.cost += m.units[u].prize
	}
	s.prepareTrips()
	for r := range m.Routes {
		s.emptyRoute(int32(r))
		s.renewTimes(int32(r))
		if c := s.class(int32(r)); c.spans || c.rough {
			s.renewSpans(int32(r))
		} else if c.trips {
			s.renewTrips(int32(r))
		}
	}
	s.reloadKind = make([]int32, total)
	for k := total - 1; k >= total-spare; k-- {
		s.nodes[k] = node{prev: none, next: none, route: none}
		s.reloadFree = append(s.reloadFree, int32(k))
	}
	s.sim.prepare(m)
	s.prepareBond()
	if m.types != nil {
		s.setups = make([]int64, m.Stops)
	}
	return s
}

func (s *State) emptyRoute(r int32) {
	k := s.m.routeClass[r]
	c := &s.m.classes[k]
	a, b := s.first(r), s.last(r)
	s.nodes[a] = node{prev: none, next: b, route: r, place: c.start, leave: c.open, late: never, open: always, close: never}
	s.nodes[b] = node{prev: a, next: none, route: r, place: c.end, late: c.close, open: always, close: c.close}
	s.nodes[b].in = s.m.travels[c.travel].cost(c.start, c.end)
	s.freePos[r] = int32(len(s.free[k]))
	s.free[k] = append(s.free[k], r)
}

// first is the start node of a route, last its end node.
func (s *State) first(r int32) int32 { return int32(s.m.Stops) + 2*r }
func (s *State) last(r int32) int32  { return int32(s.m.Stops) + 2*r + 1 }

func (s *State) isStop(v int32) bool   { return int(v) < s.m.Stops }
func (s *State) isReload(v int32) bool { return int(v) >= s.m.Stops+2*s.m.Routes }
func (s *State) isEnd(v int32) bool {
	return int(v) >= s.m.Stops && int(v) < s.m.Stops+2*s.m.Routes
}

// work is the number of stops that there are for this search.
func (s *State) work() int {
	if s.mine == nil {
		return s.m.Stops
	}
	return len(s.mine)
}

func (s *State) class(r int32) *class { return &s.m.classes[s.m.routeClass[r]] }

// begin starts a transaction: from here to the next begin, undo takes everything back.
func (s *State) begin() {
	s.journal = s.journal[:0]
	s.touched = s.touched[:0]
	s.clocks, s.clocksLost = s.clocks[:0], false
	s.epoch++
}

// undo takes back all changes since begin and renews the state of the routes they touched.
func (s *State) undo() {
	for i := len(s.journal) - 1; i >= 0; i-- {
		o := s.journal[i]
		if o.after == none {
			s.cut(o.node)
		} else {
			if s.isReload(o.node) {
				s.shapeReload(o.node, o.kind)
			}
			s.join(o.node, o.after)
		}
	}
	logged := s.undoTimes()
	for _, t := range s.touched {
		s.version[t.route]++
		s.cost += t.extra - s.extra[t.route]
		s.extra[t.route] = t.extra
		if logged && s.class(t.route).lean {
			s.renewLoads(t.route)
			continue
		}
		s.renewTimes(t.route)
		s.renewLoads(t.route)
		if c := s.class(t.route); c.spans || c.rough {
			s.guess[t.route], _ = s.renewSpans(t.route)
		} else if c.trips {
			s.renewTrips(t.route)
		}
	}
	s.begin()
}

// touch notes that route r is about to change.
func (s *State) touch(r int32) {
	s.version[r]++
	if s.stamp[r] != s.epoch {
		s.stamp[r] = s.epoch
		s.touched = append(s.touched, touch{r, s.extra[r]})
	}
}
