package search

import (
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// never and always are times beyond any that a valid problem holds.
const (
	always = int64(math.MinInt64 / 4)
	never  = int64(math.MaxInt64 / 4)
)

// none marks the absence of a node, route or place.
const none = int32(-1)

// Model is a problem compiled for the search: flat slabs indexed by node. Nodes 0 to
// Stops-1 are the jobs, pickups and deliveries; then come a start and an end for each
// route; then the reloads, handed out when a route needs one.
type Model struct {
	Problem *vrp.Problem
	Stops   int // nodes that serve something
	Routes  int // vehicles that can be of use
	dims    int

	places []vrp.Place // in the numbering of the search
	inner  []int32     // by place of the problem: its number in the search, nil where they are the same
	outer  []int32     // the other way round

	visits []vrp.Visit // what a stop node is
	nodeOf map[vrp.Visit]int32
	pinned []int32 // by stop node: 1 + the lock whose head it belongs to, or 0; nil without such locks
	mate   []int32 // the other half of a shipment, or none
	unitOf []int32
	altOf  []int32
	site   []site // by stop node

	units []unit
	alts  []alternative

	deliver []int64    // by node*dims: aboard from the start of the trip
	collect []int64    // by node*dims: aboard until the end of the trip
	change  []int64    // by node*dims: load after minus load before
	roles   []role     // by stop node
	types   *types     // nil where no type of vehicle takes other times
	rel     *relations // nil without any

	classes     []class
	larger      [][]int32 // by class: those its routes can grow into
	swaps       []bool    // class x class: their routes may exchange vehicles
	travels     []travel
	rates       []int64 // by class, where besideRow applies: what a unit of distance costs
	classOf     []int32 // by vehicle of the problem: the class that stands for it
	routeClass  []int32
	reloadSites []site   // of all classes, one after the other
	fits        []uint64 // bitset rows: alternative x class
	fitWords    int

	near  []int32 // rows of nearK stop nodes: beside whom to insert, best first
	adj   []int32 // rows of adjK stop nodes by distance: where a ruin spreads
	nearK int
	adjK  int

	timed    bool // windows, shifts or limits make time matter
	jobless  bool // there are no jobs
	mixed    bool // loads need more than one sum a route
	pairs    bool // there are shipments
	multi    bool // some site has several windows
	setups   bool // some site has a setup time
	released bool
	rides    bool
	reloads  bool
	optional bool // some unit may be left out
	plain    bool // the specialized insertion kernel applies
	swift    bool // those with windows or shipments do
	sameWay  bool // besideRow applies
	local    bool // local search applies
	leans    bool // some class is lean
	fewer    bool // fewer vehicles come first
	grows    bool // routes can be handed to larger vehicles
	trades   bool // routes can exchange vehicles
	sizes    bool // classes differ in size or price
	penalty  int64
	longest  float64 // stops of the longest string that a ruin takes out
}

// site is what is fixed about a stop node.
type site struct {
	place       int32
	open, close int64 // hull of the windows
	service     int64
	setup       int64
	release     int64 // always where there is none
	ride        int64 // never where there is no limit; on the delivery
	windows     []vrp.TimeWindow
}

// unit is work that is served or left undone as a whole: a job, a shipment, or a group of
// alternatives.
type unit struct {
	first, count int32 // alternatives
	prize        int64 // cost of leaving it undone, the penalty where it is required
	worth        int64 // the prize in the problem, where it is not required
	required     bool
	size         int64 // for sorting: demand relative to the fleet
}

// alternative is one way to serve a unit. For a job the second node is none.
type alternative struct {
	unit   int32
	a, b   int32
	needed []int32 // skills
}

// class is a vehicle class.
type class struct {
	vehicle     int32
	travel      int32
	start, end  int32 // places
	capacity    []int64
	open, close int64
	fixed       int64
	perDuration int64
	perService  int64
	kind        int32 // index of its type of vehicle
	maxDistance int64
	maxDriving  int64
	maxDuration int64
	maxStops    int32
	first       int32 // first route
	count       int32
	maxTrips    int32
	reloads     []vrp.Reload
	reload      int32 // first of its reloadSites
	backhaul    vrp.Backhaul
	breaks      []vrp.Break
	spans       bool // its durations are kept as spans
	rough       bool // spans guess its durations
	trips       bool // trips decide what the exact evaluation would
	lean        bool // its routes are renewed from the changed links outward
	exact       bool // a route's cost or feasibility needs the exact evaluation
}

// Compile prepares a valid problem. O(n k log n) with coordinates, O(n^2) with tables only.
func Compile(p *vrp.Problem) *Model { return CompileOn(p, 1) }

// CompileOn is Compile with several threads, which makes the same model.
func CompileOn(p *vrp.Problem, threads int) *Model {
	m := &Model{Problem: p, dims: p.Dimensions}
	m.compilePlaces()
	order := numbering(p)
	m.compileStops(order)
	m.compileUnits()
	m.compileRoles()
	m.compileFleet()
	m.compileTypes()
	m.compileFits()
	m.compileFlags()
	m.compileLocks()
	m.compileRelations()
	m.compilePenalty()
	m.compileGrowth()
	m.plain = m.plainFleet()
	m.longest = m.strand()
	m.swift = m.swiftTimes() || m.swiftPairs()
	m.local = !m.pairs
	if !m.plain {
		m.compileSameWay()
	}
	m.compileNeighbors(threads)
	return m
}

// compileStops makes the nodes in the given order of visits.
func (m *Model) compileStops(order []vrp.Visit) {
	p := m.Problem
	m.Stops = len(order)
	m.visits = order
	m.mate = make([]int32, m.Stops)
	m.site = make([]site, m.Stops)
	m.deliver = make([]int64, m.Stops*m.dims)
	m.collect = make([]int64, m.Stops*m.dims)
	m.change = make([]int64, m.Stops*m.dims)
	m.nodeOf = make(map[vrp.Visit]int32, m.Stops)
	half := make([]int32, len(p.Shipments))
	for i := range half {
		half[i] = none
	}
	for k, x := range order {
		m.mate[k] = none
		m.nodeOf[x] = int32(k)
		switch x.Kind {
		case vrp.KindJob:
			j := &p.Jobs[x.Index]
			m.site[k] = m.newSite(&j.Site, j.Release)
			copy(m.deliver[k*m.dims:], j.Delivery)
			copy(m.collect[k*m.dims:], j.Pickup)
			for d := range m.dims {
				m.change[k*m.dims+d] = m.collect[k*m.dims+d] - m.deliver[k*m.dims+d]
			}
			continue
		case vrp.KindPickup:
			s := &p.Shipments[x.Index]
			m.site[k] = m.newSite(&s.Pickup, s.Release)
			copy(m.change[k*m.dims:], s.Amount)
		case vrp.KindDelivery:
			s := &p.Shipments[x.Index]
			m.site[k] = m.newSite(&s.Delivery, s.Release)
			if s.MaxRide > 0 {
				m.site[k].ride = s.MaxRide
				m.rides = true
			}
			for d, a := range s.Amount {
				m.change[k*m.dims+d] = -a
			}
		}
		m.pairs = true
		if o := half[x.Index]; o == none {
			half[x.Index] = int32(k)
		} else {
			m.mate[k], m.mate[o] = o, int32(k)
		}
	}
}

func (m *Model) newSite(s *vrp.Site, release int64) site {
	x := site{place: m.here(s.Place), open: always, close: never, service: s.Service, setup: s.Setup, release: always, ride: never}
	if len(s.Windows) > 0 {
		x.open, x.close = s.Windows[0].Open, s.Windows[len(s.Windows)-1].Close
	}
	if len(s.Windows) > 1 {
		x.windows = s.Windows
	}
	if release != 0 {
		x.release = release
	}
	return x
}

// compileUnits joins nodes to alternatives and alternatives to units.
func (m *Model) compileUnits() {
	p := m.Problem
	m.unitOf = make([]int32, m.Stops)
	m.altOf = make([]int32, m.Stops)
	members := map[int32][]int32{} // group -> first nodes
	var groups []int32
	add := func(nodes []int32) {
		t := p.Terms(m.visits[nodes[0]])
		u := unit{first: int32(len(m.alts)), count: int32(len(nodes)), prize: t.Prize, worth: t.Prize, required: !t.Optional}
		if u.required {
			u.prize = int64(1 + t.Priority) // a weight until the penalty is known
		}
		for _, a := range nodes {
			alt := alternative{unit: int32(len(m.units)), a: a, b: m.mate[a]}
			if x := m.visits[a]; x.Kind == vrp.KindJob {
				alt.needed = p.Jobs[x.Index].Skills
			} else {
				alt.needed = p.Shipments[x.Index].Skills
				m.unitOf[alt.b], m.altOf[alt.b] = alt.unit, int32(len(m.alts))
			}
			m.unitOf[a], m.altOf[a] = alt.unit, int32(len(m.alts))
			m.alts = append(m.alts, alt)
		}
		m.optional = m.optional || t.Optional
		m.units = append(m.units, u)
	}
	for k := range m.visits {
		if m.visits[k].Kind == vrp.KindDelivery {
			continue
		}
		g := p.Terms(m.visits[k]).Group
		if g == 0 {
			add([]int32{int32(k)})
			continue
		}
		if members[g] == nil {
			groups = append(groups, g)
		}
		members[g] = append(members[g], int32(k))
	}
	for _, g := range groups {
		nodes := members[g]
		// The prize of a group is that of its first member in the problem's order.
		slices.SortFunc(nodes, func(a, b int32) int { return visitOrder(m.visits[a], m.visits[b]) })
		add(nodes)
	}
}

func visitOrder(a, b vrp.Visit) int {
	if a.Kind != b.Kind {
		return int(a.Kind) - int(b.Kind)
	}
	return int(a.Index - b.Index)
}
