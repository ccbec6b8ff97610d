package vrp

// Problem is everything the engine knows. Slices are indexed by the int32 indexes that
// other fields hold; nothing is named by a string.
type Problem struct {
	Places     []Place
	Profiles   []Profile
	Dimensions int // load dimensions; every amount slice is nil (all zero) or has this length
	Jobs       []Job
	Shipments  []Shipment
	Vehicles   []Vehicle
	Relations  []Relation
	Locks      []Lock
	Objective  Objective
}

// Place is a point of the map. The coordinates are optional where every profile has
// tables: then they only help to number the stops so that near ones lie together.
type Place struct {
	X, Y float64 // plane units, or degrees of longitude and latitude for GreatCircle
}

// TimeWindow is an interval in time units, both ends included.
type TimeWindow struct {
	Open, Close int64
}

// Site says where, when and for how long a stop is served.
type Site struct {
	Place   int32
	Service int64        // time spent at every stop
	Setup   int64        // time spent before the service when the stop before was at another place
	Windows []TimeWindow // sorted and disjoint; empty means any time; they bound the start of setup and service
	ByType  []TypeTimes  // by ascending Type: other times for vehicles of some types
}

// TypeTimes replaces the times of a site for vehicles of one type.
type TypeTimes struct {
	Type    int32
	Service int64
	Setup   int64
}

// Times are the setup and service that a vehicle of a type spends at the site. O(types).
func (s *Site) Times(kind int32) (setup, service int64) {
	for i := range s.ByType {
		if x := &s.ByType[i]; x.Type == kind {
			return x.Setup, x.Service
		}
	}
	return s.Setup, s.Service
}

// Job is demand at one site.
type Job struct {
	Site
	Delivery []int64 // aboard from the start of the trip until here
	Pickup   []int64 // aboard from here until the end of the trip
	Skills   []int32 // sorted; the vehicle must have all of them
	Release  int64   // the trip that serves the job leaves no earlier than this; 0 means no release time
	Terms
}

// Shipment is a pickup and a delivery that one vehicle serves in this order, in one trip.
type Shipment struct {
	Pickup   Site
	Delivery Site
	Amount   []int64
	Skills   []int32 // sorted
	Release  int64   // as in Job
	MaxRide  int64   // longest time from leaving the pickup to starting the delivery; 0 means no limit
	Terms
}

// Terms say what it means to leave a job or shipment undone.
type Terms struct {
	// Optional work may be left undone for the loss of its Prize. Work that is not optional
	// is left undone only where serving it is impossible, and then by lowest Priority first.
	Optional bool
	Prize    int64 // cost units lost when optional work is not served
	Priority int32 // 0 to 100, for work that is not optional
	// Group joins alternatives, 0 meaning none: of all jobs and shipments with the same
	// Group exactly one is served (at most one if they are optional; then the prize lost is
	// that of the group's first member). All members of a group have the same Optional.
	Group int32
}

// Objective says what a better solution is. Leaving less required work undone always
// comes first.
type Objective uint8

const (
	// MinimizeCost compares total cost alone.
	MinimizeCost Objective = iota
	// VehiclesFirst compares the number of used vehicles, then total cost.
	VehiclesFirst
)

// String is the objective's name as users write it.
func (o Objective) String() string {
	switch o {
	case MinimizeCost:
		return "cost"
	case VehiclesFirst:
		return "vehicles-first"
	}
	return "objective(?)"
}

// RelationKind says how a Relation binds its visits.
type RelationKind uint8

const (
	// SameVehicle: all served visits ride on one vehicle.
	SameVehicle RelationKind = iota
	// DifferentVehicles: no two served visits ride on the same vehicle.
	DifferentVehicles
	// InOrder: served visits ride on one vehicle in this order, others may come between.
	InOrder
	// InSequence: served visits ride on one vehicle in this order with nothing between.
	InSequence
)

// Relation binds visits that are served; visits left undone are not counted.
type Relation struct {
	Kind   RelationKind
	Visits []Visit
}

// LockKind says how much of a route is fixed.
type LockKind uint8

const (
	// LockVehicle keeps the visits on the vehicle, in any order.
	LockVehicle LockKind = iota
	// LockOrder keeps the visits on the vehicle and in this order, others may come between.
	LockOrder
	// LockHead makes the visits the first stops of the vehicle, in exactly this order.
	LockHead
)

// Lock fixes visits to one vehicle, whose Count must be 1.
type Lock struct {
	Vehicle int32
	Kind    LockKind
	Visits  []Visit
}
