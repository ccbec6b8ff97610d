package vrp

// Vehicle is a class of Count identical vehicles. Each may drive at most one route.
type Vehicle struct {
	Count    int32 // how many there are; 0 means 1
	Profile  int32
	Type     int32 // what Site.ByType asks for
	Start    int32 // place, or -1: the route begins at its first stop
	End      int32 // place, or -1: the route ends at its last stop
	Capacity []int64
	Skills   []int32    // sorted
	Shift    TimeWindow // leaves Start no earlier than Open, is back at End no later than Close; the zero value means any time from 0 on

	Fixed       int64 // cost units for using the vehicle
	PerDistance int64 // cost units per distance unit
	PerDriving  int64 // cost units per time unit of driving
	PerDuration int64 // cost units per time unit between leaving Start and reaching End
	PerService  int64 // cost units per time unit of setup and service at jobs, pickups and deliveries
	PerToll     int64 // cost units per unit of Profile.Toll

	MaxDistance int64 // 0 means no limit, here and below
	MaxDriving  int64
	MaxDuration int64
	MaxStops    int32 // jobs, pickups and deliveries

	Breaks   []Break  // each is taken once, in this order, by every vehicle that is used
	Reloads  []Reload // where the vehicle can begin another trip
	MaxTrips int32    // with reloads; 0 means no limit
	Backhaul Backhaul
}

// Break is a pause. It is taken on the way between two stops, anywhere along the leg: who
// leaves a stop at d with t time units to drive and the break still to take reaches the
// next stop at max(d+t, Open) + Duration, provided that d is not after Close. Break time
// counts as duration, not as driving.
type Break struct {
	Windows  []TimeWindow // sorted and disjoint, for its start
	Duration int64
	MaxLoad  []int64 // nil means any load
}

// Reload is a place where a vehicle empties what it picked up and loads what it delivers
// next. It may be visited any number of times.
type Reload struct {
	Place   int32
	Service int64
	Windows []TimeWindow
}

// Backhaul orders deliveries and pickups within a trip.
type Backhaul uint8

const (
	// BackhaulMixed allows any order.
	BackhaulMixed Backhaul = iota
	// BackhaulLast serves every job with a delivery before any job with only a pickup.
	BackhaulLast
	// BackhaulAfterDelivery is BackhaulLast, and a trip with pickups must have a delivery: the
	// classic VRPB rule (Goetschalckx & Jacobs-Blecha 1989, doi:10.1016/0377-2217(89)90057-X).
	BackhaulAfterDelivery
)

// NoLimitShift reports whether the vehicle works at any time.
func (v *Vehicle) NoLimitShift() bool { return v.Shift == TimeWindow{} }

// Number is how many vehicles the class has.
func (v *Vehicle) Number() int32 {
	if v.Count <= 0 {
		return 1
	}
	return v.Count
}
