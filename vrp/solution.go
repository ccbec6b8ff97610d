package vrp

// StopKind says what happens at a stop.
type StopKind uint8

const (
	// KindStart is where a route begins; first stop of every route.
	KindStart StopKind = iota
	// KindEnd is where a route ends; last stop of every route.
	KindEnd
	// KindJob serves a job.
	KindJob
	// KindPickup is the first half of a shipment.
	KindPickup
	// KindDelivery is the second half of a shipment.
	KindDelivery
	// KindReload begins another trip.
	KindReload
	// KindBreak is a pause on the way to the next stop.
	KindBreak
)

// String is the kind in lower case.
func (k StopKind) String() string {
	names := [...]string{"start", "end", "job", "pickup", "delivery", "reload", "break"}
	if int(k) < len(names) {
		return names[k]
	}
	return "kind(?)"
}

// Visit names one thing that a route can do. Index is into Problem.Jobs for KindJob,
// Problem.Shipments for KindPickup and KindDelivery, the vehicle's Reloads or Breaks for
// KindReload and KindBreak, and 0 for KindStart and KindEnd.
type Visit struct {
	Kind  StopKind
	Index int32
}

// Stop is a visit with its times. Start is when setup, service or pause begins; the time
// between Arrive and Start is waiting. For a break Arrive is the departure of the stop
// before it, and Start and Depart tell when the pause begins and ends; the leg's driving
// lies around it.
type Stop struct {
	Visit
	Place  int32   // -1 for a break and for the open end of a route
	Arrive int64   // time units
	Start  int64   // time units
	Depart int64   // time units
	Load   []int64 // aboard when leaving, by dimension
}

// Route is what one vehicle does. Stops begin with KindStart and end with KindEnd. A
// route without any job, pickup or delivery does not appear in a solution.
type Route struct {
	Vehicle  int32 // class, index into Problem.Vehicles
	Stops    []Stop
	Distance int64
	Driving  int64 // time units on the road
	Toll     int64 // by Profile.Toll
	Service  int64 // setup, service, reload and break time
	Waiting  int64
	Cost     Cost
}

// Cost is money by part, in cost units.
type Cost struct {
	Fixed    int64
	Distance int64
	Driving  int64
	Duration int64
	Service  int64
	Toll     int64
	Prize    int64 // lost on optional work left undone; zero in a route
}

// Total is the sum of the parts.
func (c Cost) Total() int64 {
	return c.Fixed + c.Distance + c.Driving + c.Duration + c.Service + c.Toll + c.Prize
}

// Add sums two costs part by part.
func (c Cost) Add(d Cost) Cost {
	return Cost{
		Fixed:    c.Fixed + d.Fixed,
		Distance: c.Distance + d.Distance,
		Driving:  c.Driving + d.Driving,
		Duration: c.Duration + d.Duration,
		Service:  c.Service + d.Service,
		Toll:     c.Toll + d.Toll,
		Prize:    c.Prize + d.Prize,
	}
}

// Solution is a complete answer: every job and shipment is in a route or in Unassigned.
type Solution struct {
	Routes     []Route
	Unassigned []Unassigned
	Cost       Cost
}

// Unassigned is a job (KindJob) or shipment (KindPickup) left undone, and why.
type Unassigned struct {
	Visit
	Reason Reason
}

// Reason says why work is not served. It names the first obstacle that no vehicle
// overcomes; work that could be served alone but found no room has ReasonNoVehicleLeft or
// the obstacle that was met most often.
type Reason uint8

const (
	// ReasonNone is the zero value and never given.
	ReasonNone Reason = iota
	// ReasonSkill: no vehicle has the skills.
	ReasonSkill
	// ReasonCapacity: the amount exceeds every vehicle that has the skills.
	ReasonCapacity
	// ReasonUnreachable: no such vehicle can drive there and on.
	ReasonUnreachable
	// ReasonTimeWindow: no such vehicle can be there within a window.
	ReasonTimeWindow
	// ReasonShift: served alone, the vehicle would not be back before its shift ends.
	ReasonShift
	// ReasonLimit: served alone, it exceeds a distance, driving, duration or ride limit.
	ReasonLimit
	// ReasonNoVehicleLeft: possible alone, but all vehicles are needed elsewhere.
	ReasonNoVehicleLeft
	// ReasonPrize: optional, and serving it costs more than its prize.
	ReasonPrize
	// ReasonAlternative: another member of its group is served.
	ReasonAlternative
	// ReasonRelation: a relation or lock forbids it.
	ReasonRelation
	// ReasonNotPlanned: the given routes do not hold it.
	ReasonNotPlanned
)

// String is the reason's stable name in snake case.
func (r Reason) String() string {
	names := [...]string{"none", "skill", "capacity", "unreachable", "time_window", "shift", "limit",
		"no_vehicle_left", "prize", "alternative", "relation", "not_planned"}
	if int(r) < len(names) {
		return names[r]
	}
	return "reason(?)"
}

// Vehicles is the number of routes.
func (s *Solution) Vehicles() int { return len(s.Routes) }

// MissingRequired counts required jobs, shipments and groups that are not served.
// O(unassigned).
func (s *Solution) MissingRequired(p *Problem) int {
	missing := 0
	groups := map[int32]bool{}
	for _, u := range s.Unassigned {
		t := p.Terms(u.Visit)
		switch {
		case t.Optional || u.Reason == ReasonAlternative:
		case t.Group == 0:
			missing++
		case !groups[t.Group]:
			groups[t.Group] = true
			missing++
		}
	}
	return missing
}

// Terms are those of the job or shipment that a visit serves.
func (p *Problem) Terms(v Visit) *Terms {
	switch v.Kind {
	case KindJob:
		return &p.Jobs[v.Index].Terms
	case KindPickup, KindDelivery:
		return &p.Shipments[v.Index].Terms
	}
	return &Terms{}
}

// Release is the moment before which the trip that makes a visit cannot leave; false for
// visits that know none.
func (p *Problem) Release(v Visit) (int64, bool) {
	switch v.Kind {
	case KindJob:
		r := p.Jobs[v.Index].Release
		return r, r != 0
	case KindPickup, KindDelivery:
		r := p.Shipments[v.Index].Release
		return r, r != 0
	}
	return 0, false
}
